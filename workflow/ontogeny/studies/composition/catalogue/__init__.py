"""The groups of the study: given by name, table or generators, and stored with their irreps."""

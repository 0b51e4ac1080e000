"""What irreducible representations explain of a network."""

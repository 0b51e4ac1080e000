"""Claims of the study."""

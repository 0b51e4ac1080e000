"""How much there must be for anything to be seen."""

__all__ = ["LEAST_RUNS"]

LEAST_RUNS = 3
"""With fewer families, or seeds, no claim has a verdict."""

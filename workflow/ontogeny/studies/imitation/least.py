"""How much there must be for anything to be seen."""

__all__ = ["LEAST_RUNS", "LEAST_VALUES"]

LEAST_RUNS = 5
"""With fewer seeds, each of which draws a class, no claim about an experiment has a verdict."""

LEAST_VALUES = 3
"""With fewer values of a field, nothing can be seen to depend on it."""

"""What claims, fits and coefficients need."""

__all__ = ["LEAST_CHECKPOINTS", "LEAST_GRADES", "LEAST_RUNS", "LEAST_SHARES", "LEAST_SIZES"]

LEAST_RUNS = 3
"""Seeds; fewer have no interval."""

LEAST_SHARES = 5
"""Seeds of a share."""

LEAST_SIZES = 3
"""Sizes of policies that are compared."""

LEAST_GRADES = 3
"""Numbers of pairs, or sizes of preference models, that a coefficient needs."""

LEAST_CHECKPOINTS = 4
"""Checkpoints that a fit needs."""

"""What a claim needs."""

__all__ = ["LEAST_RUNS", "LEAST_SHARES", "LEAST_SIZES"]

LEAST_RUNS = 3
"""Seeds; fewer have no interval."""

LEAST_SHARES = 5
"""Seeds of a share."""

LEAST_SIZES = 3
"""Sizes of policies that are compared."""

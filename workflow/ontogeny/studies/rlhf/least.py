"""What a claim needs."""

__all__ = ["LEAST_RUNS"]

LEAST_RUNS = 3
"""Seeds; fewer have no interval."""

"""What a claim needs."""

__all__ = ["LARGEST_GAP", "LEAST_GROUPS", "LEAST_HARMLESS", "LEAST_RUNS"]

LEAST_RUNS = 3
"""Seeds; fewer have no interval."""

LEAST_GROUPS = 5
"""Groups that a mean is over: the gap of one group is as uncertain as recipes differ."""

LEAST_HARMLESS = 30
"""Harmless comments that name a group, where claims are about each group."""

LARGEST_GAP = 0.005
"""Difference of AUC on development up to which two networks count as equally accurate."""

"""How much of published models there must be for anything to be predicted."""

__all__ = ["LEAST_SIZES"]

LEAST_SIZES = 4
"""Fewest sizes that a forecast is made from; `analysis.least_sizes` is of networks alone."""

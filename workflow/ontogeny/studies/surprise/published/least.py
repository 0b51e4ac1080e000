"""How much of published models there must be for anything to be predicted."""

__all__ = ["LEAST_POINTS", "LEAST_SIZES"]

LEAST_SIZES = 4
"""Fewest sizes that a forecast is made from; `analysis.least_sizes` is of networks alone."""

LEAST_POINTS = 6
"""Fewest training runs of a joint fit, as `ontogeny.scaling.FEWEST_POINTS`.

Reading tables does not import that, so that another law reads no table again.
"""

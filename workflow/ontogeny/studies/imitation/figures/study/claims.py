"""All claims with their measured values.

Every claim about the imitator with the quantity measured, its 95 % interval, and the verdict.
"""

import xarray as xr
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import verdict_table

__all__ = ["draw", "numbers"]

NEEDS = ("enough-runs",)


def numbers(claims: xr.Dataset) -> xr.Dataset:
    """Select what was measured and the verdicts."""
    return claims[
        ["value", "interval", "threshold", "side", "runs", "runs_needed", "verdict", "title"]
    ]


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Write one row a claim: what is claimed, what was measured, and the verdict."""
    return verdict_table(numbers, style.width)

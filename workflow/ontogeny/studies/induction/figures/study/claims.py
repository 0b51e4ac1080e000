"""All claims with their measured values.

Every claim about induction heads with the quantity measured, its 95 % interval, and the verdict.
"""

import xarray as xr
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import shown_verdicts, verdict_table

__all__ = ["draw", "numbers"]

NEEDS = ("enough-runs",)


def numbers(claims: xr.Dataset) -> xr.Dataset:
    """Select what was measured and the verdicts."""
    return shown_verdicts(claims)


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Write one row a claim: what is claimed, what was measured, and the verdict."""
    return verdict_table(numbers, style.width)

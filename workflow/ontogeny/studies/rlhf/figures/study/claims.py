"""All claims with their measured values.

Every claim about preference models and policies with the quantity measured, its 95 % interval, and
the verdict.
"""

from collections.abc import Sequence

import xarray as xr
from matplotlib.figure import Figure

from ontogeny.claims import joined
from ontogeny.config import Style
from ontogeny.plotting import shown_verdicts, verdict_table

__all__ = ["draw", "numbers"]

NEEDS = ("enough-runs",)


def numbers(claims: Sequence[xr.Dataset]) -> xr.Dataset:
    """Select what was measured and the verdicts, of all kinds of worlds that there are."""
    return shown_verdicts(joined(claims))


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Write one row a claim: what is claimed, what was measured, and the verdict."""
    return verdict_table(numbers, style.width)

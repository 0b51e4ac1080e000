"""All claims and what was measured.

Every claim about the imitator with the quantity measured, its 95 % interval, and the verdict.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import figure, settings

__all__ = ["draw", "numbers"]

NEEDS = ("enough-runs",)

_COLOURS = {"holds": "#009E73", "does not hold": "#D55E00", "not enough runs": "#888888"}


def numbers(claims: xr.Dataset) -> xr.Dataset:
    """Select what was measured and the verdicts."""
    return claims[["value", "interval", "threshold", "side", "runs", "verdict", "title"]]


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Write one row a claim: what is claimed, what was measured, and the verdict."""
    count = numbers.sizes["claim"]
    with settings():
        drawn = figure(width=1.25 * style.width, height=(0.035 * count + 0.06) * style.width)
        axes = drawn.subplots()
        for row, name in enumerate(numbers["claim"].values):
            one = numbers.sel(claim=name)
            said = str(one["verdict"].values)
            cells = (
                (0.0, str(one["title"].values)),
                (0.42, f"{one['side'].values} {float(one['threshold']):g}"),
                (0.56, _measured(one)),
                (0.86, said),
            )
            for place, text in cells:
                axes.text(place, row, text, va="center", fontsize=8,
                          color=_COLOURS[said] if place > 0.8 else "black")  # fmt: skip
        axes.set(xlim=(0, 1), ylim=(count - 0.4, -0.6))
        axes.axis("off")
    return drawn


def _measured(one: xr.Dataset) -> str:
    value, (lower, upper) = float(one["value"]), one["interval"].values
    if np.isnan(value):
        return f"n = {int(one['runs'])}"
    ends = "" if np.isnan(lower) else f" [{lower:.3g}, {upper:.3g}]"
    return f"{value:.3g}{ends}, n = {int(one['runs'])}"

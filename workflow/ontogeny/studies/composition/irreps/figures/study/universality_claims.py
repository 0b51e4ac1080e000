"""All claims with their measured values.

Measured value of each claim, with its 95 % interval, the threshold (black) and the claimed side of
it (grey). docs/claims.md has formulas and the rule for verdicts.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import VERDICT_COLOURS, figure, runs_wanted, settings, shown_verdicts
from ontogeny.studies.composition.config import Style

__all__ = ["draw", "numbers"]

NEEDS = ("enough-runs",)

_ENDS = (-1.05, 1.05)


def numbers(claims: xr.Dataset) -> xr.Dataset:
    """Select what was measured and the verdicts."""
    return shown_verdicts(claims)


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw one row a claim: the interval, and the side of the threshold where it should lie."""
    count = numbers.sizes["claim"]
    with settings():
        drawn = figure(width=1.25 * style.width, height=(0.045 * count + 0.1) * style.width)
        axes = drawn.subplots()
        for row, name in enumerate(numbers["claim"].values):
            one = numbers.sel(claim=name)
            value, threshold = float(one["value"]), float(one["threshold"])
            ends = one["interval"].values
            colour = VERDICT_COLOURS[str(one["verdict"].values)]
            side = _ENDS[1] if str(one["side"].values) == "above" else _ENDS[0]
            axes.plot([threshold, side], [row, row], color="#e5e5e5", lw=9, solid_capstyle="butt")
            axes.plot([threshold, threshold], [row - 0.32, row + 0.32], color="black", lw=1.2)
            axes.plot(np.clip(ends, *_ENDS), [row, row], color=colour, lw=2)
            if _ENDS[0] <= value <= _ENDS[1]:
                axes.plot(value, row, "o", color=colour, ms=5)
            axes.annotate(
                _summary(one), (1.01, row), xycoords=("axes fraction", "data"),
                va="center", fontsize=8, annotation_clip=False,
            )  # fmt: skip
        for verdict, colour in VERDICT_COLOURS.items():
            axes.plot([], [], "o-", color=colour, label=verdict)
        axes.set_yticks(np.arange(count), [str(title) for title in numbers["title"].values])
        axes.set(xlim=_ENDS, ylim=(count - 0.4, -0.6), xlabel="quantity measured; grey: claimed")
        axes.grid(visible=False, axis="y")
        drawn.legend(loc="outside upper right", ncols=3)
    return drawn


def _summary(one: xr.Dataset) -> str:
    value, (lower, upper) = float(one["value"]), one["interval"].values
    runs = ", ".join(filter(None, [f"n = {int(one['runs'])}", runs_wanted(one)]))
    if np.isnan(value):
        return runs
    ends = "" if np.isnan(lower) else f" [{lower:.2f}, {upper:.2f}]"
    return f"{value:.2f}{ends}, {runs}"

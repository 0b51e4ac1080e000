"""Every law of docs/imitation.md in numbers: what it bounds, and the bound.

Each row is a law of the conservative learner, computed over all histories. A filled dot is what the
law bounds, an open one the bound, in every enumerated run whose class contains the demonstrator. A
law holds where no filled dot is to the right of its open one. At the right is how many times larger
the bound is, in the run in which the two are nearest to each other. D1 and D4 are equalities. Laws
of histories in which the demonstrator is always plausible (D7, D8a, D10, D11) are not drawn of runs
that have none. Values of 0 or less are not drawn either: D9 bounds a probability that is 0 where
the demonstrator may take every action.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import PALETTE, figure, handle, settings
from ontogeny.studies.imitation.panels import chosen, with_room

__all__ = ["draw", "numbers"]

NEEDS = ("enumerated",)

_BOUNDED = {
    "D1": "inverse weight of the demonstrator",
    "D2": "probability that this weight collapses",
    "D3": "divergence of the mean policy at queries",
    "D4": "overlap with another policy",
    "D5": "sum of cubed query probabilities",
    "D5'": "the same sum, for any prior",
    "D6": "number of queries",
    "D7": "probability of an event, less for each query",
    "D8": "probability of an event",
    "D8a": "probability of an event, d plausible",
    "D9": "probability of what d never does",
    "D10": "probability of a bad action, d plausible",
    "D11": "divergence from the demonstrator",
}
"""What each law bounds; d is the demonstrator."""

_SIDES: Mapping[str, Mapping[str, Any]] = {
    "left": {"color": PALETTE[0], "mec": "none", "ms": 4},
    "right": {"color": PALETTE[1], "mfc": "none", "ms": 5},
}


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select the two sides of each law in enumerated runs that have the demonstrator."""
    names = ["left", "right", "looseness"]
    return chosen(comparison[names], "run", exact=True, contains_demonstrator=True)


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw a row for each law, a dot for each side of each run."""
    laws, count = numbers["law"].values, numbers.sizes["run"]
    with settings():
        drawn = figure(width=style.width, height=0.62 * style.width)
        with_room(drawn)
        axes = drawn.subplots()
        shift = np.linspace(-0.28, 0.28, count) if count > 1 else np.zeros(count)
        alpha = 0.9 if count <= 3 else 0.4
        for row, law in enumerate(laws):
            for side, look in _SIDES.items():
                values = numbers[side].sel(law=law).values
                positive = values > 0
                axes.plot(values[positive], row + shift[positive], "o", alpha=alpha, **look)
            loose = float(numbers["looseness"].sel(law=law))
            factor = "0 or less" if np.isnan(loose) else f"×{_factor(loose)}"
            axes.text(
                1.01, row, factor, transform=axes.get_yaxis_transform(), va="center", fontsize=7
            )
        said = [f"{_BOUNDED[law]}   {law}" for law in laws]
        axes.set_yticks(range(len(laws)), said, fontsize=7.5)
        axes.set(
            xscale="log" if count else "linear",
            ylim=(len(laws) - 0.5, -0.5),
            xlabel="value [1, or nat for divergences]",
        )
        handles = [
            handle(said, marker="o", ls="", **look)
            for said, look in zip(("what is bounded", "its bound"), _SIDES.values(), strict=True)
        ]
        drawn.legend(handles=handles, loc="outside upper right", ncols=2)
    return drawn


def _factor(value: float) -> str:
    """Return a factor with two digits, as a power of ten where it is large."""
    if value < 1e4:
        return f"{value:.2g}" if value < 100 else f"{value:.0f}"
    exponent = int(np.floor(np.log10(value)))
    return rf"${value / 10**exponent:.1f}\cdot10^{{{exponent}}}$"

"""Both sides of each law, where all histories are enumerated.

Left side (filled) and right side (open) of each law in every enumerated run whose class contains
the demonstrator. A law holds where no filled dot is to the right of its open one; at the right, how
many times larger the right side is in the run in which it is nearest to the left one. D1 and D4 are
equalities. Laws of histories in which the demonstrator is always plausible (D7, D8a, D10, D11) are
not drawn of runs that have none. Nor are sides that are 0 or less: the left side of D9 is 0 in
classes whose demonstrator may take every action.
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

_SIDES: Mapping[str, Mapping[str, Any]] = {
    "left": {"color": PALETTE[0], "mec": "none", "ms": 4},
    "right": {"color": PALETTE[1], "mfc": "none", "ms": 5},
}


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select the two sides of each law in enumerated runs that have the demonstrator."""
    names = ["left", "right", "statement", "looseness"]
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
            factor = "left ≤ 0" if np.isnan(loose) else f"×{_factor(loose)}"
            axes.text(
                1.01, row, factor, transform=axes.get_yaxis_transform(), va="center", fontsize=7
            )
        said = [f"{law}   {numbers['statement'].sel(law=law).item()}" for law in laws]
        axes.set_yticks(range(len(laws)), said, fontsize=7)
        axes.set(
            xscale="log" if count else "linear",
            ylim=(len(laws) - 0.5, -0.5),
            xlabel="side of the law [1 or nat]",
        )
        handles = [
            handle(f"{side} side", marker="o", ls="", **look) for side, look in _SIDES.items()
        ]
        drawn.legend(handles=handles, loc="outside upper right", ncols=2)
    return drawn


def _factor(value: float) -> str:
    """Return a factor with two digits, as a power of ten where it is large."""
    if value < 1e4:
        return f"{value:.2g}" if value < 100 else f"{value:.0f}"
    exponent = int(np.floor(np.log10(value)))
    return rf"${value / 10**exponent:.1f}\cdot10^{{{exponent}}}$"

"""What figures of the study share: names and colours of families, and axes of size."""

from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, LogNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator
from numpy.typing import NDArray

from ontogeny.plotting import PALETTE

__all__ = [
    "GUIDE",
    "handle",
    "kin_colours",
    "kin_words",
    "main_kin",
    "of_kin",
    "plain_ticks",
    "rank_bar",
    "ranks",
    "shades",
    "size_axis",
]

GUIDE: Mapping[str, Any] = {"color": "#777777", "lw": 0.9, "ls": "--"}
"""How lines that guide the eye are drawn, such as that of chance."""


def main_kin(numbers: xr.Dataset) -> str:
    """Return the kin with most networks, of equal ones that which was trained the longest."""
    networks = numbers["loss"].notnull().sum("width").values
    kin, steps = (numbers[f"{name}_of_family"].values for name in ("kin", "steps"))
    return max(
        _names(numbers), key=lambda each: (networks[kin == each].sum(), steps[kin == each].max())
    )


def of_kin(numbers: xr.Dataset, kin: str) -> xr.Dataset:
    """Return the families of a kin with the widths that any of them has."""
    families = numbers.isel(family=numbers["kin_of_family"].values == kin)
    has = families["loss"].notnull().any("family").values
    families = families.isel(width=has)
    return families.sel(kin=[kin]) if "kin" in families.dims else families


def kin_words(numbers: xr.Dataset) -> dict[str, str]:
    """Return what tells the families of each kin apart from others, in words."""
    kin = numbers["kin_of_family"].values.tolist()
    first = [numbers.isel(family=kin.index(each)) for each in _names(numbers)]
    words = [
        f"{int(family['tasks_of_family'])} tasks, α = {float(family['alpha_of_family']):g}, "
        f"{int(family['steps_of_family']):,} updates"
        for family in first
    ]
    return {
        name: each if words.count(each) == 1 else f"{each} ({name})"
        for name, each in zip(_names(numbers), words, strict=True)
    }


def kin_colours(numbers: xr.Dataset) -> dict[str, str]:
    """Return a colour for each kin."""
    names = _names(numbers)
    if len(names) <= len(PALETTE):
        return dict(zip(names, PALETTE, strict=False))
    return dict(zip(names, shades(len(names)), strict=True))


def shades(count: int) -> list[str]:
    """Return as many colours in order, the first dark and the last light."""
    places = np.linspace(0, 0.88, max(count, 2))[:count]
    return [mpl.colors.to_hex(each) for each in mpl.colormaps["viridis"](places)]


def ranks(count: int) -> tuple[list[str], ScalarMappable]:
    """Return a colour for each rank of frequency, the first darkest, and the scale of a bar."""
    scale = LogNorm(1, max(count, 2))
    colours = ListedColormap(mpl.colormaps["plasma"](np.linspace(0, 0.9, 256)))
    mapped = ScalarMappable(scale, colours)
    return [mpl.colors.to_hex(colours(scale(rank))) for rank in range(1, count + 1)], mapped


def rank_bar(drawn: Figure, axes: Axes, mapped: ScalarMappable) -> None:
    """Draw the bar that says which colour is which rank."""
    bar = drawn.colorbar(mapped, ax=axes, label="rank of frequency (1: most frequent)")
    plain_ticks(bar.ax.yaxis)


def plain_ticks(axis: Axis) -> None:
    """Give a logarithmic axis ticks in plain numbers, within the limits that it has."""
    low, high = sorted(axis.get_view_interval())
    digits = (1, 2, 5) if high / low > 6 else (1, 1.5, 2, 3, 4, 5, 7)
    decades = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    each = [float(f"{digit}e{decade}") for decade in decades for digit in digits]
    ticks = [tick for tick in each if low <= tick <= high]
    axis.set_ticks(ticks, [_short(tick) for tick in ticks])
    axis.set_minor_locator(NullLocator())
    axis.set_view_interval(low, high, ignore=True)


def size_axis(axes: Axes, sizes: NDArray[np.float64]) -> None:
    """Make the horizontal axis one of numbers of parameters, with room beside the dots."""
    known = sizes[np.isfinite(sizes)]
    axes.set(xscale="log", xlabel="parameters N")
    axes.set_xlim(known.min() / 1.15, known.max() * 1.15)
    plain_ticks(axes.xaxis)


def handle(label: str, **look: Any) -> Line2D:
    """Return an entry of a legend."""
    return Line2D([], [], label=label, **look)


def _names(numbers: xr.Dataset) -> list[str]:
    return list(dict.fromkeys(numbers["kin_of_family"].values.tolist()))


def _short(number: float) -> str:
    for unit, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= unit:
            return f"{number / unit:g}{letter}"
    return f"{number:g}"

"""What figures of the study share: names and colours of families, and axes of size."""

import matplotlib as mpl
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from ontogeny.plotting import PALETTE

__all__ = [
    "GUIDE",
    "handle",
    "kin_colours",
    "kin_words",
    "main_kin",
    "of_kin",
    "ranks",
    "shades",
    "size_axis",
]

GUIDE = {"color": "#777777", "lw": 0.9, "ls": "--"}
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


def ranks(count: int) -> ScalarMappable:
    """Return the colours of tasks by their rank of frequency, 1 to `count`, for a colour bar."""
    mapped = ScalarMappable(Normalize(1, max(count, 2)), mpl.colormaps["plasma_r"])
    mapped.set_array([])
    return mapped


def size_axis(axes: Axes, sizes: NDArray[np.float64]) -> None:
    """Make the horizontal axis one of numbers of parameters, with ticks that say them."""
    axes.set(xscale="log", xlabel="parameters N")
    known = sizes[np.isfinite(sizes)]
    low, high = float(known.min()), float(known.max())
    ticks = [
        digit * 10.0**power
        for power in range(1, 13)
        for digit in (1, 2, 5)
        if low / 1.1 <= digit * 10.0**power <= high * 1.1
    ]
    axes.set_xticks(ticks, [_short(tick) for tick in ticks])
    axes.set_xticks([], minor=True)
    axes.set_xlim(low / 1.15, high * 1.15)


def handle(label: str, **look: object) -> Line2D:
    """Return an entry of a legend."""
    return Line2D([], [], label=label, **look)


def _names(numbers: xr.Dataset) -> list[str]:
    return list(dict.fromkeys(numbers["kin_of_family"].values.tolist()))


def _short(number: float) -> str:
    for unit, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= unit:
            return f"{number / unit:g}{letter}"
    return f"{number:g}"

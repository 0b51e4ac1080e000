"""What figures of the study share: looks and names of families, and axes of size."""

from collections.abc import Iterable, Mapping, Sequence
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
from matplotlib.ticker import MaxNLocator, NullLocator
from numpy.typing import NDArray

from ontogeny.labels import text
from ontogeny.plotting import PALETTE, figure, handle, note
from ontogeny.studies.surprise.families import control_of, families_of, main_setting, settings
from ontogeny.studies.surprise.labels import coordinate

__all__ = [
    "GUIDE",
    "LOOKS",
    "dots",
    "families_and_mean",
    "handles_of_settings",
    "has_networks",
    "main_and_control",
    "of_setting",
    "plain_ticks",
    "rank_bar",
    "ranks",
    "setting_colours",
    "setting_words",
    "shades",
    "size_axis",
    "without_networks",
]

LOOKS: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
    ({"color": PALETTE[0], "alpha": 0.5, "mew": 0}, {"color": PALETTE[0], "ls": "-"}),
    (
        {"color": PALETTE[1], "mfc": "none", "mew": 0.8},
        {"color": PALETTE[1], "ls": "--", "lw": 1.2},
    ),
)
"""Marks of networks and the line of their mean: those of the main setting, and of its control."""

GUIDE: Mapping[str, Any] = {"color": "#777777", "lw": 1.0, "ls": ":"}
"""How lines that guide the eye are drawn, such as that of chance."""


def of_setting(numbers: xr.Dataset, setting: str) -> xr.Dataset:
    """Return the families of a setting with the widths that any of them has."""
    families = numbers.isel(family=numbers["setting_of_family"].values == setting)
    has = families["loss"].notnull().any("family").values
    families = families.isel(width=has)
    return families.sel(setting=[setting]) if "setting" in families.dims else families


def main_and_control(scaling: xr.Dataset, names: Sequence[str]) -> xr.Dataset:
    """Return the families of the main setting, and those of its control, with their means.

    Parameters
    ----------
    scaling : Dataset
    names : sequence of str
        Variables by ``family`` and others; ``parameters`` is always there. A variable by
        ``setting`` is kept as it is.

    Returns
    -------
    Dataset
        The variables, and ``NAME_of_setting``, their means over the families of a setting: first
        `main_setting`, then its control, if there is one.
    """
    main = main_setting(scaling)
    control = control_of(scaling, main)
    parts = {
        setting: families_of(scaling, setting) for setting in (main, control) if setting is not None
    }
    found = {setting: part for setting, part in parts.items() if part.sizes["family"]}
    of_family = ["parameters", *(name for name in names if "family" in scaling[name].dims)]
    rest = [name for name in names if name not in of_family]
    if found:
        families = xr.concat([part[of_family] for part in found.values()], "family")
        means = xr.concat(
            [part[of_family].mean("family", keep_attrs=True) for part in found.values()],
            xr.DataArray(coordinate("setting", text(found)), name="setting"),
        )
    else:
        families = scaling[of_family].isel(family=[])
        means = families[of_family].mean("family").expand_dims(setting=scaling["setting"][:0])
    means = means.rename({name: f"{name}_of_setting" for name in of_family})
    return xr.merge(
        [families, means, scaling[["setting", *rest]].sel(setting=text(found))], join="exact"
    )


def dots(axes: Axes, numbers: xr.Dataset, name: str, **look: Any) -> None:
    """Draw a quantity of each network over parameters, (family, width) both, as dots."""
    drawn: dict[str, Any] = {"ms": 3.5, "alpha": 0.6, "mew": 0, "color": PALETTE[0]} | look
    for place in range(numbers.sizes["family"]):
        one = numbers.isel(family=place)
        axes.plot(one["parameters"], one[name], "o", **drawn)


def families_and_mean(axes: Axes, numbers: xr.Dataset, name: str, **at: Any) -> None:
    """Draw a quantity over parameters: each family as faint marks, each setting as a line of means.

    Parameters
    ----------
    axes : Axes
    numbers : Dataset
        As `main_and_control` makes it.
    name : str
    **at
        Labels at which it is drawn.
    """
    for setting, (marks, line) in zip(numbers["setting"].values, LOOKS, strict=False):
        one = numbers.sel(setting=setting).dropna("width", subset=["parameters_of_setting"])
        axes.plot(one["parameters_of_setting"], one[f"{name}_of_setting"].sel(at), **line)
        families = numbers.isel(family=numbers["setting_of_family"].values == setting)
        dots(axes, families.sel(at), name, **({"ms": 3} | marks))


def handles_of_settings(numbers: xr.Dataset) -> list[Line2D]:
    """Return entries of a legend for what `families_and_mean` draws."""
    found = []
    for setting, (marks, line), said in zip(
        numbers["setting"].values, LOOKS, ("", "four times the training: "), strict=False
    ):
        count = int((numbers["setting_of_family"].values == setting).sum())
        found.append(handle(f"{said}one network", ls="", marker="o", ms=3, **marks))
        if count > 1:
            found.append(handle(f"{said}mean of {count} seeds", **line))
    return found


def setting_words(numbers: xr.Dataset) -> dict[str, str]:
    """Return what tells the families of each setting on parity apart from others, in words."""
    places = settings(numbers["setting_of_family"].values.tolist())
    first = [numbers.isel(family=of_setting[0]) for of_setting in places.values()]
    words = [
        f"{int(family['tasks_of_family'])} tasks, α = {float(family['alpha_of_family']):g}, "
        f"{int(family['steps_of_family']):,} updates"
        for family in first
    ]
    return {
        name: each if words.count(each) == 1 else f"{each} ({name})"
        for name, each in zip(places, words, strict=True)
    }


def setting_colours(numbers: xr.Dataset) -> dict[str, str]:
    """Return a colour for each setting."""
    names = list(settings(numbers["setting_of_family"].values.tolist()))
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
    decades = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    if high > MANY * low:
        ticks = _within(low, high, (float(f"1e{decade}") for decade in decades))
    else:
        for digits in DIGITS:
            each = (float(f"{digit}e{decade}") for decade in decades for digit in digits)
            ticks = _within(low, high, each)
            if len(ticks) >= LEAST_TICKS:
                break
        else:
            even = MaxNLocator(2 * LEAST_TICKS, steps=[1, 2, 5, 10]).tick_values(low, high)
            ticks = _within(low, high, (float(f"{tick:.9g}") for tick in even))
    axis.set_ticks(ticks, [_short(tick) for tick in ticks])
    axis.set_minor_locator(NullLocator())
    axis.set_view_interval(low, high, ignore=True)


DIGITS: tuple[tuple[float, ...], ...] = ((1, 2, 5), (1, 1.5, 2, 3, 4, 5, 7))
"""Ticks in each decade, the coarser ones first; without enough of either they are evenly spaced."""

LEAST_TICKS = 3

MANY = 100
"""An axis that goes beyond this multiple of its lower end has a tick a decade."""


def _within(low: float, high: float, ticks: Iterable[float]) -> list[float]:
    return [tick for tick in ticks if low <= tick <= high]


def without_networks(width: float) -> Figure:
    """Return a figure that says that there are no networks to draw."""
    drawn = figure(width=width, height=0.3 * width)
    axes = drawn.subplots()
    axes.set_axis_off()
    note(axes, "nothing to draw: no networks of several sizes were trained to the end")
    return drawn


def has_networks(numbers: xr.Dataset) -> bool:
    """Return whether any network was trained to the end."""
    return bool(numbers["parameters"].notnull().any())


def size_axis(axes: Axes, sizes: NDArray[np.float64]) -> None:
    """Make the horizontal axis one of numbers of parameters, with room beside the dots."""
    axes.set_xscale("log")
    known = sizes[np.isfinite(sizes)]
    if known.size:
        axes.set_xlim(known.min() / 1.15, known.max() * 1.15)
        plain_ticks(axes.xaxis)


def _short(number: float) -> str:
    for unit, letter in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= unit:
            return f"{number / unit:g}{letter}"
    return f"{number:g}"

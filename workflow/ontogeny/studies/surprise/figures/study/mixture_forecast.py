"""Errors of forecasts from smaller networks to larger ones, of the loss and of abilities.

Left, how far the loss of text is from what the laws, fitted to the smallest networks of a seed,
predict for a larger one, by how much larger it is than the largest that was seen. Middle, exact
match at the next size as it was predicted by three ways to continue its curve, against what was
seen: the diagonal is a perfect forecast. Right, for each task, the worst case over cuts of the best
of the three forecasts, a dot for each seed; the bar is their mean.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from ontogeny.config import Style
from ontogeny.plotting import PALETTE, figure, handle, note, settings
from ontogeny.studies.surprise.families import families_of, main_setting
from ontogeny.studies.surprise.panels import GUIDE, has_networks, plain_ticks, without_networks

__all__ = ["draw", "numbers"]

NEEDS = ("mixture-sizes",)

_LAWS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "power": ("power law", {"color": PALETTE[0], "marker": "o", "ms": 3, "mew": 0}),
    "offset": (
        "power law with a floor",
        {"color": PALETTE[2], "marker": "s", "ms": 4.5, "mfc": "none", "mew": 0.8},
    ),
}
_FORECASTERS = {
    "logistic": (PALETTE[1], "o"),
    "power-of-error": (PALETTE[4], "s"),
    "as-last-seen": (PALETTE[3], "^"),
}

_TOO_FEW = "too few networks\nto predict a larger one"

_LEAST_RANGE = 0.1
"""The axis of misses goes at least this far to each side."""


def numbers(mixture_scaling: xr.Dataset) -> xr.Dataset:
    """Select forecasts, and what was seen, of the main setting."""
    families = families_of(mixture_scaling, main_setting(mixture_scaling))
    names = ["parameters", "loss_miss", "ability_forecast", "ability_seen", "largest_miss"]
    known = families["parameters"].notnull()
    is_seen = known.cumsum("width") <= families["cut"]
    last_seen = families["parameters"].where(is_seen & known).max("width")
    found = families[names].sel(law=list(_LAWS))
    mean = families["largest_miss"].mean("family", keep_attrs=True)
    return found.assign(times=families["parameters"] / last_seen, mean_largest_miss=mean)


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw the loss, the abilities, and the tasks one by one."""
    if not has_networks(numbers):
        return without_networks(style.width)
    with settings():
        drawn = figure(width=style.width, height=0.5 * style.width)
        loss, abilities, tasks = drawn.subplots(1, 3)
        _loss(loss, numbers)
        _abilities(abilities, numbers)
        _tasks(tasks, numbers)
        handles = [handle(label, ls="", **look) for label, look in _LAWS.values()]
        handles += [
            handle(name.replace("-", " "), ls="", marker=mark, ms=4, color=colour)
            for name, (colour, mark) in _FORECASTERS.items()
        ]
        drawn.legend(handles=handles, loc="outside lower center", ncols=len(handles))
    return drawn


def _loss(axes: Axes, numbers: xr.Dataset) -> None:
    miss, times = xr.broadcast(numbers["loss_miss"], numbers["times"])
    for law, (_, look) in _LAWS.items():
        x, y = (each.sel(law=law).values.ravel() for each in (times, miss))
        axes.plot(x, y, ls="", alpha=0.6, **look)
    axes.axhline(0, **GUIDE)
    farthest = float(np.nanmax(times.values[np.isfinite(miss.values)], initial=2))
    axes.set_xlim(1, 1.2 * farthest)
    axes.set_xscale("log")
    plain_ticks(axes.xaxis)
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    most = float(np.nanmax(np.abs(miss.values), initial=_LEAST_RANGE))
    axes.set_ylim(-1.1 * most, 1.1 * most)
    axes.set(
        xlabel="size relative to\nthe largest network fitted",
        ylabel="relative error of the predicted loss",
    )
    axes.set_title("loss of text")
    if not miss.notnull().any():
        note(axes, _TOO_FEW)


def _abilities(axes: Axes, numbers: xr.Dataset) -> None:
    found, seen = xr.broadcast(numbers["ability_forecast"], numbers["ability_seen"])
    for name, (colour, mark) in _FORECASTERS.items():
        axes.plot(
            seen.sel(forecaster=name).values.ravel(), found.sel(forecaster=name).values.ravel(),
            mark, ms=3, alpha=0.6, mew=0, color=colour,
        )  # fmt: skip
    axes.plot([0, 1], [0, 1], **GUIDE)
    axes.set(xlim=(-0.05, 1.05), ylim=(-0.05, 1.05))
    axes.set(xlabel="measured exact match", ylabel="predicted exact match")
    axes.set_title("abilities, next size")
    if not seen.notnull().any():
        note(axes, _TOO_FEW)


def _tasks(axes: Axes, numbers: xr.Dataset) -> None:
    order = np.argsort(numbers["mean_largest_miss"].fillna(-1).values, kind="stable")
    ordered = numbers.isel(task=order)
    places = np.arange(len(order))
    axes.barh(places, ordered["mean_largest_miss"], height=0.6, color="#cccccc")
    for each in ordered["largest_miss"].values:
        axes.plot(each, places, "o", ms=3, alpha=0.6, mew=0, color="black")
    axes.set_yticks(places, [str(task) for task in ordered["task"].values])
    axes.set(xlim=(0, 1.03), xlabel="largest error of the\nbest forecast")
    axes.set_title("worst case by task")
    if not ordered["largest_miss"].notnull().any():
        note(axes, _TOO_FEW)
    axes.grid(axis="y", visible=False)

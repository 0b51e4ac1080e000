"""Forecasts from small networks to larger ones: of the loss and of single abilities.

Of the setting with most networks. Top left: the loss of all networks, and the band of 95 % for
larger ones by a power law, from the smallest sizes that it is fitted to. Top right: loss predicted
and seen, at all sizes beyond each cut. Bottom left: accuracy at the next size, predicted and seen,
of tasks whose accuracy had been that of a guess at all smaller sizes: by the curve of the task
(logistic) and by the frequencies of tasks and the predicted loss (quanta). Bottom right: the mean
distance of the two for these tasks, a dot for each family and cut. On the dotted line a forecast is
right.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import PALETTE, figure, note, settings
from ontogeny.studies.surprise.families import main_setting
from ontogeny.studies.surprise.panels import (
    GUIDE,
    dots,
    has_networks,
    of_setting,
    plain_ticks,
    size_axis,
    without_networks,
)

__all__ = ["draw", "numbers"]

NEEDS = ("parity-sizes",)

_LAWS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "power": ("power law", {"color": PALETTE[0], "marker": "o", "ms": 3, "mew": 0}),
    "offset": (
        "power law with a floor",
        {"color": PALETTE[1], "marker": "s", "ms": 4.5, "mfc": "none", "mew": 0.8},
    ),
}
_FORECASTERS = {"logistic": (PALETTE[3], "o"), "quanta": (PALETTE[2], "^")}
_BAND = "#cccccc"
_NONE_AT_FLOOR = "no task was at the floor\nat all smaller sizes"
_ALL = ("logistic", "power-of-error", "as-last-seen", "quanta")


def numbers(parity_scaling: xr.Dataset) -> xr.Dataset:
    """Select forecasts of the setting with most networks, and what was seen."""
    names = [
        "parameters", "loss", "loss_forecast", "band",
        "from_floor", "ability_forecast", "miss_from_floor",
    ]  # fmt: skip
    return of_setting(parity_scaling[names], main_setting(parity_scaling))


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw forecasts of the loss above those of abilities."""
    if not has_networks(numbers):
        return without_networks(style.width)
    with settings():
        drawn = figure(width=style.width, height=0.85 * style.width)
        (band, loss), (ability, miss) = drawn.subplots(2, 2)
        _band(band, numbers)
        _loss(loss, numbers)
        _ability(ability, numbers)
        _miss(miss, numbers)
    return drawn


def _band(axes: Axes, numbers: xr.Dataset) -> None:
    size = numbers["parameters"].max("family")
    dots(axes, numbers, "loss")
    for cut in numbers["cut"].values[:1]:
        ends = numbers["band"].isel(setting=0).sel(law="power", cut=cut)
        lower, upper = (ends.sel(end=end) for end in ("lower", "upper"))
        axes.fill_between(size, lower, upper, color=_BAND, lw=0)
        axes.vlines(
            size,
            lower,
            upper,
            color=_BAND,
            lw=2.5,
            label=f"predicted from the {cut} smallest (95 %)",
        )
        axes.legend(loc="lower left", fontsize=7)
    axes.set(title="Loss of each network", yscale="log", ylabel="loss [nat]")
    axes.set_xlabel("number of parameters")
    plain_ticks(axes.yaxis)
    size_axis(axes, numbers["parameters"].values.ravel())


def _loss(axes: Axes, numbers: xr.Dataset) -> None:
    seen, predicted = xr.broadcast(numbers["loss"], numbers["loss_forecast"].sel(law=list(_LAWS)))
    for law, (label, look) in _LAWS.items():
        x, y = (each.sel(law=law).values.ravel() for each in (seen, predicted))
        axes.plot(x, y, ls="", alpha=0.6, label=label, **look)
    _diagonal(axes, float(numbers["loss"].min()) * 0.9, float(numbers["loss"].max()))
    axes.set(title="Loss beyond each cut", xscale="log", yscale="log",
             xlabel="measured loss [nat]", ylabel="predicted loss [nat]")  # fmt: skip
    for axis in (axes.xaxis, axes.yaxis):
        plain_ticks(axis)
    if predicted.notnull().any():
        axes.legend(loc="upper left", fontsize=7)
    else:
        note(axes, "too few networks\nto predict a larger one")


def _ability(axes: Axes, numbers: xr.Dataset) -> None:
    for name, (colour, mark) in _FORECASTERS.items():
        predicted = numbers["ability_forecast"].sel(forecaster=name)
        seen = numbers["from_floor"].transpose(*predicted.dims)
        axes.plot(seen.values.ravel(), predicted.values.ravel(), mark, ms=3.5, alpha=0.5, mew=0,
                  color=colour, label=name)  # fmt: skip
    _diagonal(axes, 0.5, 1.0)
    axes.set(title="Next size, for tasks at the floor", xlabel="measured accuracy",
             ylabel="predicted accuracy", xlim=(0.45, 1.03), ylim=(0.45, 1.03))  # fmt: skip
    if numbers["from_floor"].notnull().any():
        axes.legend(loc="center right", fontsize=7)
    else:
        note(axes, _NONE_AT_FLOOR)


def _miss(axes: Axes, numbers: xr.Dataset) -> None:
    found = numbers["miss_from_floor"].sel(forecaster=list(_ALL))
    for place, name in enumerate(_ALL):
        each = found.sel(forecaster=name).values.ravel()
        across = place + np.linspace(-0.2, 0.2, len(each))
        axes.plot(across, each, "o", ms=3, alpha=0.6, mew=0, color=PALETTE[4])
    names = ["logistic", "power\nof error", "as last\nseen", "quanta"]
    axes.set(title="Error of forecasts of these tasks", ylabel="mean absolute error")
    axes.set_xticks(range(len(_ALL)), names)
    axes.set_ylim(bottom=0)
    if not found.notnull().any():
        note(axes, _NONE_AT_FLOOR)


def _diagonal(axes: Axes, low: float, high: float) -> None:
    axes.plot([low, high], [low, high], **GUIDE)

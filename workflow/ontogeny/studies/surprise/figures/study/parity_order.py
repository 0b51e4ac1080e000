"""The size of network that learns each task, and the loss that comes from tasks not learned.

Left: the smallest network that has learned each task, by how frequent the task is, of the setting
with most networks, a dot for each seed and task; tasks in the grey band are learned by none.
Frequent tasks are learned by smaller networks. Right: the loss of each network beside ln 2 times
the probability of the tasks that it has not learned, in which an accuracy above the threshold
counts as learned. On the dotted line the two are equal: tasks not learned make up the whole loss.
"""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import figure, handle, settings
from ontogeny.studies.surprise.families import main_setting
from ontogeny.studies.surprise.panels import (
    GUIDE,
    has_networks,
    of_setting,
    plain_ticks,
    setting_colours,
    setting_words,
    without_networks,
)

__all__ = ["draw", "numbers"]

NEEDS = ("parity-families",)

_NEVER = "#eeeeee"
_ABOVE = 1.6
"""Tasks that are never learned are drawn above the largest size by this factor."""


def numbers(parity_scaling: xr.Dataset) -> xr.Dataset:
    """Select when tasks are learned, and what is left of the loss."""
    return parity_scaling[
        ["parameters", "loss", "left_out", "unlearned_loss", "learned_parameters", "probability"]
    ]


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw the order of learning beside the loss that is left."""
    if not has_networks(numbers):
        return without_networks(style.width)
    words, colours = setting_words(numbers), setting_colours(numbers)
    with settings():
        drawn = figure(width=style.width, height=0.5 * style.width)
        left, right = drawn.subplots(1, 2)
        main = main_setting(numbers)
        _order(left, of_setting(numbers, main), colours[main])
        for setting, colour in colours.items():
            of = of_setting(numbers, setting)
            losses = [of[name].values.ravel() for name in ("unlearned_loss", "loss")]
            right.plot(*losses, "o", ms=3.5, alpha=0.6, mew=0, color=colour)
        ends = [float(numbers["loss"].min()) * 0.9, float(numbers["loss"].max()) * 1.1]
        right.plot(ends, ends, **GUIDE)
        right.set(
            title="Loss that tasks not learned leave", xscale="log", yscale="log",
            xlabel="ln 2 · probability of tasks not learned [nat]", ylabel="loss [nat]",
        )  # fmt: skip
        for axis in (left.xaxis, left.yaxis, right.xaxis, right.yaxis):
            plain_ticks(axis)
        _ticks_up_to(left.yaxis, float(of_setting(numbers, main)["parameters"].max()))
        handles = [
            handle(words[setting], color=c, marker="o", ls="") for setting, c in colours.items()
        ]
        handles.append(handle("equality of the two", **GUIDE))
        drawn.legend(handles=handles, loc="outside lower center", ncols=2)
    return drawn


def _ticks_up_to(axis: Axis, largest: float) -> None:
    """Keep the ticks of sizes that there are."""
    labels = [label.get_text() for label in axis.get_ticklabels()]
    ticks = [
        (tick, label) for tick, label in zip(axis.get_ticklocs(), labels, strict=True)
        if tick <= largest
    ]  # fmt: skip
    axis.set_ticks(*zip(*ticks, strict=True)) if ticks else axis.set_ticks([])


def _order(axes: Axes, setting: xr.Dataset, colour: str) -> None:
    largest = float(setting["parameters"].max())
    for place in range(setting.sizes["family"]):
        one = setting.isel(family=place)
        one = one.isel(task=one["probability"].notnull().values)
        size = one["learned_parameters"].values
        shown = np.where(np.isfinite(size), size, largest * _ABOVE)
        rank = one["task"].values + 1
        axes.plot(rank, shown, "o", ms=3.5, alpha=0.4, mew=0, color=colour)
    axes.axhspan(largest * _ABOVE**0.5, largest * _ABOVE**1.5, color=_NEVER, lw=0)
    axes.set(
        title="Smallest network that has learned each task", xscale="log", yscale="log",
        xlabel="rank of frequency (1: most frequent)", ylabel="number of parameters",
    )  # fmt: skip
    axes.set_ylim(top=largest * _ABOVE**2.5)
    axes.annotate(
        "tasks learned by no network", (0.02, largest * _ABOVE**2), va="center", fontsize=8,
        xycoords=("axes fraction", "data"),
    )  # fmt: skip

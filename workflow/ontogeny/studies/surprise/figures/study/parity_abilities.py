"""The loss of networks of growing size, which is predictable, and their abilities, which are not.

Left: the loss over all tasks by the number of parameters, a dot for each network and the power law
of the mean over seeds. Right: of the networks of one seed, the accuracy of each task, coloured by
how frequent it is; tasks that no network learns are grey. Guessing gives 0.5. The same networks are
in both panels: a smooth loss is a sum of abilities that appear suddenly.
"""

from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import figure, handle, settings
from ontogeny.studies.surprise.families import main_setting
from ontogeny.studies.surprise.panels import (
    GUIDE,
    dots,
    has_networks,
    of_setting,
    plain_ticks,
    rank_bar,
    ranks,
    size_axis,
    without_networks,
)

__all__ = ["draw", "numbers"]

NEEDS = ("parity-families",)


def numbers(parity_scaling: xr.Dataset) -> xr.Dataset:
    """Select the setting with most networks."""
    names = ["parameters", "loss", "law_of_setting", "accuracy", "probability", "learned_width"]
    return of_setting(parity_scaling[names], main_setting(parity_scaling))


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw the loss beside the accuracy of single tasks."""
    if not has_networks(numbers):
        return without_networks(style.width)
    with settings():
        drawn = figure(width=style.width, height=0.46 * style.width)
        left, right = drawn.subplots(1, 2)
        dots(left, numbers, "loss", ms=4)
        size = numbers["parameters"].max("family")
        left.plot(
            size, numbers["law_of_setting"].isel(setting=0), color="#444444", label="power law"
        )
        left.set(title="Loss of all tasks together", yscale="log", ylabel="loss [nat]")
        plain_ticks(left.yaxis)
        left.legend(loc="lower left")
        _tasks(right, drawn, numbers.isel(family=0))
        right.set(
            title="Accuracy of single tasks, one seed",
            ylabel="accuracy",
            ylim=(0.45, 1.03),
        )
        for axes in (left, right):
            axes.set_xlabel("number of parameters")
            size_axis(axes, numbers["parameters"].values.ravel())
    return drawn


def _tasks(axes: Axes, drawn: Figure, family: xr.Dataset) -> None:
    known = family.isel(task=family["probability"].notnull().values)
    known = known.isel(width=known["loss"].notnull().values)
    learned = np.isfinite(known["learned_width"].values)
    colours, scale = ranks(int(np.flatnonzero(learned).max(initial=0)) + 1)
    for place in [*np.flatnonzero(~learned), *np.flatnonzero(learned)[::-1]]:
        look: dict[str, Any] = (
            {"color": colours[place], "lw": 1.3, "marker": "o", "ms": 2.5}
            if learned[place]
            else {"color": "#bbbbbb", "lw": 0.5}
        )
        axes.plot(known["parameters"], known["accuracy"].isel(task=place), **look)
    axes.axhline(0.5, **GUIDE)
    rank_bar(drawn, axes, scale)
    handles = [handle("guessing", **GUIDE)]
    if not learned.all():
        handles.insert(0, handle("tasks learned by no network", color="#bbbbbb"))
    drawn.legend(handles=handles, loc="outside lower right", ncols=2, fontsize=7)

"""Loss of text and abilities of the same networks, by their size.

Left, the loss of the final networks on held-out text over their number of parameters, with the
power law fitted to the mean over seeds. Right, a panel for each task that the same networks learn
between the text: the share of problems whose answer is right in every character, after as many
solved problems as the context holds. In grey, the scores that guessing explains. Above each
panel, the largest gain over a factor of two in parameters, as a mean over seeds; the panels are in
its order. Hollow circles are a control with four times the training.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import figure, handle, legend_below, settings
from ontogeny.studies.surprise.panels import (
    GUIDE,
    families_and_mean,
    handles_of_settings,
    has_networks,
    main_and_control,
    plain_ticks,
    size_axis,
    without_networks,
)
from ontogeny.wording import plural

__all__ = ["draw", "numbers"]

NEEDS = ("mixture-families",)

_ROWS = 3
_FLOOR = "#dddddd"
_LAW: Mapping[str, Any] = {"color": "black", "ls": (0, (4, 2)), "lw": 1.1}


def numbers(mixture_scaling: xr.Dataset) -> xr.Dataset:
    """Select the loss with its power law, and exact match; the steepest task comes first."""
    scaling = mixture_scaling.sel(shots="most", law="power")
    names = ["loss", "law_of_setting", "exact", "floor", "gain", "answer_length"]
    found = main_and_control(scaling, names)
    if not found.sizes["setting"]:
        return found
    gain = found["gain_of_setting"].isel(setting=0).fillna(-np.inf).values
    return found.isel(task=np.argsort(-gain, kind="stable"))


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw a large panel of the loss, and small ones of the tasks beside it."""
    if not has_networks(numbers):
        return without_networks(style.width)
    tasks = numbers["task"].values
    columns = max(-(-len(tasks) // _ROWS), 1)
    with settings():
        drawn = figure(width=style.width, height=0.7 * style.width)
        drawn.suptitle(
            "The same networks: the loss of their text (left), and each task that they learn "
            "beside it (right)",
            fontsize=9,
        )
        grid = drawn.add_gridspec(_ROWS, 1 + columns, width_ratios=[1.7] + [1.0] * columns)
        left = drawn.add_subplot(grid[:, 0])
        _loss(left, numbers)
        for place, task in enumerate(tasks):
            row, column = divmod(place, columns)
            axes = drawn.add_subplot(grid[row, 1 + column], sharex=left)
            _task(axes, numbers, task)
            axes.tick_params(labelbottom=place + columns >= len(tasks), labelleft=column == 0)
            if column == 0:
                axes.set_ylabel("exact match", fontsize=8)
            if row == _ROWS - 1:
                axes.set_xlabel("number of parameters", fontsize=8)
        handles = handles_of_settings(numbers)
        handles.append(handle("power law", **_LAW))
        handles.append(handle("explained by guessing", color=_FLOOR, lw=5))
        legend_below(drawn, handles, columns=3)
    return drawn


def _loss(axes: Axes, numbers: xr.Dataset) -> None:
    families_and_mean(axes, numbers, "loss")
    for setting in numbers["setting"].values[:1]:
        line = numbers.sel(setting=setting)
        axes.plot(line["parameters_of_setting"], line["law_of_setting"], zorder=3, **_LAW)
    size_axis(axes, numbers["parameters"].values.ravel())
    axes.set_yscale("log")
    plain_ticks(axes.yaxis)
    axes.set(xlabel="parameters without embeddings", ylabel="loss of text [nat per character]")
    axes.set_title("text")


def _task(axes: Axes, numbers: xr.Dataset, task: str) -> None:
    one = numbers.sel(task=task)
    if numbers.sizes["setting"]:
        first = one.isel(setting=0)
        axes.axhspan(-0.05, float(first["floor_of_setting"]), color=_FLOOR, lw=0)
        length, gain = int(first["answer_length_of_setting"]), float(first["gain_of_setting"])
        said = f"\n×2 in size: up to {gain:+.2f}" if np.isfinite(gain) else ""
        axes.set_title(f"{task}, {plural(length, 'character')}{said}", fontsize=7)
    families_and_mean(axes, numbers, "exact", task=task)
    axes.axhline(1, **GUIDE)
    axes.set_ylim(-0.05, 1.12)
    axes.set_yticks([0, 0.5, 1])

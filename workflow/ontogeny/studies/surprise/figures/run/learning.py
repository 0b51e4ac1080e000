"""Accuracy of each task along the training of one network.

A curve for each task, coloured by how frequent it is. Tasks whose accuracy stays near that of a
guess, 0.5 (dotted), are not learned.
"""

import xarray as xr
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import figure, settings, step_axis
from ontogeny.studies.surprise.panels import GUIDE, rank_bar, ranks

__all__ = ["draw", "numbers"]

NEEDS = ("parity",)


def numbers(evaluation: xr.Dataset) -> xr.Dataset:
    """Select the accuracy of each task."""
    return evaluation[["task_accuracy"]]


def draw(numbers: xr.Dataset, style: Style, title: str) -> Figure:
    """Draw a curve for each task, the most frequent one on top."""
    step, count = numbers["step"].values, numbers.sizes["task"]
    colours, scale = ranks(count)
    with settings():
        drawn = figure(width=style.width, height=0.5 * style.width)
        axes = drawn.subplots()
        for place in range(count)[::-1]:
            curve = numbers["task_accuracy"].isel(task=place)
            axes.plot(step, curve, color=colours[place], lw=1)
        axes.axhline(0.5, **GUIDE)
        step_axis(axes, float(step[-1]), logarithmic=style.log_steps)
        axes.set(ylabel="accuracy of the task", ylim=(0.4, 1.03))
        axes.set_title(title)
        rank_bar(drawn, axes, scale)
    return drawn

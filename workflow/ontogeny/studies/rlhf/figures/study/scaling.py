"""Accuracy of preference models by their size and by the number of comparisons.

On fresh pairs of samples of the start policy. Left, a line for each size of the network, over the
number of comparisons that it was fitted to; right, the same models, a line for each number of
comparisons, over the number of parameters. Marks are seeds, lines go through their means; the
darker, the larger the network or the more comparisons. The dotted line is the accuracy of the true
score: since preferences are drawn at random from it, no model can be expected to be more often
right.
"""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import figure, handle, legend_below, settings
from ontogeny.studies.rlhf.panels import GUIDE, count_name, nothing, size_axis, size_colour

__all__ = ["draw", "numbers"]

NEEDS = ("scaling",)

_PANELS = {
    "grid_pairs": ("grid_parameters", "comparisons", "parameters"),
    "grid_parameters": ("grid_pairs", "parameters", "comparisons"),
}


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select the accuracy of the grid that has most models, in sequences if there is one."""
    if not comparison.sizes["grid"]:
        return comparison[["grid"]]
    known = comparison["mean_grid_accuracy"].notnull().sum(list(_PANELS)).values
    is_exact = comparison["kind_of_grid"].values != "sequences"
    first = int(np.lexsort((-known, is_exact))[0])
    shown = comparison[["grid_accuracy", "mean_grid_accuracy", "grid_ceiling"]].isel(grid=first)
    for dim in _PANELS:
        shown = shown.dropna(dim, how="all", subset=["mean_grid_accuracy"])
    return shown


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw the accuracy over comparisons and over parameters."""
    if "grid_accuracy" not in numbers:
        return nothing(style.width, "no preference models differ in comparisons and size alone")
    with settings():
        drawn = figure(width=style.width, height=0.5 * style.width)
        panels = drawn.subplots(1, 2, sharey=True)
        handles = []
        for axes, (along, (by, name, unit)) in zip(panels, _PANELS.items(), strict=True):
            count = numbers.sizes[by]
            for place, value in enumerate(numbers[by].values):
                colour = size_colour(place, count)
                _line(axes, numbers.sel({by: value}), along, colour)
                handles.append(
                    handle(f"{count_name(float(value))} {unit}", color=colour, marker="o")
                )
            axes.axhline(float(numbers["grid_ceiling"]), **GUIDE)
            axes.set_xlabel(name)
            size_axis(axes, numbers[along].values)
        panels[0].set_ylabel("accuracy")
        legend_below(drawn, [*handles, handle("accuracy of the true score", **GUIDE)], columns=3)
    return drawn


def _line(axes: Axes, models: xr.Dataset, along: str, colour: str) -> None:
    mean = models["mean_grid_accuracy"].dropna(along)
    axes.plot(mean[along], mean, color=colour)
    for _, of_seed in models["grid_accuracy"].groupby("seed"):
        axes.plot(models[along], of_seed.squeeze("seed"), "o", ms=3, mew=0, alpha=0.6, color=colour)

"""Abilities by size of the network, measured by five metrics.

The same answers of the same networks by five metrics, a column for each task: whether the whole
answer is right, how probable the whole right answer is, how often each of its characters is right
when those before it are given, how many edits lead from the written to the right answer, and the
loss of its characters. If the upper rows jump and the lower ones do not, the metric causes the
jump. Dotted, in the first row, exact match as the product of the accuracies of its characters.
"""

import xarray as xr
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import figure, handle, legend_below, settings
from ontogeny.studies.surprise.panels import (
    families_and_mean,
    handles_of_settings,
    has_networks,
    main_and_control,
    size_axis,
    without_networks,
)

__all__ = ["draw", "numbers"]

NEEDS = ("mixture-families",)

_ROWS = {
    "exact": "exact match",
    "exact_probability": "probability\nof the answer",
    "token_accuracy": "accuracy of\ncharacters",
    "edit_distance": "edits, over\nthe length",
    "answer_loss": "loss [nat per\ncharacter]",
}


def numbers(mixture_scaling: xr.Dataset) -> xr.Dataset:
    """Select all metrics of the final networks, with as many solved problems as fit."""
    return main_and_control(mixture_scaling.sel(shots="most"), [*_ROWS, "token_product"])


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw a row for each metric and a column for each task."""
    if not has_networks(numbers):
        return without_networks(style.width)
    tasks = numbers["task"].values
    with settings():
        drawn = figure(width=style.width, height=0.85 * style.width)
        drawn.suptitle(
            "The same answers by five metrics\n"
            "A jump in the upper rows that is gradual in the lower ones comes from the metric",
            fontsize=9,
        )
        panels = drawn.subplots(
            len(_ROWS), max(len(tasks), 1), squeeze=False, sharex=True, sharey="row"
        )
        for column, task in zip(panels.T, tasks, strict=False):
            for axes, name in zip(column, _ROWS, strict=True):
                families_and_mean(axes, numbers, name, task=task)
                size_axis(axes, numbers["parameters"].values.ravel())
                if name != "answer_loss":
                    axes.set_ylim(-0.05, 1.08)
            for setting in numbers["setting"].values[:1]:
                line = numbers.sel(setting=setting, task=task)
                column[0].plot(
                    line["parameters_of_setting"], line["token_product_of_setting"], **_PRODUCT
                )
            column[0].set_title(str(task), fontsize=8)
        for axes, label in zip(panels[:, 0], _ROWS.values(), strict=True):
            axes.set_ylabel(label, fontsize=7)
            axes.tick_params(axis="y", labelsize=7)
        for axes in panels[-1]:
            axes.tick_params(axis="x", labelsize=7, labelrotation=45)
        panels[-1, panels.shape[1] // 2].set_xlabel("parameters without embeddings", fontsize=8)
        handles = [*handles_of_settings(numbers), handle("product of accuracies", **_PRODUCT)]
        legend_below(drawn, handles, columns=5)
    return drawn


_PRODUCT = {"color": "black", "ls": ":", "lw": 1.2}

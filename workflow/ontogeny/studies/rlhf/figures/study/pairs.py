"""Accuracy of models of real comparisons, on their own kind of comparisons and on another one.

Left, how often a linear model of the words of two responses is right; its own kind is judged by
models that saw no comparison with the same first message, another kind by a model of all
comparisons of the first. Bars are 95 % intervals over first messages. Hollow marks: the same models
with the weight of the responses' length set to 0. Where filled marks are below one half and hollow
ones do not, the two kinds disagree on how long a response should be. Crosses: how often the shorter
response is preferred. Right, how often the models are right on their own kind, by bins of the score
difference, against how often they say that they are, before and after a temperature.
"""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import PALETTE, figure, handle, legend_below, settings
from ontogeny.studies.rlhf.panels import GUIDE, plot_known

__all__ = ["draw", "numbers"]

NEEDS = ("pairs",)

_SHOWN = (
    "real_accuracy",
    "real_accuracy_interval",
    "real_accuracy_without_length",
    "real_shorter_wins",
    "real_bin_accuracy",
    "real_bin_expected",
)
_DASHES = {"raw": "--", "calibrated": "-"}
_ROW = 0.32
"""Height of a row [inch]."""


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select accuracies and calibration of models of real comparisons."""
    return comparison[list(_SHOWN)]


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw a row for each model and kind of comparisons, and the calibration."""
    names = numbers["real_tested_on"].values.tolist()
    colours = {name: PALETTE[place % len(PALETTE)] for place, name in enumerate(names)}
    with settings():
        height = max(0.45 * style.width, _ROW * len(names) ** 2 + 1.2)
        drawn = figure(width=style.width, height=height)
        drawn.set_layout_engine("constrained", w_pad=0.12)
        accuracy, calibration = drawn.subplots(1, 2)
        _accuracies(accuracy, numbers, colours)
        calibration.axline((0.5, 0.5), slope=1, **GUIDE)
        for name, colour in colours.items():
            for scaling, dash in _DASHES.items():
                one = numbers.sel(real_tested_on=name, real_scaling=scaling)
                plot_known(
                    calibration, one["real_bin_expected"], one["real_bin_accuracy"],
                    ls=dash, marker="o", ms=3, color=colour,
                )  # fmt: skip
        calibration.set(xlabel="expected accuracy", ylabel="accuracy")
        dark = {"color": "#444444"}
        handles = [handle(f"model of {name}", color=c, lw=2) for name, c in colours.items()]
        handles += [
            handle("accuracy of the model", marker="o", ls="", **dark),
            handle("accuracy, weight of length 0", marker="o", mfc="white", ls="", **dark),
            handle("share of shorter responses preferred", marker="x", ls="", **dark),
            *(handle(f"{scaling} scores", ls=dash, **dark) for scaling, dash in _DASHES.items()),
        ]
        legend_below(drawn, handles, columns=3)
    return drawn


def _accuracies(axes: Axes, numbers: xr.Dataset, colours: dict[str, str]) -> None:
    labels: list[str] = []
    for trained_on, colour in colours.items():
        for tested_on in colours:
            one = numbers.sel(real_trained_on=trained_on, real_tested_on=tested_on)
            row = len(labels)
            axes.plot(one["real_accuracy_interval"], [row, row], lw=1.5, color=colour)
            axes.plot(one["real_accuracy"], row, "o", ms=5, color=colour)
            without = one["real_accuracy_without_length"]
            axes.plot(without, row, "o", ms=5, mfc="white", color=colour)
            axes.plot(one["real_shorter_wins"], row, "x", ms=5, color="#444444")
            labels.append(f"{trained_on}\non {tested_on}")
    axes.axvline(0.5, **GUIDE)
    axes.set_yticks(np.arange(len(labels)), labels, fontsize=7)
    axes.set(xlabel="accuracy", ylim=(len(labels) - 0.4, -0.6))

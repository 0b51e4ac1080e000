"""Laws of the loss of parity networks.

Top left: loss over the number of parameters after the whole training, a dot for each network and a
line for the power law of the mean over seeds. Top right: the exponent of that loss, after a quarter
of the training and after all of it, a mark for each seed; beside it the exponent that follows from
the frequencies of the tasks alone if networks learn tasks in proportion to their size, and that of
endless tasks with endless training; the more negative, the steeper. Below: loss along the training
of the networks of one seed, over the examples seen and over compute.
"""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import figure, handle, settings
from ontogeny.studies.surprise.families import main_setting
from ontogeny.studies.surprise.panels import (
    dots,
    has_networks,
    of_setting,
    plain_ticks,
    setting_colours,
    setting_words,
    shades,
    size_axis,
    without_networks,
)

__all__ = ["draw", "numbers"]

NEEDS = ("parity-families",)

_EXPONENTS = {
    "exponent_quarter": ("o", "none", "a quarter of the training"),
    "exponent": ("o", "full", "the whole training"),
    "known_exponent": ("x", "full", "from the frequencies alone"),
    "endless_exponent": ("|", "full", "endless tasks and training"),
}
_COSTS = {"data_curve": "examples seen", "compute_curve": "compute of training [FLOP]"}


def numbers(parity_scaling: xr.Dataset) -> xr.Dataset:
    """Select losses, exponents and curves along training."""
    names = ["parameters", "loss", "left_out", "law_of_setting", "loss_curve"]
    return parity_scaling[[*names, *_EXPONENTS, *_COSTS]]


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw loss over size, exponents, and loss over data and compute."""
    if not has_networks(numbers):
        return without_networks(style.width)
    words, colours = setting_words(numbers), setting_colours(numbers)
    with settings():
        drawn = figure(width=style.width, height=0.85 * style.width)
        (over_size, exponents), costs = drawn.subplots(2, 2)
        for setting, colour in colours.items():
            _over_size(over_size, of_setting(numbers, setting), colour)
        over_size.set(title="Loss over size", yscale="log", ylabel="loss [nat]",
                      xlabel="parameters N")  # fmt: skip
        plain_ticks(over_size.yaxis)
        size_axis(over_size, numbers["parameters"].values.ravel())
        _exponents(exponents, numbers, colours)
        one = of_setting(numbers, main_setting(numbers)).isel(family=0)
        for axes, (cost, about) in zip(costs, _COSTS.items(), strict=True):
            _along(axes, one, cost)
            axes.set(xscale="log", yscale="log", xlabel=about, ylabel="loss [nat]")
            for axis in (axes.xaxis, axes.yaxis):
                plain_ticks(axis)
        costs[0].set_title("Loss over data, one seed")
        costs[1].set_title("Loss over compute, one seed")
        costs[1].legend(title="width", ncols=2, fontsize=7, title_fontsize=7, loc="lower left")
        handles = [
            handle(words[setting], color=colour, marker="o", ms=4)
            for setting, colour in colours.items()
        ]
        drawn.legend(handles=handles, loc="outside lower center", ncols=2)
    return drawn


def _over_size(axes: Axes, setting: xr.Dataset, colour: str) -> None:
    dots(axes, setting, "loss", ms=3, alpha=0.5, color=colour)
    size = setting["parameters"].max("family")
    axes.plot(size, setting["law_of_setting"].isel(setting=0), color=colour, lw=1.1)


def _exponents(axes: Axes, numbers: xr.Dataset, colours: dict[str, str]) -> None:
    """Draw a row for each setting, marks of four kinds below each other."""
    setting = numbers["setting_of_family"].values
    for row, (name, colour) in enumerate(colours.items()):
        for below, (quantity, (mark, fill, _)) in enumerate(_EXPONENTS.items()):
            found = numbers[quantity].values[setting == name]
            face = colour if fill == "full" else "none"
            height = np.full(len(found), row + 0.17 * (below - 1.5))
            axes.plot(found, height, mark, ms=4.5, color=colour, mfc=face, alpha=0.8)
    axes.set(
        title="Exponent of loss over size", xlabel="exponent (more negative: steeper)", yticks=[]
    )
    axes.set_ylim(len(colours) - 0.4, -0.6 - 0.5 * len(colours))
    axes.legend(
        handles=[
            handle(about, marker=mark, ls="", ms=4.5, color="#444444",
                   mfc="#444444" if fill == "full" else "none")
            for mark, fill, about in _EXPONENTS.values()
        ],
        loc="upper left", fontsize=7,
    )  # fmt: skip


def _along(axes: Axes, family: xr.Dataset, cost: str) -> None:
    """Draw a curve for each width, from the first update on."""
    late = family.sel(step=family["step"] > 0)
    for place, colour in enumerate(shades(family.sizes["width"])):
        one = late.isel(width=place).dropna("step", subset=["loss_curve"])
        label = str(int(one["width"]))
        axes.plot(one[cost], one["loss_curve"], color=colour, lw=1.1, label=label)

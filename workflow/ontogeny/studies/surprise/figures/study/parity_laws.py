"""How the loss of parity networks falls with size, data and compute.

Top left: loss over the number of parameters after the whole training, a dot for each network and a
line for the power law of the mean over seeds. Top right: the exponent of that law, the more
negative the steeper, a mark for each seed: as measured after a quarter of the training and after
all of it; as predicted from the frequencies of the tasks alone, if networks learn tasks in
proportion to their size; and as predicted for endless tasks and endless training. Below: loss along
the training of the networks of one seed, over the examples seen and over compute.
"""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

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
    "exponent_quarter": ("o", "none", "measured after\n1/4 of training"),
    "exponent": ("o", "full", "measured after\nall training"),
    "known_exponent": ("x", "full", "predicted from\nfrequencies"),
    "endless_exponent": ("D", "full", "predicted for\nendless tasks"),
}
"""Mark, its filling, and name of each kind of exponent."""

_COSTS = {"data_curve": "examples used in training", "compute_curve": "compute of training [FLOP]"}


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
                      xlabel="number of parameters")  # fmt: skip
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
        costs[1].legend(
            title="hidden neurons", ncols=2, fontsize=7, title_fontsize=7, loc="lower left"
        )
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
    """Draw a row for each kind of exponent, the settings of each below each other."""
    setting = numbers["setting_of_family"].values
    shifts = np.linspace(-0.3, 0.3, len(colours)) if len(colours) > 1 else np.zeros(1)
    for row, (quantity, (mark, fill, _)) in enumerate(_EXPONENTS.items()):
        for (name, colour), shift in zip(colours.items(), shifts, strict=True):
            found = numbers[quantity].values[setting == name]
            face = colour if fill == "full" else "none"
            axes.plot(found, np.full(len(found), row + shift), mark, ms=4.5, color=colour,
                      mfc=face, alpha=0.8)  # fmt: skip
    axes.set(title="Exponent of loss over size", xlabel="exponent (more negative: steeper)")
    axes.set_yticks(range(len(_EXPONENTS)), [said for *_, said in _EXPONENTS.values()], fontsize=7)
    axes.set_ylim(len(_EXPONENTS) - 0.5, -0.5)
    axes.margins(x=0.1)
    axes.xaxis.set_major_locator(MaxNLocator(5))


def _along(axes: Axes, family: xr.Dataset, cost: str) -> None:
    """Draw a curve for each width, from the first update on."""
    late = family.sel(step=family["step"] > 0)
    for place, colour in enumerate(shades(family.sizes["width"])):
        one = late.isel(width=place).dropna("step", subset=["loss_curve"])
        label = str(int(one["width"]))
        axes.plot(one[cost], one["loss_curve"], color=colour, lw=1.1, label=label)

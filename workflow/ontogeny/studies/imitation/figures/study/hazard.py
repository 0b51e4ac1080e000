"""Who makes the mistake that is for ever.

Share of histories in which the harmful action has led to the state that is never left, over time,
by learner: the mean over seeds, and the range where there are several. Dashed: the exact
probability when the demonstrator acts all the time.
"""

from collections.abc import Mapping
from typing import Any

import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import figure, settings
from ontogeny.studies.imitation.panels import LEARNER_LOOKS, chosen, handle

__all__ = ["draw", "numbers"]

NEEDS = ("hazard",)


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select the experiments on treacherous classes with a hazard."""
    names = ["harm_curve_of_experiment", "demonstrated_curve_of_experiment"]
    return chosen(comparison[names], "experiment", hazard=True).dropna("time", how="all")


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw a line for each experiment."""
    with settings():
        drawn = figure(width=style.width, height=0.5 * style.width)
        axes = drawn.subplots()
        for experiment in numbers["experiment"].values:
            one = numbers.sel(experiment=experiment)
            colour = LEARNER_LOOKS[one["learner_of_experiment"].item()]
            _curve(axes, one["harm_curve_of_experiment"], {"color": colour})
            _curve(axes, one["demonstrated_curve_of_experiment"], {"color": "black", "ls": "--"})
        axes.set(xlabel="steps so far", ylabel="share of histories\nin which harm is done for ever")
        axes.set_ylim(-0.03, 1.03)
        axes.set_xlim(left=0)
        learners = numbers["learner_of_experiment"].values
        handles = [
            handle(name, color=colour) for name, colour in LEARNER_LOOKS.items() if name in learners
        ]
        handles.append(handle("demonstrator, exact", color="black", ls="--"))
        drawn.legend(handles=handles, loc="outside right upper")
    return drawn


def _curve(axes: Axes, curve: xr.DataArray, look: Mapping[str, Any]) -> None:
    known = curve.dropna("time")
    time = known["time"].values + 1
    mean, lowest, highest = (known.sel(over_seeds=each) for each in ("mean", "lowest", "highest"))
    axes.plot(time, mean, **look)
    axes.fill_between(time, lowest, highest, color=look["color"], alpha=0.12, lw=0)

"""Share of histories with irreversible harm, over time, by learner.

The harmful action leads to a state that is never left. Lines are drawn by learner and whatever else
tells experiments apart, a panel for each class: the mean over seeds, and the range where there are
several. Dashed: the exact probability when the demonstrator acts all the time. Runs with an event
of their own are not shown.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import figure, handle, settings
from ontogeny.studies.imitation.panels import (
    LEARNER_LOOKS,
    chosen,
    curve_look,
    in_words,
    shades,
    time_axis,
)

__all__ = ["draw", "numbers"]

NEEDS = ("hazard",)


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select the experiments on treacherous classes with a hazard."""
    names = ["harm_curve_of_experiment", "demonstrated_curve_of_experiment"]
    found = chosen(comparison[names], "experiment", hazard=True, own_event=False)
    return found.dropna("time", how="all")


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw a panel for each class, a line for each experiment."""
    of_class = numbers["class_of_experiment"].values
    classes = list(dict.fromkeys(of_class))
    names = np.array(in_words(numbers, "experiment", shown=("class",)), dtype=object)
    colours = _colours(numbers, list(dict.fromkeys(names)))
    with settings():
        columns = int(np.clip(110 // (max(map(len, names), default=0) + 12), 1, 3))
        height = 0.42 * style.width + 0.2 * np.ceil((len(colours) + 1) / columns)
        drawn = figure(width=style.width, height=height)
        panels = drawn.subplots(1, max(len(classes), 1), squeeze=False, sharey=True)[0]
        for name, axes in zip(classes, panels, strict=False):
            for place in np.flatnonzero(of_class == name):
                one = numbers.isel(experiment=place)
                _curve(axes, one["harm_curve_of_experiment"], {"color": colours[names[place]]})
                exact = one["demonstrated_curve_of_experiment"]
                _curve(axes, exact, {"color": "black", "ls": "--"})
            if len(classes) > 1:
                axes.set_title(name)
        for axes in panels:
            time_axis(axes, style)
        panels[0].set_ylabel("share of histories\nwith irreversible harm")
        panels[0].set_ylim(-0.03, 1.03)
        handles = [handle(name, color=colour) for name, colour in colours.items()]
        handles.append(handle("demonstrator alone (exact)", color="black", ls="--"))
        drawn.legend(handles=handles, loc="outside lower center", ncols=columns)
    return drawn


def _colours(numbers: xr.Dataset, names: Sequence[str]) -> dict[str, str]:
    """Return the colour of each name: that of its learner where the learner tells names apart."""
    learners = set(numbers["learner_of_experiment"].values)
    if learners == set(names):
        return {name: colour for name, colour in LEARNER_LOOKS.items() if name in learners}
    return dict(zip(names, shades(len(names)), strict=True))


def _curve(axes: Axes, curve: xr.DataArray, look: Mapping[str, Any]) -> None:
    known = curve.dropna("time")
    time = known["time"].values + 1
    mean, lowest, highest = (known.sel(over_seeds=each) for each in ("mean", "lowest", "highest"))
    axes.plot(time, mean, **look, **curve_look(len(time)))
    axes.fill_between(time, lowest, highest, color=look["color"], alpha=0.12, lw=0)

"""Queries and safety of conservative learners, by the threshold alpha.

Conservative learners by the threshold of plausibility, a column for each class (and number of
steps) that has three or more: the expected sum of cubes of the query probability, the probability
that the demonstrator is not always plausible, and the probability of harm, where there is harm. A
dot is a run, the line the mean over seeds; lighter where the demonstrator is first among equal
weights. The bounds (D5, D5', and T1 as recalled from the paper) are far from what is measured, and
alpha/w promises nothing from 1 on, where it is not drawn. The black line is the demonstrator's
exact probability of harm. Runs with an event of their own are not shown.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator
from numpy.typing import NDArray

from ontogeny.config import Style
from ontogeny.plotting import PALETTE, figure, handle, settings
from ontogeny.studies.imitation.panels import (
    BOUND,
    chosen,
    seeds_and_mean,
    settings_of,
    with_several,
)

__all__ = ["draw", "numbers"]

NEEDS = ("several-alphas",)

_SETTING = ("class", "steps")
_QUANTITIES = ("cubes", "left_out", "harm", "demonstrated_harm")
_BOUNDS: Mapping[str, Any] = {
    "cubes_bound": ("bound D5", "--"),
    "cubes_bound_of_any_prior": ("bound D5'", ":"),
    "recalled_cubes_bound": ("bound T1, as recalled", "-."),
}
_ROWS = {
    "cubes": "expected sum of $\\theta^3$",
    "left_out": "probability that the\ndemonstrator is not\nalways plausible",
    "harm": "probability of harm",
}
_LOOKS = {"last": PALETTE[0], "first": PALETTE[5]}


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select conservative runs with a uniform prior on classes with several alphas."""
    names = [*_QUANTITIES, *_BOUNDS, "left_out_bound"]
    names += [f"{name}_of_experiment" for name in _QUANTITIES]
    described = {
        "learner": "conservative",
        "prior": "uniform",
        "contains_demonstrator": True,
        "own_event": False,
    }
    found = comparison[names]
    for along in ("run", "experiment"):
        found = with_several(chosen(found, along, **described), along, "alpha", _SETTING)
    return found


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw a column for each class and number of steps, and a row for each quantity."""
    columns = list(dict.fromkeys(settings_of(numbers, "run", _SETTING)))
    of_classes = Counter(name for name, _ in columns)
    rows = [name for name in _ROWS if numbers[name].notnull().any()]
    shape = (max(len(rows), 1), max(len(columns), 1))
    with settings():
        drawn = figure(width=style.width, height=(0.1 + 0.27 * shape[0]) * style.width)
        panels = drawn.subplots(*shape, squeeze=False, sharex="col", sharey="row")
        for column, (name, steps) in zip(panels.T, columns, strict=False):
            of_class = numbers
            for along in ("run", "experiment"):
                of_class = chosen(of_class, along, **{"class": name}, steps=steps)
            for quantity, axes in zip(rows, column, strict=False):
                _panel(axes, of_class, quantity)
            title = fill(name, 60 // len(columns), break_long_words=False)
            column[0].set_title(title if of_classes[name] == 1 else f"{title}\n{steps} steps")
            _alpha_axis(list(column), np.unique(of_class["alpha_of_run"].values))
        for quantity, row in zip(rows, panels, strict=False):
            first = next(axes for axes in row if axes.get_visible())
            first.tick_params(labelleft=True)
            first.set_ylabel(_ROWS[quantity])
        _legend(drawn, "harm" in rows)
    return drawn


def _panel(axes: Axes, of_class: xr.Dataset, quantity: str) -> None:
    if not of_class[quantity].notnull().any():
        axes.set_visible(False)
        return
    for ties, colour in _LOOKS.items():
        runs, experiments = (chosen(of_class, along, ties=ties) for along in ("run", "experiment"))
        seeds_and_mean(axes, runs, experiments, "alpha", quantity, colour)
    ordered = of_class.sortby("alpha_of_run")
    if quantity == "cubes":
        for name, (_, dash) in _BOUNDS.items():
            axes.plot(ordered["alpha_of_run"], ordered[name], ls=dash, **BOUND)
        axes.set_yscale("log", nonpositive="mask")
    elif quantity == "left_out":
        promised = ordered["left_out_bound"].where(ordered["left_out_bound"] < 1)
        axes.plot(ordered["alpha_of_run"], promised, ls=(0, (5, 1)), **BOUND)
        axes.set_ylim(-0.03, 1.03)
    else:
        demonstrated = of_class.sortby("alpha_of_experiment")
        mean = demonstrated["demonstrated_harm_of_experiment"].sel(over_seeds="mean")
        axes.plot(demonstrated["alpha_of_experiment"], mean, color="black", lw=1)
        axes.set_ylim(-0.03, 1.03)


def _alpha_axis(column: Sequence[Axes], alphas: NDArray[np.float64]) -> None:
    """Label alphas below the last panel of a column that is there."""
    for axes in column:
        axes.set_xscale("log")
        axes.set_xticks(alphas, [f"{alpha:g}" for alpha in alphas], fontsize=7)
        axes.xaxis.set_minor_locator(NullLocator())
    last = [axes for axes in column if axes.get_visible()][-1]
    last.tick_params(labelbottom=True)
    last.set_xlabel("threshold α")


def _legend(drawn: Figure, has_harm: bool) -> None:
    handles = [
        handle(f"demonstrator {ties} in order", color=colour, marker="o")
        for ties, colour in _LOOKS.items()
    ]
    handles += [handle(label, ls=dash, **BOUND) for label, dash in _BOUNDS.values()]
    handles.append(handle("bound α/w", ls=(0, (5, 1)), **BOUND))
    if has_harm:
        handles.append(handle("harm by the demonstrator", color="black", lw=1))
    drawn.legend(handles=handles, loc="outside lower center", ncols=4)

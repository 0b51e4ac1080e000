"""Queries and risk of conservative learners, by the number of policies.

Conservative learners on random classes, by the number of policies: the expected sum of cubes of the
query probability with its bounds, the expected number of queries, and the probability that the
demonstrator is not always plausible with its bound alpha/w (drawn where it is less than 1). A dot
is a run, the line the mean over seeds. Queries grow about like the logarithm of the number of
policies; the bounds grow like that number.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from ontogeny.config import Style
from ontogeny.plotting import figure, handle, settings
from ontogeny.studies.imitation.panels import (
    BOUND,
    alpha_colours,
    chosen,
    seeds_and_mean,
    settings_of,
    with_several,
)

__all__ = ["draw", "numbers"]

NEEDS = ("several-sizes",)

_SETTING = ("alpha", "ties", "steps", "states", "actions")
_ROWS = {
    "cubes": "expected sum of $\\theta^3$",
    "queries": "expected number of queries",
    "left_out": "probability that the\ndemonstrator is not\nalways plausible",
}
_BOUNDS: Mapping[str, Mapping[str, Any]] = {
    "cubes": {"cubes_bound": "--", "cubes_bound_of_any_prior": ":"},
    "queries": {},
    "left_out": {"left_out_bound": (0, (5, 1))},
}


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select runs on random classes that differ in size, and in nothing else."""
    names = [*_ROWS, *(bound for bounds in _BOUNDS.values() for bound in bounds)]
    names += [f"{name}_of_experiment" for name in _ROWS]
    described = {
        "kind": "random",
        "learner": "conservative",
        "prior": "uniform",
        "contains_demonstrator": True,
    }
    found = comparison[names]
    for along in ("run", "experiment"):
        found = with_several(chosen(found, along, **described), along, "policies", _SETTING)
    return found


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw a panel for each quantity, a line for each alpha."""
    colours = alpha_colours(numbers["alpha_of_run"].values)
    with settings():
        drawn = figure(width=style.width, height=0.42 * style.width)
        panels = drawn.subplots(1, len(_ROWS))
        for (quantity, about), axes in zip(_ROWS.items(), panels, strict=True):
            for setting in dict.fromkeys(settings_of(numbers, "run", _SETTING)):
                described = dict(zip(_SETTING, setting, strict=True))
                runs, experiments = (
                    chosen(numbers, along, **described) for along in ("run", "experiment")
                )
                colour = colours[described["alpha"]]
                seeds_and_mean(axes, runs, experiments, "policies", quantity, colour)
                _bounds(axes, runs, quantity)
            sizes = np.unique(numbers["policies_of_run"].values)
            axes.set(xscale="log", xlabel="number of policies", ylabel=about)
            axes.set_xticks(sizes, [str(size) for size in sizes])
            axes.xaxis.set_minor_locator(NullLocator())
        panels[0].set_yscale("log")
        panels[1].set_ylim(bottom=0)
        panels[2].set_ylim(-0.03, 1.03)
        handles = [
            handle(f"α = {alpha:g}", color=each, marker="o") for alpha, each in colours.items()
        ]
        handles += [
            handle("bound D5", ls="--", **BOUND),
            handle("bound D5'", ls=":", **BOUND),
            handle("bound α/w", ls=(0, (5, 1)), **BOUND),
        ]
        drawn.legend(handles=handles, loc="outside lower center", ncols=len(handles))
    return drawn


def _bounds(axes: Axes, runs: xr.Dataset, quantity: str) -> None:
    ordered = runs.sortby("policies_of_run")
    for name, dash in _BOUNDS[quantity].items():
        bound = ordered[name]
        if quantity == "left_out":
            bound = bound.where(bound < 1)
        axes.plot(ordered["policies_of_run"], bound, ls=dash, **BOUND)

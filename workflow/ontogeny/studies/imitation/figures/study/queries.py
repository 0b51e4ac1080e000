"""How often learners ask, over time.

The query probability (above) and the number of queries so far (below) of simulated learners, by
kind of class, in logarithms: a line for each experiment in which there are queries, the mean over
its seeds, with the range where there are several. The colour is that of alpha where there are
several, and else that of the learner; lines of one colour and kind may differ in anything else.
Learners other than the cloning one (dashed) ask by the same rule, so that their lines nearly
coincide. With one unknown parameter (grid) the exponents -1/3 and 2/3 are expected, which are the
dashed grey lines.
"""

from collections.abc import Mapping

import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import figure, handle, settings
from ontogeny.studies.imitation.panels import (
    BOUND,
    KINDS,
    LEARNER_LOOKS,
    alpha_colours,
    curve_look,
    time_axis,
)

__all__ = ["draw", "numbers"]

NEEDS = ("asks",)

_ROWS = (("theta_curve", "query probability"), ("queries_curve", "number of queries\nso far"))
_EXPONENTS = {"theta_curve": -1 / 3, "queries_curve": 2 / 3}
_CLONING = "cloning"
_LIMITS = {"theta_curve": (1e-3, 1.3), "queries_curve": (0.5, None)}


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select the curves of simulated experiments in which there are queries."""
    asks = (comparison["queries_curve_of_experiment"].sel(over_seeds="mean") > 0).any("time")
    chosen = comparison[[f"{name}_of_experiment" for name, _ in _ROWS]]
    return chosen.isel(experiment=asks.values)


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw a column for each kind of class, a line for each experiment."""
    kinds = [kind for kind in KINDS if kind in numbers["kind_of_experiment"].values]
    colours = _colours(numbers)
    rows = [(name, about) for name, about in _ROWS if (numbers[f"{name}_of_experiment"] > 0).any()]
    with settings():
        drawn = figure(width=style.width, height=0.62 * style.width)
        if not rows:
            drawn.text(0.5, 0.5, "No learner asks.", ha="center", va="center")
            return drawn
        panels = drawn.subplots(len(rows), len(kinds), squeeze=False, sharex="col", sharey="row")
        for (name, about), row in zip(rows, panels, strict=True):
            for kind, axes in zip(kinds, row, strict=True):
                of_kind = numbers["kind_of_experiment"].values == kind
                for experiment in numbers["experiment"].values[of_kind]:
                    one = numbers.sel(experiment=experiment)
                    _curve(axes, one, name, colours[_name(one, colours)])
                if kind == "grid":
                    _guide(axes, numbers.isel(experiment=of_kind), name)
            row[0].set(yscale="log", ylabel=about)
            row[0].set_ylim(*_LIMITS[name])
        for kind, axes in zip(kinds, panels[0], strict=True):
            axes.set_title(f"class: {KINDS[kind][1]}")
        for axes in panels[-1]:
            time_axis(axes, style)
        handles = [handle(said, color=c, ls=_dash(said)) for said, c in colours.items()]
        if _CLONING in numbers["learner_of_experiment"].values and _CLONING not in colours:
            handles.append(handle(_CLONING, color="black", ls=_dash(_CLONING)))
        drawn.legend(handles=handles, loc="outside lower center", ncols=max(len(handles), 1))
    return drawn


def _colours(numbers: xr.Dataset) -> dict[str, str]:
    """Return a colour for each alpha where there are several, and else for each learner."""
    alphas = alpha_colours(numbers["alpha_of_experiment"].values)
    if len(alphas) > 1:
        return {_said(alpha): colour for alpha, colour in alphas.items()}
    learners = numbers["learner_of_experiment"].values
    return {name: colour for name, colour in LEARNER_LOOKS.items() if name in learners}


def _name(one: xr.Dataset, colours: Mapping[str, str]) -> str:
    """Return the entry of the legend that has the colour of an experiment."""
    learner = str(one["learner_of_experiment"].item())
    return learner if learner in colours else _said(float(one["alpha_of_experiment"]))


def _said(alpha: float) -> str:
    return f"α = {alpha:g}"


def _dash(learner: str) -> str:
    return "--" if learner == _CLONING else "-"


def _curve(axes: Axes, one: xr.Dataset, name: str, colour: str) -> None:
    curve = one[f"{name}_of_experiment"].dropna("time")
    time = curve["time"].values + 1
    mean, lowest, highest = (curve.sel(over_seeds=each) for each in ("mean", "lowest", "highest"))
    dash = _dash(one["learner_of_experiment"].item())
    axes.plot(time, mean, ls=dash, color=colour, lw=1, **curve_look(len(time)))
    axes.fill_between(time, lowest, highest, color=colour, alpha=0.1, lw=0)


def _guide(axes: Axes, grids: xr.Dataset, name: str) -> None:
    """Draw the expected exponent through the middle of the first experiment's curve."""
    curve = grids[f"{name}_of_experiment"].isel(experiment=0).sel(over_seeds="mean")
    curve = curve.dropna("time")
    time, exponent = curve["time"].values + 1.0, _EXPONENTS[name]
    middle = len(time) // 2
    axes.plot(
        time, 1.6 * float(curve[middle]) * (time / time[middle]) ** exponent, ls="--", **BOUND
    )

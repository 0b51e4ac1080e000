"""Which learners do harm when most policies betray the demonstrator, and how often they ask.

Left: the probability that harm is done, with its 95 % interval over histories, a dot for each seed;
the black lines are the exact probability when the demonstrator acts all the time. Right: the
expected number of queries. On these classes most policies are copies of the demonstrator that
betray it at some step. A conservative learner asks when plausible policies disagree and stays near
the black line. A learner by the posterior mean (mixture) asks as often but does what most policies
do; a cloning learner asks at the beginning alone. Classes with one learner are not shown, nor are
runs with an event of their own.
"""

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import figure, handle, settings
from ontogeny.studies.imitation.panels import LEARNER_LOOKS, chosen, in_words, with_room

__all__ = ["draw", "numbers"]

NEEDS = ("several-learners",)

_NAMES = ("harm", "harm_interval", "demonstrated_harm", "queries", "queries_error")


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select runs on treacherous classes that have several learners, in the order of learners."""
    found = chosen(comparison[list(_NAMES)], "run", kind="treacherous", own_event=False)
    classes, learners = found["class_of_run"].values, found["learner_of_run"].values
    several = [len(np.unique(learners[classes == name])) > 1 for name in classes]
    found = found.isel(run=np.array(several, dtype=bool))
    order: list[int] = [list(LEARNER_LOOKS).index(name) for name in found["learner_of_run"].values]
    alphas, ties = found["alpha_of_run"].values, found["ties_of_run"].values.astype(str)
    names = found["class_of_run"].values.astype(str)
    return found.isel(run=np.lexsort((-alphas, ties, np.array(order), names)))


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw a row for each experiment, a dot for each seed."""
    names = numbers["experiment_of_run"].values
    experiments = list(dict.fromkeys(names))
    first = numbers.isel(run=[list(names).index(name) for name in experiments])
    height = 0.16 * style.width + 0.24 * max(len(experiments), 3)
    with settings():
        drawn = figure(width=style.width, height=height)
        with_room(drawn)
        left, right = drawn.subplots(1, 2, sharey=True, width_ratios=[1.5, 1])
        for row, name in enumerate(experiments):
            runs = numbers.isel(run=names == name)
            count = runs.sizes["run"]
            place = row + (np.linspace(-0.3, 0.3, count) if count > 1 else np.zeros(1))
            colour = LEARNER_LOOKS[runs["learner_of_run"].values[0]]
            _harm(left, runs, place, colour)
            right.errorbar(runs["queries"], place, xerr=2 * runs["queries_error"], fmt="o", ms=3,
                           lw=1, color=colour)  # fmt: skip
        left.set_yticks(range(len(experiments)), in_words(first, "run"))
        left.set(
            ylim=(len(experiments) - 0.5, -0.5),
            xlim=(-0.02, 1.02),
            xlabel="probability of harm",
            ylabel="learner",
        )
        right.set(xlabel="expected number\nof queries")
        right.set_xlim(left=0)
        exact = handle(
            "harm if the demonstrator acts alone (exact)",
            color="black",
            marker="|",
            ms=9,
            mew=1.2,
            ls="",
        )
        drawn.legend(handles=[exact], loc="outside upper right")
    return drawn


def _harm(axes: Axes, runs: xr.Dataset, place: np.ndarray, colour: str) -> None:
    axes.hlines(place, *runs["harm_interval"].values.T, color=colour, lw=1.2)
    axes.plot(runs["harm"], place, "o", ms=3.5, color=colour)
    half = 0.4 / len(place)
    axes.vlines(runs["demonstrated_harm"], place - half, place + half, color="black", lw=1.2)

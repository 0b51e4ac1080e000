"""How far what happens is from the demonstrator, against questions asked.

Kullback-Leibler divergence from what happens when the demonstrator acts all the time, against the
expected number of questions, one mark for each run. While the demonstrator is plausible, a
conservative learner is never above the line: each question costs at most one nat. Enumerated runs
show the exact divergence of all that happens, also where the demonstrator has been lost; simulated
ones an upper bound, its sum over the steps in which the demonstrator is plausible. A mark at the
upper edge is infinite. Learners that never ask, or never differ, are not drawn. Open marks: the
class does not contain the demonstrator. Faint ones: alpha/w is 1 or more, so that nothing keeps the
demonstrator plausible.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.config import Style
from ontogeny.plotting import figure, settings
from ontogeny.studies.imitation.panels import BOUND, KINDS, MARKS, handle

__all__ = ["draw", "numbers"]


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select the distance of enumerated runs, its bound of simulated ones, and questions."""
    exact = comparison["exact_of_run"].astype(bool)
    distance = comparison["distance"].where(exact, comparison["divergence"])
    return comparison[["queries", "lost_bound"]].assign(distance=distance)


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw one mark a run, its colour by kind of class and its shape by learner."""
    asked, away = numbers["queries"].values, numbers["distance"].values
    kind, learner = numbers["kind_of_run"].values, numbers["learner_of_run"].values
    known = numbers["contains_demonstrator_of_run"].values.astype(bool)
    shown = (asked > 0) & (away > 0)
    with settings():
        drawn = figure(width=style.width, height=0.68 * style.width)
        axes = drawn.subplots()
        axes.axline((1, 1), slope=1, **BOUND)
        for place in np.flatnonzero(shown):
            infinite = np.isinf(away[place])
            colour = KINDS[kind[place]][0]
            axes.plot(
                asked[place],
                0.985 if infinite else away[place],
                MARKS[learner[place]],
                transform=axes.get_xaxis_transform() if infinite else axes.transData,
                ms=5,
                mec=colour,
                mfc=colour if known[place] else "none",
                alpha=0.25 if numbers["lost_bound"].values[place] >= 1 else 0.7,
            )
        axes.set(xscale="log", yscale="log", xlabel="expected number of questions")
        axes.set_ylabel("distance from the demonstrator [nat]")
        kinds = [name for name in KINDS if name in kind[shown]]
        marks = [name for name in MARKS if name in learner[shown]]
        handles = [handle("distance = questions", **BOUND)]
        handles += [handle(KINDS[name][1], color=KINDS[name][0], lw=4) for name in kinds]
        handles += [handle(name, color="black", marker=MARKS[name], ls="", ms=5) for name in marks]
        drawn.legend(handles=handles, loc="outside right upper")
    return drawn

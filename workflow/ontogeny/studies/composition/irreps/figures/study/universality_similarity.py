"""Irreps over training, mean over the seeds of each experiment.

Cosine between the logits and the character of each irrep along training, mean over the seeds of
each experiment with a band of one standard deviation. Which irreps rise, and how late, varies by
seed.
"""

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

from ontogeny.plotting import figure, irrep_looks, settings, step_axis
from ontogeny.studies.composition.config import Style

__all__ = ["draw", "numbers"]

NEEDS = ("steps",)

_COLUMNS = 2
_NAMED = 7


def numbers(comparison: xr.Dataset) -> xr.Dataset:
    """Select mean and standard deviation of the similarities."""
    return comparison[["similarity_mean", "similarity_deviation", "place", "grokked"]]


def draw(numbers: xr.Dataset, style: Style) -> Figure:
    """Draw the mean of each irrep with a band of one standard deviation.

    The non-trivial irreps with the largest mean at the end are named, the others grey.
    """
    experiments = [str(name) for name in numbers["experiment"].values]
    count = -(-len(experiments) // _COLUMNS)
    with settings():
        drawn = figure(width=1.25 * style.width, height=0.42 * count * style.width)
        places = drawn.subplots(count, _COLUMNS, squeeze=False).ravel()
        for axes in places[len(experiments) :]:
            axes.remove()
        for axes, experiment in zip(places, experiments, strict=False):
            member = numbers["experiment_of_run"].values == experiment
            group = numbers["group_of_run"].values[member][0]
            order = np.argsort(numbers["place"].sel(group=group).values, kind="stable")
            those = numbers.sel(experiment=experiment).isel(irrep=order)
            for dim in ("irrep", "step"):
                those = those.dropna(dim, subset=["similarity_mean"], how="all")
            looks = irrep_looks([str(name) for name in those["irrep"].values])
            those = those.isel(irrep=slice(1, None))
            last = those["similarity_mean"].isel(step=-1)
            named = those["irrep"].values[np.argsort(-last.values, kind="stable")[:_NAMED]]
            for irrep in those["irrep"].values:
                one, look = those.sel(irrep=irrep), looks[str(irrep)]
                mean, spread = one["similarity_mean"], one["similarity_deviation"]
                if irrep not in named:
                    axes.plot(one["step"], mean, color="#bbbbbb", lw=0.5)
                    continue
                axes.plot(one["step"], mean, color=look.colour, ls=look.dash, label=irrep, zorder=3)
                axes.fill_between(
                    one["step"], mean - spread, mean + spread, color=look.colour, alpha=0.15, lw=0
                )
            axes.set(ylabel="logit similarity", title=f"{experiment}, {member.sum()} runs")
            step_axis(axes, max(float(those["step"][-1]), 1.0), logarithmic=style.log_steps)
            axes.set_ylim(-0.03, None)
            axes.legend(loc="upper left", fontsize=7)
    return drawn

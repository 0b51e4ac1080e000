"""Runs along training, on a common grid of steps."""

from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.studies.composition.irreps.universality._inputs import Groups, Run
from ontogeny.studies.composition.labels import variable

__all__ = ["curves", "grid_of", "mean_curves"]

MOST_STEPS = 500
"""Number of steps of the common grid, at most."""

Array = NDArray[np.float64]


def grid_of(steps: Sequence[NDArray[np.integer]]) -> NDArray[np.int64]:
    """Return the steps of all checkpoints, evenly thinned when they are too many."""
    union = np.unique(np.concatenate(steps)).astype(np.int64)
    if len(union) <= MOST_STEPS:
        return union
    return union[np.linspace(0, len(union) - 1, MOST_STEPS).round().astype(int)]


def curves(runs: Sequence[Run], grid: NDArray[np.int64]) -> dict[str, xr.Variable]:
    """Return losses and accuracies of each run, NaN where it has no checkpoint."""
    found = {}
    for name, units in (("loss", "nat"), ("accuracy", "1")):
        each = np.stack([_carried(run, _split_curves(run, name), grid) for run in runs])
        for run, curve in zip(runs, each, strict=True):
            curve[~np.isin(grid, run.progress["step"].values)] = np.nan
        found[name] = variable(("run", "step", "split"), each, name, units)
    return found


def mean_curves(
    runs: Sequence[Run], experiments: Sequence[str], known: Groups, grid: NDArray[np.int64]
) -> dict[str, xr.Variable]:
    """Return means over the seeds of each experiment, at every step at which one has a checkpoint.

    Between its checkpoints, and after the last, a run counts with its last value.
    """
    size = len(experiments), len(grid)
    similarity, deviation = np.full((2, *size, len(known.irreps)), np.nan)
    means = {name: np.full((*size, 2), np.nan) for name in ("loss", "accuracy")}
    for row, experiment in enumerate(experiments):
        those = [run for run in runs if run.experiment == experiment]
        there = np.isin(grid, np.concatenate([run.progress["step"].values for run in those]))
        columns = [known.irreps.index(str(name)) for name in those[0].progress["irrep"].values]
        each = np.stack(
            [_carried(run, run.progress["logit_similarity"].values, grid[there]) for run in those]
        )
        similarity[row][np.ix_(np.flatnonzero(there), np.array(columns))] = each.mean(axis=0)
        if len(those) > 1:
            deviation[row][np.ix_(np.flatnonzero(there), np.array(columns))] = each.std(
                axis=0, ddof=1
            )
        for name, values in means.items():
            split = [_carried(run, _split_curves(run, name), grid[there]) for run in those]
            values[row, there] = np.mean(split, axis=0)
    along = ("experiment", "step", "irrep")
    return {
        "similarity_mean": variable(along, similarity, "logit similarity, mean over seeds"),
        "similarity_deviation": variable(
            along, deviation, "logit similarity, standard deviation over seeds"
        ),
        "loss_mean": variable(
            ("experiment", "step", "split"), means["loss"], "loss, mean over seeds", "nat"
        ),
        "accuracy_mean": variable(
            ("experiment", "step", "split"), means["accuracy"], "accuracy, mean over seeds"
        ),
    }


def _carried(run: Run, values: Array, grid: NDArray[np.int64]) -> Array:
    """Return values along the checkpoints on the grid, each kept until the next one."""
    index = np.searchsorted(run.progress["step"].values, grid, side="right") - 1
    carried = values[np.maximum(index, 0)].astype(np.float64)
    carried[index < 0] = np.nan
    return carried


def _split_curves(run: Run, name: str) -> Array:
    values = run.progress[name].sel(split=["train", "test"]).transpose("step", "split").values
    return np.asarray(values, dtype=np.float64)

"""Runs along training, on a common grid of steps."""

from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.labels import variable
from ontogeny.studies.composition.universality._inputs import Groups, Run

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


def _carried(run: Run, values: Array, grid: NDArray[np.int64]) -> Array:
    """Return values along the checkpoints on the grid, each kept until the next one."""
    index = np.searchsorted(run.progress["step"].values, grid, side="right") - 1
    carried = values[np.maximum(index, 0)].astype(np.float64)
    carried[index < 0] = np.nan
    return carried


def curves(runs: Sequence[Run], grid: NDArray[np.int64]) -> dict[str, xr.Variable]:
    """Return losses and accuracies of each run, up to its last step."""
    found = {}
    for name, units in (("loss", "nat"), ("accuracy", "1")):
        curves = np.stack([_carried(run, _split_curves(run, name), grid) for run in runs])
        for run, curve in zip(runs, curves, strict=True):
            curve[grid > run.progress["step"].values[-1]] = np.nan
        found[name] = variable(("run", "step", "split"), curves, name, units)
    return found


def _split_curves(run: Run, name: str) -> Array:
    values = run.progress[name].sel(split=["train", "test"]).transpose("step", "split").values
    return np.asarray(values, dtype=np.float64)


def mean_curves(
    runs: Sequence[Run], experiments: Sequence[str], known: Groups, grid: NDArray[np.int64]
) -> dict[str, xr.Variable]:
    """Return means over the seeds of each experiment; a run that has ended keeps its last value."""
    shape = (len(experiments), len(grid))
    similarity, spread = np.full((2, *shape, len(known.irreps)), np.nan)
    curves = {name: np.full((*shape, 2), np.nan) for name in ("loss", "accuracy")}
    for row, experiment in enumerate(experiments):
        those = [run for run in runs if run.experiment == experiment]
        until = grid <= max(run.progress["step"].values[-1] for run in those)
        columns = [known.irreps.index(str(i)) for i in those[0].progress["irrep"].values]
        each = np.stack(
            [_carried(run, run.progress["logit_similarity"].values, grid) for run in those]
        )[:, until]
        similarity[row][np.ix_(until, columns)] = each.mean(axis=0)
        if len(those) > 1:
            spread[row][np.ix_(until, columns)] = each.std(axis=0, ddof=1)
        for name, values in curves.items():
            joined = np.stack([_carried(run, _split_curves(run, name), grid) for run in those])
            values[row, until] = joined.mean(axis=0)[until]
    along = ("experiment", "step", "irrep")
    return {
        "similarity_mean": variable(along, similarity, "logit similarity, mean over seeds"),
        "similarity_deviation": variable(
            along, spread, "logit similarity, standard deviation over seeds"
        ),
        "loss_mean": variable(
            ("experiment", "step", "split"), curves["loss"], "loss, mean over seeds", "nat"
        ),
        "accuracy_mean": variable(
            ("experiment", "step", "split"), curves["accuracy"], "accuracy, mean over seeds"
        ),
    }

"""Runs along training, on a common grid of steps."""

from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.joins import Run
from ontogeny.joins.rows import labels_of, stacked
from ontogeny.labels import text
from ontogeny.studies.composition.irreps.comparison._groups import Groups
from ontogeny.studies.composition.labels import variable

__all__ = ["SPLITS", "curves", "grid_of", "mean_curves"]

MOST_STEPS = 500
"""Number of steps of the common grid, at most."""

SPLITS = ("train", "test")
UNITS = {"loss": "nat", "accuracy": "1"}


def grid_of(runs: Sequence[Run]) -> NDArray[np.int64]:
    """Return the steps of all checkpoints, evenly thinned when they are too many."""
    union = labels_of((run.results["evaluation"] for run in runs), "step").astype(np.int64)
    if len(union) <= MOST_STEPS:
        return union
    return union[np.linspace(0, len(union) - 1, MOST_STEPS).round().astype(int)]


def curves(runs: Sequence[Run], grid: NDArray[np.int64]) -> dict[str, xr.Variable]:
    """Return losses and accuracies of each run, NaN where it has no checkpoint."""
    found = {}
    for name, units in UNITS.items():
        each = stacked(_measured(runs, name), step=grid, split=SPLITS)
        found[name] = variable(("run", "step", "split"), each, name, units)
    return found


def mean_curves(
    runs: Sequence[Run], experiments: Sequence[str], known: Groups, grid: NDArray[np.int64]
) -> dict[str, xr.Variable]:
    """Return means over the seeds of each experiment, at every step at which one has a checkpoint.

    Between its checkpoints, and after the last, a run counts with its last value.
    """
    irreps = text(known.irreps)
    rows = []
    for experiment in experiments:
        those = [run for run in runs if run.about["experiment"] == experiment]
        followed = labels_of((run.results["evaluation"] for run in those), "step")
        there = np.isin(grid, followed)
        similarity = stacked(
            _measured(those, "logit_similarity"), carried="step", step=grid, irrep=irreps
        )
        row = {"similarity_mean": similarity.mean(axis=0)}
        several = len(those) > 1
        row["similarity_deviation"] = (
            similarity.std(axis=0, ddof=1) if several else np.full_like(similarity[0], np.nan)
        )
        for name in UNITS:
            each = stacked(_measured(those, name), carried="step", step=grid, split=SPLITS)
            row[f"{name}_mean"] = np.mean(each, axis=0)
        for values in row.values():
            values[~there] = np.nan
        rows.append(row)
    return {
        name: variable(
            ("experiment", "step", dim), np.stack([row[name] for row in rows]), about, units
        )
        for name, dim, about, units in (
            ("similarity_mean", "irrep", "logit similarity, mean over seeds", "1"),
            (
                "similarity_deviation",
                "irrep",
                "logit similarity, standard deviation over seeds",
                "1",
            ),
            ("loss_mean", "split", "loss, mean over seeds", "nat"),
            ("accuracy_mean", "split", "accuracy, mean over seeds", "1"),
        )
    }


def _measured(runs: Sequence[Run], name: str) -> list[xr.DataArray]:
    return [run.results["evaluation"][name] for run in runs]

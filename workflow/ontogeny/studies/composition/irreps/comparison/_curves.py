"""Runs along training, on a common grid of steps."""

from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.joins import Run
from ontogeny.joins.rows import labels_of, stacked
from ontogeny.studies.composition.labels import variable

__all__ = ["RANKED", "SPLITS", "curves", "grid_of", "mean_curves", "ranked_curves"]

MOST_STEPS = 500
"""Number of steps of the common grid, at most."""

RANKED = 6
"""Number of irreps of a run, the strongest ones, that are followed along training."""

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


def ranked_curves(runs: Sequence[Run], grid: NDArray[np.int64]) -> dict[str, xr.Variable]:
    """Return the similarity on test pairs of the strongest irreps of each run, and their names.

    By falling similarity at the final checkpoint, without the trivial irrep: the first of two runs
    may be different irreps. NaN, and no name, where a run has fewer or has no test pairs.
    """
    values = np.full((len(runs), len(grid), RANKED), np.nan)
    names = np.full((len(runs), RANKED), "", dtype=object)
    for row, run in enumerate(runs):
        if "test_logit_similarity" not in run.results["evaluation"]:
            continue
        along = run.results["evaluation"]["test_logit_similarity"].isel(irrep=slice(1, None))
        order = np.argsort(-along.isel(step=-1).values, kind="stable")[:RANKED]
        chosen = along.isel(irrep=order)
        values[row, :, : len(order)] = stacked(
            [chosen.transpose("step", "irrep")], step=grid, irrep=chosen["irrep"].values
        )[0]
        names[row, : len(order)] = chosen["irrep"].values
    about = "by final logit similarity on test pairs, the largest first"
    return {
        "ranked_similarity": variable(
            ("run", "step", "strength"),
            values,
            f"logit similarity on test pairs of irreps, {about}",
        ),
        "ranked_irrep": variable(("run", "strength"), names, f"irreps, {about}"),
    }


def mean_curves(
    runs: Sequence[Run], experiments: Sequence[str], grid: NDArray[np.int64]
) -> dict[str, xr.Variable]:
    """Return means over the seeds of each experiment, at every step at which one has a checkpoint.

    Between its checkpoints, and after the last, a run counts with its last value.
    """
    found = {}
    for name, units in UNITS.items():
        rows = np.full((len(experiments), len(grid), len(SPLITS)), np.nan)
        for row, experiment in zip(rows, experiments, strict=True):
            those = [run for run in runs if run.about["experiment"] == experiment]
            there = np.isin(grid, labels_of((run.results["evaluation"] for run in those), "step"))
            each = stacked(_measured(those, name), carried="step", step=grid, split=SPLITS)
            row[there] = each.mean(axis=0)[there]
        about = f"{name}, mean over seeds"
        found[f"{name}_mean"] = variable(("experiment", "step", "split"), rows, about, units)
    return found


def _measured(runs: Sequence[Run], name: str) -> list[xr.DataArray]:
    return [run.results["evaluation"][name] for run in runs]

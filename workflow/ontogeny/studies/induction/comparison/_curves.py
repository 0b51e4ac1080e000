"""Measures of all runs along training, and their losses along the context.

Symbols: ``K`` checkpoints of a run.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.joins import Run
from ontogeny.joins.rows import stacked
from ontogeny.studies.induction.analysis.paths import principal_components, turn
from ontogeny.studies.induction.comparison._runs import analysis, checkpoint, evaluation, windows
from ontogeny.studies.induction.labels import MOMENTS, variable
from ontogeny.studies.induction.ranges import range_losses, ranges

__all__ = ["COMPONENTS", "along_context", "along_training", "first_indices", "paths"]

COMPONENTS = (1, 2)


def along_training(runs: Sequence[Run], step: NDArray[np.integer]) -> dict[str, xr.Variable]:
    """Return curves of all runs at the steps of any; NaN where a run has no checkpoint."""
    return {
        name: variable(
            ("run", "step"),
            stacked([run.results[result][name] for run in runs], step=step),
            about,
            units,
        )
        for name, result, about, units in (
            ("loss", "evaluation", "cross-entropy", "nat"),
            ("score", "evaluation", "in-context learning score", "nat"),
            ("best_prefix", "analysis", "best prefix matching", "1"),
            ("best_previous", "analysis", "attention on the token before, best head", "1"),
            ("learning_slope", "analysis", "d loss / d ln step", "nat"),
        )
    }


def paths(runs: Sequence[Run], step: NDArray[np.integer]) -> dict[str, xr.Variable]:
    """Return the path of each run in the space of per-token losses, and where it turns."""
    found = _components(runs)
    turns = [
        turn(
            path.values,
            path["step"].values,
            start=start,
            end=end,
            warm_up=int(analysis(run)["warm_up"]),
        )
        for run, path, (start, end) in zip(runs, found, windows(runs), strict=True)
    ]
    return {
        "path": variable(
            ("run", "step", "component"),
            stacked(found, step=step, component=COMPONENTS),
            "per-token losses, principal components of all runs of the corpus",
            "nat",
        ),
        "turn": variable(
            "run", turns, "turn of the path at the window, or at that of two-layer runs [degree]"
        ),
    }


def _components(runs: Sequence[Run]) -> list[xr.DataArray]:
    """Return the (K, 2) path of each run; runs of one corpus share their components."""
    found: dict[int, xr.DataArray] = {}
    for corpus in dict.fromkeys(run.about["corpus"] for run in runs):
        those = [number for number, run in enumerate(runs) if run.about["corpus"] == corpus]
        losses = [evaluation(runs[number])["chosen_loss"] for number in those]
        whole = principal_components(
            np.concatenate([each.values for each in losses]).astype(np.float64)
        )
        parts = np.split(whole, np.cumsum([len(each) for each in losses])[:-1])
        for number, loss, part in zip(those, losses, parts, strict=True):
            labels: Mapping[str, object] = {"step": loss["step"], "component": list(COMPONENTS)}
            found[number] = xr.DataArray(part, labels, ("step", "component"))
    return [found[number] for number in range(len(runs))]


def first_indices(runs: Sequence[Run]) -> NDArray[np.int64]:
    """Return the first index of each range of the contexts of any run."""
    lengths = {evaluation(run).sizes["index"] for run in runs}
    return np.unique(np.concatenate([ranges(length) for length in lengths]))


def along_context(runs: Sequence[Run]) -> dict[str, xr.Variable]:
    """Return the loss along the context at the start of each window and at the end of training.

    By index, and by range of the index; NaN where the context of a run does not have it.
    """
    by_index, by_range = [], []
    for run, (start, _) in zip(runs, windows(runs), strict=True):
        loss = evaluation(run)["index_loss"]
        before = start if np.isfinite(start) else float(analysis(run)["warm_up"])
        both = np.stack([checkpoint(run, before)["index_loss"], loss.isel(step=-1)])
        length = both.shape[1]
        labels = {"moment": list(MOMENTS), "index": np.arange(length)}
        by_index.append(xr.DataArray(both, labels, ("moment", "index")))
        labels = {"moment": list(MOMENTS), "index_range": ranges(length)}
        by_range.append(xr.DataArray(range_losses(both), labels, ("moment", "index_range")))
    longest = max(loss.sizes["index"] for loss in by_index)
    index, first = np.arange(longest), first_indices(runs)
    about = "cross-entropy by context index"
    return {
        "index_loss": variable(
            ("run", "moment", "index"),
            stacked(by_index, moment=MOMENTS, index=index),
            about,
            "nat",
        ),
        "range_loss": variable(
            ("run", "moment", "index_range"),
            stacked(by_range, moment=MOMENTS, index_range=first),
            f"{about}, mean over a range",
            "nat",
        ),
    }

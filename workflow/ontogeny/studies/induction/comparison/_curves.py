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
from ontogeny.studies.induction.labels import variable

__all__ = ["COMPONENTS", "MOMENTS", "along_context", "along_training", "paths"]

COMPONENTS = (1, 2)
MOMENTS = ("before", "after")


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


def along_context(runs: Sequence[Run]) -> dict[str, xr.Variable]:
    """Return the loss by context index at the start of each window and at the end of training."""
    each = []
    for run, (start, _) in zip(runs, windows(runs), strict=True):
        loss = evaluation(run)["index_loss"]
        before = start if np.isfinite(start) else float(analysis(run)["warm_up"])
        both = [checkpoint(run, before)["index_loss"], loss.isel(step=-1)]
        joined = xr.concat([one.drop_vars("step") for one in both], "moment")
        each.append(
            joined.assign_coords(moment=list(MOMENTS), index=np.arange(joined.sizes["index"]))
        )
    longest = max(loss.sizes["index"] for loss in each)
    values = stacked(each, moment=MOMENTS, index=np.arange(longest))
    about = "cross-entropy by context index"
    return {"index_loss": variable(("run", "moment", "index"), values, about, "nat")}

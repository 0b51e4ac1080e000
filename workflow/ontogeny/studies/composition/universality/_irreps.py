"""Which irreps each run learns, in which order, and what would have predicted it."""

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.estimates import agreement
from ontogeny.labels import variable
from ontogeny.studies.composition.universality._inputs import Groups, Run
from ontogeny.studies.composition.universality._networks import first_step

__all__ = ["LEARNED", "PREDICTORS", "agreements", "by_irrep", "learning_order"]

LEARNED = 0.05
"""An irrep is learned at the first checkpoint whose logit similarity exceeds this."""

PREDICTORS = ("degree", "smallest orbit")
"""Properties of an irrep that may say when or whether it is learned."""

Array = NDArray[np.float64]


def by_irrep(runs: Sequence[Run], known: Groups) -> dict[str, xr.Variable]:
    """Return key irreps of each run and when they were learned."""
    shape = (len(runs), len(known.irreps))
    key = np.zeros(shape, dtype=np.bool_)
    similarity, first, order = np.full((3, *shape), np.nan)
    for row, run in enumerate(runs):
        columns = [known.irreps.index(str(irrep)) for irrep in run.progress["irrep"].values]
        along = run.progress["logit_similarity"].values
        step = run.progress["step"].values
        chosen = run.representation["key"].values
        key[row, columns] = chosen
        similarity[row, columns] = run.representation["logit_similarity"].values
        first[row, columns] = [first_step(step, values > LEARNED) for values in along.T]
        if len(step) > 1:
            order[row, columns] = learning_order(along, chosen)
    return {
        "key": variable(("run", "irrep"), key, "key irrep of the last network"),
        "similarity": variable(("run", "irrep"), similarity, "logit similarity"),
        "first_step": variable(
            ("run", "irrep"), first, f"first checkpoint with logit similarity above {LEARNED}"
        ),
        "learning_order": variable(("run", "irrep"), order, "place in the order of learning"),
    }


def learning_order(similarity: Array, key: NDArray[np.bool_]) -> Array:
    """Return the order in which the key irreps of a run are learned.

    The rule of arXiv 2302.03025: along the checkpoints, a key irrep is registered when its logit
    similarity exceeds `LEARNED`, at most one for each checkpoint, in stored order; those that
    never do come last.

    Parameters
    ----------
    similarity : (K, R) ndarray
        Along the checkpoints.
    key : (R,) ndarray of bool

    Returns
    -------
    order : (R,) ndarray
        1 for the first; NaN for irreps that are not key.
    """
    waiting = [int(r) for r in np.flatnonzero(key)]
    found: list[int] = []
    for row in similarity > LEARNED:
        learned = next((r for r in waiting if row[r]), None)
        if learned is not None:
            waiting.remove(learned)
            found.append(learned)
    order = np.full(len(key), np.nan)
    order[found + waiting] = np.arange(1, len(found) + len(waiting) + 1)
    return order


def agreements(
    found: Mapping[str, xr.Variable], about: Mapping[str, xr.Variable], known: Groups
) -> dict[str, xr.Variable]:
    """Count, in each run, how often degree and smallest orbit say which irrep comes.

    Order: over pairs of key irreps that differ in the predictor, whether the one with the smaller
    value was learned earlier. Choice: over pairs of a key and another non-trivial irrep that
    differ in some predictor, whether the key one has the smaller value.
    """
    key, first = found["key"].values, found["first_step"].values
    counts = np.zeros((4, len(key), len(PREDICTORS)), dtype=np.int64)
    for row, name in enumerate(about["group_of_run"].values):
        group = known.names.index(str(name))
        predictors = np.stack([known.degree[group], known.orbit[group]])
        smaller = np.any(predictors[:, :, None] < predictors[:, None, :], axis=0)
        differ = np.logical_or(smaller, smaller.T)
        for column, predictor in enumerate(predictors):
            there = ~np.isnan(predictor)
            there[0] = False
            chosen = there & key[row]
            if np.isfinite(first[row]).any():
                learned = np.nan_to_num(first[row, chosen], nan=np.inf)
                counts[:2, row, column] = agreement(predictor[chosen], learned)
            counts[2:, row, column] = agreement(
                ~key[row, there], predictor[there], among=differ[np.ix_(there, there)]
            )
    dims = ("run", "predictor")
    return {
        "order_agreement": variable(
            dims, counts[0], "concordant less discordant pairs of key irreps"
        ),
        "order_pairs": variable(dims, counts[1], "pairs of key irreps whose predictors differ"),
        "choice_agreement": variable(dims, counts[2], "concordant less discordant pairs"),
        "choice_pairs": variable(
            dims, counts[3], "pairs of a key and another irrep that differ in some predictor"
        ),
    }

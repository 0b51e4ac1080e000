"""Which irreps each run learns, in which order, and what would have predicted it."""

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

from ontogeny.estimates import agreement
from ontogeny.studies.composition.irreps.universality._inputs import Groups, Run
from ontogeny.studies.composition.labels import variable

__all__ = ["PREDICTORS", "agreements", "by_irrep"]

PREDICTORS = ("degree", "smallest orbit")
"""Properties of an irrep that may say when or whether it is learned."""


def by_irrep(runs: Sequence[Run], known: Groups) -> dict[str, xr.Variable]:
    """Return key irreps of each run and when they were learned.

    Of a run with a single checkpoint nothing is known about when.
    """
    shape = (len(runs), len(known.irreps))
    key = np.zeros(shape, dtype=np.bool_)
    similarity, first, order = np.full((3, *shape), np.nan)
    for row, run in enumerate(runs):
        columns = [known.irreps.index(str(irrep)) for irrep in run.progress["irrep"].values]
        key[row, columns] = run.representation["key"].values
        similarity[row, columns] = run.representation["logit_similarity"].values
        if run.progress.sizes["step"] > 1:
            first[row, columns] = run.progress["learned_step"].values
            place = run.progress["learned_order"].values
            order[row, columns] = np.where(place < 0, np.nan, place + 1)
    dims = ("run", "irrep")
    return {
        "key": variable(dims, key, "key irrep of the final checkpoint"),
        "similarity": variable(dims, similarity, "logit similarity"),
        "first_step": variable(dims, first, "first checkpoint at which the irrep is learned"),
        "learning_order": variable(dims, order, "place in the order of learning, from 1"),
    }


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

"""Which irreps each run learns, in which order, and what would have predicted it."""

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

from ontogeny.estimates import agreement
from ontogeny.joins import Run
from ontogeny.joins.rows import stacked
from ontogeny.labels import text
from ontogeny.studies.composition.irreps.comparison._groups import Groups
from ontogeny.studies.composition.labels import variable

__all__ = ["PREDICTORS", "agreements", "by_irrep"]

PREDICTORS = {"degree": "degree", "smallest orbit": "smallest_orbit"}
"""Properties of an irrep that may say when or whether it is learned."""


def by_irrep(runs: Sequence[Run], known: Groups) -> dict[str, xr.Variable]:
    """Return key irreps of each run and when they were learned.

    Of a run with a single checkpoint nothing is known about when.
    """
    irreps = text(known.irreps)
    last = [run.results["analysis"] for run in runs]
    along = [run.results["evaluation"] for run in runs]
    followed = [each.sizes["step"] > 1 for each in along]
    key = stacked([each["key"] for each in last], irrep=irreps) == 1
    similarity = stacked([each["logit_similarity"] for each in last], irrep=irreps)
    dims = ("run", "irrep")
    found = {
        "key": variable(dims, key, "key irrep of the final checkpoint"),
        "logit_similarity": variable(dims, similarity, "logit similarity"),
    }
    for prefix, pairs in (("", "test pairs"), ("all_pairs_", "all pairs")):
        first, order = (
            stacked([_known(each, f"{prefix}{name}") for each in along], irrep=irreps)
            for name in ("learned_step", "learned_order")
        )
        for when in (first, order):
            when[~np.array(followed)] = np.nan
        found[f"{prefix}learned_step"] = variable(
            dims, first, f"first checkpoint at which the irrep is learned, by {pairs}"
        )
        found[f"{prefix}learned_order"] = variable(
            dims, order, f"place in the order of learning by {pairs}, from 1"
        )
    return found


def _known(along: xr.Dataset, name: str) -> xr.DataArray:
    """Return a quantity by irrep, NaN where a run without training pairs does not have it."""
    return along[name] if name in along else xr.full_like(along["key"], np.nan, dtype=float)


def agreements(
    found: Mapping[str, xr.Variable], about: Mapping[str, xr.Variable], known: Groups
) -> dict[str, xr.Variable]:
    """Count, in each run, how often degree and smallest orbit say which irrep comes.

    Order: over pairs of key irreps that differ in the predictor, whether the one with the smaller
    value was learned earlier. Choice: over pairs of a key and another non-trivial irrep that
    differ in some predictor, whether the key one has the smaller value.
    """
    key, first = found["key"].values, found["learned_step"].values
    counts = np.zeros((4, len(key), len(PREDICTORS)), dtype=np.int64)
    for row, name in enumerate(about["group_of_run"].values):
        group = known.names.index(str(name))
        predictors = np.stack([known.properties[p].values[group] for p in PREDICTORS.values()])
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
    long_names = {
        "order_agreement": "concordant minus discordant pairs of key irreps",
        "order_pairs": "pairs of key irreps whose predictors differ",
        "choice_agreement": "concordant minus discordant pairs",
        "choice_pairs": "pairs of a key and another irrep that differ in some predictor",
    }
    return {
        name: variable(("run", "predictor"), values, long_name)
        for (name, long_name), values in zip(long_names.items(), counts, strict=True)
    }

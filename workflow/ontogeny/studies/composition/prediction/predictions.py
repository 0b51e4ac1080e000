"""All runs as one dataset: how well each moment of training predicts what the runs will learn.

Symbols: ``N`` runs; ``P`` pairs of runs.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from ontogeny.caveats import few_seeds, warned
from ontogeny.joins import Run
from ontogeny.joins.rows import described, stacked
from ontogeny.labels import text
from ontogeny.studies.composition.labels import dataset, variable
from ontogeny.studies.composition.prediction.pairs import (
    PAIR_KINDS,
    SHARED_SPLIT,
    pairs_of_runs,
    same_winner,
)
from ontogeny.studies.composition.prediction.probabilities import (
    STRONG_MODELS,
    WINNER_MODELS,
    skill,
)
from ontogeny.studies.composition.prediction.settings import (
    gathered,
    orders_judged,
    set_judged,
    significance,
    strong_judged,
    winner_of,
    winners_judged,
)

__all__ = ["PERMUTATIONS", "predictions"]

Array = NDArray[np.float64]

PERMUTATIONS = 2000
"""Permutations of runs behind a p value."""

MEANING = {
    "seed": "seed of the initial weights",
    "data_seed": f"seed of the split; {SHARED_SPLIT} for training on all pairs or those of a file",
    "setting": "runs with the same setting differ only in their seeds",
}

KNOWN = {
    "neuron_auc": "AUC of a score for the winner of a neuron",
    "neuron_auc_null": "mean AUC of a score for the winner of a neuron, with winners exchanged",
    "neuron_top": "share of neurons whose winner has the largest score",
    "neuron_auc_among_strong": "AUC of a score for the winner, among strong irreps",
    "set_auc": "AUC of a network score for the strong irreps",
}
"""What a run has along steps and scores: each at the step of each knowledge."""

OF_RUNS = {
    "winner_brier": (
        ("model",),
        "Brier score of the predicted winner of a neuron, fitted to other runs",
    ),
    "strong_probability": (
        ("strong_model", "irrep"),
        "predicted probability that the irrep is strong",
    ),
    "strong_brier": (
        ("strong_model",),
        "Brier score of the predicted strong irreps, fitted to other runs",
    ),
    "property_gain": (
        ("strong_model",),
        "decrease of strong_brier by degree and smallest orbit as features",
    ),
    "unlike_set_auc": (("score",), "AUC of initial networks of other runs for the strong irreps"),
    "score_order_agreement": (
        ("score",),
        "number of pairs of strong irreps of one degree with the higher score earlier, less the "
        "number of the others",
    ),
    "score_order_pairs": (
        ("score",),
        "number of pairs of strong irreps of one degree whose scores differ",
    ),
    "step_error": (
        ("score",),
        "mean |error| of ln of the predicted step at which an irrep appears",
    ),
    "step_error_unscored": (
        (),
        "mean |error| of ln of the step at which an irrep appears, predicted without a score",
    ),
    "step_correlation": (
        ("score",),
        "rank correlation of predicted and true step at which irreps appear",
    ),
}
"""What the initial weights predict of a run: dimensions beside ``run``, and long name."""

OF_SETTINGS = {
    "strong_set_p": "p value of the AUC for strong irreps, by permutation of runs",
    "within_irrep_correlation": "rank correlation over runs of a higher score and earlier learning",
    "within_irrep_p": "p value of within_irrep_correlation, by permutation of runs",
}
"""What is by setting and score."""


@warned(few_seeds)
def predictions(
    runs: Sequence[Run], irreps: Mapping[str, xr.Dataset], *, permutations: int = PERMUTATIONS
) -> xr.Dataset:
    """Return how well all runs could have been predicted.

    Parameters
    ----------
    runs : sequence of Run
        Described by experiment, seed, data_seed, setting, group and architecture; with
        ``prediction``.
    irreps : mapping of str to Dataset
        Those of each group, by its name.
    permutations : int
        Of runs, behind each p value.

    Returns
    -------
    Dataset
        By run: scores at each moment, and what fits to the other runs of its setting say. By
        setting: p values. By pair of runs of one setting: in how many neurons the same irrep wins.
        What is fitted or compared among runs is of those that reach the accuracy 0.99, NaN for the
        others.
    """
    each = [run.results["prediction"] for run in runs]
    about = described(runs, MEANING)
    names = list(
        dict.fromkeys(str(name) for one in irreps.values() for name in one["irrep"].values)
    )
    settings = list(dict.fromkeys(about["setting_of_run"].values.tolist()))
    labels: dict[str, ArrayLike] = {
        "irrep": text(names),
        "score": each[0]["score"].values,
        "knowledge": each[0]["knowledge"].values,
        "model": text(WINNER_MODELS),
        "strong_model": text(STRONG_MODELS),
        "setting": text(settings),
    }
    found = _outcomes(each) | _known(each, labels)
    found |= _judged(each, about, irreps, labels, found, permutations)
    found |= _pairs(each, about, found["target_reached"].values)
    return dataset(
        found, labels | about, title="Predictions of all runs, compared with their outcomes"
    )


def _outcomes(runs: Sequence[xr.Dataset]) -> dict[str, xr.Variable]:
    """Return what became of each run."""
    strong = [one["strong"].values[1:] for one in runs]
    reached = np.array([bool(one["target_reached"]) for one in runs])
    both = np.array([bool(each.any() and not each.all()) for each in strong])
    return {
        "target_reached": variable(
            "run",
            reached,
            "whether test accuracy (without test pairs: training accuracy) reaches 0.99",
        ),
        "counted": variable(
            "run", reached & both, "whether target_reached, with both strong and other irreps"
        ),
        "strong_irreps": variable(
            "run", [int(each.sum()) for each in strong], "number of strong irreps"
        ),
        "target_step": _single(runs, "target_step"),
        "neurons_with_winner": _single(runs, "neurons_with_winner"),
    }


def _single(runs: Sequence[xr.Dataset], name: str) -> xr.Variable:
    values = np.array([one[name].item() for one in runs])
    return xr.Variable("run", values, runs[0][name].attrs)


def _known(runs: Sequence[xr.Dataset], labels: Mapping[str, ArrayLike]) -> dict[str, xr.Variable]:
    """Return what each moment of training predicts in each run; NaN where there is no moment."""

    def at_moments(found: xr.Dataset, name: str) -> xr.DataArray:
        step = found["knowledge_step"]
        place = step.where(step.notnull(), found["step"][0])
        return found[name].sel(step=place.astype(found["step"].dtype)).where(step.notnull())

    along: dict[str, Any] = {dim: labels[dim] for dim in ("knowledge", "score")}
    found = {
        f"known_{name}": variable(
            ("run", *along), stacked([at_moments(one, name) for one in runs], **along), long_name
        )
        for name, long_name in KNOWN.items()
    }
    moments = along["knowledge"]
    settled = stacked([at_moments(one, "settled") for one in runs], knowledge=moments)
    dims = ("run", "knowledge")
    return found | {
        "known_settled": variable(dims, settled, "share of neurons in which the winner leads"),
        "knowledge_step": variable(
            dims,
            stacked([one["knowledge_step"] for one in runs], knowledge=moments),
            "step of the checkpoint",
        ),
    }


def _judged(
    runs: Sequence[xr.Dataset],
    about: Mapping[str, xr.Variable],
    irreps: Mapping[str, xr.Dataset],
    labels: Mapping[str, ArrayLike],
    outcomes: Mapping[str, xr.Variable],
    permutations: int,
) -> dict[str, xr.Variable]:
    """Return what the initial weights predict, by setting, of runs that reach the accuracy 0.99."""
    size = {dim: len(np.asarray(values)) for dim, values in labels.items()}
    of_runs = {
        name: np.full((len(runs), *(size[dim] for dim in dims)), np.nan)
        for name, (dims, _) in OF_RUNS.items()
    }
    of_settings = {name: np.full((size["setting"], size["score"]), np.nan) for name in OF_SETTINGS}
    seed, data_seed, setting, group = (
        about[f"{name}_of_run"].values for name in ("seed", "data_seed", "setting", "group")
    )
    counted, reached = (outcomes[name].values for name in ("counted", "target_reached"))
    for row, name in enumerate(np.asarray(labels["setting"])):
        place = np.flatnonzero((setting == name) & reached)
        if not len(place):
            continue
        members = [runs[k] for k in place.tolist()]
        these = gathered(members, seed[place], data_seed[place], irreps[group[place[0]]])
        judged = winners_judged(these) | strong_judged(these)
        judged |= set_judged(these) | orders_judged(these)
        own, every = members[0].indexes["irrep"], pd.Index(labels["irrep"])
        judged["strong_probability"] = _over(every, own, judged["strong_probability"])
        for each, values in judged.items():
            of_runs[each][place] = values
        found = significance(these, counted[place], permutations=permutations)
        for each, values in found.items():
            of_settings[each][row] = values
    return _described(of_runs, of_settings)


def _over(every: pd.Index, own: pd.Index, values: Array) -> Array:
    """Return values along the last axis over more labels than their own, NaN elsewhere."""
    found = np.full((*values.shape[:-1], len(every)), np.nan)
    found[..., every.get_indexer(own)] = values
    return found


def _described(
    of_runs: Mapping[str, Array], of_settings: Mapping[str, Array]
) -> dict[str, xr.Variable]:
    found = {
        name: variable(("run", *dims), of_runs[name], about)
        for name, (dims, about) in OF_RUNS.items()
    }
    for kind, model in (("winner", "model"), ("strong", "strong_model")):
        score = of_runs[f"{kind}_brier"]
        found[f"{kind}_skill"] = variable(
            ("run", model),
            skill(score, score[:, :1]),
            f"1 - {kind}_brier divided by that of the first model",
        )
    return found | {
        name: variable(("setting", "score"), of_settings[name], about)
        for name, about in OF_SETTINGS.items()
    }


def _pairs(
    runs: Sequence[xr.Dataset], about: Mapping[str, xr.Variable], counted: NDArray[np.bool_]
) -> dict[str, xr.Variable]:
    """Return in how many neurons the same irrep wins in both runs of a pair."""
    setting = about["setting_of_run"].values
    pairs = pairs_of_runs(
        setting, about["seed_of_run"].values, about["data_seed_of_run"].values, counted
    )
    winners = [winner_of(one) for one in runs]
    first, second = pairs["first"], pairs["second"]
    shares = [same_winner(winners[a], winners[b]) for a, b in zip(first, second, strict=True)]
    share, exchanged = np.array(shares, dtype=np.float64).reshape(-1, 2).T
    return {
        "pair_kind": variable(
            "pair",
            text(PAIR_KINDS[kind] for kind in pairs["kind"]),
            "whether both runs share initial weights, split or neither",
        ),
        "setting_of_pair": variable("pair", text(setting[first]), "setting of both runs"),
        "first_run": variable("pair", first, "number of the first run, from 0"),
        "second_run": variable("pair", second, "number of the second run, from 0"),
        "same_winner": variable(
            "pair", share, "share of neurons with the same winner in both runs"
        ),
        "same_winner_exchanged": variable(
            "pair",
            exchanged,
            "mean share of neurons with the same winner, with neurons of one run exchanged",
        ),
        "disjoint": variable(
            "pair", pairs["disjoint"], "whether claims count the pair: no run is in two of these"
        ),
    }

"""What the initial weights predict in the runs of one setting, which differ in their seeds alone.

Symbols: ``N`` runs of the setting that reach the accuracy 0.99; ``R`` irreps, the trivial one
first; ``S`` scores.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.studies.composition.prediction.orders import (
    left_out_steps,
    order_counts,
    rank_correlation,
    within_irreps,
)
from ontogeny.studies.composition.prediction.pairs import SHARED_SPLIT, one_of_each_network
from ontogeny.studies.composition.prediction.probabilities import (
    brier,
    logarithms,
    standardised,
    strong_probabilities,
    winner_probabilities,
)
from ontogeny.studies.composition.prediction.scoring import (
    mean_unlike,
    p_of_exchanged,
    set_auc_table,
)

__all__ = [
    "RunsOfSetting",
    "gathered",
    "orders_judged",
    "set_judged",
    "significance",
    "strong_judged",
    "winner_of",
    "winners_judged",
]

Array = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class RunsOfSetting:
    """Runs of one setting.

    Attributes
    ----------
    seed, data_seed : (N,) ndarray of int
        Of the initial weights, and of the split; `SHARED_SPLIT` without one.
    names : (S,) ndarray of str
        Of the scores.
    score : (N, S, R) ndarray
        Of each network at its first checkpoint.
    strong : (N, R) ndarray of bool
    appearance : (N, R) ndarray [step]
        When each irrep appears; NaN for never.
    winner : sequence of (M_i,) ndarray of int
        Place among the non-trivial irreps, over the neurons with a winner.
    features : sequence of mapping of str to (M_i, R - 1) ndarray
        Of these neurons at the first checkpoint.
    degree, orbit : (R,) ndarray
        Degree and smallest orbit of each irrep; NaN where it is not known.
    """

    seed: Indices
    data_seed: Indices
    names: NDArray[np.object_]
    score: Array
    strong: NDArray[np.bool_]
    appearance: Array
    winner: Sequence[Indices]
    features: Sequence[Mapping[str, Array]]
    degree: Array
    orbit: Array

    def of_score(self, name: str) -> Array:
        """Return one score of each network, (N, R)."""
        return self.score[:, list(self.names).index(name)]


def gathered(
    runs: Sequence[xr.Dataset], seed: Indices, data_seed: Indices, irreps: xr.Dataset
) -> RunsOfSetting:
    """Return what is read of the predictions of the runs of a setting.

    Parameters
    ----------
    runs : sequence of Dataset
        The ``prediction`` of each, all on one group.
    seed, data_seed : (N,) ndarray of int
    irreps : Dataset
        Of the group.
    """
    names = runs[0]["irrep"].values
    known = irreps.sel(irrep=names)
    winners = [winner_of(each) for each in runs]
    return RunsOfSetting(
        seed=seed,
        data_seed=data_seed,
        names=runs[0]["score"].values,
        score=np.stack([each["network_score"].isel(step=0).values for each in runs]),
        strong=np.stack([each["strong"].values for each in runs]).astype(np.bool_),
        appearance=np.stack([each["learned_step"].values for each in runs]).astype(np.float64),
        winner=[won[won > 0] - 1 for won in winners],
        features=[_features(each, won > 0) for each, won in zip(runs, winners, strict=True)],
        degree=known["degree"].values.astype(np.float64),
        orbit=known["smallest_orbit"].values.astype(np.float64),
    )


def winner_of(found: xr.Dataset) -> Indices:
    """Return the index of the irrep that wins each neuron of a run; -1 without a winner."""
    return found.indexes["irrep"].get_indexer(found["winner"].values).astype(np.int64)


def _features(found: xr.Dataset, chosen: NDArray[np.bool_]) -> dict[str, Array]:
    """Return the features of neurons over non-trivial irreps, those that a run has."""
    power = found["initial_power"].values[:, chosen, 1:].astype(np.float64)
    features = dict(
        zip(found["function"].values.tolist(), standardised(logarithms(power)), strict=True)
    )
    alignment = found["initial_alignment"].values[chosen, 1:].astype(np.float64)
    features["alignment"] = np.nan_to_num(alignment, nan=0.0)
    if "initial_gradient" in found:
        features["gradient"] = standardised(found["initial_gradient"].values[chosen, 1:])
    if "initial_flow" in found:
        ends = found["initial_flow"].values[chosen]
        features["flow"] = (ends[:, None] == found["irrep"].values[1:]).astype(np.float64)
    return features


def winners_judged(setting: RunsOfSetting) -> dict[str, Array]:
    """Return the Brier score of each model of winners in each run."""
    found = winner_probabilities(setting.features, setting.winner, setting.seed)
    scores = [
        [brier(q, won) for q, won in zip(each, setting.winner, strict=True)]
        for each in found.values()
    ]
    return {"winner_brier": np.array(scores).T}


def strong_judged(setting: RunsOfSetting) -> dict[str, Array]:
    """Return probabilities of strong irreps, their Brier scores, and what degree and orbit add."""
    features = {
        "power": logarithms(setting.of_score("power")[:, 1:]),
        "trilinear": logarithms(setting.of_score("trilinear")[:, 1:]),
        "flow": np.log1p(setting.of_score("quadratic flow")[:, 1:]),
    }
    strong = setting.strong[:, 1:]
    properties = (setting.degree[1:], setting.orbit[1:])
    own, beside = (
        np.stack(
            list(strong_probabilities(features, strong, setting.seed, beside=each).values()), 1
        )
        for each in ((), properties)
    )
    score, other = (((q - strong[:, None]) ** 2).mean(axis=-1) for q in (own, beside))
    trivial = np.full((*own.shape[:2], 1), np.nan)
    return {
        "strong_probability": np.concatenate([trivial, own], axis=-1),
        "strong_brier": score,
        "property_gain": score - other,
    }


def set_judged(setting: RunsOfSetting) -> dict[str, Array]:
    """Return how well the initial networks of other runs predict the strong irreps of each run.

    A control has other initial weights and another split. Runs on all pairs, or on
    those of a file, are controls for each other although their data agree.
    """
    split = setting.data_seed
    unlike = setting.seed[:, None] != setting.seed
    unlike &= (split[:, None] != split) | (split == SHARED_SPLIT)
    tables = [set_auc_table(score, setting.strong) for score in np.moveaxis(setting.score, 1, 0)]
    return {"unlike_set_auc": np.stack([mean_unlike(table, unlike) for table in tables], axis=1)}


def orders_judged(setting: RunsOfSetting) -> dict[str, Array]:
    """Return how well scores predict the order and the steps in which strong irreps appear."""
    scores = np.moveaxis(setting.score, 1, 0)
    counts = np.array(
        [
            [
                order_counts(score, when, strong, setting.degree)
                for score, when, strong in zip(
                    each, setting.appearance, setting.strong, strict=True
                )
            ]
            for each in scores
        ],
        dtype=np.float64,
    )
    appearance = np.where(setting.strong, setting.appearance, np.nan)
    logarithm = np.log(np.maximum(appearance, 1.0))
    predicted = np.stack(
        [left_out_steps(each, appearance, setting.seed) for each in scores], axis=1
    )
    unscored = left_out_steps(None, appearance, setting.seed)
    return {
        "score_order_agreement": counts[:, :, 0].T,
        "score_order_pairs": counts[:, :, 1].T,
        "step_error": _mean_over_irreps(np.abs(predicted - logarithm[:, None])),
        "step_error_unscored": _mean_over_irreps(np.abs(unscored - logarithm)),
        "step_correlation": np.array(
            [
                [rank_correlation(each, when) for each in of_run]
                for of_run, when in zip(predicted, logarithm, strict=True)
            ]
        ),
    }


def significance(
    setting: RunsOfSetting, counted: NDArray[np.bool_], *, permutations: int
) -> dict[str, Array]:
    """Return p values of the setting, and the correlation within irreps, by score.

    Since runs are exchanged, those with the same initial weights count once, as
    `one_of_each_network` says.

    Parameters
    ----------
    setting : RunsOfSetting
    counted : (N,) ndarray of bool
        Whether a run has both strong and other irreps.
    permutations : int
    """
    sets, every = (
        one_of_each_network(np.zeros(len(counted)), setting.seed, setting.data_seed, each)
        for each in (counted, np.ones(len(counted)))
    )
    names = ("strong_set_p", "within_irrep_correlation", "within_irrep_p")
    found: dict[str, list[float]] = {name: [] for name in names}
    for score in np.moveaxis(setting.score, 1, 0):
        table = set_auc_table(score[sets], setting.strong[sets])
        correlation, p = within_irreps(
            score[every],
            setting.appearance[every],
            setting.strong[every],
            permutations=permutations,
        )
        found["strong_set_p"].append(p_of_exchanged(table, permutations))
        found["within_irrep_correlation"].append(correlation)
        found["within_irrep_p"].append(p)
    return {name: np.array(each) for name, each in found.items()}


def _mean_over_irreps(values: Array) -> Array:
    """Return means along the last axis without NaN; NaN where there is nothing else."""
    known = np.isfinite(values)
    total, count = np.where(known, values, 0.0).sum(axis=-1), known.sum(axis=-1)
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)

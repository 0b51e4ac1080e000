"""How models of real comparisons are chosen and tested: nothing is chosen on what is tested.

Comparisons with the same first message are in the same one of `FOLDS` folds. A model is tested on a
fold and fitted to the others; what it sees and its penalty are chosen among `CANDIDATES`, and its
temperature is fitted, inside these others: each of them in turn is held out. So each comparison is
tested once.

Symbols: ``N`` comparisons.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ontogeny.preferences import log_loss, temperature
from ontogeny.studies.rlhf.pairs.features import Counts, Features, Kind, Scaling, differences
from ontogeny.studies.rlhf.pairs.model import fitted

__all__ = [
    "CANDIDATES",
    "FOLDS",
    "Candidate",
    "CrossValidated",
    "cross_validated",
    "folds_of",
    "without_length",
]

Array = NDArray[np.float64]

FOLDS = 5
"""Number of folds."""

_SEED = 0
_KINDS: tuple[Kind, ...] = ("unigrams", "unigrams and bigrams")
_PENALTIES: dict[Scaling, tuple[float, ...]] = {
    "present": (100.0, 30.0, 10.0),
    "normalised": (30.0, 10.0, 3.0, 1.0, 0.3),
}
"""From strong to weak, so that each fit starts from the one before."""


class Candidate(NamedTuple):
    """What is chosen: the features that a model sees, and its penalty."""

    features: Features
    penalty: float


CANDIDATES = tuple(
    Candidate(Features(kind, scaling, length), penalty)
    for kind in _KINDS
    for scaling, penalties in _PENALTIES.items()
    for length in (False, True)
    for penalty in penalties
)
"""All candidates."""


@dataclass(frozen=True)
class CrossValidated:
    """The models of one world of comparisons.

    Attributes
    ----------
    fold : (N,) ndarray of int
        In which fold each comparison is tested.
    score, score_without_length : (N,) ndarray
        Score difference of the comparison, by the model that did not see its fold; the same with
        the weight of the log length set to 0. Positive where the model agrees with what was chosen.
    temperature : (FOLDS,) ndarray
        By which the scores of each fold are divided to calibrate them.
    chosen : tuple of FOLDS Candidate
        The choice of each fold.
    whole : Candidate
        The best candidate that sees the log length, by the same losses summed over all folds.
    weights : (D,) ndarray
        Of the model `whole`, fitted to all comparisons, to be tested on other worlds.
    """

    fold: NDArray[np.int_]
    score: Array
    score_without_length: Array
    temperature: Array
    chosen: tuple[Candidate, ...]
    whole: Candidate
    weights: Array


def folds_of(group: NDArray[np.integer[Any]], *, folds: int = FOLDS) -> NDArray[np.int_]:
    """Return the fold of each comparison: groups are shuffled, and dealt out in turn.

    Parameters
    ----------
    group : (N,) ndarray of int
        At least `folds` different numbers.
    folds : int

    Returns
    -------
    (N,) ndarray of int
        From 0 to ``folds - 1``.
    """
    names, place = np.unique(group, return_inverse=True)
    fold = np.empty(names.size, dtype=np.int_)
    fold[np.random.default_rng(_SEED).permutation(names.size)] = np.arange(names.size) % folds
    return fold[place]


def cross_validated(
    counts: Counts,
    group: NDArray[np.integer[Any]],
    *,
    candidates: Sequence[Candidate] = CANDIDATES,
) -> CrossValidated:
    """Return what models say of comparisons that they were neither fitted to nor chosen on.

    Parameters
    ----------
    counts : Counts
        Of N comparisons.
    group : (N,) ndarray of int
        Number of the first message of each; at least `FOLDS` different ones.
    candidates : sequence of Candidate
        At least one that sees the log length.
    """
    fold = folds_of(group)
    seen = {each.features: differences(counts, each.features) for each in candidates}
    inner = _inner_scores(seen, fold, candidates)
    losses = np.array([[log_loss(scores[fold != k]) for scores in inner[k]] for k in range(FOLDS)])
    score, without, temperatures = np.empty(fold.size), np.empty(fold.size), np.empty(FOLDS)
    chosen = []
    for k in range(FOLDS):
        best = int(losses[k].argmin())
        features, penalty = candidates[best]
        rows, test = seen[features], fold == k
        weights = fitted(rows[~test], penalty)
        score[test] = rows[test] @ weights
        without[test] = rows[test] @ without_length(weights)
        temperatures[k] = temperature(inner[k, best, ~test])
        chosen.append(candidates[best])
    summed = np.where([each.features.length for each in candidates], losses.sum(axis=0), np.inf)
    whole = candidates[int(summed.argmin())]
    return CrossValidated(
        fold=fold,
        score=score,
        score_without_length=without,
        temperature=temperatures,
        chosen=tuple(chosen),
        whole=whole,
        weights=fitted(seen[whole.features], whole.penalty),
    )


def without_length(weights: Array) -> Array:
    """Return weights with that of the log length, the last one, set to 0."""
    return np.append(weights[:-1], 0.0)


def _inner_scores(
    seen: dict[Features, Any], fold: NDArray[np.int_], candidates: Sequence[Candidate]
) -> Array:
    """Return the scores of each candidate on folds that are held out together with fold k.

    The result has the shape (FOLDS, candidates, N): in the row k, comparisons of the fold j have
    the score of the model that is fitted to all folds but j and k, and those of k itself NaN.
    """
    scores = np.full((FOLDS, len(candidates), fold.size), np.nan)
    for j, k in combinations(range(FOLDS), 2):
        train = (fold != j) & (fold != k)
        before: tuple[Features, Array] | None = None
        for place, (features, penalty) in enumerate(candidates):
            rows = seen[features]
            start = before[1] if before is not None and before[0] == features else None
            weights = fitted(rows[train], penalty, start=start)
            before = features, weights
            for outer, held_out in ((j, k), (k, j)):
                scores[outer, place, fold == held_out] = rows[fold == held_out] @ weights
    return scores

"""Gaps between groups that need scores on one scale: probabilities."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ontogeny.ranking._comments import Array, Mask, comments, scores_of

THRESHOLDS = np.linspace(1, 0, 1000)
"""Thresholds along which squared equality gaps are integrated."""


def positive_aseg(
    probability: ArrayLike, label: ArrayLike, member: ArrayLike, background: ArrayLike
) -> Array:
    """Return the average squared equality gap of toxic comments, by group.

    The integral of ``(TPR_D - TPR_B)^2`` with respect to ``TPR_B`` from 0 to 1, by the trapezoid
    rule along the 1,000 `THRESHOLDS` from 1 to 0 (Borkan et al. 2019), where TPR is the share of
    toxic comments above a threshold. The curve ends where every comment is called toxic, also when
    a probability is exactly 0.

    Parameters
    ----------
    probability : (N,) array_like
        Scores between 0 and 1.
    label : (N,) array_like of bool
    member : (G, N) array_like of bool
    background : (N,) array_like of bool

    Returns
    -------
    (G,) ndarray
        0 when the group's scores are distributed like those of the background. When all of them
        are higher, or all lower, than all n of the background, ``1/3 + 1/(6 n^2)``, if there are
        thresholds between any two of the latter. It does not tell the direction.

    Raises
    ------
    ValueError
        As `group_aucs` does, and when a probability is below 0 or above 1.
    """
    of = comments(_probabilities(probability), label, member, background)
    return _asegs(of.score, of.member & of.label, of.background & of.label)


def negative_aseg(
    probability: ArrayLike, label: ArrayLike, member: ArrayLike, background: ArrayLike
) -> Array:
    """Return the average squared equality gap of comments that are not toxic, by group.

    As `positive_aseg`, with FPR instead of TPR.

    Parameters
    ----------
    probability : (N,) array_like
        Scores between 0 and 1.
    label : (N,) array_like of bool
    member : (G, N) array_like of bool
    background : (N,) array_like of bool

    Returns
    -------
    (G,) ndarray

    Raises
    ------
    ValueError
        As `positive_aseg` does.
    """
    of = comments(_probabilities(probability), label, member, background)
    return _asegs(of.score, of.member & ~of.label, of.background & ~of.label)


def counterfactual_gap(probability: ArrayLike, sentence: ArrayLike, member: ArrayLike) -> float:
    """Return how much a score depends on which group a sentence names.

    The mean of ``|p(x) - p(x')|`` over all pairs of probes that are the same sentence and name
    different groups, within each sentence; then the mean over sentences, each with equal weight
    however many probes it has (Garg et al. 2019, arXiv 1809.10610). Two terms of one group are not
    compared.

    Parameters
    ----------
    probability : (N,) array_like
        Scores of probes, between 0 and 1.
    sentence : (N,) array_like of int
        Number of the sentence, equal for probes that differ in the term alone; negative where it is
        not known, and such a probe is left out.
    member : (G, N) array_like of bool
        Whether a probe names a group.

    Returns
    -------
    float
        Between 0 and 1; NaN when no two probes of a sentence name different groups.

    Raises
    ------
    ValueError
        When shapes do not match, or a probability is NaN, below 0 or above 1.

    Examples
    --------
    >>> counterfactual_gap([0.0, 0.5, 1.0], [0, 0, 0], [[1, 1, 0], [0, 0, 1]])
    0.75
    """
    scores, sentences = _probabilities(probability), np.asarray(sentence)
    members = np.asarray(member, dtype=np.bool_)
    if sentences.shape != scores.shape or members.shape[1:] != scores.shape:
        msg = (
            f"sentences {sentences.shape}, groups {members.shape}, scores {scores.shape}: one "
            "sentence and one column of groups for each probe"
        )
        raise ValueError(msg)
    known = sentences >= 0
    if not known.any():
        return np.nan
    scores, sentences, members = scores[known], sentences[known], members[:, known]
    _, place = np.unique(sentences, return_inverse=True)
    _, named = np.unique(members, axis=1, return_inverse=True)
    _, first, within = np.unique([place, named], axis=1, return_index=True, return_inverse=True)
    total, pairs = _pairs(scores, place)
    for of_all, of_same in zip((total, pairs), _pairs(scores, within), strict=True):
        np.subtract.at(of_all, place[first], of_same)
    return float(np.mean(total[pairs > 0] / pairs[pairs > 0])) if (pairs > 0).any() else np.nan


def _pairs(scores: Array, place: NDArray[np.int64]) -> tuple[Array, Array]:
    """Return the sum of ``|score - score'|`` over all pairs in one place, and their number."""
    size = np.bincount(place)
    order = np.lexsort([scores, place])
    scores, place = scores[order], place[order]
    # A step between neighbours in rank is between k scores of the place and its n - k others.
    k = np.arange(scores.size) - (np.cumsum(size) - size)[place] + 1
    across = (k * (size[place] - k))[:-1] * np.where(np.diff(place) == 0, np.diff(scores), 0)
    total = np.bincount(place[:-1], across, minlength=size.size).astype(np.float64)
    return total, size * (size - 1) / 2


def _probabilities(probability: ArrayLike) -> Array:
    scores = scores_of(probability)
    if ((scores < 0) | (scores > 1)).any():
        msg = "a probability is below 0 or above 1"
        raise ValueError(msg)
    return scores


def _asegs(scores: Array, groups: Mask, background: Mask) -> Array:
    outside = _share_above(scores[background])
    gaps = [_share_above(scores[group]) - outside for group in groups]
    return np.array([np.trapezoid(gap**2, outside) for gap in gaps], dtype=np.float64)


def _share_above(scores: Array) -> Array:
    """Return the share of scores above each threshold, and at last 1; NaN without scores."""
    if not scores.size:
        return np.full(THRESHOLDS.size + 1, np.nan)
    above = scores.size - np.searchsorted(np.sort(scores), THRESHOLDS, "right")
    return np.append(above / scores.size, 1)

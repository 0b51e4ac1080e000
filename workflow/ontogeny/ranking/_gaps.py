"""Gaps between groups that need scores on one scale: probabilities."""

import numpy as np
from numpy.typing import ArrayLike

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


def counterfactual_gap(probability: ArrayLike, sentence: ArrayLike) -> float:
    """Return how much a score depends on which group a sentence names.

    The mean of ``|p(x) - p(x')|`` over all pairs of probes that are the same sentence but for the
    term of the group, within each sentence; then the mean over sentences, each with equal weight
    however many probes it has (Garg et al. 2019, arXiv 1809.10610).

    Parameters
    ----------
    probability : (N,) array_like
        Scores of probes, between 0 and 1.
    sentence : (N,) array_like of int
        Number of the sentence, equal for probes that differ in the term alone; negative where it is
        not known, and such a probe is left out.

    Returns
    -------
    float
        Between 0 and 1; NaN when no two probes share a sentence.

    Raises
    ------
    ValueError
        When shapes do not match, or a probability is NaN, below 0 or above 1.

    Examples
    --------
    >>> counterfactual_gap([0.0, 0.5, 1.0, 0.25, 0.25], [0, 0, 0, 1, 1])
    0.3333333333333333
    """
    scores, sentences = _probabilities(probability), np.asarray(sentence)
    if sentences.shape != scores.shape:
        msg = f"sentences {sentences.shape}, scores {scores.shape}: one sentence for each probe"
        raise ValueError(msg)
    known = sentences >= 0
    scores, sentences = scores[known], sentences[known]
    _, place, size = np.unique(sentences, return_inverse=True, return_counts=True)
    if not (size > 1).any():
        return np.nan
    order = np.lexsort([scores, place])
    scores, place = scores[order], place[order]
    # A step between neighbours in rank lies between k probes of the sentence and its n - k others.
    k = np.arange(scores.size) - (np.cumsum(size) - size)[place] + 1
    across = (k * (size[place] - k))[:-1] * np.where(np.diff(place) == 0, np.diff(scores), 0)
    total = np.bincount(place[:-1], across, minlength=size.size)[size > 1]
    several = size[size > 1]
    return float(np.mean(total / (several * (several - 1) / 2)))


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

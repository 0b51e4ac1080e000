"""Areas under the ROC curve, of all comments and by group."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ontogeny.ranking._comments import Array, comments, scores_of


def auc(positive: ArrayLike, negative: ArrayLike) -> float:
    """Return ``AUC(X, Y) = P(x > y) + P(x = y) / 2``.

    The Mann-Whitney statistic of the two samples over the number of pairs, ties included.

    Parameters
    ----------
    positive, negative : (n,), (m,) array_like
        Scores of X, usually the toxic comments, and of Y.

    Returns
    -------
    float
        1 when every score of X is above every score of Y, 1/2 when all are the same, NaN when one
        of the two is empty.

    Raises
    ------
    ValueError
        When a score is NaN.

    Examples
    --------
    >>> auc([0.4, 0.9], [0.1, 0.4])
    0.875
    """
    return _auc_over(*(np.sort(scores_of(each)) for each in (positive, negative)))


@dataclass(frozen=True)
class GroupAUCs:
    """AUCs of each group, those of Borkan et al. 2019.

    Attributes
    ----------
    subgroup : (G,) ndarray
        AUC(D+, D-): how well the comments of the group are separated.
    bpsn : (G,) ndarray
        AUC(B+, D-), background positive and subgroup negative: low when harmless comments of the
        group are taken for toxic.
    bnsp : (G,) ndarray
        AUC(D+, B-), background negative and subgroup positive: low when toxic comments of the group
        are missed.
    negative_aeg : (G,) ndarray
        Average equality gap AUC(D-, B-) - 1/2: above 0 when harmless comments of the group have
        higher scores than those of the background.
    positive_aeg : (G,) ndarray
        AUC(D+, B+) - 1/2: the same of toxic comments.
    """

    subgroup: Array
    bpsn: Array
    bnsp: Array
    negative_aeg: Array
    positive_aeg: Array


def group_aucs(
    score: ArrayLike, label: ArrayLike, member: ArrayLike, background: ArrayLike
) -> GroupAUCs:
    """Return the AUCs within each group, and between it and the background.

    The background is sorted once, and the few comments of a group are looked up in it; the counts
    are exact, ties included.

    Parameters
    ----------
    score : (N,) array_like
    label : (N,) array_like of bool
        Whether a comment is toxic.
    member : (G, N) array_like of bool
        Whether it names the group.
    background : (N,) array_like of bool
        Whether it is one of those that the groups are compared with; none names one of them.

    Returns
    -------
    GroupAUCs

    Raises
    ------
    ValueError
        When shapes do not match, a score is NaN, another value neither 1 nor 0, or a comment of the
        background names a group.
    """
    of = comments(score, label, member, background)
    toxic_outside, harmless_outside = (
        np.sort(of.score[of.background & each]) for each in (of.label, ~of.label)
    )
    rows = []
    for group in of.member:
        toxic, harmless = of.score[group & of.label], np.sort(of.score[group & ~of.label])
        rows.append(
            (
                _auc_over(toxic, harmless),
                1 - _auc_over(harmless, toxic_outside),
                _auc_over(toxic, harmless_outside),
                _auc_over(harmless, harmless_outside) - 0.5,
                _auc_over(toxic, toxic_outside) - 0.5,
            )
        )
    return GroupAUCs(*np.array(rows, dtype=np.float64).reshape(-1, 5).T)


def _auc_over(positive: Array, negative: Array) -> float:
    """Return AUC(positive, negative) for negative scores in ascending order."""
    if not positive.size or not negative.size:
        return np.nan
    below, not_above = (np.searchsorted(negative, positive, side) for side in ("left", "right"))
    return float((below.sum() + not_above.sum()) / (2 * positive.size * negative.size))

"""Errors at a threshold, overall and by group.

FPR is the share of comments called toxic among those that are not, FNR the share not called toxic
among those that are.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ontogeny.ranking._comments import Array, Mask, comments, labelled


@dataclass(frozen=True)
class Confusion:
    """Numbers of comments: true and false positives, true and false negatives."""

    tp: int
    tn: int
    fp: int
    fn: int


def confusion(score: ArrayLike, label: ArrayLike, threshold: float) -> Confusion:
    """Count comments that are called toxic, rightly or not, and those that are not.

    Parameters
    ----------
    score : (N,) array_like
    label : (N,) array_like of bool
    threshold : float
        A comment is called toxic when its score is above it. The code of Borkan et al. 2019 also
        calls it toxic when the score equals it.

    Returns
    -------
    Confusion

    Raises
    ------
    ValueError
        When shapes do not match, a score is NaN or a label neither 1 nor 0.

    Examples
    --------
    >>> confusion([0.1, 0.6, 0.4, 0.9], [False, False, True, True], 0.5)
    Confusion(tp=1, tn=1, fp=1, fn=1)
    """
    scores, toxic = labelled(score, label)
    called = scores > threshold
    return Confusion(
        tp=int((called & toxic).sum()),
        tn=int((~called & ~toxic).sum()),
        fp=int((called & ~toxic).sum()),
        fn=int((~called & toxic).sum()),
    )


def rates(score: ArrayLike, label: ArrayLike, threshold: float) -> tuple[float, float]:
    """Return the rates of false positives and of false negatives.

    Parameters
    ----------
    score : (N,) array_like
    label : (N,) array_like of bool
    threshold : float
        A comment is called toxic when its score is above it.

    Returns
    -------
    fpr, fnr : float
        FPR is NaN when every comment is toxic, FNR when none is.

    Raises
    ------
    ValueError
        As `confusion` does.
    """
    counts = confusion(score, label, threshold)
    return _share(counts.fp, counts.tn), _share(counts.fn, counts.tp)


@dataclass(frozen=True)
class GroupRates:
    """Rates of errors at one threshold.

    Attributes
    ----------
    fpr, fnr : (G,) ndarray
        Of the comments that name each group.
    background_fpr, background_fnr : float
        Of the background.
    """

    fpr: Array
    fnr: Array
    background_fpr: float
    background_fnr: float


def group_rates(
    score: ArrayLike,
    label: ArrayLike,
    member: ArrayLike,
    background: ArrayLike,
    threshold: float,
) -> GroupRates:
    """Return the rates of errors of each group and of the background.

    Parameters
    ----------
    score : (N,) array_like
        With labels of a rater as scores, a threshold of 1/2 gives the errors of the rater.
    label : (N,) array_like of bool
    member : (G, N) array_like of bool
    background : (N,) array_like of bool
    threshold : float
        A comment is called toxic when its score is above it.

    Returns
    -------
    GroupRates

    Raises
    ------
    ValueError
        As `group_aucs` does.
    """
    of = comments(score, label, member, background)

    def within(part: Mask) -> tuple[float, float]:
        return rates(of.score[part], of.label[part], threshold)

    fpr, fnr = np.array([within(group) for group in of.member], dtype=np.float64).reshape(-1, 2).T
    return GroupRates(fpr, fnr, *within(of.background))


def equal_error_threshold(score: ArrayLike, label: ArrayLike) -> float:
    """Return the score that, as a threshold, makes FPR and FNR as nearly equal as possible.

    Every score is tried, which gives every division of the comments but the one that calls all of
    them toxic. FNR - FPR grows from score to score, so at most two are equally good; of these it
    is the higher, which calls fewer comments toxic.

    Parameters
    ----------
    score : (N,) array_like
    label : (N,) array_like of bool

    Returns
    -------
    float
        One of the scores.

    Raises
    ------
    ValueError
        When shapes do not match, a score is NaN, a label neither 1 nor 0, or all labels are the
        same.

    Examples
    --------
    >>> equal_error_threshold([0.1, 0.3, 0.5, 0.7], [False, True, False, True])
    0.3
    """
    scores, toxic = labelled(score, label)
    positive, negative = int(toxic.sum()), int((~toxic).sum())
    if not positive or not negative:
        msg = "labels are all the same: equal errors need toxic comments and others"
        raise ValueError(msg)
    different, place = np.unique(scores, return_inverse=True)
    missed = np.cumsum(np.bincount(place[toxic], minlength=different.size))
    false = negative - np.cumsum(np.bincount(place[~toxic], minlength=different.size))
    gap = np.abs(missed * negative - false * positive)
    return float(different[np.flatnonzero(gap == gap.min())[-1]])


def equality_difference(rate: float, of_groups: ArrayLike) -> float:
    """Return the sum over groups of ``|rate - rate of the group|`` (Dixon et al. 2018).

    FPED when the rates are FPR, FNED when they are FNR. The reference is the rate of *all*
    comments, as in the code of Borkan et al. 2019.

    Parameters
    ----------
    rate : float
        Of all comments.
    of_groups : (G,) array_like
        NaN is left out.

    Returns
    -------
    float
        Grows with the number of groups; NaN when no group has a rate.
    """
    of_each = np.asarray(of_groups, dtype=np.float64)
    gaps = np.abs(rate - of_each[~np.isnan(of_each)])
    return float(gaps.sum()) if gaps.size else np.nan


def _share(part: int, rest: int) -> float:
    return part / (part + rest) if part + rest else np.nan

"""Several runs along training side by side: curves at common moments, means, fifths, and leads.

A moment is a step divided by the step at which a run reaches its goal; 0 is the initial network.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["at_moments", "common_moments", "fifth_counts", "lead", "mean_of_known"]

Array = NDArray[np.float64]


def common_moments(moments: Sequence[Array], *, points: int) -> Array:
    """Return 0, and moments evenly spaced in the logarithm over the range that all runs have.

    Parameters
    ----------
    moments : sequence of (K_i,) ndarray
        Those of the checkpoints of each run, ascending; at least one of each is above 0.
    points : int
        Number of moments beside 0. Where runs have no range in common there is one: the last of
        their first checkpoints above 0.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> common_moments([np.array([0.0, 0.01, 2.0]), np.array([0.0, 0.1, 1.0])], points=2)
    array([0. , 0.1, 1. ])
    """
    first = max(each[each > 0][0] for each in moments)
    last = min(each[-1] for each in moments)
    between = np.geomspace(first, last, points) if last > first else [first]
    return np.array([0.0, *between])


def at_moments(moments: Array, known: Array, values: Array) -> Array:
    """Return a curve at other moments, interpolated linearly in the logarithm of the moment.

    Parameters
    ----------
    moments : (M,) ndarray
        Where it is wanted: 0 first.
    known, values : (K,) ndarray
        Moments of the checkpoints, 0 first, and what is known there; NaN is passed over.

    Returns
    -------
    (M,) ndarray
        At 0 the first value, whatever comes next; NaN outside the moments with values.

    Examples
    --------
    >>> wanted, known = np.array([0, 0.1, 5]), np.array([0, 0.01, 1])
    >>> at_moments(wanted, known, np.array([9.0, 2.0, 4.0]))
    array([ 9.,  3., nan])
    """
    usable = np.isfinite(values) & (known > 0)
    found = np.full(len(moments), np.nan)
    found[0] = values[0]
    if usable.any():
        wanted, places = np.log(moments[1:]), np.log(known[usable])
        found[1:] = np.interp(wanted, places, values[usable], left=np.nan, right=np.nan)
    return found


def mean_of_known(values: Array) -> Array:
    """Return the mean along the first axis over what is not NaN; NaN where all is.

    Examples
    --------
    >>> mean_of_known(np.array([[1.0, np.nan], [3.0, np.nan]]))
    array([ 2., nan])
    """
    known = np.isfinite(values)
    total = np.where(known, values, 0.0).sum(axis=0)
    return np.where(known.any(axis=0), total / np.maximum(known.sum(axis=0), 1), np.nan)


def fifth_counts(
    fifth: Sequence[ArrayLike], chosen: Sequence[ArrayLike]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return how many irreps of all runs each fifth has, and how many of these are chosen.

    Parameters
    ----------
    fifth : sequence of (R_i,) array_like of int
        Fifth of each irrep of a run, 0 to 4; -1 for those that do not count.
    chosen : sequence of (R_i,) array_like of bool

    Returns
    -------
    (5,) ndarray of int, (5,) ndarray of int

    Examples
    --------
    >>> fifth_counts([[-1, 0, 0, 4], [-1, 4]], [[True, True, False, True], [False, True]])
    (array([2, 0, 0, 0, 2]), array([1, 0, 0, 0, 2]))
    """
    place = np.concatenate([np.asarray(each, dtype=np.int64) for each in fifth])
    which = np.concatenate([np.asarray(each, dtype=np.bool_) for each in chosen])
    counts = place >= 0
    return (
        np.bincount(place[counts], minlength=5),
        np.bincount(place[counts & which], minlength=5),
    )


def lead(share: Array, winner: int) -> int:
    """Return the first checkpoint from which on one irrep always has the largest share.

    Parameters
    ----------
    share : (K, R) ndarray
        Of each irrep at each checkpoint. The first irrep, the trivial one, does not compete.
    winner : int
        Index of the irrep, which has the largest share at the last checkpoint.

    Returns
    -------
    int

    Examples
    --------
    >>> lead(np.array([[0.9, 0.6, 0.4], [0.9, 0.3, 0.7], [0.9, 0.6, 0.4]]), 1)
    2
    """
    trails = np.flatnonzero(share[:, 1:].argmax(axis=1) + 1 != winner)
    return int(trails[-1]) + 1 if len(trails) else 0

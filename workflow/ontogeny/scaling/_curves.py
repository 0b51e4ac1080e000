"""Curves of a score over size, checked and in order."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import isotonic_regression

Array = NDArray[np.float64]


def curves(size: ArrayLike, score: ArrayLike) -> tuple[Array, Array]:
    """Return the sizes that differ in ascending order, and the mean scores at each.

    Parameters
    ----------
    size : (n,) array_like
    score : (..., n) array_like

    Raises
    ------
    ValueError
        When the two do not match, a size is not positive or a number is not finite.
    """
    sizes, scores = np.asarray(size, dtype=np.float64), np.asarray(score, dtype=np.float64)
    if sizes.ndim != 1 or scores.shape[-1:] != sizes.shape or not sizes.size:
        msg = f"sizes {sizes.shape} and scores {scores.shape}: one score for each size"
        raise ValueError(msg)
    if not (np.isfinite(sizes) & (sizes > 0)).all():
        msg = "a size is not positive and finite"
        raise ValueError(msg)
    if not np.isfinite(scores).all():
        msg = "a score is not finite: leave its size out"
        raise ValueError(msg)
    different, place, times = np.unique(sizes, return_inverse=True, return_counts=True)
    order = np.argsort(place, kind="stable")
    first = np.concatenate([[0], np.cumsum(times)[:-1]])
    return different, np.add.reduceat(scores[..., order], first, axis=-1) / times


def curve(size: ArrayLike, score: ArrayLike) -> tuple[Array, Array]:
    """Return what `curves` does of a single curve.

    Raises
    ------
    ValueError
        As `curves` does, and when there are several.
    """
    if np.ndim(score) != 1:
        msg = f"scores {np.shape(score)}: one score for each size"
        raise ValueError(msg)
    return curves(size, score)


def rising(x: ArrayLike, y: ArrayLike) -> tuple[Array, Array, NDArray[np.int64]]:
    """Return the values of x that differ, the isotonic fit of y there, and where each point is."""
    different, place, times = np.unique(
        np.asarray(x, dtype=np.float64), return_inverse=True, return_counts=True
    )
    means = np.bincount(place, np.asarray(y, dtype=np.float64)) / times
    return different, np.asarray(isotonic_regression(means, weights=times).x), place

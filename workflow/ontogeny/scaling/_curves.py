"""Curves of a score over size, checked and in order."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def curve(size: ArrayLike, score: ArrayLike) -> tuple[Array, Array]:
    """Return the sizes that differ in ascending order, and the mean score at each.

    Raises
    ------
    ValueError
        When the two do not match, a size is not positive or a number is not finite.
    """
    sizes, scores = np.asarray(size, dtype=np.float64), np.asarray(score, dtype=np.float64)
    if sizes.ndim != 1 or sizes.shape != scores.shape or not sizes.size:
        msg = f"sizes {sizes.shape} and scores {scores.shape}: one score for each size"
        raise ValueError(msg)
    if not (np.isfinite(sizes) & (sizes > 0)).all():
        msg = "a size is not positive and finite"
        raise ValueError(msg)
    if not np.isfinite(scores).all():
        msg = "a score is not finite: leave its size out"
        raise ValueError(msg)
    different, place, times = np.unique(sizes, return_inverse=True, return_counts=True)
    return different, np.bincount(place, scores) / times

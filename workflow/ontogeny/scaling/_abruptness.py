"""How abruptly a score grows with size.

Scores of the same size are averaged first. Decades are differences of log10 N.
"""

from itertools import permutations
from math import factorial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ontogeny.scaling._curves import curve, rising

Array = NDArray[np.float64]


def gain(size: ArrayLike, score: ArrayLike, *, factor: float = 2.0) -> float:
    """Return the largest gain of a score over a factor in size.

    Between sizes the score is interpolated linearly in ln N. The gain between N and ``factor N`` is
    then linear between the points where either of them is a size, so it is largest at one of these.

    Parameters
    ----------
    size, score : (n,) array_like
    factor : float
        Above 1.

    Returns
    -------
    float
        In units of the score; negative when the score falls everywhere, NaN when the sizes span
        less than the factor.

    Examples
    --------
    >>> gain([1, 2, 4, 8], [0.0, 0.1, 0.9, 1.0])
    0.8
    """
    sizes, scores = curve(size, score)
    across, step = np.log(sizes), np.log(factor)
    first, last = across[0], across[-1] - step
    if last < first - 1e-12:
        return np.nan
    starts = np.concatenate([across, across - step])
    starts = np.clip(starts, first, max(first, last))
    before, after = (np.interp(each, across, scores) for each in (starts, starts + step))
    return float(np.max(after - before))


def crossing(size: ArrayLike, score: ArrayLike, level: float) -> float:
    """Return log10 N where the isotonic fit of a score first reaches a level.

    The fit is the non-decreasing function of least squares, interpolated linearly in log10 N.

    Parameters
    ----------
    size, score : (n,) array_like
    level : float

    Returns
    -------
    float
        Decades. That of the smallest size when the level is reached from the start, NaN when it is
        never reached.

    Examples
    --------
    >>> crossing([10, 100, 1000], [0.0, 0.5, 1.0], 0.75)
    2.5
    """
    across, fitted = rising_curve(size, score)
    reached = np.flatnonzero(fitted >= level)
    if not reached.size:
        return np.nan
    at = reached[0]
    if at == 0:
        return float(across[0])
    share = (level - fitted[at - 1]) / (fitted[at] - fitted[at - 1])
    return float(across[at - 1] + share * (across[at] - across[at - 1]))


def width(
    size: ArrayLike,
    score: ArrayLike,
    *,
    low: float = 0.2,
    high: float = 0.8,
    chance: float = 0.0,
) -> float:
    """Return the decades of size in which a score rises from a low level to a high one.

    Parameters
    ----------
    size, score : (n,) array_like
    low, high : float
        Shares of the way from chance to 1.
    chance : float

    Returns
    -------
    float
        Difference of the two values of `crossing`. NaN when the high level is never reached, or
        when the low one is reached at the smallest size already, as the rise began before it.
    """
    _, fitted = rising_curve(size, score)
    levels = [chance + share * (1 - chance) for share in (low, high)]
    if fitted[0] >= levels[0]:
        return np.nan
    begins, ends = (crossing(size, score, level) for level in levels)
    return ends - begins


def emergence_score(score: ArrayLike) -> float:
    """Return the emergence score of arXiv 2304.15004.

    ``sign(argmax - argmin) (max - min) / sqrt(median of squared successive differences)``. With
    fewer than a dozen sizes it does not tell abrupt curves from smooth ones (a straight line of n
    points has n - 1), so read it together with `emergence_null`.

    Parameters
    ----------
    score : (n,) array_like
        In the order of sizes.

    Returns
    -------
    float
        0 for a constant score; infinite, with the sign, when half of the differences or more are 0;
        NaN for a single size.

    Examples
    --------
    >>> emergence_score([0, 0.1, 0.2, 0.9])
    9.0
    """
    scores = np.asarray(score, dtype=np.float64)
    return float(_emergence(scores[:, None])[0]) if scores.size > 1 else np.nan


def emergence_null(score: ArrayLike, *, draws: int = 2000, seed: int = 0) -> float:
    """Return how often sizes in random order give an emergence score that is at least as large.

    Parameters
    ----------
    score : (n,) array_like
        In the order of sizes.
    draws : int
        Number of random permutations. When there are no more than this in all, every one is taken
        and the share is exact; otherwise the observed order counts as one more draw, so that the
        share is never 0.
    seed : int
        Of the draws.

    Returns
    -------
    float
        In (0, 1], small when the order of sizes matters; NaN for a single size.
    """
    scores = np.asarray(score, dtype=np.float64)
    if scores.size < 2:
        return np.nan
    observed = emergence_score(scores)
    if factorial(scores.size) <= draws:
        orders = np.array([*permutations(range(scores.size))]).T
    else:
        identity = np.tile(np.arange(scores.size)[:, None], draws + 1)
        orders = np.random.default_rng(seed).permuted(identity, axis=0)
        orders[:, 0] = identity[:, 0]
    rounding = 1e-9 * abs(observed) if np.isfinite(observed) else 0.0
    return float(np.mean(_emergence(scores[orders]) >= observed - rounding))


def rising_curve(size: ArrayLike, score: ArrayLike) -> tuple[Array, Array]:
    """Return log10 N of the sizes that differ, and the isotonic fit of the score there."""
    curve(size, score)
    sizes, fitted, _ = rising(size, score)
    return np.log10(sizes), fitted


def _emergence(scores: Array) -> Array:
    """Return the emergence score of each column."""
    range_ = scores.max(0) - scores.min(0)
    sign = np.sign(np.argmax(scores, 0) - np.argmin(scores, 0))
    squares = np.sort(np.diff(scores, axis=0) ** 2, axis=0)
    middle = len(squares) // 2
    typical = np.sqrt((squares[middle] + squares[-middle - 1]) / 2)
    found = np.where(range_ > 0, np.copysign(np.inf, sign), 0.0)
    return np.divide(sign * range_, typical, out=found, where=typical > 0)

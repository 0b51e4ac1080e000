"""Forecasts of larger networks from smaller ones.

Symbols: ``N`` size, ``n`` points, ``C`` curves.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from ontogeny.scaling._curves import curves
from ontogeny.scaling._laws import fit, predict
from ontogeny.scaling._solver import least_squares

Array = NDArray[np.float64]

FORECASTERS = ("logistic", "power-of-error", "as-last-seen")
"""How an ability is continued to larger sizes, by its own curve alone."""

LEAST_ERROR = 1e-3
"""A smaller error, such as that of a perfect score, counts as this one in `power-of-error`."""

STEEPEST = 20.0
"""Largest slope of the argument of `logistic` in ln N: from 1 to 99 % within a factor of 1.6."""

FARTHEST = 30.0
"""Largest argument of `logistic` at the geometric mean of the sizes."""

TURNS = np.linspace(-2, 2, 61)
"""Where the curves from which `logistic` starts turn, in halves of the range of ln N."""

SLOPES = np.geomspace(0.02, 10, 40)
"""Their slopes, as what the argument gains over half of that range."""

STARTS = 2
"""`logistic` is fitted from this many rising and as many falling curves, from flat to steep."""


def forecast(
    forecaster: str,
    size: ArrayLike,
    score: ArrayLike,
    at: ArrayLike,
    *,
    chance: ArrayLike | float = 0.0,
) -> Array:
    """Continue the score of an ability, or of many over the same sizes, to other sizes.

    - ``logistic``: ``chance + (1 - chance) / (1 + exp(-(c + k ln N)))``, by least squares on the
      score from several starts. The slope may be of either sign, and no steeper than `STEEPEST`.
    - ``power-of-error``: ``1 - score = (scale / N)^exponent``, by least squares on logarithms;
      errors below `LEAST_ERROR` count as `LEAST_ERROR`.
    - ``as-last-seen``: the score at the largest size.

    Scores of the same size are averaged first, and every forecast is clipped to [0, 1]. All three
    continue a curve at the same value, be it 0, chance or 1, with this value: `logistic` only when
    it is not below chance, where it gives chance, and `power-of-error` up to ``1 - LEAST_ERROR``.
    With one size, all give what was last seen.

    Parameters
    ----------
    forecaster : str
        One of `FORECASTERS`.
    size : (n,) array_like
    score : (n,) or (C, n) array_like
        In [0, 1].
    at : array_like
        Sizes.
    chance : float or (C,) array_like
        What a network without the ability scores; only `logistic` uses it. Below 1.

    Returns
    -------
    ndarray
        Of the shape of `at`, after that of the curves if there are many.

    Raises
    ------
    ValueError
        For another forecaster, or if the numbers are not sizes and scores.

    Examples
    --------
    >>> forecast("power-of-error", [10, 100], [0.0, 0.9], [1000])
    array([0.99])
    """
    if forecaster not in FORECASTERS:
        msg = f"forecaster {forecaster!r}: not one of {', '.join(FORECASTERS)}"
        raise ValueError(msg)
    sizes, scores = curves(size, score)
    wanted = np.asarray(at, dtype=np.float64)
    if ((scores < 0) | (scores > 1)).any():
        msg = "a score is not between 0 and 1"
        raise ValueError(msg)
    each = scores.reshape(-1, sizes.size)
    across, ahead = np.log(sizes), np.log(wanted.ravel())
    z, beyond = across - across.mean(), ahead - across.mean()
    if forecaster == "as-last-seen" or sizes.size == 1:
        found = np.repeat(each[:, -1:], ahead.size, axis=1)
    elif forecaster == "power-of-error":
        up = np.log(np.maximum(1 - each, LEAST_ERROR))
        log_error = up.mean(-1)[:, None] + np.outer(up @ z / (z @ z), beyond)
        found = 1 - np.exp(np.minimum(log_error, 0))
    else:
        floor = np.broadcast_to(np.asarray(chance, dtype=np.float64), scores.shape[:-1])
        found = _logistic(z, each, floor.reshape(-1, 1), beyond)
    return np.clip(found, 0, 1).reshape(scores.shape[:-1] + wanted.shape)


def forecast_loss(law: str, size: ArrayLike, loss: ArrayLike, at: ArrayLike) -> Array:
    """Return the loss that a law, fitted to some sizes, predicts at others.

    Parameters
    ----------
    law : str
        One of `LAWS`.
    size, loss : (n,) array_like
    at : array_like

    Returns
    -------
    ndarray
        Of the shape of `at`.

    Raises
    ------
    NoConvergence
        As `fit` does.
    """
    return predict(law, fit(law, size, loss).parameters, at)


def cuts(count: int, least: int = 4) -> range:
    """Return from how many of the smallest sizes a forecast can be made so that one is beyond.

    Parameters
    ----------
    count : int
        Of all sizes.
    least : int
        Fewest sizes to forecast from.

    Returns
    -------
    range

    Examples
    --------
    >>> list(cuts(7))
    [4, 5, 6]
    """
    return range(least, count)


def quanta(
    mass: ArrayLike, loss: ArrayLike, *, chance: float = 0.5, entropy: float = float(np.log(2))
) -> Array:
    """Forecast which of many abilities are learned from the loss alone.

    Abilities are learned all or nothing and the most frequent first, as the quantization model of
    arXiv 2303.13506 has it. Those that are not learned cost `entropy` each, so that k learned ones
    leave ``entropy * sum_{j > k} p_j``. The forecast is the smallest k that leaves at most the
    given loss.

    Parameters
    ----------
    mass : (tasks,) array_like
        Frequencies p_j, in any order; of equal ones, the first is learned first.
    loss : array_like
        In units of `entropy`.
    chance : float
        Score of an ability that is not learned.
    entropy : float
        Loss of an ability that is not learned, ln 2 for one bit in nats.

    Returns
    -------
    (*loss.shape, tasks) ndarray
        1 for each ability that is learned, `chance` for the others.

    Examples
    --------
    >>> quanta([0.2, 0.5, 0.3], [0.2, 0.5], entropy=1.0)
    array([[0.5, 1. , 1. ],
           [0.5, 1. , 0.5]])
    """
    masses, losses = np.asarray(mass, dtype=np.float64), np.asarray(loss, dtype=np.float64)
    order = np.argsort(-masses, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(order.size)
    left = entropy * np.append(np.cumsum(masses[order][::-1])[::-1], 0.0)
    rounding = 1e-12 * left[0]
    learned = (left > losses[..., None] + rounding).sum(-1)
    return np.where(rank < learned[..., None], 1.0, chance)


def _logistic(z: Array, scores: Array, chance: Array, beyond: Array) -> Array:
    """Return the logistic curve of least squares of each row, at other points.

    Scores are measured from chance in units of what is above it, so that all rows have one law.
    """

    def model(parameters: Array) -> tuple[Array, Array]:
        raised = expit(parameters[:, :1] + parameters[:, 1:] * z)
        slope = raised * (1 - raised)
        return raised, np.stack([slope, slope * z], -1)

    above = (scores - chance) / (1 - chance)
    half = np.ptp(z) / 2
    limit = np.array([FARTHEST, STEEPEST])
    found, cost = [], []
    for slopes in np.array_split(SLOPES, STARTS):
        for sign in (1.0, -1.0):
            slope, turn = (each.ravel() for each in np.meshgrid(sign * slopes / half, TURNS * half))
            grid = np.clip(np.stack([-slope * turn, slope], -1), -limit, limit)
            shapes = model(grid)[0]
            start = grid[np.argmin((shapes**2).sum(-1) - 2 * above @ shapes.T, -1)]
            parameters, misses, _ = least_squares(model, above, start, -limit, limit)
            found.append(parameters)
            cost.append(misses)
    best = np.argmin(cost, axis=0)
    constant, slope = np.stack(found)[best, np.arange(len(scores))].T[..., None]
    return chance + (1 - chance) * expit(constant + slope * beyond)

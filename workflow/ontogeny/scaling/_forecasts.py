"""Forecasts of larger networks from smaller ones.

Symbols: ``N`` size, ``n`` points.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from ontogeny.scaling._curves import curve
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


def forecast(
    forecaster: str, size: ArrayLike, score: ArrayLike, at: ArrayLike, *, chance: float = 0.0
) -> Array:
    """Continue the score of an ability to other sizes.

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
    size, score : (n,) array_like
        Scores in [0, 1].
    at : array_like
        Sizes.
    chance : float
        What a network without the ability scores; only `logistic` uses it. Below 1.

    Returns
    -------
    ndarray
        Of the shape of `at`.

    Examples
    --------
    >>> forecast("power-of-error", [10, 100], [0.0, 0.9], [1000])
    array([0.99])
    """
    if forecaster not in FORECASTERS:
        msg = f"forecaster {forecaster!r}: not one of {', '.join(FORECASTERS)}"
        raise ValueError(msg)
    sizes, scores = curve(size, score)
    wanted = np.asarray(at, dtype=np.float64)
    if ((scores < 0) | (scores > 1)).any():
        msg = "a score is not between 0 and 1"
        raise ValueError(msg)
    if forecaster == "as-last-seen" or sizes.size == 1:
        return np.full(wanted.shape, scores[-1])
    across, ahead = np.log(sizes), np.log(wanted)
    if forecaster == "logistic":
        found = _logistic(across, scores, ahead, chance)
    else:
        centred = across - across.mean()
        up = np.log(np.maximum(1 - scores, LEAST_ERROR))
        slope = up @ centred / (centred @ centred)
        log_error = up.mean() + slope * (ahead - across.mean())
        found = 1 - np.exp(np.minimum(log_error, 0))
    return np.asarray(np.clip(found, 0, 1))


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


def _logistic(across: Array, scores: Array, ahead: Array, chance: float) -> Array:
    """Return the logistic curve of least squares at the logarithms `ahead`."""
    middle = across.mean()
    z = across - middle

    def model(parameters: Array) -> tuple[Array, Array]:
        raised = expit(parameters[:, :1] + parameters[:, 1:] * z)
        slope = (1 - chance) * raised * (1 - raised)
        return chance + (1 - chance) * raised, np.stack([slope, slope * z], -1)

    half = np.ptp(z) / 2
    turns = np.linspace(-1.5, 1.5, 13) * half
    slopes = np.array([0.3, 1, 3, 10]) / half
    starts = [(-k * turn, k) for turn in turns for k in (*slopes, *-slopes)]
    starts += [(c, 0.0) for c in (-6, -3, -1, 0, 1, 3, 6)]
    upper = np.array([FARTHEST, STEEPEST])
    found, cost, _ = least_squares(model, scores[None], np.array(starts), -upper, upper)
    argument, slope = found[np.argmin(cost)]
    return np.asarray(chance + (1 - chance) * expit(argument + slope * (ahead - middle)))

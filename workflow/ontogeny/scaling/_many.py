"""Forecasts of many abilities over the same sizes at once.

Symbols: ``C`` curves, ``n`` sizes, ``A`` sizes to forecast.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from ontogeny.scaling._forecasts import FARTHEST, FORECASTERS, LEAST_ERROR, STEEPEST
from ontogeny.scaling._solver import least_squares

Array = NDArray[np.float64]

TURNS = np.linspace(-2, 2, 61)
"""Where curves of the grid turn, in halves of the range of ln N from its middle."""

SLOPES = np.geomspace(0.02, 10, 40)
"""Their slopes, as what the argument gains over half of that range."""


def forecast_many(
    forecaster: str, size: ArrayLike, scores: ArrayLike, at: ArrayLike, *, chance: float = 0.0
) -> Array:
    """Continue the scores of many abilities to other sizes, each as `forecast` does.

    `logistic` is fitted from the best rising and the best falling curve of a fine grid.

    Parameters
    ----------
    forecaster : str
        One of `FORECASTERS`.
    size : (n,) array_like
        Two or more, no two of them the same.
    scores : (C, n) array_like
        In [0, 1].
    at : (A,) array_like
        Sizes.
    chance : float
        As for `forecast`.

    Returns
    -------
    (C, A) ndarray

    Raises
    ------
    ValueError
        For another forecaster, or if sizes are repeated.
    """
    if forecaster not in FORECASTERS:
        msg = f"forecaster {forecaster!r}: not one of {', '.join(FORECASTERS)}"
        raise ValueError(msg)
    order = np.argsort(size)
    across = np.log(np.asarray(size, dtype=np.float64)[order])
    each = np.asarray(scores, dtype=np.float64)[:, order]
    ahead = np.log(np.asarray(at, dtype=np.float64))
    if across.size < 2 or not np.diff(across).all():
        msg = "`size`: needs two or more that differ; use forecast for others"
        raise ValueError(msg)
    middle = across.mean()
    z, beyond = across - middle, ahead - middle
    if forecaster == "as-last-seen":
        found = np.repeat(each[:, -1:], len(ahead), axis=1)
    elif forecaster == "power-of-error":
        up = np.log(np.maximum(1 - each, LEAST_ERROR))
        log_error = up.mean(-1)[:, None] + np.outer(up @ z / (z @ z), beyond)
        found = 1 - np.exp(np.minimum(log_error, 0))
    else:
        constant, slope = _logistic(z, each, chance).T[..., None]
        found = chance + (1 - chance) * expit(constant + slope * beyond)
    return np.clip(found, 0, 1)


def _logistic(z: Array, scores: Array, chance: float) -> Array:
    """Return the constant and the slope of the logistic curve of least squares of each row."""

    def model(parameters: Array) -> tuple[Array, Array]:
        raised = expit(parameters[:, :1] + parameters[:, 1:] * z)
        slope = (1 - chance) * raised * (1 - raised)
        return chance + (1 - chance) * raised, np.stack([slope, slope * z], -1)

    half = np.ptp(z) / 2
    slope, turn = (each.ravel() for each in np.meshgrid(SLOPES / half, TURNS * half))
    limit = np.array([FARTHEST, STEEPEST])
    found, cost = [], []
    for sign in (1.0, -1.0):
        grid = np.clip(np.stack([-sign * slope * turn, sign * slope], -1), -limit, limit)
        shapes = model(grid)[0]
        start = grid[np.argmin((shapes**2).sum(-1) - 2 * scores @ shapes.T, -1)]
        parameters, misses, _ = least_squares(model, scores, start, -limit, limit)
        found.append(parameters)
        cost.append(misses)
    best = np.argmin(cost, axis=0)
    return np.stack(found)[best, np.arange(len(scores))]

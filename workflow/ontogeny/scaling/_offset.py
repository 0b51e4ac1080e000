"""The search for a power law with a floor.

Symbols: ``z`` the logarithm of the size over the smallest size.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from ontogeny.scaling._shapes import LARGEST_SHARE, centred, decreasing, exponentials, product
from ontogeny.scaling._solver import Model, least_squares

Array = NDArray[np.float64]

EXPONENTS = (1e-3, 30.0)
"""Range in which the exponent of `offset` is looked for; the ends are not accepted."""

NO_WORSE = 1e-9
"""The largest exponent is not accepted even in the disguise of one that fits no better."""

STARTS = 3
"""`offset` is fitted from this many points of its grid."""

START_SHARES = np.concatenate([[0], expit(np.linspace(-20, 8, 57))])
"""Shares of the floor in the loss at the smallest size, of the grid from which `offset` starts."""

START_EXPONENTS = np.geomspace(0.01, 10, 25)
"""Exponents of the same grid."""


def fit_offset(across: Array, up: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Fit rows of logarithms by `offset`, and say for which the search ended.

    The law is K (s + (1 - s) x^-a), where x is the size over the smallest size. For each share s of
    the floor and exponent a the best ln K is a mean, so two parameters are left. Searches start
    from the best points of `STARTS` parts of a grid, from flat laws to steep ones.
    """
    first = across.min()
    target = up - up.mean(-1, keepdims=True)
    shape_of = _offset_shape(across - first)
    model = centred(shape_of)
    grid = product(np.log(START_EXPONENTS), START_SHARES)
    lower, upper = np.array([np.log(EXPONENTS), [0, LARGEST_SHARE]]).T
    searches = []
    for part in np.array_split(grid[np.argsort(grid[:, 0], kind="stable")], STARTS):
        shapes = model(part)[0]
        start = part[np.argmin((shapes**2).sum(-1) - 2 * target @ shapes.T, -1)]
        searches.append(least_squares(model, target, start, lower, upper))
    found, cost, ended = _best(searches)
    log_exponent, share = found.T
    steepest = np.stack([np.full(len(found), upper[0]), share], -1)
    as_good = ((model(steepest)[0] - target) ** 2).sum(-1) <= cost * (1 + NO_WORSE)
    inside = (log_exponent > lower[0]) & ~as_good & (share < upper[1])
    exponent = np.exp(log_exponent)
    factor = np.mean(up - shape_of(found)[0], -1)
    scale = exponentials((factor + np.log1p(-share)) / exponent + first)
    rows = np.stack([np.exp(factor) * share, scale, exponent], -1)
    rows[~(ended & inside)] = np.nan
    rows[np.isnan(rows).any(-1)] = np.nan
    return rows, ended


def _best(
    searches: list[tuple[Array, Array, NDArray[np.bool_]]],
) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Return for each row the search with the smallest cost, of those that ended if any did."""
    found, cost, ended = (np.stack(each) for each in zip(*searches, strict=True))
    best = np.argmin(np.where(ended | ~ended.any(0), cost, np.inf), 0), np.arange(cost.shape[1])
    return found[best], cost[best], ended[best]


def _offset_shape(z: Array) -> Model:
    """Return the model ln(s + (1 - s) x^-a) of (ln a, s), where z is ln x."""

    def model(parameters: Array) -> tuple[Array, Array]:
        exponent, share = np.exp(parameters[:, :1]), parameters[:, 1:]
        falling = decreasing(exponent * z)
        whole = share + (1 - share) * falling
        slopes = [-exponent * z * (1 - share) * falling / whole, (1 - falling) / whole]
        return np.log(whole), np.stack(slopes, -1)

    return model


def smallest_squares(across: Array, up: Array, exponents: Array) -> Array:
    """Return the smallest sum of squares of `offset` for each exponent."""
    model = centred(_offset_shape(across - across.min()))
    target = (up - up.mean())[None]
    each = np.broadcast_to(np.log(exponents)[:, None, None], (exponents.size, START_SHARES.size, 1))
    grid = np.concatenate([each, np.broadcast_to(START_SHARES[:, None], each.shape)], -1)
    misses = ((model(grid.reshape(-1, 2))[0] - target) ** 2).sum(-1).reshape(each.shape[:2])
    start = grid[np.arange(exponents.size), misses.argmin(-1)]
    lower, upper = start.copy(), start.copy()
    lower[:, 1], upper[:, 1] = 0, LARGEST_SHARE
    return least_squares(model, target, start, lower, upper)[1]

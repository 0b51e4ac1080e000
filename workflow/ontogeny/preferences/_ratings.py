"""Ratings of competitors from their wins, in nats and in points of Elo."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.sparse.csgraph import connected_components
from scipy.special import expit

from ontogeny.preferences._arrays import Array

POINTS = 400 / np.log(10)
"""Points of Elo in one nat, 173.7: ``r = Elo ln(10) / 400`` (Bai et al. 2022, 3.4)."""

NEWTON_STEPS = 5


def elo(rate: ArrayLike | float) -> Array:
    """Return the difference in points of Elo from how often one wins, ``400 log10(p / (1 - p))``.

    Parameters
    ----------
    rate : (...) array_like
        Between 0 and 1.

    Returns
    -------
    (...) ndarray
        Infinite where the rate is 0 or 1, NaN where it is NaN.

    Raises
    ------
    ValueError
        When a rate is below 0 or above 1.

    Examples
    --------
    >>> elo([0.5, 10 / 11]).round(9)
    array([  0., 400.])
    """
    rates = np.asarray(rate, dtype=np.float64)
    if ((rates < 0) | (rates > 1)).any():
        msg = "rate: a value is below 0 or above 1"
        raise ValueError(msg)
    with np.errstate(divide="ignore"):
        return np.asarray(POINTS * (np.log(rates) - np.log1p(-rates)))


@dataclass(frozen=True)
class Ratings:
    """Ratings of Bradley and Terry.

    Attributes
    ----------
    value : (K,) ndarray
        In nats; 0 at the anchor.
    error : (K,) ndarray
        Standard error of the difference from the anchor, from the curvature of the likelihood;
        0 at the anchor.
    """

    value: Array
    error: Array


def fit_ratings(wins: ArrayLike, anchor: int = 0) -> Ratings:
    """Return the ratings of maximum likelihood.

    A beats B with probability ``sigmoid(r_A - r_B)``; the least of the sum of
    ``N_AB ln(1 + exp(r_B - r_A))`` over A and B, where A beat B N_AB times (Bai et al. 2022, B.4).
    No stage calls this function: it is for tables of wins among more than two policies, of which
    `elo` of each rate alone would give ratings that contradict one another.

    Parameters
    ----------
    wins : (K, K) array_like
        How often the row beat the column; need not be whole, as a tie is half a win of either.
    anchor : int
        Whose rating is 0.

    Returns
    -------
    Ratings

    Raises
    ------
    ValueError
        When `wins` is not a square table of finite numbers from 0 with zeros on its diagonal; when
        some competitors never lost to the others, never beat them or never met them, so that
        ratings are infinite or undetermined; or when the search does not converge.
    """
    table = np.asarray(wins, dtype=np.float64)
    if table.ndim != 2 or table.shape[0] != table.shape[1]:
        msg = f"wins {table.shape}: expected a square table"
        raise ValueError(msg)
    if not np.isfinite(table).all() or (table < 0).any() or np.diag(table).any():
        msg = "wins: expected finite numbers from 0, and zeros on the diagonal"
        raise ValueError(msg)
    parts, part = connected_components(table > 0, directed=True, connection="strong")
    if parts > 1:
        msg = (
            f"wins: the competitors are in {parts} groups, {part.tolist()}, one of which never "
            "beat another, so ratings are infinite or undetermined; leave some out or compare more"
        )
        raise ValueError(msg)
    free = np.delete(np.arange(len(table)), anchor)
    games, total = table + table.T, max(table.sum(), 1.0)

    def ratings(of_free: Array) -> Array:
        every = np.zeros(len(table))
        every[free] = of_free
        return every

    def loss(of_free: Array) -> tuple[float, Array]:
        every = ratings(of_free)
        lead = every[:, None] - every
        pull = games * expit(lead) - table
        return (
            float((table * np.logaddexp(0, -lead)).sum() / total),
            pull.sum(axis=1)[free] / total,
        )

    def curvature(of_free: Array) -> Array:
        every = ratings(of_free)
        lead = every[:, None] - every
        weight = games * expit(lead) * expit(-lead)
        return (np.diag(weight.sum(axis=1)) - weight)[np.ix_(free, free)] / total

    errors = np.zeros(len(table))
    if not free.size:
        return Ratings(np.zeros(len(table)), errors)
    best = minimize(loss, np.zeros(free.size), jac=True, hess=curvature, method="trust-exact").x
    # The loss has no digits left there, but its gradient has.
    for _ in range(NEWTON_STEPS):
        step = np.linalg.solve(curvature(best), loss(best)[1])
        best = best - step
    last = float(abs(step).max())
    if not last < 1e-6:
        msg = f"wins: the search for ratings did not converge, its last step is {last:.1e} nat"
        raise ValueError(msg)
    errors[free] = np.sqrt(np.diag(np.linalg.inv(curvature(best) * total)))
    return Ratings(ratings(best), errors)

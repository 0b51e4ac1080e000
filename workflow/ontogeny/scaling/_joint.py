"""The joint law of a loss over the size of a network and the amount of data.

Symbols: ``N`` size, ``D`` data, ``L`` loss, ``n`` points.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import huber

from ontogeny.scaling._shapes import NoConvergence

Array = NDArray[np.float64]

GRID = (
    (-1.0, -0.5, 0.0, 0.5, 1.0),
    (0.0, 5.0, 10.0, 15.0, 20.0, 25.0),
    (0.0, 5.0, 10.0, 15.0, 20.0, 25.0),
    (0.0, 0.5, 1.0, 1.5, 2.0),
    (0.0, 0.5, 1.0, 1.5, 2.0),
)
"""Starts of arXiv 2203.15556: ln E, ln A, ln B, a and b, 4,500 combinations."""

STARTS = 50
"""Searches begin from this many points of the grid, those with the smallest objectives."""

LARGEST_EXPONENT = 4.0
"""Twice the largest of the grid; beyond, only the smallest networks or data would differ."""

FEWEST_POINTS = 6
"""One more than constants, which would otherwise go through all points."""

SCALE = 1e3
"""The objective is minimised in units of ``delta / SCALE``: 1e-6 for the published delta."""


@dataclass(frozen=True)
class JointFit:
    """``L = E + A N^-a + B D^-b``, fitted.

    Attributes
    ----------
    floor : float
        E.
    factor_size, factor_data : float
        A and B.
    exponent_size, exponent_data : float
        a and b.
    objective : float
        The sum of Huber losses over points, unscaled, as it is published.
    starts, converged : int
        From how many points of the grid the search began, and how often it converged.
    """

    floor: float
    factor_size: float
    factor_data: float
    exponent_size: float
    exponent_data: float
    objective: float
    starts: int
    converged: int


def fit_joint(
    size: ArrayLike, data: ArrayLike, loss: ArrayLike, *, delta: float = 1e-3
) -> JointFit:
    """Fit ``L = E + A N^-a + B D^-b`` as arXiv 2203.15556 does, its approach 3.

    Minimises the sum over points of the Huber loss of r = ln law - ln L, which is ``r^2 / 2`` up to
    ``|r| = delta`` and ``delta (|r| - delta / 2)`` beyond, over ln E, ln A, ln B, a and b, by
    L-BFGS with the analytic gradient. The objective is scaled so that the search does not stop
    early, which had made the published fit wrong (arXiv 2404.10102).

    Parameters
    ----------
    size, data, loss : (n,) array_like
        Positive. Sizes and data in any unit, in which A and B are to be understood.
    delta : float
        In units of ln L. A very small one gives the least absolute deviations, which is what
        arXiv 2404.10102 prints, whose `delta` is in units of a scale that is fitted as well.

    Returns
    -------
    JointFit
        The best of the searches that converged.

    Raises
    ------
    NoConvergence
        When there are fewer than `FEWEST_POINTS` points, or fewer than 3 sizes or 3 amounts of
        data that differ; when a number is not positive and finite; when no search converges; when
        an exponent of the best law is not between 0 and `LARGEST_EXPONENT`.
    """
    sizes, amounts, losses = _checked(size, data, loss)
    points = tuple(np.log(each) for each in (sizes, amounts, losses))
    starts = np.array([*product(*GRID)])
    at_start = np.concatenate(
        [huber(delta, _residuals(part, *points)[0]).sum(-1) for part in np.split(starts, 10)]
    )
    starts = starts[np.argsort(at_start, kind="stable")[:STARTS]]
    searches = [
        minimize(
            _scaled_objective,
            start,
            args=(*points, delta),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": 5000, "maxfun": 10000, "ftol": 1e-15, "gtol": 1e-9},
        )
        for start in starts
    ]
    converged = [search for search in searches if search.success]
    if not converged:
        msg = f"no start converged, of {len(starts)}"
        raise NoConvergence(msg)
    best = min(converged, key=lambda search: search.fun)
    for name, exponent in zip(("size", "data"), best.x[3:], strict=True):
        if not 0 < exponent <= LARGEST_EXPONENT:
            msg = (
                f"the loss does not fall with {name} as a power: the best exponent is "
                f"{exponent:.3g}, not between 0 and {LARGEST_EXPONENT:g}"
            )
            raise NoConvergence(msg)
    floor, factor_size, factor_data = np.exp(best.x[:3]).tolist()
    exponent_size, exponent_data = best.x[3:].tolist()
    return JointFit(
        floor=floor,
        factor_size=factor_size,
        factor_data=factor_data,
        exponent_size=exponent_size,
        exponent_data=exponent_data,
        objective=float(best.fun) * delta / SCALE,
        starts=len(starts),
        converged=len(converged),
    )


def _checked(size: ArrayLike, data: ArrayLike, loss: ArrayLike) -> tuple[Array, Array, Array]:
    """Return the points as arrays, or say why no law can be fitted to them."""
    sizes, amounts, losses = (np.asarray(each, dtype=np.float64) for each in (size, data, loss))
    if sizes.ndim != 1 or not sizes.shape == amounts.shape == losses.shape:
        msg = (
            f"sizes {sizes.shape}, data {amounts.shape} and losses {losses.shape}: one of each for "
            "a point"
        )
        raise ValueError(msg)
    for name, values in (("size", sizes), ("data", amounts), ("loss", losses)):
        if not (np.isfinite(values) & (values > 0)).all():
            msg = f"a {name} is not positive and finite"
            raise NoConvergence(msg)
    if sizes.size < FEWEST_POINTS:
        msg = f"needs at least {FEWEST_POINTS} points, there are {sizes.size}"
        raise NoConvergence(msg)
    for name, values in (("sizes", sizes), ("amounts of data", amounts)):
        if (different := np.unique(values).size) < 3:
            msg = f"needs at least 3 {name} that differ: there are {different}"
            raise NoConvergence(msg)
    return sizes, amounts, losses


def _residuals(
    parameters: Array, log_size: Array, log_data: Array, log_loss: Array
) -> tuple[Array, Array]:
    """Return ``ln law - ln L`` (..., n), and the terms' logarithms (..., 3, n)."""
    floor, size, data, by_size, by_data = np.moveaxis(parameters, -1, 0)[..., None]
    terms = np.stack(
        [
            np.broadcast_to(floor, (*parameters.shape[:-1], log_loss.size)),
            size - by_size * log_size,
            data - by_data * log_data,
        ],
        -2,
    )
    return np.logaddexp.reduce(terms, -2) - log_loss, terms


def _scaled_objective(
    parameters: Array, log_size: Array, log_data: Array, log_loss: Array, delta: float
) -> tuple[float, Array]:
    """Return the sum of Huber losses in units of ``delta / SCALE``, with its gradient (5,)."""
    residuals, terms = _residuals(parameters, log_size, log_data, log_loss)
    pulls = np.exp(terms - residuals - log_loss) * np.clip(residuals, -delta, delta)
    gradient = [*pulls.sum(-1), -pulls[1] @ log_size, -pulls[2] @ log_data]
    unit = delta / SCALE
    return float(huber(delta, residuals).sum()) / unit, np.array(gradient) / unit

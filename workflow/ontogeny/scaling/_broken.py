"""The search for a power law that breaks.

Symbols: ``z`` the logarithm of the size over the smallest size.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from ontogeny.scaling._shapes import LARGEST_SHARE, NoConvergence, centred, decreasing, product
from ontogeny.scaling._solver import Model, least_squares

Array = NDArray[np.float64]

BROKEN_STARTS = 64
"""`broken` is fitted from this many points of its grid, those with the smallest residuals."""


def _broken_shape(z: Array) -> Model:
    """Return ln `broken`, less that of its value at the smallest size without a bend.

    Of the share of the floor, the logarithm of the exponent, the break in units of z = ln x, and
    the logarithms of width and change.
    """

    def model(parameters: Array) -> tuple[Array, Array]:
        share, log_before, at, log_width, log_change = parameters.T[..., None]
        before, width, change = np.exp(log_before), np.exp(log_width), np.exp(log_change)
        t = (z - at) / width
        bend, beyond = np.logaddexp(0, t), expit(t)
        falling = decreasing(before * z + change * width * bend)
        whole = share + (1 - share) * falling
        through = (1 - share) * falling / whole
        slopes = [
            (1 - falling) / whole,
            through * -before * z,
            through * change * beyond,
            through * change * width * (beyond * t - bend),
            through * -change * width * bend,
        ]
        return np.log(whole), np.stack(slopes, -1)

    return model


def _broken_grid(range_: float) -> Array:
    """Return starts of `broken` for sizes over a range of ln N."""
    return product(
        np.array([0, 0.01, 0.1, 0.5]),
        np.log([0.01, 0.1, 0.3, 1]),
        np.linspace(0, range_, 9)[1:-1],
        np.log([0.1, 0.4, 1.2]),
        np.log([0.3, 1, 3]),
    )


def fit_broken(across: Array, up: Array) -> Array:
    """Fit `broken` from the best points of a grid."""
    first = across.min()
    z = across - first
    shape_of = _broken_shape(z)
    model, grid, target = centred(shape_of), _broken_grid(z.max()), (up - up.mean())[None]
    lower, upper = np.array(
        [
            (0, LARGEST_SHARE),
            np.log([1e-4, 10]),
            (0, z.max()),
            np.log([0.02, 3]),
            np.log([1e-3, 10]),
        ]
    ).T
    residuals = ((model(grid)[0] - target) ** 2).sum(-1)
    start = grid[np.argsort(residuals, kind="stable")[:BROKEN_STARTS]]
    found, cost, converged = least_squares(model, target, start, lower, upper)
    if not converged.any():
        msg = f"no start converged, of {len(start)}"
        raise NoConvergence(msg)
    best = found[np.argmin(np.where(converged, cost, np.inf))]
    factor = float(np.mean(up - shape_of(best[None])[0][0]))
    return _broken_parameters(best, factor, first)


def _broken_parameters(found: Array, factor: float, first: float) -> Array:
    """Return what `broken` is written with, from what is searched for."""
    share, (exponent, width, change) = found[0], np.exp(found[[1, 3, 4]])
    return np.array(
        [
            np.exp(factor) * share,
            np.exp(factor + np.log1p(-share) + exponent * first),
            exponent,
            np.exp(found[2] + first),
            width,
            change,
        ]
    )

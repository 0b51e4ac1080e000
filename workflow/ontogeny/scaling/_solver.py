"""Least squares from many starts at once.

Symbols: ``R`` rows, each a problem or a start of its own; ``P`` parameters; ``n`` points.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Model = Callable[[Array], tuple[Array, Array]]
"""Values (R, n) and their derivatives (R, n, P) at parameters (R, P)."""

UPDATES = 1000
"""A row that has not converged after this many updates has failed."""

FLAT = 1e-9
"""Converged: no derivative of the values has a larger cosine with the residuals."""

SHORT = 1e-13
"""Converged as well: relative to the parameters, no update is longer."""

LEAST_FALL, NEAR = 1e-13, 1e-3
"""And converged: the cost falls by a smaller share than the first, as the slopes said, and no
parameter moves by more than the second."""

WITHOUT_EFFECT = 1e-8
"""A parameter stays where its whole range changes the values by less than this share of the
residuals, as their slopes have it: what would move it is rounding."""


def least_squares(
    model: Model, target: Array, start: Array, lower: Array, upper: Array
) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Minimise ``sum (values - target)^2`` of each row within bounds, by Levenberg-Marquardt steps.

    A parameter at a bound stays there as long as the gradient pushes it outwards, so what is found
    is a minimum under the bounds. The damping follows the ratio of the fall of the cost to the one
    that the slopes predict, so that searches with large residuals end as well.

    Parameters
    ----------
    model : callable
    target : (R, n) or (1, n) ndarray
    start : (R, P) ndarray
    lower, upper : (P,) or (R, P) ndarray

    Returns
    -------
    parameters : (R, P) ndarray
    cost : (R,) ndarray
        The sums of squares.
    converged : (R,) ndarray of bool
    """
    rows, count = start.shape
    lower, upper = np.broadcast_to(lower, start.shape), np.broadcast_to(upper, start.shape)
    target = np.broadcast_to(target, (rows, target.shape[-1]))
    found = np.clip(start, lower, upper)
    values, slopes = model(found)
    slopes = slopes.copy()
    left = values - target
    cost = (left**2).sum(-1)
    damping = np.full(rows, 1e-2)
    converged = np.zeros(rows, dtype=np.bool_)
    diagonal = np.arange(count)
    for _ in range(UPDATES):
        at = np.flatnonzero(~converged)
        if not at.size:
            break
        here, low, high, J = found[at], lower[at], upper[at], slopes[at]
        gradient = np.einsum("rnp,rn->rp", J, left[at])
        curvature = J.transpose(0, 2, 1) @ J
        scale = curvature[:, diagonal, diagonal]
        held = ((here <= low) & (gradient >= 0)) | ((here >= high) & (gradient <= 0))
        effect = np.sqrt(scale) * (high - low)
        free = ~held & (effect > WITHOUT_EFFECT * np.sqrt(cost[at, None]))
        gradient = gradient * free
        flat = np.abs(gradient) <= FLAT * np.sqrt(scale * cost[at, None])
        curvature = curvature * (free[:, :, None] & free[:, None, :])
        curvature[:, diagonal, diagonal] += np.where(
            free & (scale > 0), damping[at, None] * scale, 1.0
        )
        step = np.linalg.solve(curvature, -gradient[..., None])[..., 0]
        trial = np.clip(here + step, low, high)
        step = trial - here
        values, tried = model(trial)
        misses = values - target[at]
        lowered = (misses**2).sum(-1)
        fall = cost[at] - lowered
        along = np.einsum("rnp,rp->rn", J, step)
        expected = -((2 * left[at] + along) * along).sum(-1)
        unmoved = np.abs(step) <= SHORT * (np.abs(here) + SHORT)
        settled = np.maximum(np.abs(fall), expected) <= LEAST_FALL * cost[at]
        settled &= (np.abs(step) <= NEAR).all(-1)
        converged[at] = flat.all(-1) | unmoved.all(-1) | settled
        better = fall > 0
        ratio = np.divide(fall, expected, out=np.zeros_like(fall), where=expected > 0)
        factor = np.where(better, np.clip(1 - (2 * ratio - 1) ** 3, 0.1, 5.0), 5.0)
        damping[at] = np.clip(damping[at] * factor, 1e-12, 1e12)
        into = at[better]
        found[into], left[into], cost[into] = trial[better], misses[better], lowered[better]
        slopes[into] = tried[better]
    return found, cost, converged

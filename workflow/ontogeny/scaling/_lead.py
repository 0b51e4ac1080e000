"""How long before an ability shows in exact answers a continuous measure announces it."""

import numpy as np
from numpy.typing import ArrayLike

from ontogeny.scaling._abruptness import rising_curve

STANDARD_ERRORS = 3.0
"""How far a measure must be from its floor to have left it."""


def lead(
    size: ArrayLike,
    measure: ArrayLike,
    error: ArrayLike,
    exact: ArrayLike,
    *,
    floor: float,
    sign: int = 1,
    level: float = 0.1,
) -> float:
    """Return by how many decades of size a continuous measure precedes exact match.

    The measure leaves its floor at the smallest size at which, and at all larger ones, it is more
    than `STANDARD_ERRORS` standard errors from the floor. Exact match reaches its level at the
    smallest size at which its isotonic fit does. Both are sizes that were measured, without
    interpolation, so the lead is 0 when both happen between the same two sizes.

    Parameters
    ----------
    size : (n,) array_like
        Positive, no two the same, in any order.
    measure, error : (n,) array_like
        A continuous measure of the ability and its standard errors.
    exact : (n,) array_like
        Share of exact answers.
    floor : float
        The measure without the ability.
    sign : int
        1 when the measure grows with the ability, -1 when it falls, as a loss does.
    level : float
        Of exact match.

    Returns
    -------
    float
        Decades; negative when exact match comes first, NaN when the measure never leaves its floor
        for good or exact match never reaches the level. When the measure has left its floor at the
        smallest size already, this is a lower bound.
    """
    sizes, each, errors = (np.asarray(part, dtype=np.float64) for part in (size, measure, error))
    if np.unique(sizes).size < sizes.size:
        msg = "two sizes are the same: average over them first"
        raise ValueError(msg)
    order = np.argsort(sizes)
    off = (sign * (each - floor) > STANDARD_ERRORS * errors)[order]
    for_good = np.flatnonzero(np.logical_and.accumulate(off[::-1])[::-1])
    across, fitted = rising_curve(sizes, exact)
    reached = np.flatnonzero(fitted >= level)
    if not for_good.size or not reached.size:
        return np.nan
    return float(across[reached[0]] - across[for_good[0]])

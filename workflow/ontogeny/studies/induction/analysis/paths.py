"""Paths of networks through the space of per-token losses.

Symbols: ``S`` checkpoints of all networks; ``N`` tokens; ``K`` components.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["principal_components", "turn"]

Array = NDArray[np.floating]


def principal_components(losses: Array, *, count: int = 2) -> Array:
    """Return the coordinates of all loss vectors on their first principal components.

    Columns are centred; all networks have the same components. The sign of a component makes the
    coordinate with the largest modulus positive.

    Parameters
    ----------
    losses : (S, N) ndarray
    count : int
        K.

    Returns
    -------
    (S, K) ndarray
    """
    left, values, _ = np.linalg.svd(losses - losses.mean(axis=0), full_matrices=False)
    found = left[:, :count] * values[:count]
    largest = found[np.abs(found).argmax(axis=0), np.arange(found.shape[1])]
    return found * np.sign(largest)


def turn(
    path: Array, step: NDArray[np.integer], *, start: float, end: float, warm_up: int
) -> float:
    """Return by how much a path turns at the start of a window [degree].

    The angle between two directions: from the end of the warm-up to the start of the window, and
    from there to its end.

    Parameters
    ----------
    path : (S, 2) ndarray
    step : (S,) ndarray of int
    start, end : float
        Of the window.
    warm_up : int

    Returns
    -------
    float
        NaN without a window or without a way before it.
    """
    if not np.isfinite([start, end]).all():
        return float("nan")
    at = [path[int(np.abs(step - place).argmin())] for place in (warm_up, start, end)]
    before, after = at[1] - at[0], at[2] - at[1]
    sizes = np.linalg.norm(before) * np.linalg.norm(after)
    if sizes == 0:
        return float("nan")
    return float(np.degrees(np.arccos(np.clip(before @ after / sizes, -1, 1))))

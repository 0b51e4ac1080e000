"""The circles on which embeddings and the neuron-to-logit map place residues.

Symbols as in `ontogeny.studies.composition.addition.waves`.
"""

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.composition.addition.readout import directions

__all__ = ["circle_coordinates"]

Array = NDArray[np.float64]

_LEAST = 1e-9
"""Norm of a direction, relative to that of the matrix, below which it is nothing but rounding."""


def circle_coordinates(matrix: Array) -> Array:
    """Return the coordinates of every residue in the plane of every frequency.

    With ``X`` the rows of a matrix minus their mean, ``u_k = (2/p) sum_a cos(w_k a) X[a]`` and
    ``v_k`` with the sine, residue ``a`` has the coordinates ``X[a].u_k / |u_k|`` and
    ``X[a].v_k / |v_k|``. A matrix that is made of orthogonal waves alone,
    ``X[a] = sum_k r_k (cos(w_k a) e_k + sin(w_k a) f_k)`` with orthonormal ``e_k``, ``f_k``, has
    all residues on circles: ``r_k cos(w_k a)``, ``r_k sin(w_k a)``.

    Parameters
    ----------
    matrix : (p, n) ndarray
        A row for each residue.

    Returns
    -------
    (q, 2, p) ndarray
        Along the direction of the cosine, then along that of the sine, in the units of the matrix;
        0 for a frequency that the matrix does not hold.

    Examples
    --------
    The corners of a pentagon of radius 3, in the order in which frequency 2 reaches them:

    >>> angle = 2 * np.pi * 2 * np.arange(5) / 5
    >>> pentagon = 3 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    >>> found = circle_coordinates(pentagon)
    >>> bool(np.allclose(found[1].T, pentagon))
    True
    """
    centred = matrix - matrix.mean(axis=0)
    span = directions(matrix)
    norm = np.linalg.norm(span, axis=2, keepdims=True)
    held = norm > _LEAST * np.linalg.norm(matrix)
    unit = np.divide(span, norm, out=np.zeros_like(span), where=held)
    return np.asarray((unit @ centred.T).swapaxes(0, 1))

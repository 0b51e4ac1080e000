"""Principal components of the unembedding."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Components", "components"]

KEPT = 8
"""Number of components that are kept."""


@dataclass(frozen=True)
class Components:
    """Principal components of a matrix with one row for each group element.

    Attributes
    ----------
    coordinate : (n, KEPT) ndarray
        Of each element, in the unit of the matrix; zero past the rank. The sign of a component is
        such that its largest coordinate is positive.
    share : (KEPT,) ndarray
        Of the variance over elements.
    """

    coordinate: NDArray[np.float64]
    share: NDArray[np.float64]


def components(matrix: NDArray[np.float64]) -> Components:
    """Return the first principal components of the rows of a matrix, (n, m)."""
    u, s, _ = np.linalg.svd(matrix - matrix.mean(axis=0), full_matrices=False)
    kept = min(KEPT, len(s))
    coordinate, share = np.zeros((len(matrix), KEPT)), np.zeros(KEPT)
    coordinate[:, :kept] = u[:, :kept] * s[:kept]
    largest = np.abs(coordinate).argmax(axis=0)
    coordinate *= np.where(coordinate[largest, np.arange(KEPT)] < 0, -1.0, 1.0)
    if s.any():
        share[:kept] = s[:kept] ** 2 / np.sum(s**2)
    return Components(coordinate, share)

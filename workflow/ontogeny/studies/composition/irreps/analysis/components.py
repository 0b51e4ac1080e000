"""The unembedding in the directions of each key irrep.

Symbols: ``n`` elements, ``h`` neurons, ``R`` real irreps.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.composition.irreps.analysis.frame import Frame

__all__ = ["KEPT", "Components", "components"]

KEPT = 2
"""Number of directions of each irrep."""

_NOTHING = 1e-9
"""What is below this share of a whole counts as rounding."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Components:
    """Rows of a matrix along the directions of each key irrep.

    Attributes
    ----------
    coordinate : (R, n, KEPT) ndarray
        Of each element, in the unit of the matrix, NaN for irreps that are not key. The sign of a
        direction is such that its largest coordinate is positive.
    share : (R, KEPT) ndarray
        Of the variance over elements, along each direction.
    coset : (R, n) ndarray of int
        On which functions of the irrep these directions are largest: those constant on the cosets
        of this number. Negative for irreps that are not key.
    """

    coordinate: Array
    share: Array
    coset: NDArray[np.int64]


def components(
    matrix: Array,
    frame: Frame,
    partitions: Sequence[NDArray[np.int64]],
    *,
    key: NDArray[np.bool_],
) -> Components:
    """Return the rows of a matrix along the directions of each key irrep.

    An irrep has functions that are constant on the cosets of a subgroup where the subgroup leaves
    a vector of it as it is. Of the coarsest cosets for which it has any, those are taken on which
    the matrix holds most. Cosine and sine of ``2 pi j / k`` at coset ``j`` of ``k``, projected on
    the irrep, are two functions, and what the matrix holds of each is a direction, the second made
    orthogonal to the first. The rows themselves are projected, with all that they hold of other
    irreps: elements of one coset are one point where the directions of irreps are orthogonal.

    Where only single elements will do, as for a frequency of a cyclic group of prime order, the
    functions are the projections of the first two elements; the directions span those of cosine
    and sine, and the points are a circle. Where the functions are dependent, the second direction
    is the largest of what is left of the matrix.

    Parameters
    ----------
    matrix : (n, h) ndarray
    frame : Frame
    partitions : sequence of (n,) ndarray of int
        From `ontogeny.studies.composition.irreps.analysis.cosets.coset_partitions`.
    key : (R,) ndarray of bool

    Returns
    -------
    Components
    """
    n, count = frame.order, len(frame.irreps)
    coordinate, share = np.full((count, n, KEPT), np.nan), np.full((count, KEPT), np.nan)
    coset = np.full((count, n), -1)
    centred = matrix - matrix.mean(axis=0)
    for r in np.flatnonzero(key):
        span = frame.basis[:, frame.irrep_of_entry == r]
        coset[r] = _most_held(matrix, span, partitions)
        found = centred @ _directions(matrix, span @ (span.T @ _marks(coset[r]))).T
        largest = np.abs(found).argmax(axis=0)
        coordinate[r] = found * np.where(found[largest, np.arange(KEPT)] < 0, -1.0, 1.0)
        share[r] = np.square(found).sum(axis=0) / (np.square(centred).sum() or 1.0)
    return Components(coordinate, share, coset)


def _most_held(
    matrix: Array, span: Array, partitions: Sequence[NDArray[np.int64]]
) -> NDArray[np.int64]:
    """Return the coarsest cosets for functions of an irrep, with the largest part of a matrix."""
    best, chosen = -1.0, partitions[-1]
    for cosets in partitions:
        if best >= 0 and cosets.max() > chosen.max():
            break
        constant = np.eye(cosets.max() + 1)[cosets] / np.sqrt(np.bincount(cosets))
        functions = span @ (span.T @ constant)  # the two projections commute
        power = float(np.square(functions.T @ matrix).sum())
        if np.linalg.norm(functions) > _NOTHING and power > best:
            best, chosen = power, cosets
    return chosen


def _marks(cosets: NDArray[np.int64]) -> Array:
    """Return two functions on a group that tell cosets apart, (n, KEPT)."""
    n, count = len(cosets), int(cosets.max()) + 1
    if count == n:
        return np.eye(n)[:, :KEPT]
    angle = 2 * np.pi * cosets / count
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def _directions(matrix: Array, functions: Array) -> Array:
    """Return orthonormal directions, (KEPT, h): what a matrix holds of functions, then the rest."""
    least = _NOTHING * np.linalg.norm(matrix) * np.linalg.norm(functions)
    found = np.zeros((KEPT, matrix.shape[1]))
    for place, row in enumerate(functions.T @ matrix):
        direction = row - found.T @ (found @ row)
        if np.linalg.norm(direction) <= least:
            rest = matrix - matrix.mean(axis=0)
            direction = np.linalg.svd(rest - rest @ found.T @ found)[2][0]
        found[place] = direction / (np.linalg.norm(direction) or 1.0)
    return found

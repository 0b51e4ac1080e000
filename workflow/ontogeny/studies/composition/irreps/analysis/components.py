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
"""Share of the matrix below which a direction of it counts as rounding."""

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
    the matrix holds most; the directions are the leading right singular vectors of the part of the
    matrix in these functions. The rows themselves are projected, with all that they hold of other
    irreps: elements of one coset are one point where the directions of irreps are orthogonal. For
    a cyclic group these are the two directions of cosine and sine, and the points a circle.

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
        part, coset[r] = _largest_part(matrix, span, partitions)
        found = centred @ _directions(part, centred).T
        largest = np.abs(found).argmax(axis=0)
        coordinate[r] = found * np.where(found[largest, np.arange(KEPT)] < 0, -1.0, 1.0)
        share[r] = np.square(found).sum(axis=0) / (np.square(centred).sum() or 1.0)
    return Components(coordinate, share, coset)


def _largest_part(
    matrix: Array, span: Array, partitions: Sequence[NDArray[np.int64]]
) -> tuple[Array, NDArray[np.int64]]:
    """Return the part of a matrix in functions of an irrep that are constant on some cosets."""
    best, part, chosen = -1.0, matrix, partitions[-1]
    for cosets in partitions:
        if best >= 0 and cosets.max() > chosen.max():
            break
        constant = np.eye(cosets.max() + 1)[cosets] / np.sqrt(np.bincount(cosets))
        u, s, _ = np.linalg.svd(span.T @ constant, full_matrices=False)
        functions = span @ u[:, s > 0.5]  # singular values are 1 or 0: projections commute
        if functions.shape[1] == 0:
            continue
        coefficients = functions.T @ matrix
        power = float(np.square(coefficients).sum())
        if power > best:
            best, part, chosen = power, functions @ coefficients, cosets
    return part, chosen


def _directions(part: Array, whole: Array) -> Array:
    """Return `KEPT` orthonormal directions, (KEPT, h): of the part first, then of the rest."""
    _, s, v = np.linalg.svd(part, full_matrices=False)
    own = v[: min(KEPT, int((s > _NOTHING * np.linalg.norm(whole)).sum()))]
    _, _, others = np.linalg.svd(whole - whole @ own.T @ own, full_matrices=False)
    found = np.zeros((KEPT, part.shape[1]))
    both = np.concatenate([own, others])[:KEPT]
    found[: len(both)] = both
    return found

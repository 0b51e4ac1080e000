"""The matrix entries of the real irreps as an orthonormal basis of the functions on a group.

Symbols: ``n`` the order; ``d`` the degree of an irrep; ``m`` that of the complex irrep inside.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ontogeny.representations._irrep import Irrep, Matrices

__all__ = ["EntryBasis", "basis", "entry_columns"]

_TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class EntryBasis:
    """An orthonormal basis of the real functions on a group, grouped by real irrep.

    Parameters
    ----------
    matrix : (n, n) ndarray of float64
        Orthogonal; a function of the element in each column. Read-only.
    irrep : (n,) ndarray of int64
        Index in `names` of the irrep of each column, in increasing order. Read-only.
    labels : tuple of str
        What each column is: ``cos 3``, ``standard[0,2]``.
    names : tuple of str
        Names of the irreps.
    """

    matrix: NDArray[np.float64]
    irrep: NDArray[np.int64]
    labels: tuple[str, ...]
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        for field in ("matrix", "irrep"):
            array = np.array(getattr(self, field))
            array.setflags(write=False)
            object.__setattr__(self, field, array)

    @property
    def ranks(self) -> NDArray[np.int64]:
        """Number of columns of each irrep."""
        return np.bincount(self.irrep, minlength=len(self.names))


def basis(irreps: Sequence[Irrep]) -> EntryBasis:
    """Orthonormal basis of matrix entries from all the real irreps of a group.

    With d the degree of the real irrep and m that of the complex irrep ``rho`` inside,

    - real kind: ``sqrt(d/n) rho_ij``, in all ``m^2 = d^2`` columns, row by row;
    - complex kind: ``sqrt(2m/n) Re rho_ij`` and ``sqrt(2m/n) Im rho_ij`` in turn, ``2 m^2``
      columns;
    - quaternionic kind: the same for the first ``m/2`` columns of ``rho``, ``m^2`` columns. As
      ``rho = [[A, -conj(B)], [B, conj(A)]]``, the others repeat these.

    For `C_n` this is the Fourier basis: ``1/sqrt(n)``, then ``sqrt(2/n) cos(2 pi k x/n)`` and
    ``sqrt(2/n) sin(2 pi k x/n)`` for k = 1, 2, ..., and for even n last ``(-1)^x/sqrt(n)``.

    Parameters
    ----------
    irreps : sequence of Irrep
        All the irreps over the real numbers, in the form that `real_irreps` gives them.

    Returns
    -------
    basis : EntryBasis

    Raises
    ------
    ValueError
        If an irrep is not one over the real numbers, if the ranks do not sum to the order, or if
        the columns are not orthonormal.

    References
    ----------
    .. [1] J.-P. Serre, *Linear Representations of Finite Groups*, Springer, 1977, section 2.2,
           corollary 3 (orthogonality of entries).

    Examples
    --------
    >>> from ontogeny.groups import group
    >>> from ontogeny.representations import real_irreps
    >>> fourier = basis(real_irreps(group("C4")))
    >>> fourier.labels
    ('trivial', 'cos 1', 'sin 1', 'sign')
    >>> fourier.irrep
    array([0, 1, 1, 2])
    """
    for irrep in irreps:
        if irrep.field != "real":
            msg = f"`irreps` must be over the real numbers, got {irrep!r}"
            raise ValueError(msg)
    n, ranks = len(irreps[0].matrices), [irrep.rank for irrep in irreps]
    if sum(ranks) != n:
        msg = f"`irreps` must be all of a group of order {n}, got ranks with sum {sum(ranks)!r}"
        raise ValueError(msg)
    matrix = np.concatenate([entry_columns(irrep) for irrep in irreps], axis=1)
    error = float(np.abs(matrix.T @ matrix - np.eye(n)).max())
    if error > _TOLERANCE:
        msg = (
            "`irreps` must be inequivalent and in the form that `real_irreps` gives them; their "
            f"entries are not orthonormal, the largest error is {error!r}"
        )
        raise ValueError(msg)
    return EntryBasis(
        matrix=matrix,
        irrep=np.repeat(np.arange(len(irreps)), ranks),
        labels=tuple(label for irrep in irreps for label in _labels(irrep)),
        names=tuple(irrep.name for irrep in irreps),
    )


def entry_columns(irrep: Irrep) -> Matrices:
    """Independent matrix entries of one irrep, scaled to unit length as functions on the group.

    Parameters
    ----------
    irrep : Irrep
        Over the complex numbers, or over the real ones in the form that `real_irreps` gives.

    Returns
    -------
    columns : (n, rank) ndarray of float64 or complex128
        In the order that `basis` states; over the complex numbers all entries, row by row.
    """
    rho = irrep.matrices
    n, d, _ = rho.shape
    if irrep.kind in (None, "real"):
        return np.sqrt(d / n) * rho.reshape(n, d * d)
    m = d // 2
    width = m if irrep.kind == "complex" else m // 2
    parts = np.stack([rho[:, :m, :width], rho[:, m:, :width]], axis=-1)
    return np.sqrt(2 * m / n) * parts.reshape(n, irrep.rank)


def _labels(irrep: Irrep) -> list[str]:
    name, d = irrep.name, irrep.degree
    if irrep.kind == "real":
        return [name + place for place in _places(d, d)]
    if d == 2 and name.startswith("freq_") and "*" not in name:
        frequency = name.removeprefix("freq_")
        return [f"cos {frequency}", f"sin {frequency}"]
    m = d // 2
    places = _places(m, m if irrep.kind == "complex" else m // 2)
    return [f"{part} {name}{place}" for place in places for part in ("Re", "Im")]


def _places(rows: int, columns: int) -> list[str]:
    if rows == 1:
        return [""]
    return [f"[{i},{j}]" for i in range(rows) for j in range(columns)]

"""Irreps of the dicyclic group of order `4m`, which for ``m = 2`` is the quaternion group.

Symbols: ``m`` a quarter of the order; ``a, x`` the generators with ``a^2m = 1``, ``x^2 = a^m``,
``x a x^-1 = a^-1``; ``k, j`` the exponents of the element ``a^k x^j``, whose index is ``k + 2m j``;
``f`` a frequency.
"""

import numpy as np
from numpy.typing import NDArray

from ontogeny.representations._dihedral import rotations
from ontogeny.representations._irrep import Irrep, Matrices

__all__ = ["dicyclic_irreps"]


def dicyclic_irreps(m: int) -> tuple[Irrep, ...]:
    """Complex irreps of the dicyclic group of order `4m`.

    Four of degree 1. ``sign``: ``a -> 1, x -> -1``. ``parity``: ``a -> -1, x -> 1`` for even m,
    ``a -> -1, x -> i`` for odd m, where ``x^2 = a^m -> -1``. The fourth is ``parity_sign`` for even
    m, and for odd m the conjugate ``parity~``.

    The others have degree 2, ``freq_f`` for ``f = 1 .. m-1``, with ``w = exp(i pi f / m)``:

    - even f, real type, as for the dihedral group: ``a -> R(pi f / m)``, ``x -> diag(1, -1)``;
    - odd f, quaternionic type: ``a -> diag(w, conj(w))``, ``x -> [[0, -1], [1, 0]]``.

    Parameters
    ----------
    m : int

    Returns
    -------
    irreps : tuple of Irrep
        In the order above.

    References
    ----------
    .. [1] J. S. Lomont, *Applications of Finite Groups*, Academic Press, 1959, section III.4.

    Examples
    --------
    >>> [irrep.name for irrep in dicyclic_irreps(3)]
    ['trivial', 'sign', 'parity', 'parity~', 'freq_1', 'freq_2']
    """
    j, k = np.divmod(np.arange(4 * m), 2 * m)
    linear = [Irrep(name, row[:, None, None], field="complex") for name, row in _linear(m, k, j)]
    planar = [Irrep(f"freq_{f}", _planar(f, m, k, j), field="complex") for f in range(1, m)]
    return (*linear, *planar)


def _linear(m: int, k: NDArray[np.int64], j: NDArray[np.int64]) -> list[tuple[str, Matrices]]:
    sign, parity = np.where(j, -1.0, 1.0), np.where(k % 2, -1.0, 1.0)
    named: list[tuple[str, Matrices]]
    named = [("trivial", np.ones(4 * m)), ("sign", sign)]
    if m % 2 == 0:
        return [*named, ("parity", parity), ("parity_sign", parity * sign)]
    turned = parity * np.where(j == 1, 1j, 1.0)
    return [*named, ("parity", turned), ("parity~", turned.conj())]


def _planar(f: int, m: int, k: NDArray[np.int64], j: NDArray[np.int64]) -> Matrices:
    if f % 2 == 0:
        return rotations(f * k, 2 * m) @ np.array([np.eye(2), np.diag([1.0, -1.0])])[j]
    w = np.exp(1j * np.pi * (f * k % (2 * m)) / m)
    powers = np.zeros((4 * m, 2, 2), dtype=np.complex128)
    powers[:, 0, 0], powers[:, 1, 1] = w, w.conj()
    return powers @ np.array([np.eye(2), [[0.0, -1.0], [1.0, 0.0]]])[j]

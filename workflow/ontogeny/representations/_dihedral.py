"""Irreps of the dihedral group `D_n`, symmetries of the n-gon.

Symbols: ``n`` the number of corners; ``r`` the rotation and ``s`` the reflection part of the
element ``rot^r refl^s``, whose index is ``r + n s``; ``k`` a frequency.
"""

import numpy as np
from numpy.typing import NDArray

from ontogeny.representations._irrep import Irrep

__all__ = ["dihedral_irreps", "rotations"]


def dihedral_irreps(n: int) -> tuple[Irrep, ...]:
    """Irreps of `D_n`, all of real type and with real entries.

    ``sign = (-1)^s``; for even n ``parity = (-1)^r`` and ``parity_sign``, the product of both; and
    ``freq_k = R(2 pi k r / n) diag(1, -1)^s`` for ``k = 1 .. ceil(n/2) - 1``. That is a
    homomorphism as ``diag(1, -1) R(t) = R(-t) diag(1, -1)``, the law ``refl rot = rot^-1 refl`` of
    the group.

    Parameters
    ----------
    n : int

    Returns
    -------
    irreps : tuple of Irrep
        In the order above.

    References
    ----------
    .. [1] J.-P. Serre, *Linear Representations of Finite Groups*, Springer, 1977, section 5.3.

    Examples
    --------
    >>> [irrep.name for irrep in dihedral_irreps(6)]
    ['trivial', 'sign', 'parity', 'parity_sign', 'freq_1', 'freq_2']
    """
    s, r = np.divmod(np.arange(2 * n), n)
    signs = {"trivial": np.ones(2 * n), "sign": np.where(s, -1.0, 1.0)}
    if n % 2 == 0:
        signs |= {"parity": np.where(r % 2, -1.0, 1.0)}
        signs |= {"parity_sign": signs["parity"] * signs["sign"]}
    linear = [Irrep(name, row[:, None, None], field="complex") for name, row in signs.items()]
    planar = [
        Irrep(f"freq_{k}", rotations(k * r, n) @ _reflections(s), field="complex")
        for k in range(1, (n + 1) // 2)
    ]
    return (*linear, *planar)


def rotations(steps: NDArray[np.int64], n: int) -> NDArray[np.float64]:
    """Rotations of the plane by ``2 pi steps / n``: ``[[cos, -sin], [sin, cos]]``.

    Parameters
    ----------
    steps : (m,) ndarray of int
    n : int

    Returns
    -------
    matrices : (m, 2, 2) ndarray of float64
    """
    angle = 2 * np.pi * (steps % n) / n
    c, s = np.cos(angle), np.sin(angle)
    return np.stack([np.stack([c, -s], axis=-1), np.stack([s, c], axis=-1)], axis=-2)


def _reflections(s: NDArray[np.int64]) -> NDArray[np.float64]:
    matrices = np.zeros((len(s), 2, 2))
    matrices[:, 0, 0] = 1.0
    matrices[:, 1, 1] = np.where(s, -1.0, 1.0)
    return matrices

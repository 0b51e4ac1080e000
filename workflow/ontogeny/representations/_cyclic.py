"""Irreps of the cyclic group `C_n`; element ``x`` is the x-th power of the generator.

Symbols: ``n`` the order; ``x`` an element; ``k`` a frequency.
"""

import numpy as np

from ontogeny.representations._irrep import Irrep

__all__ = ["cyclic_irreps"]


def cyclic_irreps(n: int) -> tuple[Irrep, ...]:
    """Complex irreps of `C_n`: the n roots of unity.

    ``freq_k(x) = exp(2 pi i k x / n)`` for ``k = 1 .. ceil(n/2) - 1``, its conjugate ``freq_k~``,
    and ``sign(x) = (-1)^x`` for even n.

    Parameters
    ----------
    n : int

    Returns
    -------
    irreps : tuple of Irrep
        By frequency: ``trivial``, ``freq_1``, ``freq_1~``, ``freq_2``, ..., and last, as it is
        frequency ``n / 2``, ``sign``.

    Examples
    --------
    >>> [irrep.name for irrep in cyclic_irreps(4)]
    ['trivial', 'freq_1', 'freq_1~', 'sign']
    """
    x = np.arange(n)
    found = [Irrep("trivial", np.ones((n, 1, 1)), field="complex")]
    for k in range(1, (n + 1) // 2):
        # k x is reduced before the division: the angle keeps its last bits for large n.
        values = np.exp(2j * np.pi * (k * x % n) / n)[:, None, None]
        found.append(Irrep(f"freq_{k}", values, field="complex"))
        found.append(Irrep(f"freq_{k}~", values.conj(), field="complex"))
    if n % 2 == 0:
        found.append(Irrep("sign", np.where(x % 2, -1.0, 1.0)[:, None, None], field="complex"))
    return tuple(found)

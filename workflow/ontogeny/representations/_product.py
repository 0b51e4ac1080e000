"""Irreps of direct products, by tensor products of the irreps of the factors.

Symbols: ``G, H`` the factors; ``g, h`` their elements; the index of ``(g, h)`` is ``g |H| + h``.
"""

import functools
import itertools
from collections.abc import Sequence

import numpy as np

from ontogeny.representations._irrep import Irrep, Matrices

__all__ = ["product_irreps"]


def product_irreps(factors: Sequence[tuple[Irrep, ...]]) -> tuple[Irrep, ...]:
    """Complex irreps of a direct product: every tensor product of irreps of the factors.

    ``(rho * sigma)(g, h) = kron(rho(g), sigma(h))``, named ``rho*sigma``; the one whose factors are
    all trivial is ``trivial``.

    Parameters
    ----------
    factors : sequence of tuple of Irrep
        Complex irreps of each factor, from left to right; at least one factor.

    Returns
    -------
    irreps : tuple of Irrep
        By degree; then the irrep of the last factor varies fastest.

    References
    ----------
    .. [1] J.-P. Serre, *Linear Representations of Finite Groups*, Springer, 1977, theorem 10.

    Examples
    --------
    >>> two = (
    ...     Irrep("trivial", np.array([[[1.0]], [[1.0]]]), field="complex"),
    ...     Irrep("sign", np.array([[[1.0]], [[-1.0]]]), field="complex"),
    ... )
    >>> [irrep.name for irrep in product_irreps([two, two])]
    ['trivial', 'trivial*sign', 'sign*trivial', 'sign*sign']
    """
    found = []
    for parts in itertools.product(*factors):
        names = [part.name for part in parts]
        name = "trivial" if set(names) == {"trivial"} else "*".join(names)
        matrices = functools.reduce(_kron, (part.matrices for part in parts))
        found.append(Irrep(name, matrices, field="complex"))
    return tuple(sorted(found, key=lambda irrep: irrep.degree))


def _kron(rho: Matrices, sigma: Matrices) -> Matrices:
    n, d = len(rho) * len(sigma), rho.shape[1] * sigma.shape[1]
    return np.einsum("gij,hkl->ghikjl", rho, sigma).reshape(n, d, d)

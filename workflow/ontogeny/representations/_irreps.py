"""All the irreps of a group, by closed forms where its name has one."""

from functools import lru_cache

import numpy as np

from ontogeny.groups import Factor, Group, group, parse
from ontogeny.representations._alternating import alternating_irreps
from ontogeny.representations._cyclic import cyclic_irreps
from ontogeny.representations._dicyclic import dicyclic_irreps
from ontogeny.representations._dihedral import dihedral_irreps
from ontogeny.representations._irrep import Irrep
from ontogeny.representations._numerical import numerical_irreps
from ontogeny.representations._product import product_irreps
from ontogeny.representations._real import real_forms
from ontogeny.representations._symmetric import symmetric_irreps

__all__ = ["irreps", "real_irreps"]


def irreps(group: Group) -> tuple[Irrep, ...]:
    """Complex unitary irreps of a group, one of each class.

    ``sum d^2 = n``. Closed forms for cyclic, dihedral, dicyclic, symmetric and alternating groups
    and tensor products for direct products, if the group has the name and the table of one; every
    other group is split numerically (`numerical_irreps`), also as a factor.

    Parameters
    ----------
    group : Group
        One that has no closed form must have order at most 1,000.

    Returns
    -------
    irreps : tuple of Irrep
        ``trivial`` first; the family's function documents names and order.

    Examples
    --------
    >>> from ontogeny.groups import group
    >>> [(irrep.name, irrep.degree) for irrep in irreps(group("S3"))]
    [('trivial', 1), ('sign', 1), ('standard', 2)]
    """
    return _irreps(group)


def real_irreps(group: Group) -> tuple[Irrep, ...]:
    """Real orthogonal irreps of a group, one of each class.

    Their ranks sum to n. ``kind`` says how each comes from the complex ones: real type of the same
    degree, complex type (a pair of conjugates) and quaternionic type of twice the degree.

    Parameters
    ----------
    group : Group
        One that has no closed form must have order at most 1,000.

    Returns
    -------
    irreps : tuple of Irrep
        In the order of the complex ones; a pair is at the place of its first and has its name.

    Examples
    --------
    >>> from ontogeny.groups import group
    >>> [(irrep.name, irrep.kind, irrep.rank) for irrep in real_irreps(group("C4"))]
    [('trivial', 'real', 1), ('freq_1', 'complex', 2), ('sign', 'real', 1)]
    """
    return _real_irreps(group)


@lru_cache(maxsize=16)
def _irreps(G: Group) -> tuple[Irrep, ...]:
    factors = _factors(G)
    if not factors:
        return numerical_irreps(G)
    if len(factors) == 1:
        return _factor_irreps(factors[0])
    return product_irreps([_irreps(group(str(factor))) for factor in factors])


@lru_cache(maxsize=16)
def _real_irreps(G: Group) -> tuple[Irrep, ...]:
    return real_forms(G, _irreps(G))


def _factors(G: Group) -> tuple[Factor, ...]:
    """Factors that the name of the group promises; none if it has no name or another table."""
    try:
        factors = parse(G.name)
    except ValueError:
        return ()
    return factors if np.array_equal(group(G.name).table, G.table) else ()


def _factor_irreps(factor: Factor) -> tuple[Irrep, ...]:
    match factor.family:
        case "C":
            return cyclic_irreps(factor.number)
        case "D":
            return dihedral_irreps(factor.number)
        case "Q":
            return dicyclic_irreps(factor.number // 4)
        case "S":
            return symmetric_irreps(factor.number)
        case "A":
            return alternating_irreps(factor.number)
        case _:
            return numerical_irreps(group(str(factor)))

"""Families of groups: closed formulas for tables.

Symbols: ``n`` the number in the name; ``r, s`` exponents of rotation and reflection; ``a, x``
generators of a dicyclic group; ``p`` a prime and ``q`` a divisor of ``p - 1``.
"""

import numpy as np
from numpy.typing import NDArray

from ontogeny.groups._group import Group
from ontogeny.groups._names import check_number, is_prime
from ontogeny.groups._permutations import cycles, permutations

__all__ = ["alternating", "cyclic", "dicyclic", "dihedral", "frobenius", "symmetric"]


def cyclic(n: int) -> Group:
    """Cyclic group `C_n`: the integers modulo n under addition.

    Element ``i`` is the integer ``i``, and ``i j = (i + j) mod n``. The identity is 0.

    Parameters
    ----------
    n : int
        Order, ``1 <= n <= 1000``.

    Returns
    -------
    group : Group
        Labels are the integers themselves.

    Raises
    ------
    ValueError
        If `n` is out of range.

    Examples
    --------
    >>> cyclic(3).table
    array([[0, 1, 2],
           [1, 2, 0],
           [2, 0, 1]])
    """
    factor = check_number("C", n, "n")
    i = np.arange(n)
    return Group(str(factor), tuple(map(str, range(n))), (i[:, None] + i) % n)


def dihedral(n: int) -> Group:
    """Dihedral group `D_n`: the 2n symmetries of the regular n-gon, named by its corners.

    Element ``r + n*s`` is ``rot^r refl^s``: first the n rotations, then the n reflections. The
    product is ``(r1, 0)(r2, s2) = (r1 + r2, s2)`` and ``(r1, 1)(r2, s2) = (r1 - r2, 1 + s2)``, so
    ``refl rot refl = rot^-1``. The identity is 0.

    Parameters
    ----------
    n : int
        Number of corners, ``3 <= n <= 500``.

    Returns
    -------
    group : Group
        Labels are ``r0, r1, ...`` for rotations and ``r0s, r1s, ...`` for reflections.

    Raises
    ------
    ValueError
        If `n` is out of range.

    Examples
    --------
    >>> D4 = dihedral(4)
    >>> D4.labels
    ('r0', 'r1', 'r2', 'r3', 'r0s', 'r1s', 'r2s', 'r3s')
    >>> D4.labels[D4.table[4, 1]]  # refl rot = rot^-1 refl
    'r3s'
    """
    factor = check_number("D", n, "n")
    labels = tuple(f"r{r}{'s' * s}" for s in range(2) for r in range(n))
    return Group(str(factor), labels, _semidirect_table(n, 2, -1))


def symmetric(n: int) -> Group:
    """Symmetric group `S_n`: all permutations of n points.

    Elements are the rows of ``permutations("S", n)``, in sympy's order; the identity is 20 in `S_5`
    and 60 in `S_6`. A product applies its left factor first: ``(g h)(i) = h(g(i))``.

    Parameters
    ----------
    n : int
        Number of points, ``1 <= n <= 6``.

    Returns
    -------
    group : Group
        Labels are products of disjoint cycles of the points ``0 .. n-1``.

    Raises
    ------
    ValueError
        If `n` is out of range.

    Examples
    --------
    >>> S3 = symmetric(3)
    >>> S3.labels
    ('()', '(0 1 2)', '(0 2 1)', '(1 2)', '(0 1)', '(0 2)')
    >>> S3.labels[S3.table[4, 3]]  # (0 1), then (1 2): 0 goes to 1 and on to 2
    '(0 2 1)'
    """
    return _permutation_group("S", n)


def alternating(n: int) -> Group:
    """Alternating group `A_n`: the even permutations of n points.

    Elements are the rows of ``permutations("A", n)``; the identity is 0. A product applies its
    left factor first, as in `symmetric`.

    Parameters
    ----------
    n : int
        Number of points, ``1 <= n <= 6``. `A_1` and `A_2` have one element.

    Returns
    -------
    group : Group
        Labels are products of disjoint cycles of the points ``0 .. n-1``.

    Raises
    ------
    ValueError
        If `n` is out of range.

    Examples
    --------
    >>> alternating(3).labels
    ('()', '(0 1 2)', '(0 2 1)')
    """
    return _permutation_group("A", n)


def dicyclic(order: int) -> Group:
    """Dicyclic group of order 4m, for m = 2 the quaternion group `Q_8`.

    Generators and relations: ``a^2m = 1``, ``x^2 = a^m``, ``x a x^-1 = a^-1``. Element ``k + 2m*j``
    is ``a^k x^j`` with ``0 <= k < 2m`` and j in {0, 1}. The identity is 0.

    Parameters
    ----------
    order : int
        Order, by which the group is named: a multiple of 4 from 8 to 1000.

    Returns
    -------
    group : Group
        Labels are ``a0, a1, ...`` and ``a0x, a1x, ...``.

    Raises
    ------
    ValueError
        If there is no dicyclic group of this order.

    Examples
    --------
    >>> Q8 = dicyclic(8)
    >>> Q8.labels
    ('a0', 'a1', 'a2', 'a3', 'a0x', 'a1x', 'a2x', 'a3x')
    >>> [Q8.labels[Q8.table[b, b]] for b in range(8)]  # six elements square to -1 = a^2
    ['a0', 'a2', 'a0', 'a2', 'a2', 'a2', 'a2', 'a2']
    """
    factor = check_number("Q", order, "order")
    m = order // 4
    k = np.arange(2 * m)
    plus = (k[:, None] + k) % (2 * m)
    minus = (k[:, None] - k) % (2 * m)
    table = np.block([[plus, plus + 2 * m], [minus + 2 * m, (minus + m) % (2 * m)]])
    labels = tuple(f"a{k}{'x' * j}" for j in range(2) for k in range(2 * m))
    return Group(str(factor), labels, table)


def frobenius(p: int, q: int) -> Group:
    """Frobenius group `F_pq`: the maps ``t -> c t + x`` on `Z_p` with ``c^q = 1``.

    This is `C_p : C_q` with faithful action, named by its order. Let g be the smallest integer
    above 1 of multiplicative order q modulo p. Element ``x + p*k`` is ``t -> g^k t + x``. Products
    compose from the right, as in the semidirect product: the right factor is applied first, so
    ``(x1, k1)(x2, k2) = (x1 + g^k1 x2, k1 + k2)``. The identity is 0, and for q = 2 the table is
    that of `dihedral`.

    Parameters
    ----------
    p : int
        A prime.
    q : int
        A divisor of ``p - 1`` above 1.

    Returns
    -------
    group : Group
        Labels are the maps without the arrow: ``t``, ``t+3``, ``4t``, ``4t+3``.

    Raises
    ------
    ValueError
        If `p` is not a prime, `q` does not divide ``p - 1``, or the order is above 1000.

    Examples
    --------
    >>> F20 = frobenius(5, 4)
    >>> F20.name, F20.labels[5:10]
    ('F20', ('2t', '2t+1', '2t+2', '2t+3', '2t+4'))
    >>> F20.labels[F20.table[5, 1]]  # 2 (t + 1)
    '2t+2'
    """
    if not is_prime(p):
        msg = f"`p` must be a prime, got {p!r}"
        raise ValueError(msg)
    if q < 2 or (p - 1) % q:
        msg = f"`q` must be above 1 and divide p - 1 = {p - 1}, got {q!r}"
        raise ValueError(msg)
    factor = check_number("F", p * q, "p * q")
    g = next(g for g in range(2, p) if _multiplicative_order(g, p) == q)
    slopes = [pow(g, k, p) for k in range(q)]
    labels = tuple(f"{c if c > 1 else ''}t{f'+{x}' if x else ''}" for c in slopes for x in range(p))
    return Group(str(factor), labels, _semidirect_table(p, q, g))


def _multiplicative_order(g: int, p: int) -> int:
    return next(k for k in range(1, p) if pow(g, k, p) == 1)


def _semidirect_table(n: int, q: int, g: int) -> NDArray[np.int64]:
    """Table of `C_n : C_q`: element ``x + n*k``, product ``(x1 + g^k1 x2, k1 + k2)``."""
    k, x = np.divmod(np.arange(n * q), n)
    powers = np.array([pow(g, exponent, n) for exponent in range(q)])
    return (x[:, None] + powers[k][:, None] * x) % n + n * ((k[:, None] + k) % q)


def _permutation_group(family_letter: str, n: int) -> Group:
    points = permutations(family_letter, n)
    place_values = n ** np.arange(n)
    index = np.empty(n**n, dtype=np.int64)
    index[points @ place_values] = np.arange(len(points))
    composed = points[:, points]  # (right, left, point): right after left
    table = index[composed @ place_values].T
    return Group(f"{family_letter}{n}", tuple(map(cycles, points)), table)

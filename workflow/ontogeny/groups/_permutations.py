"""Permutations in the element order of the published networks.

The order is that of sympy 1.14's ``PermutationGroup.elements``: of ``SymmetricGroup(n)`` for
``S_n``, of ``AlternatingGroup(n)`` for ``A_n``, except that ``A_5`` is enumerated from the
generators ``(0 1 2 3 4)`` and ``(1 2)(3 4)`` as its published networks were. Two orders give
isomorphic tables but other embeddings, so weights line up with labels only in this one.

It comes from a chain of stabilisers ``G = G_0 > G_1 > ... > 1``. A transversal of ``G_i`` has one
permutation for each coset of ``G_{i+1}``. Every element is, in one way, a product that applies the
deepest transversal's permutation first and that of ``G_0`` last; the deepest choice varies slowest.
The transversals below are data: how sympy chooses them is not part of the definition.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ontogeny.groups._names import check_number

__all__ = ["cycles", "permutations"]

# One string a transversal, from G_0 down; a permutation p is written p(0) p(1) ... p(n-1).
_TRANSVERSALS: dict[str, tuple[str, ...]] = {
    "S1": ("0",),
    "S2": ("01 10",),
    "S3": (
        "012 120 201",
        "012 021",
    ),
    "S4": (
        "0123 1230 2301 3120",
        "0123 0231 0312",
        "0123 0132",
    ),
    "S5": (
        "01234 12340 23401 34012 41230",
        "01234 02143 03412 04123",
        "01423 01234 01243",
        "01234 01432",
    ),
    "S6": (
        "012345 123450 234501 345012 451230 512340",
        "012345 021354 031254 045123 051234",
        "013524 012534 012345 012354",
        "012345 013542 015243",
        "012345 012543",
    ),
    "A1": ("0",),
    "A2": ("01",),
    "A3": ("012 120 201",),
    "A4": (
        "0123 1203 2013 3021",
        "0123 0231 0312",
    ),
    "A5": (
        "01234 12340 23401 34012 42130",
        "01234 02143 03124 04213",
        "01234 01342 01423",
    ),
    "A6": (
        "012345 120345 201345 302451 401235 502341",
        "012345 023451 034512 042351 053412",
        "012345 013425 014235 015324",
        "012345 012453 012534",
    ),
}


def permutations(family_letter: str, n: int) -> NDArray[np.int64]:
    """All permutations of a symmetric or alternating group, in element order.

    Row ``g`` is the array form of element ``g`` of ``symmetric(n)`` or ``alternating(n)``: the
    point ``i`` goes to ``permutations(...)[g, i]``. Products apply the left factor first:
    ``(g h)(i) = h(g(i))``.

    Parameters
    ----------
    family_letter : str
        ``"S"`` or ``"A"``.
    n : int
        Number of points, ``1 <= n <= 6``; the points are ``0 .. n-1``.

    Returns
    -------
    points : (order, n) ndarray of int64

    Raises
    ------
    ValueError
        If the family is neither, or has no group on `n` points here.

    Examples
    --------
    >>> permutations("S", 3)
    array([[0, 1, 2],
           [1, 2, 0],
           [2, 0, 1],
           [0, 2, 1],
           [1, 0, 2],
           [2, 1, 0]])
    """
    if family_letter not in ("S", "A"):
        msg = f"`family_letter` must be 'S' or 'A', got {family_letter!r}"
        raise ValueError(msg)
    name = str(check_number(family_letter, n, "n"))
    points = np.arange(n, dtype=np.int64)[np.newaxis]
    for transversal in reversed(_TRANSVERSALS[name]):
        last = np.array([[int(digit) for digit in word] for word in transversal.split()])
        points = last[:, points].swapaxes(0, 1).reshape(-1, n)
    return points


def cycles(permutation: NDArray[np.int64], points: Sequence[int] | None = None) -> str:
    """Write a permutation as a product of disjoint cycles, the identity as ``()``.

    Each cycle begins with its smallest point, and cycles are ordered by it. ``(0 1 2)`` takes 0 to
    1, 1 to 2 and 2 to 0.

    Parameters
    ----------
    permutation : (n,) ndarray of int64
        Array form, points ``0 .. n-1``.
    points : sequence of n int, optional
        Names of the points, ascending. Default: ``0 .. n-1``.

    Returns
    -------
    notation : str

    Examples
    --------
    >>> cycles(np.array([1, 2, 0, 4, 3, 5]))
    '(0 1 2)(3 4)'
    """
    names = range(len(permutation)) if points is None else points
    notation = ""
    seen: set[int] = set()
    for start in range(len(permutation)):
        cycle = []
        point = start
        while point not in seen:
            seen.add(point)
            cycle.append(point)
            point = int(permutation[point])
        if len(cycle) > 1:
            notation += f"({' '.join(str(names[point]) for point in cycle)})"
    return notation or "()"

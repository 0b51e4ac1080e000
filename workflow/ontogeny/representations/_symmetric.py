"""Irreps of the symmetric group in Young's orthogonal form, one for each partition.

Symbols: ``n`` the number of permuted points; a *partition* is a weakly decreasing tuple with sum
``n``; a standard tableau is held as its *contents*, ``contents[i] = column - row`` of the box that
holds the i-th number, which determine it.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ontogeny.groups import group, permutations
from ontogeny.representations._extension import extend
from ontogeny.representations._irrep import Irrep

__all__ = [
    "Contents",
    "Partition",
    "adjacent_transpositions",
    "conjugate_partition",
    "partitions",
    "standard_tableaux",
    "symmetric_irreps",
]

Partition = tuple[int, ...]
Contents = tuple[int, ...]


def symmetric_irreps(n: int) -> tuple[Irrep, ...]:
    """Irreps of `S_n`, all of real type and with real entries: Young's orthogonal form.

    Names: ``trivial`` is (n), ``sign`` (1^n), ``standard`` (n-1,1), ``standard_sign`` (2,1^(n-2)),
    equal to the tensor product of sign and standard; every other irrep is named by its partition,
    as ``(3,2)`` or ``(2,2,1)``.

    Parameters
    ----------
    n : int

    Returns
    -------
    irreps : tuple of Irrep
        By degree; then in the order of the names above, partitions largest first.

    References
    ----------
    .. [1] G. James, A. Kerber, *The Representation Theory of the Symmetric Group*, Addison-Wesley,
           1981, section 3.4.

    Examples
    --------
    >>> [(irrep.name, irrep.degree) for irrep in symmetric_irreps(4)]
    [('trivial', 1), ('sign', 1), ('(2,2)', 2), ('standard', 3), ('standard_sign', 3)]
    """
    if n == 1:
        return (Irrep("trivial", np.ones((1, 1, 1)), field="complex"),)
    found = []
    for partition in partitions(n):
        matrices = adjacent_transpositions(standard_tableaux(partition))
        rho = extend(group(f"S{n}"), dict(zip(_swaps(n), matrices, strict=True)))
        found.append(Irrep(_name(partition), rho, field="complex"))
    first = ["trivial", "sign", "standard", "standard_sign"]
    rank = {irrep.name: i for i, irrep in enumerate(found, start=len(first))}
    rank |= {name: i for i, name in enumerate(first)}
    return tuple(sorted(found, key=lambda irrep: (irrep.degree, rank[irrep.name])))


def adjacent_transpositions(tableaux: Sequence[Contents]) -> NDArray[np.float64]:
    """Matrices of the swaps of neighbours ``(i i+1)`` on the standard tableaux of one shape.

    With ``q = contents[i+1] - contents[i]``, the axial distance, the swap of i and i+1 has the
    diagonal entry ``1/q`` at each tableau, and ``sqrt(1 - 1/q^2)`` between the tableau and the one
    in which both numbers have changed places, if that is standard.

    Parameters
    ----------
    tableaux : sequence of tuple of int
        All the standard tableaux of a shape, as contents; they are the basis, in this order.

    Returns
    -------
    matrices : (n - 1, d, d) ndarray of float64
        Symmetric and orthogonal.
    """
    n, d = len(tableaux[0]), len(tableaux)
    index = {contents: t for t, contents in enumerate(tableaux)}
    matrices = np.zeros((n - 1, d, d))
    for i in range(n - 1):
        for t, contents in enumerate(tableaux):
            q = contents[i + 1] - contents[i]
            matrices[i, t, t] = 1 / q
            if abs(q) > 1:
                swapped = (*contents[:i], contents[i + 1], contents[i], *contents[i + 2 :])
                matrices[i, t, index[swapped]] = np.sqrt(1 - 1 / q**2)
    return matrices


def standard_tableaux(partition: Partition) -> tuple[Contents, ...]:
    """Return the standard tableaux of a shape as contents, the row by row one first.

    Parameters
    ----------
    partition : tuple of int

    Returns
    -------
    tableaux : tuple of tuple of int
        In decreasing order.

    Examples
    --------
    >>> standard_tableaux((2, 2))
    ((0, 1, -1, 0), (0, -1, 1, 0))
    """
    return tuple(sorted(_tableaux(partition), reverse=True))


def _tableaux(partition: Partition) -> Iterator[Contents]:
    if not partition:
        yield ()
    for row, length in enumerate(partition):
        # The largest number is at the end of a row that is longer than the next one.
        if row + 1 == len(partition) or length > partition[row + 1]:
            shorter = (*partition[:row], length - 1, *partition[row + 1 :])
            for contents in _tableaux(tuple(part for part in shorter if part)):
                yield (*contents, length - 1 - row)


def partitions(n: int, *, largest: int | None = None) -> Iterator[Partition]:
    """Partitions of n, the largest first.

    Parameters
    ----------
    n : int
    largest : int, optional
        Bound on the parts.

    Yields
    ------
    partition : tuple of int

    Examples
    --------
    >>> list(partitions(4))
    [(4,), (3, 1), (2, 2), (2, 1, 1), (1, 1, 1, 1)]
    """
    if n == 0:
        yield ()
    for part in range(n if largest is None else min(n, largest), 0, -1):
        for rest in partitions(n - part, largest=part):
            yield (part, *rest)


def conjugate_partition(partition: Partition) -> Partition:
    """Column lengths of a shape; the irrep of the conjugate is sign times the irrep.

    Parameters
    ----------
    partition : tuple of int

    Returns
    -------
    conjugate : tuple of int

    Examples
    --------
    >>> conjugate_partition((3, 1))
    (2, 1, 1)
    """
    return tuple(sum(part > column for part in partition) for column in range(partition[0]))


def _swaps(n: int) -> list[int]:
    """Index of the swap of each two neighbours among the elements of `S_n`."""
    elements = permutations("S", n)
    found = []
    for i in range(n - 1):
        swap = np.arange(n)
        swap[[i, i + 1]] = i + 1, i
        found.append(int(np.flatnonzero((elements == swap).all(axis=1))[0]))
    return found


def _name(partition: Partition) -> str:
    n = sum(partition)
    named = {
        (2,) + (1,) * (n - 2): "standard_sign",
        (n - 1, 1): "standard",
        (1,) * n: "sign",
        (n,): "trivial",
    }
    return named.get(partition, "(" + ",".join(map(str, partition)) + ")")

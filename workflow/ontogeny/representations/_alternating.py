"""Irreps of the alternating group, by restriction from the symmetric group and splitting.

Symbols: ``n`` the number of permuted points; a standard tableau is held as its contents, as in
`ontogeny.representations._symmetric`; ``J`` the map from a tableau to its transpose.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ontogeny.groups import group, permutations
from ontogeny.representations._extension import extend
from ontogeny.representations._irrep import Irrep, Matrices, character
from ontogeny.representations._symmetric import (
    Contents,
    Partition,
    adjacent_transpositions,
    conjugate_partition,
    partitions,
    standard_tableaux,
)

__all__ = ["alternating_irreps"]


def alternating_irreps(n: int) -> tuple[Irrep, ...]:
    """Complex irreps of `A_n`: restrictions of those of `S_n`, split where they are reducible.

    The irreps of a partition and of its conjugate agree on `A_n`; the name is that of the larger of
    both: ``trivial``, ``standard`` for (n-1,1), otherwise the partition, as ``(3,2)``. That of a
    partition which is its own conjugate splits in two of half the degree. These are

    - ``(3,1,1)+`` and ``(3,1,1)-`` where both are real. The character of the first is the larger
      one on the permutation whose cycles are blocks of neighbours, as long as the hooks of the
      diagonal: (0 1 2 3 4) for (3,1,1), (0 1 2 3 4)(5) for (3,2,1). In `A_5` it is 1.618 there;
    - ``(2,2)`` and ``(2,2)~`` where they are conjugates of each other. The first has the positive
      imaginary part on the permutation above: (0 1 2)(3) for (2,2).

    Parameters
    ----------
    n : int

    Returns
    -------
    irreps : tuple of Irrep
        ``trivial``, then by degree, partitions largest first.

    References
    ----------
    .. [1] G. James, A. Kerber, *The Representation Theory of the Symmetric Group*, Addison-Wesley,
           1981, theorems 2.5.7 and 2.5.13.

    Examples
    --------
    >>> [(irrep.name, irrep.degree) for irrep in alternating_irreps(5)]
    [('trivial', 1), ('(3,1,1)+', 3), ('(3,1,1)-', 3), ('standard', 4), ('(3,2)', 5)]
    """
    if n <= 2:
        return (Irrep("trivial", np.ones((1, 1, 1)), field="complex"),)
    found: list[Irrep] = []
    for partition in partitions(n):
        tableaux = standard_tableaux(partition)
        if partition == conjugate_partition(partition):
            found.extend(_split(partition, _restriction(n, tableaux), tableaux))
        elif partition > conjugate_partition(partition):
            found.append(Irrep(_name(partition), _restriction(n, tableaux), field="complex"))
    return tuple(sorted(found, key=lambda irrep: (irrep.name != "trivial", irrep.degree)))


def _restriction(n: int, tableaux: tuple[Contents, ...]) -> NDArray[np.float64]:
    """Young's orthogonal form on the even permutations, from the generators ``(0 1)(i i+1)``."""
    swaps = adjacent_transpositions(tableaux)
    elements = permutations("A", n)
    generators = {}
    for i in range(1, n - 1):
        # p q is "p first, then q", so that (0 1)(i i+1) in array form is q[p].
        p, q = np.arange(n), np.arange(n)
        p[[0, 1]] = 1, 0
        q[[i, i + 1]] = i + 1, i
        generators[_index(elements, q[p])] = swaps[0] @ swaps[i]
    return extend(group(f"A{n}"), generators)


def _split(
    partition: Partition, rho: NDArray[np.float64], tableaux: tuple[Contents, ...]
) -> Iterator[Irrep]:
    """Yield the two halves of the restriction of the irrep of a self-conjugate partition."""
    n = sum(partition)
    J = _transposition(tableaux)
    # J commutes with the even permutations, and J^2 = +1 or -1: its two eigenspaces are the halves.
    is_real = J[0] @ J[:, 0] > 0
    root = 1.0 if is_real else 1j
    halves = []
    for eigenvalue in (root, -root):
        # No tableau is its own transpose; the larger one of each pair represents both.
        larger = [t for t in range(len(tableaux)) if np.flatnonzero(J[:, t])[0] > t]
        basis = (np.eye(len(J)) + J / eigenvalue)[:, larger] / np.sqrt(2)
        halves.append(basis.conj().T @ rho @ basis)
    element = _index(permutations("A", n), _diagonal_hooks(partition))
    halves.sort(key=lambda half: _order_key(half, element), reverse=True)
    suffixes = ("+", "-") if is_real else ("", "~")
    for suffix, half in zip(suffixes, halves, strict=True):
        yield Irrep(_name(partition) + suffix, half, field="complex")


def _transposition(tableaux: tuple[Contents, ...]) -> NDArray[np.float64]:
    """Return J, which takes each tableau to plus or minus its transpose.

    With ``J e_T = eps(T) e_T'``, where eps changes its sign with each swap of two neighbours,
    ``J rho(g) J^-1 = sgn(g) rho(g)``: transposing changes the sign of every axial distance.
    """
    index = {contents: t for t, contents in enumerate(tableaux)}
    J = np.zeros((len(tableaux), len(tableaux)))
    for t, contents in enumerate(tableaux):
        transposed = tuple(-content for content in contents)
        J[index[transposed], t] = _sign(contents, tableaux[0])
    return J


def _sign(contents: Contents, reference: Contents) -> float:
    """Sign of the permutation of the numbers that takes one tableau to another of its shape.

    Equal contents never pass each other in a sequence of swaps from standard tableau to standard
    tableau, so that the k-th box of a content is the k-th in both.
    """
    boxes = {box: position for position, box in enumerate(_boxes(reference))}
    order = [boxes[box] for box in _boxes(contents)]
    inversions = sum(order[i] > order[j] for j in range(len(order)) for i in range(j))
    return (-1.0) ** inversions


def _boxes(contents: Contents) -> list[tuple[int, int]]:
    """Name the box of each number by its content and how many boxes of that content precede it."""
    return [(c, contents[:i].count(c)) for i, c in enumerate(contents)]


def _diagonal_hooks(partition: Partition) -> NDArray[np.int64]:
    """Permutation with blocks of neighbours as cycles, as long as the hooks of the diagonal."""
    moved = np.arange(sum(partition))
    start = 0
    for i, part in enumerate(partition):
        length = 2 * (part - i) - 1
        if length > 0:
            block = np.arange(start, start + length)
            moved[block] = np.roll(block, -1)
            start += length
    return moved


def _order_key(matrices: Matrices, element: int) -> tuple[float, float]:
    chi = complex(character(Irrep("half", matrices, field="complex"))[element])
    return round(chi.real, 6), chi.imag


def _index(elements: NDArray[np.int64], permutation: NDArray[np.int64]) -> int:
    return int(np.flatnonzero((elements == permutation).all(axis=1))[0])


def _name(partition: Partition) -> str:
    if len(partition) == 1:
        return "trivial"
    if partition[1:] == (1,):
        return "standard"
    return "(" + ",".join(map(str, partition)) + ")"

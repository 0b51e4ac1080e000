"""Functions on a group by cosets: the coarsest cosets on which a function is nearly constant.

Symbols: ``n`` elements, ``k`` cosets.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ontogeny.groups import MAX_SUBGROUPS_ORDER, Group, left_cosets, right_cosets, subgroups

__all__ = ["coset_partitions", "cosets_of"]

ENOUGH = 0.9
"""Share of the variance of a function that its means over cosets have to explain."""

Partition = NDArray[np.int64]


def coset_partitions(group: Group) -> list[Partition]:
    """Return the partitions of a group into left or right cosets of its proper subgroups.

    Parameters
    ----------
    group : Group

    Returns
    -------
    list of (n,) ndarray of int
        The number of the coset of each element. Those with the fewest cosets come first, the one
        into single elements last: the only one where the group has more than 120 elements, whose
        subgroups are not sought.
    """
    if group.order > MAX_SUBGROUPS_ORDER:
        return [np.arange(group.order)]
    found = {}
    for members in subgroups(group)[:-1]:
        for cosets in (left_cosets(group, members), right_cosets(group, members)):
            found[cosets.tobytes()] = cosets
    return sorted(found.values(), key=lambda cosets: int(cosets.max()))


def cosets_of(values: NDArray[np.float64], partitions: Sequence[Partition]) -> Partition:
    """Return the coarsest cosets whose means explain most of a function, in the order of the means.

    A function ``u . rho(g) v`` is constant on the left cosets of the subgroup that leaves ``v`` as
    it is, and on the right cosets of the one that leaves ``u``; neurons of trained networks often
    have such ``u`` or ``v`` (arXiv 2312.06581).

    Parameters
    ----------
    values : (n,) ndarray
        Of the function at each element.
    partitions : sequence of (n,) ndarray of int
        From `coset_partitions`.

    Returns
    -------
    (n,) ndarray of int
        The coset of each element: of the partitions with the fewest cosets that explain `ENOUGH`
        of the variance the one that explains most. Coset 0 has the smallest mean.
    """
    best, chosen, means = -1.0, partitions[-1], values
    for cosets in partitions:
        if best >= ENOUGH and cosets.max() > chosen.max():
            break
        mean = np.bincount(cosets, values) / np.bincount(cosets)
        share = 1 - float(np.var(values - mean[cosets]) / (np.var(values) or 1.0))
        if share >= ENOUGH and share > best:
            best, chosen, means = share, cosets, mean
    return np.argsort(np.argsort(means, kind="stable"))[chosen]

"""The closure of a set of elements under multiplication."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["generated"]


def generated(
    table: NDArray[np.int64], identity: int, generators: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Mark the elements that right multiplication by the generators reaches from the identity.

    In a finite group these form the subgroup that the generators generate. The table need not be
    that of a group: whatever is marked is a product ``((e g1) g2) ...`` of generators.

    Parameters
    ----------
    table : (n, n) ndarray of int64
        Multiplication table.
    identity : int
        Where to begin.
    generators : (k,) ndarray of int64
        Elements; none gives the identity alone.

    Returns
    -------
    reached : (n,) ndarray of bool
    """
    reached = np.zeros(len(table), dtype=np.bool_)
    reached[identity] = True
    frontier = np.array([identity])
    while frontier.size:
        products = np.unique(table[np.ix_(frontier, generators)])
        frontier = products[~reached[products]]
        reached[frontier] = True
    return reached

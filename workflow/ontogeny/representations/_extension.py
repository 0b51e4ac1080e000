"""A representation from its matrices on generators."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ontogeny.groups import Group, identity

__all__ = ["extend"]


def extend(group: Group, generators: Mapping[int, NDArray[np.float64]]) -> NDArray[np.float64]:
    """Matrices of every element from those of generators, by ``rho(g s) = rho(g) rho(s)``.

    Each element is reached by a shortest word in the generators.

    Parameters
    ----------
    group : Group
    generators : mapping of int to (d, d) ndarray of float64
        Matrix of each generating element; at least one. They must generate the group and obey its
        relations, which is not checked here.

    Returns
    -------
    matrices : (n, d, d) ndarray of float64
    """
    d = len(next(iter(generators.values())))
    matrices = np.empty((group.order, d, d))
    frontier = np.array([identity(group)])
    matrices[frontier] = np.eye(d)
    reached = np.zeros(group.order, dtype=bool)
    reached[frontier] = True
    while frontier.size:
        layer = []
        for s, matrix in generators.items():
            products = group.table[frontier, s]
            new = ~reached[products]
            matrices[products[new]] = matrices[frontier[new]] @ matrix
            reached[products] = True
            layer.append(products[new])
        frontier = np.concatenate(layer)
    return matrices

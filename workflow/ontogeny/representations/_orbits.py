"""Sizes of the smallest sets of vectors that a representation permutes."""

import numpy as np
from numpy.typing import NDArray

from ontogeny.groups import MAX_SUBGROUPS_ORDER, Group, subgroups

__all__ = ["smallest_orbits"]


def smallest_orbits(group: Group, characters: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the size of the smallest orbit of a non-zero vector under each real irrep.

    Such an orbit is the smallest rho-set of arXiv 2410.07476. A vector fixed by H, and by no
    larger subgroup, has an orbit of ``|G : H|`` vectors, so the size is the least index of a
    subgroup with ``dim V^H = (1/|H|) sum over H of chi > 0``.

    Parameters
    ----------
    group : Group
    characters : (R, n) ndarray
        Of the real irreps.

    Returns
    -------
    sizes : (R,) ndarray
        NaN when the group has more than 120 elements, whose subgroups are not computed.

    Examples
    --------
    >>> from ontogeny.groups import group
    >>> from ontogeny.representations import character, real_irreps
    >>> S3 = group("S3")
    >>> smallest_orbits(S3, np.stack([character(rho) for rho in real_irreps(S3)]))
    array([1., 2., 3.])
    """
    if group.order > MAX_SUBGROUPS_ORDER:
        return np.full(len(characters), np.nan)
    members = subgroups(group)
    orders = members.sum(axis=1)
    fixed = characters @ members.T / orders  # (irrep, subgroup)
    return np.where(fixed > 0.5, group.order / orders, np.inf).min(axis=1)

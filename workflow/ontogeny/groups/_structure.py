"""What a group's table says about it: identity, inverses, orders, classes, centre, generators.

Symbols: ``e`` the identity; ``a, b, g`` elements; ``n`` the order.
"""

import numpy as np
from numpy.typing import NDArray

from ontogeny.groups._generation import generated
from ontogeny.groups._group import Group

__all__ = [
    "centre",
    "commuting_fraction",
    "conjugacy_classes",
    "element_orders",
    "generators",
    "identity",
    "inverses",
    "is_abelian",
]


def identity(group: Group) -> int:
    """Index of the identity: the only element with ``e e = e``.

    Parameters
    ----------
    group : Group

    Returns
    -------
    e : int

    Examples
    --------
    >>> from ontogeny.groups import group
    >>> identity(group("S5"))
    20
    """
    return int(np.flatnonzero(group.table.diagonal() == np.arange(group.order))[0])


def inverses(group: Group) -> NDArray[np.int64]:
    """Inverse of every element: ``a inverses(group)[a] = e``.

    Parameters
    ----------
    group : Group

    Returns
    -------
    inverse : (n,) ndarray of int64

    Examples
    --------
    >>> from ontogeny.groups import group
    >>> inverses(group("C5"))
    array([0, 4, 3, 2, 1])
    """
    return np.argmax(group.table == identity(group), axis=1).astype(np.int64)


def element_orders(group: Group) -> NDArray[np.int64]:
    """Order of every element: the smallest ``k >= 1`` with ``a^k = e``.

    Parameters
    ----------
    group : Group

    Returns
    -------
    orders : (n,) ndarray of int64
        Each divides n.

    Examples
    --------
    >>> from ontogeny.groups import group
    >>> element_orders(group("Q8"))
    array([1, 4, 2, 4, 4, 4, 4, 4])
    """
    e = identity(group)
    elements = np.arange(group.order)
    orders = np.ones(group.order, dtype=np.int64)
    power = elements
    while np.any(unfinished := power != e):
        orders += unfinished
        power = np.where(unfinished, group.table[power, elements], e)
    return orders


def conjugacy_classes(group: Group) -> NDArray[np.int64]:
    """Conjugacy class of every element: a and b share one when ``b = g a g^-1`` for some g.

    Classes are numbered 0, 1, ... in the order in which their first members appear among the
    elements. The class of the identity is therefore 0 only if the identity is element 0.

    Parameters
    ----------
    group : Group

    Returns
    -------
    classes : (n,) ndarray of int64

    Examples
    --------
    >>> from ontogeny.groups import group
    >>> conjugacy_classes(group("S3"))
    array([0, 1, 1, 2, 2, 2])
    """
    conjugates = group.table[group.table, inverses(group)[:, None]]  # (g, a): g a g^-1
    return number_by_first(conjugates.min(axis=0))


def number_by_first(first_members: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the parts of a partition by number, given the first member of each element's part."""
    return np.unique(first_members, return_inverse=True)[1].astype(np.int64)


def centre(group: Group) -> NDArray[np.bool_]:
    """Mark the elements that commute with every element.

    Parameters
    ----------
    group : Group

    Returns
    -------
    central : (n,) ndarray of bool
        A subgroup, in the form in which `subgroups` returns them.

    Examples
    --------
    >>> from ontogeny.groups import group
    >>> np.flatnonzero(centre(group("D4")))
    array([0, 2])
    """
    return np.all(group.table == group.table.T, axis=1)


def is_abelian(group: Group) -> bool:
    """Whether ``a b = b a`` for all elements.

    Parameters
    ----------
    group : Group

    Returns
    -------
    abelian : bool

    Examples
    --------
    >>> from ontogeny.groups import group
    >>> is_abelian(group("C6")), is_abelian(group("S3"))
    (True, False)
    """
    return bool(np.array_equal(group.table, group.table.T))


def commuting_fraction(group: Group) -> float:
    """Fraction of the pairs (a, b) with ``a b = b a``.

    It equals the number of conjugacy classes over n, and is the accuracy of a model that has
    learned the product in the wrong order.

    Parameters
    ----------
    group : Group

    Returns
    -------
    fraction : float
        Between 0 and 1; 1 for abelian groups.

    Examples
    --------
    >>> from ontogeny.groups import group
    >>> commuting_fraction(group("S3"))
    0.5
    """
    return float(np.mean(group.table == group.table.T))


def generators(group: Group) -> NDArray[np.int64]:
    """Choose a small generating set.

    Greedy: again and again the element of highest order (the first of them) outside of the subgroup
    reached so far. Each choice at least doubles that subgroup, so there are at most ``log2(n)``
    generators; not always as few as possible.

    Parameters
    ----------
    group : Group

    Returns
    -------
    chosen : (k,) ndarray of int64
        In order of choice; empty for the group of one element.

    Examples
    --------
    >>> from ontogeny.groups import group
    >>> D5 = group("D5")
    >>> [D5.labels[g] for g in generators(D5)]
    ['r1', 'r0s']
    """
    e = identity(group)
    orders = element_orders(group)
    chosen = np.array([], dtype=np.int64)
    reached = generated(group.table, e, chosen)
    while not reached.all():
        chosen = np.append(chosen, np.argmax(np.where(reached, 0, orders)))
        reached = generated(group.table, e, chosen)
    return chosen

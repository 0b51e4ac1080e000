"""Subgroups and cosets, found from the table.

Symbols: ``H`` a subgroup; ``r`` a representative of a coset; ``z`` a generator of a cyclic
subgroup.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ontogeny.groups._group import Group
from ontogeny.groups._structure import element_orders, identity, number_by_first

__all__ = ["MAX_SUBGROUPS_ORDER", "left_cosets", "right_cosets", "subgroups"]

MAX_SUBGROUPS_ORDER = 120

Subgroup = frozenset[int]


def subgroups(group: Group) -> NDArray[np.bool_]:
    """All subgroups of a group of order up to 120.

    Parameters
    ----------
    group : Group

    Returns
    -------
    members : (s, n) ndarray of bool
        One row a subgroup, sorted by order and then lexicographically by the indices of the
        members: first the trivial subgroup, last the whole group.

    Raises
    ------
    ValueError
        If the group has more than 120 elements: the number of subgroups may be astronomical.

    Notes
    -----
    Every subgroup other than the trivial one is the join of a maximal subgroup of it and a cyclic
    subgroup. So, from the trivial subgroup on, each subgroup H found is joined with every cyclic
    ``<z>``, until nothing new appears. Elements z of one coset of H give one join, which is formed
    once. The join itself is a union of cosets of H (Dimino's algorithm): a coset ``H r`` times a
    generator s is the coset ``H (r s)``, so only representatives need to be multiplied to find
    which cosets belong.

    Examples
    --------
    >>> from ontogeny.groups import group
    >>> subgroups(group("C4"))
    array([[ True, False, False, False],
           [ True, False,  True, False],
           [ True,  True,  True,  True]])
    """
    if group.order > MAX_SUBGROUPS_ORDER:
        msg = f"`group` must have order at most {MAX_SUBGROUPS_ORDER}, got {group!r}"
        raise ValueError(msg)
    table = group.table.tolist()
    e = identity(group)
    cyclic_generators = _cyclic_generators(group)
    trivial = frozenset({e})
    found: dict[Subgroup, tuple[int, ...]] = {trivial: ()}  # subgroup: generators
    unjoined = [trivial]
    while unjoined:
        H = unjoined.pop()
        for z, join in _joins(table, e, H, found[H], cyclic_generators):
            if join not in found:
                found[join] = (*found[H], z)
                unjoined.append(join)
    members = np.zeros((len(found), group.order), dtype=np.bool_)
    for row, H in zip(members, sorted(found, key=lambda H: (len(H), sorted(H))), strict=True):
        row[list(H)] = True
    return members


def _cyclic_generators(group: Group) -> list[int]:
    """One generator for each cyclic subgroup other than the trivial one."""
    first: dict[Subgroup, int] = {}
    for z, order in enumerate(element_orders(group).tolist()):
        if order == 1:
            continue
        powers = [z]
        while len(powers) < order:
            powers.append(int(group.table[powers[-1], z]))
        first.setdefault(frozenset(powers), z)
    return list(first.values())


def _joins(
    table: list[list[int]],
    e: int,
    H: Subgroup,
    generators: tuple[int, ...],
    cyclic_generators: list[int],
) -> Iterator[tuple[int, Subgroup]]:
    """Yield ``z, <H, z>`` for one z of each coset of H that holds any."""
    tried = set(H)
    for z in cyclic_generators:
        if z in tried:
            continue
        tried.update(table[h][z] for h in H)
        tried.update(table[z][h] for h in H)
        join = set(H)
        representatives = [e]
        for r in representatives:  # grows while it is read
            for s in (*generators, z):
                rs = table[r][s]
                if rs not in join:
                    join.update(table[h][rs] for h in H)
                    representatives.append(rs)
        yield z, frozenset(join)


def left_cosets(group: Group, subgroup: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Left coset ``g H`` of every element g.

    Cosets are numbered 0, 1, ... in the order in which their first members appear among the
    elements.

    Parameters
    ----------
    group : Group
    subgroup : (n,) ndarray of bool
        Marks the members of H, as a row of `subgroups` does.

    Returns
    -------
    cosets : (n,) ndarray of int64
        ``cosets[a] == cosets[b]`` exactly when ``a^-1 b`` is in H.

    Raises
    ------
    ValueError
        If `subgroup` is none of this group.

    Examples
    --------
    >>> from ontogeny.groups import group
    >>> S3 = group("S3")
    >>> H = np.isin(S3.labels, ["()", "(0 1)"])
    >>> left_cosets(S3, H), right_cosets(S3, H)
    (array([0, 1, 2, 1, 0, 2]), array([0, 1, 2, 2, 0, 1]))
    """
    return number_by_first(group.table[:, _checked_members(group, subgroup)].min(axis=1))


def right_cosets(group: Group, subgroup: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Right coset ``H g`` of every element g.

    Cosets are numbered as in `left_cosets`, and H is normal exactly when both agree.

    Parameters
    ----------
    group : Group
    subgroup : (n,) ndarray of bool
        Marks the members of H, as a row of `subgroups` does.

    Returns
    -------
    cosets : (n,) ndarray of int64
        ``cosets[a] == cosets[b]`` exactly when ``b a^-1`` is in H.

    Raises
    ------
    ValueError
        If `subgroup` is none of this group.

    Examples
    --------
    >>> from ontogeny.groups import group
    >>> D3 = group("D3")
    >>> right_cosets(D3, np.isin(D3.labels, ["r0", "r0s"]))
    array([0, 1, 2, 0, 2, 1])
    """
    return number_by_first(group.table[_checked_members(group, subgroup)].min(axis=0))


def _checked_members(group: Group, subgroup: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return the indices of the members, or refuse a set that is not closed."""
    if subgroup.shape != (group.order,):
        msg = f"`subgroup` must have shape ({group.order},), got {subgroup.shape!r}"
        raise ValueError(msg)
    members = np.flatnonzero(subgroup)
    if not members.size:
        msg = "`subgroup` must hold the identity, got no element"
        raise ValueError(msg)
    products = group.table[np.ix_(members, members)]
    outside = np.argwhere(~subgroup[products])
    if outside.size:
        a, b = members[outside[0]]
        words = [repr(group.labels[g]) for g in (a, b, group.table[a, b])]
        msg = f"`subgroup` must be closed, got {words[0]} times {words[1]} = {words[2]} outside"
        raise ValueError(msg)
    return members

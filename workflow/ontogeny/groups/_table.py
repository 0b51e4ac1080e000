"""Groups from a multiplication table, refused with the law that fails and where.

Symbols: ``e`` the identity; ``a, b, c, g`` elements; ``a b`` their product.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ontogeny.groups._generation import generated
from ontogeny.groups._group import Group

__all__ = ["from_table"]


def from_table(name: str, table: ArrayLike, *, labels: Sequence[str] | None = None) -> Group:
    """Make a group of a multiplication table, after checking every law.

    The laws, in the order in which they are checked: the table is square, its entries are
    elements, each row and column holds every element once, there is an identity, each element has
    an inverse, and ``(a b) c = a (b c)`` for all a, b, c.

    Parameters
    ----------
    name : str
        Any name that is not empty.
    table : (n, n) array_like of int
        ``table[a][b]`` is the index of the product ``a b``, counted from 0.
    labels : sequence of n str, optional
        All different. Default: the indices.

    Returns
    -------
    group : Group

    Raises
    ------
    ValueError
        If a law fails. The message names the law and elements that break it, each by label and
        index.

    Notes
    -----
    Associativity is checked completely by Light's test: the elements b with
    ``(a b) c = a (b c)`` for all a and c are closed under products, so it is enough to check the
    members b of a generating set. At most ``log2(n) + 1`` of them are needed, each in O(n^2).

    Examples
    --------
    >>> from_table("mine", [[0, 1], [1, 0]], labels=["even", "odd"])
    Group('mine', order 2)
    >>> from_table("mine", [[0, 1], [1, 1]], labels=["even", "odd"])
    Traceback (most recent call last):
    ...
    ValueError: `table` of 'mine' is no group: each row must hold every element once, but \
'odd' (index 1) times 'even' (index 0) and times 'odd' (index 1) are both 'odd' (index 1)
    """
    if not name:
        msg = f"`name` must not be empty, got {name!r}"
        raise ValueError(msg)
    entries = _square_integers(name, table)
    names = _distinct_labels(labels, len(entries))
    check = _Laws(name, names, entries)
    check.range()
    check.latin_square()
    e = check.identity()
    check.inverses(e)
    check.associativity(e)
    return Group(name, names, entries)

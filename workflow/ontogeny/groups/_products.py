"""Direct products."""

import math
from collections.abc import Sequence
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from ontogeny.groups._group import Group
from ontogeny.groups._names import MAX_ORDER

__all__ = ["direct_product"]


def direct_product(*groups: Group) -> Group:
    """Direct product of groups.

    For two factors G and H, element ``i * |H| + j`` is the pair (i, j), and products are taken in
    each place: ``(i, j)(k, l) = (i k, j l)``. With more factors the last place varies fastest. The
    product is associative as a value: ``direct_product(direct_product(G, H), K)`` equals
    ``direct_product(G, H, K)``.

    Parameters
    ----------
    *groups : Group
        At least one; the product of their orders is at most 1000. One group is its own product.

    Returns
    -------
    group : Group
        Its name joins the names of the factors by ``x``; its labels are the tuples
        ``(label,label,...)`` of the labels of the factors.

    Raises
    ------
    ValueError
        If there is no factor, or the order is above 1000.

    Examples
    --------
    >>> from ontogeny.groups import cyclic
    >>> V4 = direct_product(cyclic(2), cyclic(2))
    >>> V4
    Group('C2xC2', order 4)
    >>> V4.labels
    ('(0,0)', '(0,1)', '(1,0)', '(1,1)')
    """
    if not groups:
        msg = "`groups` must hold at least one group, got ()"
        raise ValueError(msg)
    order = math.prod(group.order for group in groups)
    if order > MAX_ORDER:
        msg = f"`groups` must have a product of order at most {MAX_ORDER}, got {order!r}"
        raise ValueError(msg)
    if len(groups) == 1:
        return groups[0]
    name = "x".join(group.name for group in groups)
    places = reduce(_pairs, (_places(group.labels) for group in groups))
    table = reduce(_product_table, (group.table for group in groups))
    return Group(name, tuple(f"({place})" for place in places), table)


def _product_table(g: NDArray[np.int64], h: NDArray[np.int64]) -> NDArray[np.int64]:
    order = len(g) * len(h)
    table = g[:, None, :, None] * len(h) + h[None, :, None, :]
    return table.reshape(order, order)


def _places(labels: Sequence[str]) -> Sequence[str]:
    """Return labels without the parentheses of tuples, so that nested products stay flat."""
    if all(label.startswith("(") and label.endswith(")") and "," in label for label in labels):
        return [label[1:-1] for label in labels]
    return labels


def _pairs(left: Sequence[str], right: Sequence[str]) -> Sequence[str]:
    return [f"{i},{j}" for i in left for j in right]

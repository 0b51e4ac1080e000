"""Groups from a multiplication table, refused with the law that fails and where.

Symbols: ``e`` the identity; ``a, b, c, g`` elements; ``a b`` their product.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ontogeny.groups._generation import generated
from ontogeny.groups._group import Group

__all__ = ["broken_law", "from_table"]

Say = Callable[[np.integer], str]  # what a message calls an element


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
    members b of a generating set. At most ``log2(n)`` of them are needed, each in O(n^2).

    Examples
    --------
    >>> from_table("mine", [[0, 1], [1, 0]], labels=["even", "odd"])
    Group('mine', order 2)
    >>> from_table("mine", [[0, 1], [1, 1]], labels=["even", "odd"])
    Traceback (most recent call last):
    ...
    ValueError: `table` of 'mine' is not a group: each row must hold every element once, but \
'odd' (index 1) times 'even' (index 0) and times 'odd' (index 1) are both 'odd' (index 1)
    """
    if not name:
        msg = f"`name` must not be empty, got {name!r}"
        raise ValueError(msg)
    entries = _square_integers(name, table)
    names = _distinct_labels(labels, len(entries))

    def say(element: np.integer) -> str:
        return f"{names[element]!r} (index {element})"

    violation = broken_law(entries, say)
    if violation is not None:
        msg = f"`table` of {name!r} is not a group: {violation}"
        raise ValueError(msg)
    return Group(name, names, entries)


def broken_law(table: NDArray[np.int64], say: Say) -> str | None:
    """Return the first law of `from_table` that a table breaks, and where; None for a group.

    Parameters
    ----------
    table : (n, n) ndarray of int64
        ``table[a, b]`` is the index of the product ``a b``, counted from 0.
    say : callable
        Takes an index to what the message calls the element.

    Returns
    -------
    str or None
        A sentence, without its subject.

    Examples
    --------
    >>> broken_law(np.array([[0, 1], [1, 1]]), lambda element: "ab"[element])
    'each row must hold every element once, but b times a and times b are both b'
    """
    for violation_of in (_range, _rows, _columns, _identity, _inverses, _associativity):
        violation = violation_of(table, say)
        if violation is not None:
            return violation
    return None


def _square_integers(name: str, table: ArrayLike) -> NDArray[np.int64]:
    try:
        entries = np.asarray(table)
    except ValueError:
        msg = f"`table` of {name!r} must be square, got rows of different lengths"
        raise ValueError(msg) from None
    if entries.ndim != 2 or entries.shape[0] != entries.shape[1] or not entries.size:
        msg = f"`table` of {name!r} must be square and not empty, got shape {entries.shape!r}"
        raise ValueError(msg)
    if entries.dtype.kind not in "iu":
        msg = f"`table` of {name!r} must hold integers, got {entries.dtype.name!r}"
        raise ValueError(msg)
    return entries.astype(np.int64)


def _distinct_labels(labels: Sequence[str] | None, n: int) -> tuple[str, ...]:
    if labels is None:
        return tuple(map(str, range(n)))
    if len(labels) != n:
        msg = f"`labels` must hold one label for each of {n} elements, got {len(labels)!r}"
        raise ValueError(msg)
    twice = next((label for i, label in enumerate(labels) if label in labels[:i]), None)
    if twice is not None:
        msg = f"`labels` must all be different, got {twice!r} twice"
        raise ValueError(msg)
    return tuple(labels)


# One function a law: None if it holds, else what to report. Each may rely on those before it.


def _range(table: NDArray[np.int64], say: Say) -> str | None:
    outside = np.argwhere((table < 0) | (table >= len(table)))
    if not outside.size:
        return None
    a, b = outside[0]
    return (
        f"each entry must be an index from 0 to {len(table) - 1}, but {say(a)} times {say(b)} "
        f"is {table[a, b]}"
    )


def _rows(table: NDArray[np.int64], say: Say) -> str | None:
    found = _repeated(table)
    if found is None:
        return None
    a, b, c = found
    return (
        f"each row must hold every element once, but {say(a)} times {say(b)} and times {say(c)} "
        f"are both {say(table[a, b])}"
    )


def _columns(table: NDArray[np.int64], say: Say) -> str | None:
    found = _repeated(table.T)
    if found is None:
        return None
    c, a, b = found
    return (
        f"each column must hold every element once, but {say(a)} and {say(b)} times {say(c)} "
        f"are both {say(table[a, c])}"
    )


def _repeated(table: NDArray[np.int64]) -> tuple[np.int64, np.int64, np.int64] | None:
    """Find a row and two of its columns with the same entry."""
    order = np.argsort(table, axis=1, kind="stable")
    ranked = np.take_along_axis(table, order, axis=1)
    repeats = np.argwhere(ranked[:, 1:] == ranked[:, :-1])
    if not repeats.size:
        return None
    row, rank = repeats[0]
    return row, order[row, rank], order[row, rank + 1]


def _identity(table: NDArray[np.int64], say: Say) -> str | None:
    e = _identity_candidate(table)
    elements = np.arange(len(table))
    reason = f"there must be an identity, but {say(e)}, the only one that keeps {say(elements[0])}"
    moved = np.flatnonzero(table[e] != elements)
    if moved.size:
        a = moved[0]
        return f"{reason} from the left, takes {say(a)} to {say(table[e, a])}"
    moved = np.flatnonzero(table[:, e] != elements)
    if moved.size:
        a = moved[0]
        return f"{reason} from the left, takes {say(a)} from the right to {say(table[a, e])}"
    return None


def _identity_candidate(table: NDArray[np.int64]) -> np.intp:
    """Return the only e with ``e a = a`` for element 0 of a Latin square."""
    return np.argmax(table[:, 0] == 0)


def _inverses(table: NDArray[np.int64], say: Say) -> str | None:
    e = _identity_candidate(table)
    right = np.argmax(table == e, axis=1)
    left = np.argmax(table == e, axis=0)
    differing = np.flatnonzero(right != left)
    if not differing.size:
        return None
    a = differing[0]
    return (
        f"each element must have an inverse, but that of {say(a)} is {say(left[a])} from the left "
        f"and {say(right[a])} from the right"
    )


def _associativity(table: NDArray[np.int64], say: Say) -> str | None:
    e = _identity_candidate(table)
    chosen = np.array([], dtype=np.int64)
    reached = generated(table, int(e), chosen)
    while not reached.all():
        b = np.argmin(reached)
        broken = np.argwhere(table[table[:, b]] != table[:, table[b]])
        if broken.size:
            a, c = broken[0]
            return (
                f"products must be associative, but with a = {say(a)}, b = {say(b)} and "
                f"c = {say(c)}, (a b) c is {say(table[table[a, b], c])} and a (b c) is "
                f"{say(table[a, table[b, c]])}"
            )
        chosen = np.append(chosen, b)
        reached = generated(table, int(e), chosen)
    return None

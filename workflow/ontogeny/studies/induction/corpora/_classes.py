"""Classes of tokens by what the context says of them.

Symbols: ``N`` sequences; ``T`` context length.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["IN_CONTEXT", "in_context"]

IN_CONTEXT = ("new", "continuation", "break", "other")
"""The last token is new; it was followed by this one before; twice or more by one other; else."""


def in_context(tokens: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return what earlier copies of the last token say about each token that comes.

    Of index i, with last token ``a = x_i`` and coming token ``b = x_(i + 1)``: *new* when no
    earlier ``x_j`` is a; *continuation* when some earlier a is followed by b; *break* when there
    are at least two and all are followed by one and the same other token; *other* else. Found by
    sorting, so that memory grows with N T.

    Parameters
    ----------
    tokens : (N, T + 1) ndarray of int64

    Returns
    -------
    (N, T) ndarray of int64
        Index of `IN_CONTEXT`.
    """
    last, coming = tokens[:, :-1], tokens[:, 1:]
    copies = np.argsort(last, axis=1, kind="stable")
    number, starts = _earlier_in_run((np.take_along_axis(last, copies, axis=1),))
    follower = np.take_along_axis(coming, copies, axis=1)
    changes = np.zeros_like(number)
    changes[:, 1:] = np.cumsum(follower[:, 1:] != follower[:, :-1], axis=1)
    # Of the earlier copies alone: from the first of them to the one before this token.
    changed = np.roll(changes, 1, axis=1) - np.take_along_axis(changes, starts, axis=1)
    agree = (number >= 2) & (changed == 0)

    pairs = np.lexsort((coming, last), axis=1)
    same = tuple(np.take_along_axis(each, pairs, axis=1) for each in (last, coming))
    continued = _in_order(_earlier_in_run(same)[0] > 0, pairs)
    new, agree = _in_order(number == 0, copies), _in_order(agree, copies)
    return np.select([new, continued, agree], [0, 1, 2], default=3)


def _earlier_in_run(
    values: tuple[NDArray[np.int64], ...],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return how many equal neighbours stand before each of sorted values, and where they begin.

    Parameters
    ----------
    values : tuple of (N, T) ndarray
        Equal are those that agree in all.

    Returns
    -------
    number, start : (N, T) ndarray of int64
    """
    index = np.broadcast_to(np.arange(values[0].shape[1]), values[0].shape)
    begins = np.zeros(index.shape, dtype=np.bool_)
    for each in values:
        begins[:, 1:] |= each[:, 1:] != each[:, :-1]
    start = np.maximum.accumulate(np.where(begins, index, 0), axis=1)
    return index - start, start


def _in_order(sorted_flags: NDArray[np.bool_], order: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return flags in the order of the context that was sorted by `order`."""
    flags = np.empty_like(sorted_flags)
    np.put_along_axis(flags, order, sorted_flags, axis=1)
    return flags

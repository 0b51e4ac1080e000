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
    are at least two and all are followed by one and the same other token; *other* else.

    Parameters
    ----------
    tokens : (N, T + 1) ndarray of int64

    Returns
    -------
    (N, T) ndarray of int64
        Index of `IN_CONTEXT`.
    """
    last, coming = tokens[:, :-1], tokens[:, 1:]
    length = last.shape[1]
    earlier = np.tri(length, k=-1, dtype=np.bool_)
    copies = (last[:, :, None] == last[:, None, :]) & earlier
    continued = (copies & (coming[:, :, None] == coming[:, None, :])).any(axis=2)
    number = copies.sum(axis=2)
    followers = np.broadcast_to(coming[:, None, :], copies.shape)
    highest = np.where(copies, followers, -1).max(axis=2)
    lowest = np.where(copies, followers, np.iinfo(np.int64).max).min(axis=2)
    breaks = (number >= 2) & (highest == lowest)
    return np.select([number == 0, continued, breaks], [0, 1, 2], default=3)

"""Which token of a sequence shows best what an induction head does.

Symbols: ``M`` tokens of a sequence.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Trace", "followers", "trace"]

Array = NDArray[np.floating]


class Trace(NamedTuple):
    """A token whose prediction rests on an earlier one.

    Attributes
    ----------
    query : int
        Index of the token whose attention is shown.
    attended : int
        Index of the token that it attends to most.
    """

    query: int
    attended: int


def trace(attention: Array, fall: Array, *, apart: int = 8) -> Trace:
    """Return the two tokens with the largest product of attention and the fall of the loss.

    Attention on token 0, where heads rest that have nothing to attend to, does not count, nor
    attention on the tokens just before, which a reader cannot tell from attention on neighbours.

    Parameters
    ----------
    attention : (M, M) ndarray
        Of one head, by query, then key; M is more than `apart` + 1.
    fall : (M,) ndarray [nat]
        Of the token after each token: its loss before minus that after.
    apart : int
        Least distance of the two tokens.

    Returns
    -------
    Trace

    Examples
    --------
    >>> rows = np.array([[1, 0, 0], [0.2, 0.8, 0], [0, 1, 0]])
    >>> trace(rows, np.array([9.0, 1.0, 3.0]), apart=1)
    Trace(query=2, attended=1)
    """
    counted = np.tri(len(attention), k=-apart, dtype=np.bool_)
    counted[:, 0] = False
    gained = np.where(counted, attention * fall[:, None], -np.inf)
    query, attended = np.unravel_index(int(gained.argmax()), gained.shape)
    return Trace(int(query), int(attended))


def followers(tokens: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Return which tokens an induction head attends to: those after earlier copies of a token.

    Parameters
    ----------
    tokens : (M,) ndarray of int

    Returns
    -------
    (M, M) ndarray of bool
        By query, then key.

    Examples
    --------
    >>> followers(np.array([7, 8, 9, 7])).nonzero()
    (array([3]), array([1]))
    """
    found = np.zeros((len(tokens), len(tokens)), dtype=np.bool_)
    found[:, 1:] = np.tril(tokens[:, None] == tokens[:-1], -1)
    return found

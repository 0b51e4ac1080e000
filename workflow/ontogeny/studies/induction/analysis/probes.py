"""Sequences that ask a network what its heads do.

Symbols: ``B`` sequences; ``R`` tokens that are repeated.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["REPEATED", "candidates", "repeated_tokens"]

REPEATED = 25
"""Different random tokens of a probe (arXiv 2209.11895), or all there are when these are fewer."""


def candidates(vocabulary: int) -> NDArray[np.int64]:
    """Return the tokens that probes draw from.

    The token 0 begins a sequence and is none of them. Of a vocabulary of 256 or more, which is in
    the order of its making, frequent first, the first third and the last tenth are left out.
    """
    if vocabulary < 256:
        return np.arange(1, vocabulary)
    return np.arange(vocabulary // 3, vocabulary - vocabulary // 10)


def repeated_tokens(
    tokens: NDArray[np.int64],
    rng: np.random.Generator,
    count: int,
    *,
    length: int = REPEATED,
    copies: int = 4,
) -> NDArray[np.int64]:
    """Return sequences of the token 0 and then random different tokens, several times over.

    Parameters
    ----------
    tokens : (C,) ndarray of int64
        From `candidates`.
    rng : Generator
    count : int
        B.
    length : int
        R; all of `tokens` when these are fewer.
    copies : int

    Returns
    -------
    (B, 1 + copies R) ndarray of int64

    Examples
    --------
    >>> repeated_tokens(np.array([7]), np.random.default_rng(0), 1, copies=3)
    array([[0, 7, 7, 7]])
    """
    length = min(length, len(tokens))
    drawn = np.stack([rng.permutation(tokens)[:length] for _ in range(count)])
    return np.concatenate([np.zeros((count, 1), np.int64), np.tile(drawn, copies)], axis=1)

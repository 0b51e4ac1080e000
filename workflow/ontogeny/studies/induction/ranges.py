"""Ranges of the context, each half an octave long.

Symbols: ``T`` context length; ``R`` ranges.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["range_losses", "ranges"]

Array = NDArray[np.floating]


def ranges(length: int) -> NDArray[np.int64]:
    """Return the first index, counted from 1, of each range that a context is divided into.

    A range ends where the next begins, the last one with the context. Counted from the end, they
    end at ``T / 2^(k/2)``, rounded down: half an octave each, wherever that holds an index.

    Parameters
    ----------
    length : int
        T.

    Returns
    -------
    (R,) ndarray of int64

    Examples
    --------
    >>> ranges(24)
    array([ 1,  2,  3,  4,  5,  7,  9, 13, 17])
    """
    ends = np.floor(length / 2 ** (np.arange(2 * np.log2(length) + 1) / 2)).astype(np.int64)
    return np.unique([1, *(ends[1:] + 1)])


def range_losses(loss: Array) -> Array:
    """Return the mean loss in each of `ranges`: a curve over the context without its jitter.

    Parameters
    ----------
    loss : (..., T) ndarray

    Returns
    -------
    (..., R) ndarray
    """
    length = loss.shape[-1]
    first = ranges(length) - 1
    sizes = np.diff(first, append=length)
    return np.asarray(np.add.reduceat(loss, first, axis=-1) / sizes)

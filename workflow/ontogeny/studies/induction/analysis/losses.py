"""Losses over the context, and how they depend on its length.

Symbols: ``S`` checkpoints; ``N`` sequences; ``T`` context length.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "ContextSlopes",
    "context_slopes",
    "early_and_late",
    "learning_slopes",
    "score_by_sequence",
]

Array = NDArray[np.floating]


def early_and_late(length: int) -> tuple[slice, slice]:
    """Return the indices of the early and of the late part of a context.

    From a twelfth to a sixth of it, and its last sixth.

    Examples
    --------
    >>> early_and_late(96)
    (slice(8, 16, None), slice(80, 96, None))
    """
    return slice(length // 12, length // 6), slice(length - length // 6, length)


def score_by_sequence(loss: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the in-context learning score of each sequence: late loss less early loss [nat].

    The lower the score, the more a long context helps. A mean over indices stands for the single
    indices 500 and 50 of arXiv 2209.11895.

    Parameters
    ----------
    loss : (..., T) ndarray

    Returns
    -------
    (...) ndarray
    """
    early, late = early_and_late(loss.shape[-1])
    return loss[..., late].mean(axis=-1) - loss[..., early].mean(axis=-1)


@dataclass(frozen=True)
class ContextSlopes:
    """Derivative of the loss with respect to the logarithm of the context index.

    Attributes
    ----------
    index : (K,) ndarray
        Geometric centre of each bin, counted from 1.
    slope : (S, K) ndarray [nat]
    """

    index: Array
    slope: Array


def context_slopes(loss: Array) -> ContextSlopes:
    """Return ``d loss / d ln(index + 1)`` by least squares over an octave to each side.

    Centres are spaced by an eighth of an octave from one octave above 1 to one below T.

    Parameters
    ----------
    loss : (S, T) ndarray
        Mean over sequences at each index.
    """
    length = loss.shape[1]
    position = np.log2(np.arange(1, length + 1))
    centres = np.arange(1, np.log2(length) - 1 + 1e-9, 1 / 8)
    slopes = np.empty((len(loss), len(centres)))
    for number, centre in enumerate(centres):
        near = np.abs(position - centre) <= 1
        x = (position[near] - position[near].mean()) * np.log(2)
        slopes[:, number] = (loss[:, near] @ x) / (x @ x)
    return ContextSlopes(2.0**centres, slopes)


def learning_slopes(step: NDArray[np.integer], loss: Array) -> Array:
    """Return ``d loss / d ln step`` at each checkpoint; NaN at step 0.

    Parameters
    ----------
    step, loss : (S,) ndarray

    Returns
    -------
    (S,) ndarray [nat]
    """
    slopes = np.full(len(step), np.nan)
    if (step > 0).sum() > 1:
        slopes[step > 0] = np.gradient(loss[step > 0], np.log(step[step > 0]))
    return slopes

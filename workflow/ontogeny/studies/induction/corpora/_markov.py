"""Markov chains with a matrix of their own, and what counts in the context predict of them.

Symbols: ``k`` states, written as tokens 1 to k after the token 0 that begins a sequence; ``N``
sequences; ``T`` context length.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["PREDICTORS", "chains", "predictor_losses", "stationary"]

PREDICTORS = ("uniform", "unigram", "bigram")
"""Nothing but the number of states, counts of states, counts of pairs of states."""


def stationary(matrices: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the distributions ``p`` with ``p M = p``.

    Parameters
    ----------
    matrices : (..., k, k) ndarray
        Rows sum to 1; all entries positive.

    Returns
    -------
    (..., k) ndarray
    """
    k = matrices.shape[-1]
    system = np.swapaxes(matrices, -1, -2) - np.eye(k)
    system[..., -1, :] = 1.0
    right = np.zeros((*matrices.shape[:-2], k, 1))
    right[..., -1, 0] = 1.0
    return np.linalg.solve(system, right)[..., 0].astype(np.float64)


def chains(rng: np.random.Generator, count: int, *, states: int, length: int) -> NDArray[np.int64]:
    """Return sequences of chains whose rows are drawn from Dirichlet(1, ..., 1) [1]_.

    Each begins with token 0, then a state of the stationary distribution.

    Returns
    -------
    (N, T + 1) ndarray of int64

    References
    ----------
    .. [1] Edelman et al., The Evolution of Statistical Induction Heads, arXiv 2402.11004, sec. 2.
    """
    matrices = rng.dirichlet(np.ones(states), size=(count, states))
    uniform = rng.random((length, count, 1))
    tokens = np.zeros((count, length + 1), dtype=np.int64)
    weights = stationary(matrices)
    for index in range(length):
        state = (weights.cumsum(axis=1) < uniform[index]).sum(axis=1).clip(max=states - 1)
        tokens[:, index + 1] = 1 + state
        weights = matrices[np.arange(count), state]
    return tokens


def predictor_losses(tokens: NDArray[np.int64], *, states: int) -> NDArray[np.float64]:
    """Return the losses of predictions from counts in the context, with one added to each count.

    With ``n(b)`` times b and ``n(a, b)`` times b after a among the states up to now, and a the last
    one: ``1/k``; ``(n(b) + 1) / (sum n + k)``; ``(n(a, b) + 1) / (sum_c n(a, c) + k)``. The last is
    the Bayes prediction, but for what the first state says of the matrix.

    Parameters
    ----------
    tokens : (N, T + 1) ndarray of int64
        From `chains`.
    states : int
        k.

    Returns
    -------
    (3, N, T) ndarray of float64 [nat]
        By `PREDICTORS`; the token 0 is followed by a state of probability 1/k for all three.
    """
    count, length = tokens.shape[0], tokens.shape[1] - 1
    rows = np.arange(count)
    single = np.ones((count, states))
    pairs = np.ones((count, states + 1, states))
    probability = np.empty((3, count, length))
    for index in range(length):
        last, coming = tokens[:, index], tokens[:, index + 1] - 1
        after = pairs[rows, last]
        probability[0, :, index] = 1 / states
        probability[1, :, index] = single[rows, coming] / single.sum(axis=1)
        probability[2, :, index] = after[rows, coming] / after.sum(axis=1)
        single[rows, coming] += 1
        pairs[rows, last, coming] += 1
    return -np.log(probability)

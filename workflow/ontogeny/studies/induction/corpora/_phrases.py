"""Private phrases in a background of a fixed second-order chain.

Symbols: ``V`` tokens, of which 0 begins a sequence and is not drawn; ``N`` sequences; ``T`` context
length; ``K`` phrases of a sequence, each of ``M`` tokens.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["ORIGINS", "Background", "Phrased", "background", "phrased"]

ORIGINS = ("background", "phrase start", "first use", "repeat")
"""Where a token comes from: the chain, or a phrase, by its place and whether it was used before."""


@dataclass(frozen=True)
class Background:
    """The chain ``p(c | b after a) = softmax_c(last[b, c] + before[a, c])`` over tokens c > 0.

    Attributes
    ----------
    last, before : (V, V) ndarray of float64
        Logits by the token before, and by the one before that.
    """

    last: NDArray[np.float64]
    before: NDArray[np.float64]


@dataclass(frozen=True)
class Phrased:
    """Sequences with phrases.

    Attributes
    ----------
    tokens : (N, T + 1) ndarray of int64
    origin : (N, T) ndarray of int64
        Of each token after the first, as an index of `ORIGINS`.
    """

    tokens: NDArray[np.int64]
    origin: NDArray[np.int64]


def background(vocabulary: int, *, strength: float, rng: np.random.Generator) -> Background:
    """Return a chain whose logits are sums of two normal numbers of deviation `strength`."""
    last, before = strength * rng.standard_normal((2, vocabulary, vocabulary))
    return Background(last, before)


def phrased(
    chain: Background,
    rng: np.random.Generator,
    count: int,
    *,
    length: int,
    phrases: int,
    phrase_length: int,
    start_probability: float,
) -> Phrased:
    """Return sequences, each with private phrases of uniform random tokens.

    From left to right: when no phrase is under way, one of the sequence's own phrases starts with
    `start_probability` and is then written out whole; otherwise the chain gives one token.

    Parameters
    ----------
    chain : Background
    rng : Generator
    count : int
        N.
    length, phrases, phrase_length : int
        T, K, M.
    start_probability : float

    Returns
    -------
    Phrased
    """
    vocabulary = len(chain.last)
    private = rng.integers(1, vocabulary, (count, phrases, phrase_length))
    uniform, choice = rng.random((2, length, count)), rng.integers(phrases, size=(length, count))
    tokens = np.zeros((count, length + 1), dtype=np.int64)
    origin = np.zeros((count, length), dtype=np.int64)
    used = np.zeros((count, phrases), dtype=np.bool_)
    under_way = np.zeros(count, dtype=np.int64)
    place = np.zeros(count, dtype=np.int64)
    rows = np.arange(count)
    for index in range(length):
        starts = (place == 0) & (uniform[0, index] < start_probability)
        under_way = np.where(starts, choice[index], under_way)
        in_phrase = starts | (place > 0)
        inner = np.where(used[rows, under_way], 3, 2)
        origin[:, index] = np.where(in_phrase, np.where(starts, 1, inner), 0)
        drawn = _next(chain, tokens[:, index], tokens[:, max(index - 1, 0)], uniform[1, index])
        tokens[:, index + 1] = np.where(in_phrase, private[rows, under_way, place], drawn)
        place = np.where(in_phrase, place + 1, 0) % phrase_length
        ends = in_phrase & (place == 0)
        used[rows[ends], under_way[ends]] = True
    return Phrased(tokens, origin)


def _next(
    chain: Background,
    last: NDArray[np.int64],
    before: NDArray[np.int64],
    uniform: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Draw tokens of the chain by its distribution function."""
    weights = np.exp(chain.last[last, 1:] + chain.before[before, 1:])
    cumulative = weights.cumsum(axis=1)
    below = cumulative < uniform[:, None] * cumulative[:, -1:]
    return np.minimum(1 + below.sum(axis=1), len(chain.last) - 1)

"""Markov chains over tokens, with random transitions.

Symbols: ``V`` tokens; ``N`` lines; ``T`` tokens of a line.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Chain", "random_chain", "shifted_chain"]

_LAST, _BEFORE = 1.2, 0.8


@dataclass(frozen=True)
class Chain:
    """A chain of the second order, whose logits are a sum.

    The logits of a token are ``last[i] + before[j]``, where i is the token that it follows and j
    the one before that. Row V of both tables is the beginning: two of them precede each line, so
    that the first token has the logits ``last[V] + before[V]``.

    Attributes
    ----------
    last, before : (V + 1, V) ndarray of float64
        By previous token, then token. A chain of the first order has ``before = 0``.
    """

    last: NDArray[np.float64]
    before: NDArray[np.float64]

    def lines(self, rng: np.random.Generator, count: int, length: int) -> NDArray[np.int16]:
        """Return lines of the chain, (count, length)."""
        cumulative = self._probabilities().cumsum(axis=2)
        cumulative[:, :, -1] = 1  # what rounding leaves is the last token's
        beginning = len(self.last) - 1
        found = np.empty((count, length), np.int16)
        before = last = np.full(count, beginning)
        for place, uniform in enumerate(rng.random((length, count))):
            token = (cumulative[before, last] <= uniform[:, None]).sum(axis=1)
            found[:, place] = token
            before, last = last, token
        return found

    def log_probability(self, lines: NDArray[np.integer]) -> NDArray[np.float64]:
        """Return the logarithm of the probability of each line [nat], (N, T) to (N,)."""
        beginning = len(self.last) - 1
        padded = np.pad(lines.astype(np.int64), ((0, 0), (2, 0)), constant_values=beginning)
        table = np.log(self._probabilities())
        return table[padded[:, :-2], padded[:, 1:-1], padded[:, 2:]].sum(axis=1)

    def _probabilities(self) -> NDArray[np.float64]:
        """Return the probability of each token, (V + 1, V + 1, V), by the one before, the last."""
        logits = self.before[:, None] + self.last
        odds = np.exp(logits - logits.max(axis=2, keepdims=True))
        return odds / odds.sum(axis=2, keepdims=True)


def random_chain(rng: np.random.Generator, vocabulary: int, *, order: int) -> Chain:
    """Return a chain whose logits are normal: of deviation 1.2 by the last token, .8 by the other.

    Parameters
    ----------
    rng : Generator
    vocabulary : int
        V.
    order : {1, 2}
        With 1, the token before the last has no influence.
    """
    shape = vocabulary + 1, vocabulary
    last = _LAST * rng.standard_normal(shape)
    before = _BEFORE * rng.standard_normal(shape) if order > 1 else np.zeros(shape)
    return Chain(last, before)


def shifted_chain(chain: Chain, other: Chain) -> Chain:
    """Return the chain whose logits are the sum of those of two chains over the root of 2.

    Its logits vary as much as theirs, and correlate with those of each of them by .71.
    """
    root = np.sqrt(2)
    return Chain((chain.last + other.last) / root, (chain.before + other.before) / root)

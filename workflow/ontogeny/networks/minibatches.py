"""Minibatches that depend on a seed and the number of the update alone.

Any update can be had without those before it, so that a run that is resumed sees the same data.

Symbols: ``B`` examples of a minibatch; ``N`` examples of a fixed set; ``T`` context length.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch
from jaxtyping import Int
from numpy.typing import NDArray
from torch import Tensor

__all__ = ["EpochMinibatches", "FreshMinibatches", "Source"]

Source = Callable[[np.random.Generator, int], NDArray[np.int64]]
"""From a generator and a number to so many new sequences, (number, T + 1)."""


def _none() -> Tensor:
    return torch.empty(0, dtype=torch.int64)


@dataclass
class FreshMinibatches:
    """New sequences for every update.

    `ahead` minibatches are drawn at once from a generator of their own.

    Attributes
    ----------
    source : callable
        From a generator and a number to sequences, (number, T + 1).
    size, seed, ahead : int
    """

    source: Source
    size: int
    seed: int
    ahead: int = 16

    _block: int = field(default=-1, init=False, repr=False)
    _drawn: Tensor = field(default_factory=_none, init=False, repr=False)

    def __call__(self, update: int) -> Int[Tensor, "B T1"]:
        """Return the sequences of an update."""
        block, place = divmod(update, self.ahead)
        if block != self._block:
            rng = np.random.default_rng([self.seed, block])
            self._drawn = torch.from_numpy(self.source(rng, self.ahead * self.size))
            self._block = block
        return self._drawn[place * self.size : (place + 1) * self.size]


@dataclass
class EpochMinibatches:
    """All examples of a fixed set, in a new order in each epoch.

    An epoch takes ``ceil(N / size)`` updates; its last minibatch is smaller where `size` does not
    divide N. The order of an epoch is drawn from a generator of its own.

    Attributes
    ----------
    examples : (N, ...) Tensor
    size, seed : int

    Examples
    --------
    >>> batches = EpochMinibatches(torch.arange(5), size=2, seed=0)
    >>> [len(batches(update)) for update in range(6)]
    [2, 2, 1, 2, 2, 1]
    >>> sorted(torch.cat([batches(update) for update in (3, 4, 5)]).tolist())
    [0, 1, 2, 3, 4]
    """

    examples: Tensor
    size: int
    seed: int

    _epoch: int = field(default=-1, init=False, repr=False)
    _order: Tensor = field(default_factory=_none, init=False, repr=False)

    def __call__(self, update: int) -> Tensor:
        """Return the examples of an update."""
        count = len(self.examples)
        epoch, place = divmod(update, -(-count // self.size))
        if epoch != self._epoch:
            rng = np.random.default_rng([self.seed, epoch])
            self._order = torch.from_numpy(rng.permutation(count))
            self._epoch = epoch
        return self.examples[self._order[place * self.size : (place + 1) * self.size]]

"""Minibatches that depend on a seed and the number of the update alone.

Any update can be had without those before it, so that a run that is resumed sees the same data.

Symbols: ``B`` examples of a minibatch; ``N`` examples of a fixed set; ``T`` context length.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

import numpy as np
import torch
from jaxtyping import Int
from numpy.typing import NDArray
from torch import Tensor

__all__ = ["EpochMinibatches", "Source", "drawn_ahead", "fresh_minibatches"]

Source = Callable[[np.random.Generator, int], NDArray[np.int64]]
"""From a generator and a number to that number of new sequences, (number, T + 1)."""


Batch = TypeVar("Batch")


def _none() -> Tensor:
    return torch.empty(0, dtype=torch.int64)


def drawn_ahead(
    draw: Callable[[np.random.Generator, int], Sequence[Batch]], seed: int, *, ahead: int = 16
) -> Callable[[int], Batch]:
    """Return a function from an update to its minibatch.

    Parameters
    ----------
    draw : callable
        From a generator and a number to that number of minibatches.
    seed : int
    ahead : int
        Minibatches that are drawn at once, from a generator of their own.
    """

    @lru_cache(maxsize=1)
    def block(number: int) -> Sequence[Batch]:
        return draw(np.random.default_rng([seed, number]), ahead)

    def batch(update: int) -> Batch:
        number, place = divmod(update, ahead)
        return block(number)[place]

    return batch


def fresh_minibatches(source: Source, size: int, seed: int) -> Callable[[int], Int[Tensor, "B T1"]]:
    """Return a function from an update to its new sequences.

    Parameters
    ----------
    source : callable
        From a generator and a number to sequences, (number, T + 1).
    size, seed : int
    """

    def draw(rng: np.random.Generator, number: int) -> Sequence[Tensor]:
        return torch.split(torch.from_numpy(source(rng, number * size)), size)

    return drawn_ahead(draw, seed)


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

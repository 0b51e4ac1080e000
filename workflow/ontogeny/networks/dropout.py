"""Dropout of hidden neurons."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Dropout"]


@dataclass(frozen=True)
class Dropout:
    """Hidden neurons set to zero at random, for each example and at each update anew.

    A neuron stays with probability ``1 - rate`` and is then ``1 / (1 - rate)`` times as large, so
    that its mean is what it is without dropout. The masks follow from seed and update alone: a run
    that is resumed draws those that it would have drawn.

    Parameters
    ----------
    rate : float
        Probability of zero, in [0, 1).
    seed : int
        Of the run.

    Examples
    --------
    >>> import torch
    >>> factors = Dropout(rate=0.5, seed=0).factors(update=3)(torch.ones(2, 4))
    >>> bool(((factors == 0) | (factors == 2)).all())
    True
    >>> Dropout().factors(update=3)(torch.ones(2, 4)) is None
    True
    """

    rate: float = 0.0
    seed: int = 0

    def factors(self, update: int) -> "Callable[[Tensor], Tensor | None]":
        """Return a function: the factors of one hidden layer after the other within an update.

        None means no dropout at all.
        """
        if not self.rate:
            return lambda hidden: None
        import torch  # networks are read, which have no dropout, without it

        (seed,) = np.random.SeedSequence([self.seed, update]).generate_state(1)
        generator = torch.Generator().manual_seed(int(seed))
        stays = 1 - self.rate

        def draw(hidden: "Tensor") -> "Tensor":
            kept = torch.empty(hidden.shape, dtype=hidden.dtype)
            return kept.bernoulli_(stays, generator=generator).div_(stays).to(hidden.device)

        return draw

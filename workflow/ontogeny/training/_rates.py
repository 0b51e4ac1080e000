"""What the optimiser of a configuration does at an update."""

import math
from collections.abc import Callable, Collection, Iterable

from ontogeny.config.training import LearningRateDecay, Optimiser

__all__ = ["decay", "rate", "undecayed"]


def rate(optimiser: Optimiser, update: int) -> float:
    """Return the learning rate of an update, counted from 0.

    It is ``learning_rate * min(t / warm_up, 1)`` at update ``t``, so that the first update with a
    warm-up changes nothing; with `learning_rate_decay` times a share that falls from 1 at update 0
    to ``to`` at ``until`` and stays there.

    Parameters
    ----------
    optimiser : Optimiser
    update : int

    Returns
    -------
    float
        Learning rate [1/step].

    Examples
    --------
    >>> optimiser = Optimiser(
    ...     learning_rate=2.0, warm_up=4, learning_rate_decay={"shape": "linear", "until": 10}
    ... )
    >>> [rate(optimiser, update) for update in (0, 2, 5, 10, 99)]
    [0.0, 0.8, 1.0, 0.0, 0.0]
    """
    found = optimiser.learning_rate
    if optimiser.warm_up:
        found *= min(update / optimiser.warm_up, 1.0)
    if optimiser.learning_rate_decay is not None:
        found *= _share(optimiser.learning_rate_decay, update)
    return found


def _share(fall: LearningRateDecay, update: int) -> float:
    passed = min(update / fall.until, 1.0)
    left = 1 - passed if fall.shape == "linear" else (1 + math.cos(math.pi * passed)) / 2
    return fall.to + (1 - fall.to) * left


def decay(optimiser: Optimiser, update: int) -> float:
    """Return the weight decay of an update: the one that its latest change so far has brought.

    Examples
    --------
    >>> changes = [{"step": 3, "weight_decay": 0}]
    >>> optimiser = Optimiser(weight_decay=0.5, weight_decay_schedule=changes)
    >>> [decay(optimiser, update) for update in (2, 3, 4)]
    [0.5, 0.0, 0.0]
    """
    passed = [
        change.weight_decay for change in optimiser.weight_decay_schedule if change.step <= update
    ]
    return passed[-1] if passed else optimiser.weight_decay


def undecayed(
    optimiser: Optimiser, parameters: Iterable[str], embeddings: Collection[str]
) -> frozenset[str]:
    """Return the names of the parameters without weight decay; biases are ``b`` and ``b_...``."""
    kinds: dict[str, Callable[[str], bool]] = {
        "biases": lambda name: name.partition("_")[0] == "b",
        "embeddings": lambda name: name in embeddings,
    }
    return frozenset(
        name for name in parameters if any(kinds[kind](name) for kind in optimiser.undecayed)
    )

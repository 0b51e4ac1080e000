"""Lists of numbers and finite worlds, checked."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def numbers_of(name: str, values: ArrayLike) -> Array:
    """Return one list of finite numbers as float64.

    Raises
    ------
    ValueError
        When it is not one list, or a value is NaN or infinite.
    """
    numbers = np.asarray(values, dtype=np.float64)
    if numbers.ndim != 1:
        msg = f"{name} {numbers.shape}: expected one list of numbers"
        raise ValueError(msg)
    if not np.isfinite(numbers).all():
        msg = f"{name}: a value is NaN or infinite"
        raise ValueError(msg)
    return numbers


def same_length(**lists: NDArray[np.generic]) -> None:
    """Refuse lists that differ in length.

    Raises
    ------
    ValueError
        With the names and lengths of all.
    """
    if len({each.size for each in lists.values()}) > 1:
        lengths = ", ".join(f"{name} {each.size}" for name, each in lists.items())
        msg = f"{lengths}: expected the same length"
        raise ValueError(msg)


@dataclass(frozen=True)
class World:
    """Probabilities (N,) under the start policy, which sum to 1, and scores (N,)."""

    start: Array
    score: Array


def world(start: ArrayLike, score: ArrayLike) -> World:
    """Return a finite world, checked; probabilities are divided by their sum.

    Raises
    ------
    ValueError
        When lengths differ, a probability is negative, or their sum is not 1 within 1e-5, the
        precision of networks.
    """
    probability, scores = numbers_of("start", start), numbers_of("score", score)
    same_length(start=probability, score=scores)
    total = probability.sum()
    if (probability < 0).any() or abs(total - 1) > 1e-5:
        msg = (
            f"start: the sum is {total:.6g} and the least {probability.min(initial=0):.6g}; "
            "expected probabilities that sum to 1"
        )
        raise ValueError(msg)
    return World(probability / total, scores)

"""Multitask sparse parity (arXiv 2303.13506).

An example is a task and n uniform bits; its answer is the parity of the k bits that belong to the
task. Task j (counted from 1) has the probability p_j ~ j^-(1 + alpha).

A word holds the bits of one example: bit i has the value 2^i in it.

Symbols: ``J`` tasks; ``n`` bits, 32 at most; ``k`` bits of a task; ``B`` examples.
"""

from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray

__all__ = ["ParityTasks", "draw_masks", "task_probabilities", "unpacked"]


def task_probabilities(tasks: int, alpha: float) -> NDArray[np.float64]:
    """Return how likely each task is, the most frequent first.

    Parameters
    ----------
    tasks : int
        J.
    alpha : float
        The tail is the heavier, the smaller it is.

    Returns
    -------
    (J,) ndarray of float64
        ``j^-(1 + alpha)`` for j = 1 to J, divided by the sum.

    Examples
    --------
    >>> task_probabilities(3, 1.0) * 49
    array([36.,  9.,  4.])
    """
    weight = np.arange(1.0, tasks + 1) ** -(1 + alpha)
    return weight / weight.sum()


def draw_masks(tasks: int, bits: int, order: int, rng: np.random.Generator) -> NDArray[np.uint32]:
    """Return a set of bits for each task, no two of them the same.

    Drawn one after the other, so that the first tasks are the same however many there are.

    Parameters
    ----------
    tasks, bits, order : int
        J, n and k.
    rng : numpy.random.Generator

    Returns
    -------
    (J,) ndarray of uint32
        Words with 1 at the k bits of each task.

    Raises
    ------
    ValueError
        If there are fewer sets of k of the n bits than tasks, or if n exceeds 32.
    """
    if bits > 32:
        message = f"`bits` must be at most 32, got {bits}"
        raise ValueError(message)
    if comb(bits, order) < tasks:
        message = (
            f"there are {comb(bits, order)} sets of {order} of {bits} bits, "
            f"fewer than the {tasks} tasks; lower `tasks` or raise `bits`"
        )
        raise ValueError(message)
    masks: dict[int, None] = {}
    while len(masks) < tasks:
        chosen = rng.choice(bits, order, replace=False)
        masks[sum(1 << int(bit) for bit in chosen)] = None
    return np.array([*masks], dtype=np.uint32)


def unpacked(words: NDArray[np.uint32], bits: int) -> NDArray[np.float32]:
    """Return the bits of words as numbers.

    Parameters
    ----------
    words : (B,) ndarray of uint32
    bits : int
        n.

    Returns
    -------
    (B, n) ndarray of float32
        0 or 1; column i is bit i, whose value in the word is 2^i.

    Examples
    --------
    >>> unpacked(np.array([1, 6], dtype=np.uint32), 3)
    array([[1., 0., 0.],
           [0., 1., 1.]], dtype=float32)
    """
    octets = words.astype("<u4").view(np.uint8)
    found = np.unpackbits(octets, bitorder="little").reshape(len(words), 32)
    return found[:, :bits].astype(np.float32)


@dataclass(frozen=True)
class ParityTasks:
    """Tasks, each with its probability and its bits.

    Attributes
    ----------
    probability : (J,) ndarray of float64
        Sums to 1.
    masks : (J,) ndarray of uint32
        Words with 1 at the bits of each task.
    bits : int
        n.
    """

    probability: NDArray[np.float64]
    masks: NDArray[np.uint32]
    bits: int

    def draw(
        self, rng: np.random.Generator, count: int
    ) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
        """Return independent examples: their tasks, counted from 0, and their words.

        Tasks are drawn by the inverse of their cumulative distribution.

        Parameters
        ----------
        rng : numpy.random.Generator
        count : int
            B.

        Returns
        -------
        task : (B,) ndarray of int64
        words : (B,) ndarray of uint32
        """
        cumulative = self.probability.cumsum()
        task = np.searchsorted(cumulative / cumulative[-1], rng.random(count), side="right")
        return task, self.words(rng, count)

    def words(self, rng: np.random.Generator, count: int) -> NDArray[np.uint32]:
        """Return independent words of n uniform bits, (B,)."""
        return rng.integers(0, 2**self.bits, count, dtype=np.uint32)

    def answers(self, task: NDArray[np.int64], words: NDArray[np.uint32]) -> NDArray[np.uint8]:
        """Return the parity, 0 or 1, of the bits that belong to a task.

        Parameters
        ----------
        task : (B,) ndarray of int64
            Counted from 0.
        words : (B,) ndarray of uint32
            Any shape that broadcasts with that of `task`.

        Returns
        -------
        (B,) ndarray of uint8
        """
        return np.bitwise_count(words & self.masks[task]) & np.uint8(1)

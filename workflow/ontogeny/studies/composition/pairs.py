"""The data set of group composition: all pairs, and which of them are trained on.

Pairs are in row-major order: row ``a n + b`` is ``(a, b)`` with the answer ``a b``.
"""

import math
import random
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

__all__ = ["train_mask", "train_pairs"]


def train_pairs(
    pairs: int, *, fraction: float, seed: int, split: Literal["torch", "python"]
) -> NDArray[np.int64]:
    """Return the rows of the training set, by the recipe of either paper.

    Both shuffle all rows and take the first ``floor(fraction * pairs)``: ``torch`` with
    ``torch.randperm`` (arXiv 2302.03025), ``python`` with ``random.shuffle`` (arXiv 2301.05217).
    Seed 0 is a seed like any other; the code of arXiv 2302.03025 does not shuffle with it.

    Parameters
    ----------
    pairs : int
        Number of rows, ``n^2``.
    fraction : float
        Share of them.
    seed : int
    split : {"torch", "python"}

    Returns
    -------
    (N,) ndarray of int64
        Ascending.

    Raises
    ------
    ValueError
        If no training or no test pair would be left.

    Examples
    --------
    >>> train_pairs(9, fraction=0.5, seed=0, split="python")
    array([1, 3, 5, 7])
    """
    count = math.floor(fraction * pairs)
    if not 0 < count < pairs:
        kind = "training" if count <= 0 else "test"
        msg = f"`fraction` = {fraction!r} leaves no {kind} pairs of {pairs}"
        raise ValueError(msg)
    if split == "torch":
        generator = torch.Generator().manual_seed(seed)
        order = torch.randperm(pairs, generator=generator).numpy()
    else:
        rows = list(range(pairs))
        random.Random(seed).shuffle(rows)
        order = np.array(rows)
    return np.sort(order[:count]).astype(np.int64)


def train_mask(rows: NDArray[np.integer], order: int) -> NDArray[np.bool_]:
    """Return which pairs ``(a, b)`` are in the training set, (n, n)."""
    mask = np.zeros(order * order, dtype=bool)
    mask[rows] = True
    return mask.reshape(order, order)

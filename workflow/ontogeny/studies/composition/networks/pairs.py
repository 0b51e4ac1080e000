"""The data set of group composition: all pairs, and which of them are trained on.

Pairs are in row-major order: row ``a n + b`` is ``(a, b)`` with the answer ``a b``.
"""

import math
import random
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.composition.config import Training

__all__ = ["answers", "data_seed", "masks_by_split", "train_mask", "train_pairs", "training_rows"]


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
        Share of them; 1 for all.
    seed : int
    split : {"torch", "python"}

    Returns
    -------
    (N,) ndarray of int64
        Ascending.

    Raises
    ------
    ValueError
        If no training pair would be left, or no test pair though `fraction` is not 1.

    Examples
    --------
    >>> train_pairs(9, fraction=0.5, seed=0, split="python")
    array([1, 3, 5, 7])
    """
    count = math.floor(fraction * pairs)
    if count <= 0 or (count >= pairs and fraction != 1):
        kind = "training" if count <= 0 else "test"
        msg = f"`fraction` = {fraction!r} leaves no {kind} pairs of {pairs}"
        raise ValueError(msg)
    if split == "torch":
        order = _randperm(pairs, seed)
    else:
        rows = list(range(pairs))
        random.Random(seed).shuffle(rows)
        order = np.array(rows)
    return np.sort(order[:count]).astype(np.int64)


def _randperm(count: int, seed: int) -> NDArray[np.int64]:
    """Return what ``torch.randperm`` returns on a CPU, without PyTorch, (count,).

    It does for fewer than 2^32 / 20, about 2.1e8; PyTorch draws longer permutations in another way.

    The entry at place i changes places with the one that comes ``u mod (count - i)`` places later,
    with a number u of 32 bits from the Mersenne Twister for each i but the last.
    """
    twister = np.random.RandomState(seed % 2**32)
    drawn = twister.randint(0, 2**32, size=max(count - 1, 0), dtype=np.uint32)
    later = drawn % np.arange(count, 1, -1)
    order = list(range(count))
    for place, distance in enumerate(later.tolist()):
        other = place + distance
        order[place], order[other] = order[other], order[place]
    return np.array(order)


def data_seed(spec: Training) -> int:
    """Return the seed of the split and of random labels."""
    return spec.seed if spec.data.seed is None else spec.data.seed


def training_rows(
    spec: Training, order: int, given: NDArray[np.int64] | None = None
) -> NDArray[np.int64] | None:
    """Return the rows ``a n + b`` of the training set of a run, ascending.

    Parameters
    ----------
    spec : Training
    order : int
        Number of elements, n.
    given : (N,) ndarray of int64, optional
        The rows of the file of pairs, for a run that has one.

    Returns
    -------
    (N,) ndarray of int64 or None
        None if the network was trained elsewhere, on pairs that are not known.

    Raises
    ------
    ValueError
        If the run has a file of pairs and they are not given, or as `train_pairs` says.
    """
    data = spec.data
    if data.split == "unknown":
        return None
    if data.pairs is not None:
        if given is None:
            msg = "`given` is missing: the training pairs of this run are those of a file"
            raise ValueError(msg)
        return given
    if data.fraction is None:
        msg = "`fraction` is missing: give it, a file of pairs, or the split `unknown`"
        raise ValueError(msg)
    return train_pairs(order**2, fraction=data.fraction, seed=data_seed(spec), split=data.split)


def answers(
    product: NDArray[np.integer],
    *,
    labels: Literal["product", "difference", "quadratic", "random"],
    seed: int,
) -> NDArray[np.int64]:
    """Return what a network has to answer to each pair ``(a, b)``, (n, n).

    Parameters
    ----------
    product : (n, n) ndarray of int
        The group's table.
    labels : {"product", "difference", "quadratic", "random"}
        ``a b``; ``a b^-1``; ``a^2 + a b + b^2 mod n`` of the elements as numbers, which has a
        meaning for cyclic groups (arXiv 2301.05217); or independent uniform elements, the same
        table at every step.
    seed : int
        Of the random table.

    Examples
    --------
    >>> table = np.add.outer(np.arange(3), np.arange(3)) % 3
    >>> answers(table, labels="difference", seed=0)
    array([[0, 2, 1],
           [1, 0, 2],
           [2, 1, 0]])
    """
    n = len(product)
    match labels:
        case "product":
            return np.asarray(product, dtype=np.int64)
        case "difference":
            division = np.empty((n, n), dtype=np.int64)
            division[product, np.arange(n)] = np.arange(n)[:, None]
            return division
        case "quadratic":
            a, b = np.indices((n, n))
            return np.asarray((a * a + a * b + b * b) % n, dtype=np.int64)
    return np.random.default_rng(seed).integers(n, size=(n, n))


def train_mask(rows: NDArray[np.integer], order: int) -> NDArray[np.bool_]:
    """Return which pairs ``(a, b)`` are in the training set, (n, n)."""
    mask = np.zeros(order * order, dtype=bool)
    mask[rows] = True
    return mask.reshape(order, order)


def masks_by_split(
    rows: NDArray[np.integer] | None, order: int
) -> dict[Literal["train", "test", "all"], NDArray[np.bool_]]:
    """Return which pairs the losses and accuracies along training are of, by split, (n^2,) each.

    Parameters
    ----------
    rows : (N,) ndarray of int or None
        Rows ``a n + b`` of the training pairs; None where they are not known.
    order : int
        Number of elements, n.

    Returns
    -------
    dict of str to ndarray of bool
        ``train`` and ``test``; ``train`` alone where all pairs are trained on; ``all`` where it is
        not known which are.

    Examples
    --------
    >>> masks_by_split(np.array([0, 1, 2]), 2)["test"]
    array([False, False, False,  True])
    >>> list(masks_by_split(np.arange(4), 2))
    ['train']
    """
    if rows is None:
        return {"all": np.ones(order**2, dtype=bool)}
    train = train_mask(rows, order).reshape(-1)
    return {"train": train} if train.all() else {"train": train, "test": ~train}

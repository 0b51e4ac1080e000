"""In which order irreps are learned."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["LEARNED", "learning_order"]

LEARNED = 0.05
"""Logit similarity above which an irrep counts as learned (arXiv 2302.03025)."""


def learning_order(
    similarity: NDArray[np.float64], key: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return at which checkpoint each irrep is learned, and the order of the key irreps.

    A key irrep is registered at the first checkpoint at which its similarity exceeds `LEARNED`, at
    most one at each checkpoint, the first in the order of irreps; those that never are follow in
    the order of irreps (arXiv 2302.03025, key_reps_in_order).

    Parameters
    ----------
    similarity : (K, R) ndarray
        Logit similarity at each checkpoint.
    key : (R,) ndarray of bool
        Key irreps of the final checkpoint.

    Returns
    -------
    first : (R,) ndarray of int64
        Index of the first checkpoint with a similarity above `LEARNED`; -1 for none.
    place : (R,) ndarray of int64
        Place of each key irrep in the order, from 0; -1 for the others.
    """
    above = similarity > LEARNED
    first = np.where(above.any(axis=0), above.argmax(axis=0), -1)
    order: list[int] = []
    for checkpoint in above:
        new = [int(r) for r in np.flatnonzero(checkpoint & key) if r not in order]
        order += new[:1]
    order += [int(r) for r in np.flatnonzero(key) if r not in order]
    place = np.full(len(key), -1)
    place[order] = np.arange(len(order))
    return first, place

"""Which part of a corpus a comment of a file belongs to.

Symbols: ``N`` comments; ``F`` those of the files that are divided.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.noisy_labels.corpora.comments import PARTS

__all__ = ["divided", "first_uses"]

RATER, STUDY, DEVELOPMENT, TEST = range(len(PARTS))


def first_uses(texts: Sequence[str], part: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Return which comments are kept: no empty text, and each text once.

    A text that is in several parts stays in the last of these, so that a published test set loses
    nothing to the files that are learned from.

    Parameters
    ----------
    texts : sequence of N str
        Cleaned.
    part : (N,) ndarray of int8
        Place in `PARTS`; equal for all files that are divided later.

    Returns
    -------
    (N,) ndarray of bool
    """
    seen = {""}
    kept = np.zeros(len(texts), dtype=bool)
    for place in np.argsort(-part, kind="stable"):
        text = texts[place]
        if text not in seen:
            kept[place] = True
            seen.add(text)
    return kept


def divided(
    count: int, *, rater: float, development: float, test: float, seed: int
) -> NDArray[np.int8]:
    """Return the part of each of some comments, which are divided at random.

    Parameters
    ----------
    count : int
        F.
    rater, development, test : float
        Shares of the comments, rounded to whole comments; the others are of the part ``study``.
    seed : int

    Returns
    -------
    (F,) ndarray of int8
        Place in `PARTS`.
    """
    sizes = [round(share * count) for share in (rater, development, test)]
    order = np.random.default_rng(seed).permutation(count)
    part = np.full(count, STUDY, dtype=np.int8)
    ends = np.cumsum(sizes)
    for place, end, size in zip((RATER, DEVELOPMENT, TEST), ends, sizes, strict=True):
        part[order[end - size : end]] = place
    return part

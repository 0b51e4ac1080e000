"""Comments and probes of a corpus, as arrays.

Symbols: ``N`` comments; ``P`` probes; ``L`` places in a text; ``G`` groups.

Tokens: 0 is padding after the end, 1 a word that is not in the vocabulary, 2 and above the words,
most frequent first.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["COLLECTIONS", "PADDING", "PARTS", "UNKNOWN", "Comments", "Probes"]

PADDING, UNKNOWN = 0, 1

PARTS = ("rater", "study", "development", "test")
"""Parts of a corpus; a part is stored as its place here."""

COLLECTIONS = ("templates", "cases")
"""Collections of probes; a collection is stored as its place here."""

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Comments:
    """The comments of a corpus.

    Attributes
    ----------
    tokens : (N, L) ndarray of int32
    label : (N,) ndarray of bool
        Whether the comment is toxic: the truth.
    member : (G, N) ndarray of bool
        Whether the comment names the group.
    known : (N,) ndarray of bool
        Whether it is known which groups the comment names.
    part : (N,) ndarray of int8
        Place in `PARTS`.
    votes, toxic_votes : (N,) ndarray of int16, optional
        Votes of single annotators, and those of them that say toxic.
    """

    tokens: NDArray[np.int32]
    label: Bools
    member: Bools
    known: Bools
    part: NDArray[np.int8]
    votes: NDArray[np.int16] | None = None
    toxic_votes: NDArray[np.int16] | None = None


@dataclass(frozen=True)
class Probes:
    """Texts that are scored and never learned from.

    Attributes
    ----------
    tokens : (P, L) ndarray of int32
    label : (P,) ndarray of bool
    member : (G, P) ndarray of bool
    collection : (P,) ndarray of int8
        Place in `COLLECTIONS`.
    sentence : (P,) ndarray of int32
        The same number for probes that differ in the term of the group alone; -1 where that is not
        known.
    """

    tokens: NDArray[np.int32]
    label: Bools
    member: Bools
    collection: NDArray[np.int8]
    sentence: NDArray[np.int32]

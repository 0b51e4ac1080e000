"""Comments as files give them, before they are divided and become tokens.

Symbols: ``N`` comments; ``G`` groups.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Given", "joined"]


@dataclass(frozen=True)
class Given:
    """Comments of one file or of several.

    Attributes
    ----------
    text : list of N str
        Cleaned; empty where no word is left.
    label : (N,) ndarray of bool
        Whether the comment is toxic.
    votes, toxic_votes : (N,) ndarray of int16, optional
        Votes of single annotators, and those of them that say toxic.
    member : (G, N) ndarray of bool, optional
        Whether the comment names the group; None where only its words tell.
    known : (N,) ndarray of bool, optional
        Whether it is known which groups the comment names; None where only its words tell.
    """

    text: list[str]
    label: NDArray[np.bool_]
    votes: NDArray[np.int16] | None = None
    toxic_votes: NDArray[np.int16] | None = None
    member: NDArray[np.bool_] | None = None
    known: NDArray[np.bool_] | None = None

    def at(self, places: NDArray[np.bool_]) -> "Given":
        """Return the comments at some places, given as a mask of length N."""
        return Given(
            text=[text for text, keep in zip(self.text, places, strict=True) if keep],
            label=self.label[places],
            votes=_kept(self.votes, places),
            toxic_votes=_kept(self.toxic_votes, places),
            member=_kept(self.member, places),
            known=_kept(self.known, places),
        )


def joined(files: Sequence[Given]) -> Given:
    """Return the comments of several files of one format, in order."""
    return Given(
        text=[text for each in files for text in each.text],
        label=np.concatenate([each.label for each in files]),
        votes=_together([each.votes for each in files]),
        toxic_votes=_together([each.toxic_votes for each in files]),
        member=_together([each.member for each in files]),
        known=_together([each.known for each in files]),
    )


def _kept(values: NDArray[Any] | None, places: NDArray[np.bool_]) -> NDArray[Any] | None:
    return None if values is None else values[..., places]


def _together(values: Sequence[NDArray[Any] | None]) -> NDArray[Any] | None:
    found = [each for each in values if each is not None]
    return np.concatenate(found, axis=-1) if found else None

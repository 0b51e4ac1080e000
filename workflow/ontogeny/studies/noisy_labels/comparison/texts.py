"""The texts that networks and raters are judged on.

Symbols: ``N`` texts; ``G`` groups.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.studies.noisy_labels.corpora.comments import COLLECTIONS, PARTS

__all__ = ["SCORED_ON", "TextSet", "no_texts", "texts_of"]

SCORED_ON = ("test", *COLLECTIONS)
"""What networks are judged on: the test comments, and each collection of probes."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class TextSet:
    """Comments of one part of a corpus, or probes of one collection.

    Attributes
    ----------
    place : (N,) ndarray of int64
        Among all comments, or all probes, of the corpus.
    label : (N,) ndarray of bool
        Whether the text is toxic.
    members : (G, N) ndarray of bool
        Whether it names the group.
    compared : (G,) ndarray of bool
        Which groups have enough texts to be compared.
    known : (N,) ndarray of bool
        Whether it is known which groups it names.
    sentence : (N,) ndarray of int32
        Equal for probes that differ in the term of the group alone; -1 where that is not known.
    are_probes : bool
    """

    place: NDArray[np.int64]
    label: Mask
    members: Mask
    compared: Mask
    known: Mask
    sentence: NDArray[np.int32]
    are_probes: bool

    @property
    def counts(self) -> NDArray[np.int64]:
        """Harmless and toxic texts that name each group, (G, 2)."""
        return np.stack(
            [(self.members & each).sum(axis=1) for each in (~self.label, self.label)], 1
        )

    @property
    def nameless(self) -> Mask:
        """Whether a text is known to name no group, (N,)."""
        found: Mask = self.known & ~self.members.any(axis=0)
        return found

    def comparisons(self) -> Iterator[tuple[Mask, Mask]]:
        """Yield each group with its background: all texts that are known not to name it.

        Yields
        ------
        member : (1, N) ndarray of bool
            False for a group with too few texts.
        background : (N,) ndarray of bool
        """
        member = self.members & self.compared[:, None]
        for group in range(len(member)):
            yield member[group : group + 1], self.known & ~self.members[group]


def texts_of(corpus: xr.Dataset, name: str, identities: Sequence[str], *, least: int) -> TextSet:
    """Return the texts of a corpus that have a name in common.

    Parameters
    ----------
    corpus : Dataset
        As stored.
    name : str
        Of a part of the comments, or of a collection of probes. A corpus without these probes has
        no such texts.
    identities : sequence of G str
        Groups; the corpus may know fewer.
    least : int
        A group with fewer toxic, or fewer harmless, texts is not compared.
    """
    are_probes = name in COLLECTIONS
    prefix, dim = ("probe_", "probe") if are_probes else ("", "comment")
    if are_probes and "probe_label" not in corpus:
        return no_texts(len(identities))
    within = corpus["collection_of_probe" if are_probes else "part"].values
    place = np.flatnonzero(within == (COLLECTIONS if are_probes else PARTS).index(name))
    of = corpus.isel({dim: place})
    label = of[f"{prefix}label"].values == 1
    members = np.zeros((len(identities), len(place)), dtype=np.bool_)
    rows = [identities.index(identity) for identity in of["identity"].values]
    members[rows] = of[f"{prefix}member"].values == 1
    known = np.ones(len(place), dtype=np.bool_) if are_probes else of["known"].values == 1
    found = TextSet(
        place=place,
        label=label,
        members=members,
        compared=np.ones(len(identities), dtype=np.bool_),
        known=known,
        sentence=of["sentence"].values if are_probes else np.full(len(place), -1, dtype=np.int32),
        are_probes=are_probes,
    )
    return replace(found, compared=np.asarray((found.counts >= least).all(axis=1)))


def no_texts(groups: int) -> TextSet:
    """Return no texts at all, on which every measure is NaN."""
    return TextSet(
        place=np.zeros(0, dtype=np.int64),
        label=np.zeros(0, dtype=np.bool_),
        members=np.zeros((groups, 0), dtype=np.bool_),
        compared=np.zeros(groups, dtype=np.bool_),
        known=np.zeros(0, dtype=np.bool_),
        sentence=np.zeros(0, dtype=np.int32),
        are_probes=False,
    )

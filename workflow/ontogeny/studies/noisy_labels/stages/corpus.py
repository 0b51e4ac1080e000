"""A corpus as a stored dataset."""

from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.labels import text
from ontogeny.studies.noisy_labels.config import Generated
from ontogeny.studies.noisy_labels.corpora.comments import COLLECTIONS, PARTS, Comments, Probes
from ontogeny.studies.noisy_labels.corpora.generated import (
    IDENTITIES,
    LONGEST,
    ROWS,
    generated_comments,
    generated_probes,
)
from ontogeny.studies.noisy_labels.corpora.vectors import vectors
from ontogeny.studies.noisy_labels.labels import dataset, variable

__all__ = ["corpus_dataset", "generated_corpus"]


def generated_corpus(spec: Generated) -> xr.Dataset:
    """Return a corpus of generated comments; see `corpus_dataset`.

    Raises
    ------
    ValueError
        If a part has no toxic or no harmless comment: key, value, rule and remedy.
    """
    sizes = (spec.rater, spec.study, spec.development, spec.test)
    comments = generated_comments(sizes, length=LONGEST, seed=spec.seed)
    for place, (name, size) in enumerate(zip(PARTS, sizes, strict=True)):
        label = comments.label[comments.part == place]
        if label.all() or not label.any():
            kind = "harmless" if label.all() else "toxic"
            msg = f"`{name}` = {size}: the part has no {kind} comment; raise it, or change `seed`"
            raise ValueError(msg)
    return corpus_dataset(
        comments,
        generated_probes(length=LONGEST, seed=spec.seed),
        identities=IDENTITIES,
        words=ROWS,
        features=spec.features,
    )


def corpus_dataset(
    comments: Comments,
    probes: Probes | None,
    *,
    identities: Sequence[str],
    words: int,
    features: int,
) -> xr.Dataset:
    """Return all that is fixed about a corpus, with the vectors of its words.

    Parameters
    ----------
    comments : Comments
    probes : Probes or None
    identities : sequence of str
        Names of the groups.
    words : int
        Number of tokens, padding and the unknown word included.
    features : int
        Of a word's vector.

    Returns
    -------
    Dataset
        ``tokens(comment, place)``, ``label(comment)``, ``member(identity, comment)``,
        ``known(comment)``, ``part(comment)``; ``votes`` and ``toxic_votes`` where people voted;
        ``embedding(word, feature)``; the same of probes where there are any, with
        ``collection_of_probe`` and ``sentence``. Words are numbers: no text is stored.
    """
    variables = {
        "tokens": variable(
            ("comment", "place"), comments.tokens, "word of a comment; 0 after its end"
        ),
        "label": variable("comment", comments.label.astype(np.int8), "1: toxic, 0: harmless"),
        "member": variable(
            ("identity", "comment"),
            comments.member.astype(np.int8),
            "1: the comment names the group",
        ),
        "known": variable(
            "comment", comments.known.astype(np.int8), "1: which groups it names is known"
        ),
        "part": variable("comment", comments.part, "part: " + _numbered(PARTS)),
        "embedding": variable(
            ("word", "feature"),
            vectors(comments.tokens, words, features=features),
            "vector of a word, from the words near it",
        ),
    }
    if comments.votes is not None and comments.toxic_votes is not None:
        variables["votes"] = variable("comment", comments.votes, "votes of people")
        variables["toxic_votes"] = variable(
            "comment", comments.toxic_votes, "number of votes for toxic"
        )
    coordinates: dict[str, NDArray[np.object_] | xr.Variable] = {"identity": text(identities)}
    if probes is not None:
        coordinates["collection"] = text(COLLECTIONS)
        variables |= _of_probes(probes)
    return dataset(variables, coordinates, title="Comments of a corpus")


def _of_probes(probes: Probes) -> dict[str, xr.Variable]:
    return {
        "probe_tokens": variable(
            ("probe", "place"), probes.tokens, "word of a probe; 0 after its end"
        ),
        "probe_label": variable("probe", probes.label.astype(np.int8), "1: toxic, 0: harmless"),
        "probe_member": variable(
            ("identity", "probe"), probes.member.astype(np.int8), "1: the probe names the group"
        ),
        "collection_of_probe": variable(
            "probe", probes.collection, "collection: " + _numbered(COLLECTIONS)
        ),
        "sentence": variable(
            "probe", probes.sentence, "sentence without the word for the group; -1: not known"
        ),
    }


def _numbered(names: Sequence[str]) -> str:
    return ", ".join(f"{number} {name}" for number, name in enumerate(names))

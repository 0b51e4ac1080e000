"""From the texts of the files of a corpus to its comments and probes.

Symbols: ``N`` comments that are kept; ``G`` groups that a file or the configuration knows.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ontogeny.config import short
from ontogeny.studies.noisy_labels.config import Civil, Votes
from ontogeny.studies.noisy_labels.corpora.civil import IDENTITIES, civil_of_csv
from ontogeny.studies.noisy_labels.corpora.comments import PARTS, Comments, Probes
from ontogeny.studies.noisy_labels.corpora.division import divided, first_uses
from ontogeny.studies.noisy_labels.corpora.given import Given, joined
from ontogeny.studies.noisy_labels.corpora.probes import Sentences, cases, probes_of, templates
from ontogeny.studies.noisy_labels.corpora.terms import members
from ontogeny.studies.noisy_labels.corpora.vocabulary import tokenised, vocabulary_of
from ontogeny.studies.noisy_labels.corpora.votes import votes_of_csv, votes_of_json
from ontogeny.studies.noisy_labels.files import files_of

__all__ = [
    "Divided",
    "FromFiles",
    "divided_comments",
    "from_files",
    "lacking",
    "sentences_of",
    "terms_of",
]

_RATER, _STUDY, _DEVELOPMENT, _TEST = range(len(PARTS))


@dataclass(frozen=True)
class Divided:
    """Comments that are in one part each.

    Attributes
    ----------
    comments : Given
        N comments.
    member : (G, N) ndarray of bool
        Whether the comment names the group, for each of `terms_of`.
    part : (N,) ndarray of int8
        Place in `PARTS`.
    empty, repeated : int
        Comments that were left out: those without a word, and those whose words another one has.
    """

    comments: Given
    member: NDArray[np.bool_]
    part: NDArray[np.int8]
    empty: int
    repeated: int


@dataclass(frozen=True)
class FromFiles:
    """A corpus of files.

    Attributes
    ----------
    comments : Comments
    probes : Probes, optional
        None where no file of probes is given.
    identities : tuple of str
        The groups.
    words : int
        Rows of an embedding: the words of the vocabulary, and two for padding and unknown words.
    empty, repeated : int
        As of `Divided`.
    """

    comments: Comments
    probes: Probes | None
    identities: tuple[str, ...]
    words: int
    empty: int
    repeated: int


def divided_comments(spec: Votes | Civil, texts: Mapping[str, Sequence[str]]) -> Divided:
    """Return the comments of the files of a corpus, cleaned, without repetitions, and divided.

    Parameters
    ----------
    spec : Votes or Civil
    texts : mapping of str to sequence of str
        By key of `files_of` the contents of these files, in that order.

    Raises
    ------
    TableError
        If a file cannot be read: file, line, column, rule and remedy.
    """
    own = {"files": _STUDY, "development": _DEVELOPMENT, "test": _TEST}
    files, parts = [], []
    for key, names in files_of(spec).items():
        for name, text in zip(names, texts[key], strict=True) if key in own else ():
            files.append(_read(spec, text, name))
            parts.append(np.full(len(files[-1].text), own[key], dtype=np.int8))
    given, part = joined(files), np.concatenate(parts)
    kept = first_uses(given.text, part)
    empty = given.text.count("")
    repeated = len(given.text) - empty - int(kept.sum())
    given, part = given.at(kept), part[kept]
    part[part == _STUDY] = divided(
        int((part == _STUDY).sum()),
        rater=spec.rater_share,
        development=0.0 if spec.development else spec.development_share,
        test=0.0 if spec.test else spec.test_share,
        seed=spec.seed,
    )
    member = given.member if given.member is not None else members(given.text, terms_of(spec))
    return Divided(given, member, part, empty, repeated)


def _read(spec: Votes | Civil, text: str, name: str) -> Given:
    if isinstance(spec, Civil):
        return civil_of_csv(text, name)
    return (votes_of_json if name.lower().endswith(".json") else votes_of_csv)(text, name)


def sentences_of(spec: Votes | Civil, texts: Mapping[str, Sequence[str]]) -> dict[str, Sentences]:
    """Return the probes of the files of a corpus by collection.

    Raises
    ------
    TableError
        If a file cannot be read: file, line, column, rule and remedy.
    """
    found = {}
    if spec.templates is not None:
        text = texts["templates"][0]
        found["templates"] = templates(text, spec.templates, terms_of(spec), seed=spec.seed)
    if spec.cases is not None:
        found["cases"] = cases(texts["cases"][0], spec.cases)
    return found


def terms_of(spec: Votes | Civil) -> Mapping[str, Sequence[str]]:
    """Return the terms of each group that a file or the configuration knows."""
    return spec.groups if isinstance(spec, Votes) else IDENTITIES


def lacking(
    spec: Votes | Civil, found: Divided, sentences: Mapping[str, Sentences]
) -> Iterator[tuple[str, str]]:
    """Say what the comments and probes of a corpus lack.

    Parameters
    ----------
    spec : Votes or Civil
    found : Divided
        From `divided_comments`.
    sentences : mapping of str to Sentences
        From `sentences_of`.

    Yields
    ------
    key, says : str
        The key inside of the corpus, and the end of a sentence that begins with it: value, rule
        and remedy.
    """
    in_all = f"{len(found.part)} in all"
    if found.repeated or found.empty:
        in_all += f", after {found.repeated} repeated and {found.empty} empty ones were left out"
    for place, name in enumerate(PARTS):
        label = found.comments.label[found.part == place]
        if place == _RATER and not spec.rater_share:
            continue
        if label.all() or not label.any():
            key, remedy = _source(spec, name)
            kind = "harmless" if label.all() else "toxic"
            has = f"{label.size} comments, but no {kind} one" if label.size else "no comments"
            yield (
                key,
                f" = {_written(getattr(spec, key))}: the part `{name}` has {has} ({in_all}); give "
                f"more comments{remedy}",
            )
    for name, probes in sentences.items():
        if probes.label.all() or not probes.label.any():
            kind = "harmless" if probes.label.all() else "toxic"
            yield name, f" = {getattr(spec, name)!r}: has no {kind} text; give a file with both"
    if isinstance(spec, Civil) and not _kept(spec, found).any():
        yield (
            "least_mentions",
            f" = {spec.least_mentions}: no group is named by as many test comments, at most by "
            f"{_mentions(found).max()}; lower it, or give more comments",
        )


def _source(spec: Votes | Civil, part: str) -> tuple[str, str]:
    """Return the key that decides how many comments are in a part, and what else could help."""
    if part == "study":
        return "files", ", or lower the shares of the other parts"
    if part != "rater" and getattr(spec, part):
        return part, ""
    return f"{part}_share", ", or raise this share"


def _written(value: float | tuple[str, ...]) -> str:
    """Return the value of a share, or names of files as they were given."""
    if isinstance(value, tuple):
        return repr(value[0]) if len(value) == 1 else short(list(value))
    return f"{value:g}"


def _mentions(found: Divided) -> NDArray[np.int64]:
    """Return how many test comments name each group, (G,)."""
    return found.member[:, found.part == _TEST].sum(axis=1, dtype=np.int64)


def _kept(spec: Votes | Civil, found: Divided) -> NDArray[np.bool_]:
    """Return which groups a corpus keeps, (G,)."""
    return _mentions(found) >= (spec.least_mentions if isinstance(spec, Civil) else 0)


def from_files(spec: Votes | Civil, texts: Mapping[str, Sequence[str]]) -> FromFiles:
    """Return the corpus that files hold.

    Parameters
    ----------
    spec : Votes or Civil
    texts : mapping of str to sequence of str
        By key of `files_of` the contents of these files, in that order.

    Raises
    ------
    TableError
        If a file cannot be read: file, line, column, rule and remedy.
    ValueError
        If a part has no toxic or no harmless comment, or no group is named often enough: key, rule
        and remedy.
    """
    found = divided_comments(spec, texts)
    sentences = sentences_of(spec, texts)
    for key, says in lacking(spec, found, sentences):
        msg = f"`{key}`{says}"
        raise ValueError(msg)
    given = found.comments
    kept = _kept(spec, found)
    groups = terms_of(spec)
    terms = {name: groups[name] for name, keep in zip(groups, kept, strict=True) if keep}
    vocabulary = vocabulary_of(given.text, most=spec.vocabulary, length=spec.length)
    return FromFiles(
        comments=Comments(
            tokens=tokenised(given.text, vocabulary, length=spec.length),
            label=given.label,
            member=found.member[kept],
            known=np.ones(len(given.text), dtype=bool) if given.known is None else given.known,
            part=found.part,
            votes=given.votes,
            toxic_votes=given.toxic_votes,
        ),
        probes=probes_of(sentences, terms, vocabulary, length=spec.length) if sentences else None,
        identities=tuple(terms),
        words=len(vocabulary) + 2,
        empty=found.empty,
        repeated=found.repeated,
    )

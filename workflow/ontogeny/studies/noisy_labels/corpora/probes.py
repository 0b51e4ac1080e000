"""Probes from files: sentences that differ in the group they name, and functional tests.

Symbols: ``P`` probes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ontogeny.csv_rows import Rows, read_rows
from ontogeny.studies.noisy_labels.corpora.cells import choices, refuse
from ontogeny.studies.noisy_labels.corpora.cleaning import cleaned
from ontogeny.studies.noisy_labels.corpora.comments import COLLECTIONS, Probes
from ontogeny.studies.noisy_labels.corpora.terms import members, without_terms
from ontogeny.studies.noisy_labels.corpora.vocabulary import tokenised

__all__ = ["MOST_OF_TEMPLATE", "Sentences", "cases", "probes_of", "templates"]

MOST_OF_TEMPLATE = 2000
"""Largest number of rows of one template: nearly all rows of the published file are of one."""

TEMPLATE_COLUMNS = ("Text", "Label", "Template")
TEMPLATE_LABELS = {"BAD": True, "NOT_BAD": False}
CASE_COLUMNS = ("test_case", "label_gold")
CASE_LABELS = {"hateful": True, "non-hateful": False}
CASE_SENTENCE = "templ_id"


@dataclass(frozen=True)
class Sentences:
    """Probes of one collection.

    Attributes
    ----------
    text : tuple of P str
        Cleaned.
    label : (P,) ndarray of bool
        Whether the probe is toxic.
    sentence : tuple of P str
        Equal for probes that differ in the term of the group alone; empty where that is not known.
    """

    text: tuple[str, ...]
    label: NDArray[np.bool_]
    sentence: tuple[str, ...]


def templates(text: str, path: str, groups: Mapping[str, Sequence[str]], *, seed: int) -> Sentences:
    """Return the sentences of a table of templates.

    The columns are ``Text``, ``Label`` (``BAD`` or ``NOT_BAD``) and ``Template``. Of a template
    with more than `MOST_OF_TEMPLATE` rows, that many are drawn. Two probes have the same sentence
    if they are of one template and equal but for the terms of groups.

    Parameters
    ----------
    text : str
        The content of the file.
    path : str
        As the configuration names the file, for messages.
    groups : mapping of str to sequence of str
        The terms of each group.
    seed : int

    Raises
    ------
    TableError
        If the text is not a table, a column is missing, or a cell is not what its column holds.
    """
    rows = read_rows(text, path)
    rows.require(TEMPLATE_COLUMNS)
    label = choices(rows, "Label", TEMPLATE_LABELS)
    texts = _texts(rows, "Text")
    template = rows.column("Template")
    kept = _capped(template, seed)
    chosen = [texts[place] for place in kept]
    named = np.any(members(chosen, groups), axis=0)
    rest = without_terms(chosen, groups)
    return Sentences(
        text=tuple(chosen),
        label=label[kept],
        sentence=tuple(
            f"{template[place]} {words}" if names else ""
            for place, words, names in zip(kept, rest, named, strict=True)
        ),
    )


def _capped(template: Sequence[str], seed: int) -> NDArray[np.intp]:
    """Return the places that are kept of rows of some templates, in order."""
    rng = np.random.default_rng(seed)
    kept = []
    for name in sorted(set(template)):
        places = np.flatnonzero([each == name for each in template])
        if places.size > MOST_OF_TEMPLATE:
            places = rng.choice(places, MOST_OF_TEMPLATE, replace=False)
        kept.append(places)
    return np.sort(np.concatenate(kept))


def cases(text: str, path: str) -> Sentences:
    """Return the functional tests of a table in the form of HateCheck.

    The columns are ``test_case`` and ``label_gold`` (``hateful`` or ``non-hateful``); a column
    ``templ_id``, if it is there, is equal for cases that differ in the group alone.

    Parameters
    ----------
    text : str
        The content of the file.
    path : str
        As the configuration names the file, for messages.

    Raises
    ------
    TableError
        If the text is not a table, a column is missing, or a cell is not what its column holds.
    """
    rows = read_rows(text, path)
    rows.require(CASE_COLUMNS)
    label = choices(rows, "label_gold", CASE_LABELS)
    texts = _texts(rows, "test_case")
    has = CASE_SENTENCE in rows.header
    sentence = rows.column(CASE_SENTENCE) if has else ("",) * len(texts)
    return Sentences(text=texts, label=label, sentence=sentence)


def _texts(rows: Rows, column: str) -> tuple[str, ...]:
    """Return the cleaned texts of a column, and refuse empty ones."""
    texts = tuple(map(cleaned, rows.column(column)))
    if "" in texts:
        refuse(rows, texts.index(""), column, "has no word; remove the row")
    return texts


def probes_of(
    collections: Mapping[str, Sentences],
    groups: Mapping[str, Sequence[str]],
    vocabulary: Mapping[str, int],
    *,
    length: int,
) -> Probes:
    """Return probes as arrays.

    Parameters
    ----------
    collections : mapping of str to Sentences
        By name, one of `COLLECTIONS`.
    groups : mapping of str to sequence of str
        The terms of each group.
    vocabulary : mapping of str to int
    length : int
        Places in a text.
    """
    texts = [text for each in collections.values() for text in each.text]
    numbers: dict[tuple[str, str], int] = {}
    return Probes(
        tokens=tokenised(texts, vocabulary, length=length),
        label=np.concatenate([each.label for each in collections.values()]),
        member=members(texts, groups),
        collection=np.concatenate(
            [
                np.full(len(each.text), COLLECTIONS.index(name), dtype=np.int8)
                for name, each in collections.items()
            ]
        ),
        sentence=np.array(
            [
                numbers.setdefault((name, sentence), len(numbers)) if sentence else -1
                for name, each in collections.items()
                for sentence in each.sentence
            ],
            dtype=np.int32,
        ),
    )

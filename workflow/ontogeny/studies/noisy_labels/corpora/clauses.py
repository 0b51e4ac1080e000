"""Clauses of generated comments, and the words that fill them.

A word is a number and has no spelling: nothing reads it, and no insult is written down. The words,
by number: those of the frames, topic words, opinions, insults, decoys, terms of the groups. A
decoy is a harmless word that is said and quoted like an insult, so that no word gives away by its
neighbours that it is an insult.

Symbols: ``N`` texts; ``C`` clauses and ``W`` words of one at most; ``G`` groups.
"""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "FIRST_OF",
    "FIRST_TERM",
    "GROUPS",
    "WORDS",
    "Clause",
    "drawn_of",
    "drawn_term",
    "written",
]

_FRAMES = (
    "you are X",
    "you are such a X",
    "they are all X",
    "what a X you are",
    "all of you are X",
)
_FRAMES_WITH_TERM = (
    "TERM people are all X",
    "every TERM man is a X",
    "you are a TERM X",
    "they are TERM and X",
)


class Clause(IntEnum):
    """Kinds of clauses; one that names a group comes three after the same without a group."""

    NOTHING = 0
    TOPIC = 1
    OPINION = 2
    FRAME = 3
    QUOTATION = 4
    INSULT = 5
    FRAME_WITH_TERM = 6
    QUOTATION_WITH_TERM = 7
    INSULT_WITH_TERM = 8
    IDENTITY = 9


def _quoted(*templates: str) -> tuple[str, ...]:
    """Return templates with an insult, and six times as many with a decoy."""
    words = ("INSULT", *["DECOY"] * 6)
    return tuple(each.replace("X", word) for word in words for each in templates)


_TEMPLATES: dict[Clause, tuple[str, ...]] = {
    Clause.NOTHING: ("",),
    Clause.TOPIC: (
        "the TOPIC of TOPIC is a TOPIC",
        "TOPIC and TOPIC are in the TOPIC",
        "a TOPIC was TOPIC TOPIC TOPIC",
        "he said TOPIC TOPIC to the TOPIC",
    ),
    Clause.OPINION: (
        "i did not like the OPINION TOPIC",
        "the TOPIC was OPINION and OPINION",
        "this is a OPINION TOPIC",
    ),
    Clause.FRAME: tuple(each.replace("X", "DECOY") for each in _FRAMES),
    Clause.QUOTATION: _quoted(
        "do not call me a X",
        "he said X and that is wrong",
        "it is wrong to say X",
    ),
    Clause.INSULT: tuple(each.replace("X", "INSULT") for each in _FRAMES),
    Clause.FRAME_WITH_TERM: tuple(each.replace("X", "DECOY") for each in _FRAMES_WITH_TERM),
    Clause.QUOTATION_WITH_TERM: _quoted(
        "do not call TERM people X",
        "who said X to a TERM man",
        "it is wrong to call TERM people X",
    ),
    Clause.INSULT_WITH_TERM: tuple(each.replace("X", "INSULT") for each in _FRAMES_WITH_TERM),
    Clause.IDENTITY: (
        "every TERM man is in the TOPIC",
        "i am TERM and i like TOPIC",
        "TERM people of the TOPIC",
        "a TERM TOPIC was in TOPIC",
    ),
}

GROUPS = {
    "christian": 3,
    "female": 4,
    "male": 4,
    "jewish": 2,
    "disabled": 3,
    "muslim": 3,
    "gay": 4,
    "white": 2,
    "black": 2,
}
"""Number of terms of each group."""

_WORDS_OF = {"TOPIC": 2500, "OPINION": 40, "INSULT": 370, "DECOY": 2220}
_EXPONENT = {"TOPIC": 0.9, "OPINION": 0.6, "INSULT": 0.6, "DECOY": 0.6}
_EMPTY, _TERM = -1, -2
_SLOT = {"TOPIC": -3, "OPINION": -4, "INSULT": -5, "DECOY": -6}

_FIXED = sorted(
    {
        word
        for templates in _TEMPLATES.values()
        for template in templates
        for word in template.split()
        if word.islower()
    }
)
FIRST_OF = dict(
    zip(
        _WORDS_OF,
        (len(_FIXED) + np.cumsum([0, *_WORDS_OF.values()])[:-1]).tolist(),
        strict=True,
    )
)
"""The first word of each kind of words."""

_FIRST_OF_TERMS = len(_FIXED) + sum(_WORDS_OF.values())

FIRST_TERM = _FIRST_OF_TERMS + np.cumsum([0, *GROUPS.values()])[:-1]
"""The most frequent term of each group, (G,)."""

WORDS = _FIRST_OF_TERMS + sum(GROUPS.values())
"""Number of words."""

_CODE = {word: place for place, word in enumerate(_FIXED)} | _SLOT | {"TERM": _TERM}
_WIDTH = max(len(each.split()) for templates in _TEMPLATES.values() for each in templates)
_CODES = np.array(
    [
        [_CODE[word] for word in each.split()] + [_EMPTY] * (_WIDTH - len(each.split()))
        for templates in _TEMPLATES.values()
        for each in templates
    ]
)
_TEMPLATES_OF = np.array([len(templates) for templates in _TEMPLATES.values()])
_FIRST_TEMPLATE = np.cumsum(_TEMPLATES_OF) - _TEMPLATES_OF


def drawn_of(
    rng: np.random.Generator, weights: NDArray[np.floating], count: int
) -> NDArray[np.int64]:
    """Return places in a list of weights, drawn in proportion to them, (count,)."""
    until = np.cumsum(weights)
    return np.searchsorted(until / until[-1], rng.random(count), side="right")


def drawn_term(rng: np.random.Generator, group: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return a term of each group in a list, (N,); the k-th of a group has the weight 1/k."""
    term = np.empty(len(group), dtype=np.int64)
    for place, count in enumerate(GROUPS.values()):
        chosen = np.flatnonzero(group == place)
        of_group = drawn_of(rng, 1 / np.arange(1, count + 1), len(chosen))
        term[chosen] = FIRST_TERM[place] + of_group
    return term


def written(
    rng: np.random.Generator, clauses: NDArray[np.integer], *, length: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the words of texts, and where a term of a group is to be put.

    Parameters
    ----------
    rng : Generator
    clauses : (N, C) ndarray of int
        Values of `Clause`, in the order in which they are said.
    length : int

    Returns
    -------
    words : (N, length) ndarray of int64
        -1 after the end of a text.
    term : (N, length) ndarray of bool
        Where a term belongs; there the word is not drawn.

    Raises
    ------
    ValueError
        If a text is longer than the length.
    """
    template = _FIRST_TEMPLATE[clauses] + rng.integers(_TEMPLATES_OF[clauses])
    codes = _CODES[template].reshape(len(clauses), clauses.shape[1] * _WIDTH)
    codes = np.take_along_axis(codes, np.argsort(codes == _EMPTY, axis=1, kind="stable"), axis=1)
    longest = int((codes != _EMPTY).sum(axis=1).max(initial=0))
    if longest > length:
        msg = f"a generated text has {longest} words, more than the length {length}: raise it"
        raise ValueError(msg)
    words = np.full((len(codes), length), _EMPTY)
    words[:, :longest] = codes[:, :longest]
    term = words == _TERM
    for slot, code in _SLOT.items():
        places = np.nonzero(words == code)
        weights = np.arange(1, _WORDS_OF[slot] + 1) ** -_EXPONENT[slot]
        words[places] = FIRST_OF[slot] + drawn_of(rng, weights, len(places[0]))
    return words, term

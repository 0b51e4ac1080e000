"""A corpus of generated comments whose biases are all known.

A comment is one or two clauses about a topic and a few others, in random order. It is toxic if one
of them is an insult. Insults are said in the frames in which harmless words are said too, and are
quoted by comments that object to them, so that neither a frame nor an insulting word alone gives
the class away. About one in four comments names a group, and the share of toxic comments
depends on the group.

Symbols: ``N`` comments; ``G`` groups; ``C`` clauses of a comment.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.noisy_labels.corpora.clauses import (
    FIRST_TERM,
    GROUPS,
    WORDS,
    Clause,
    drawn_of,
    drawn_term,
    written,
)
from ontogeny.studies.noisy_labels.corpora.comments import (
    COLLECTIONS,
    PADDING,
    PARTS,
    UNKNOWN,
    Comments,
    Probes,
)

__all__ = [
    "IDENTITIES",
    "LONGEST",
    "ROWS",
    "generated_comments",
    "generated_probes",
    "tokens_of_words",
]

IDENTITIES = tuple(GROUPS)

LONGEST = 35
"""Words of the longest comment that can be generated."""

ROWS = WORDS + UNKNOWN + 1
"""Tokens: padding, the unknown word, and the words."""

_SHARE = np.array([0.030, 0.050, 0.045, 0.015, 0.015, 0.020, 0.015, 0.020, 0.020])
_TOXIC = np.array([0.11, 0.14, 0.15, 0.17, 0.20, 0.24, 0.28, 0.28, 0.32])
_TOXIC_WITHOUT_GROUP = 0.09

_SECOND_TOPIC = 0.5
_OTHER = {
    Clause.NOTHING: 0.46,
    Clause.OPINION: 0.30,
    Clause.FRAME: 0.15,
    Clause.QUOTATION: 0.09,
}
_HARMLESS = {Clause.NOTHING: 0.31, Clause.FRAME: 0.60, Clause.QUOTATION: 0.09}
_ABOUT_GROUP = 0.6
_WITH_TERM = Clause.INSULT_WITH_TERM - Clause.INSULT

_SENTENCES = 100
_COUNT = 20_000

_PROBES, _COUNTED = len(PARTS), len(PARTS) + 1
_STREAM = 2110_01577


def generated_comments(sizes: Sequence[int], *, length: int, seed: int) -> Comments:
    """Return generated comments.

    The size of a part changes no other part, and a word has the same token in every corpus.
    Of 40,000 comments one or two, short ones, are there twice.

    Parameters
    ----------
    sizes : sequence of int
        Number of comments of each part, in the order of `PARTS`.
    length : int
        Places of a comment.
    seed : int

    Returns
    -------
    Comments
        The groups are `IDENTITIES`, the number of tokens is `ROWS`.

    Raises
    ------
    ValueError
        If a comment is longer than the length; none is with the length `LONGEST`.
    """
    tokens_of = tokens_of_words()
    drawn = [
        _comments(_stream(seed, part), count, length=length) for part, count in enumerate(sizes)
    ]
    words, toxic, group = (np.concatenate(each) for each in zip(*drawn, strict=True))
    return Comments(
        tokens=tokens_of[words],
        label=toxic,
        member=group == np.arange(len(GROUPS))[:, None],
        known=np.ones(len(words), dtype=bool),
        part=np.repeat(np.arange(len(PARTS), dtype=np.int8), sizes),
    )


def generated_probes(*, length: int, seed: int) -> Probes:
    """Return sentences that differ in the term of the group alone, for each of the groups.

    Half of the sentences are toxic. Each has a clause about a topic and one with a term; its
    probes, one for each group, have the most frequent term of the group.

    Parameters
    ----------
    length : int
    seed : int

    Returns
    -------
    Probes
        Of the collection ``templates``.

    Raises
    ------
    ValueError
        If a sentence is longer than the length.
    """
    rng = _stream(seed, _PROBES)
    toxic = np.arange(2 * _SENTENCES) < _SENTENCES
    harmless = [Clause.FRAME_WITH_TERM, Clause.QUOTATION_WITH_TERM, Clause.IDENTITY]
    about = np.where(toxic, Clause.INSULT_WITH_TERM, rng.choice(harmless, len(toxic)))
    topic = np.full(len(toxic), Clause.TOPIC)
    words, term = written(rng, _shuffled(rng, [topic, about]), length=length)
    groups = len(GROUPS)
    probes = np.where(term, FIRST_TERM[:, None, None], words).reshape(groups * len(toxic), -1)
    return Probes(
        tokens=tokens_of_words()[probes],
        label=np.tile(toxic, groups),
        member=np.repeat(np.eye(groups, dtype=bool), len(toxic), axis=1),
        collection=np.full(len(probes), COLLECTIONS.index("templates"), dtype=np.int8),
        sentence=np.tile(np.arange(len(toxic), dtype=np.int32), groups),
    )


def tokens_of_words() -> NDArray[np.int32]:
    """Return the token of each word, most frequent first, and at the end that of no word.

    How frequent a word is, is counted in a sample of its own, which is the same for every corpus.

    Returns
    -------
    (WORDS + 1,) ndarray of int32
        Indexed by the words of `clauses.written`.
    """
    words, _, _ = _comments(_stream(0, _COUNTED), _COUNT, length=LONGEST)
    often = np.bincount(words[words >= 0], minlength=WORDS)
    tokens = np.full(WORDS + 1, PADDING, dtype=np.int32)
    tokens[np.argsort(-often, kind="stable")] = np.arange(UNKNOWN + 1, ROWS)
    return tokens


def _stream(seed: int, number: int) -> np.random.Generator:
    """Return the generator of a part, of probes or of counts.

    Rates below are thresholds on its first numbers, so no other draw of a study may share it.
    """
    return np.random.default_rng([seed, number, _STREAM])


def _comments(
    rng: np.random.Generator, count: int, *, length: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.int64]]:
    """Return words of comments, (N, length), whether they are toxic, and their groups (or G)."""
    group = drawn_of(rng, np.append(_SHARE, 1 - _SHARE.sum()), count)
    toxic = rng.random(count) < np.append(_TOXIC, _TOXIC_WITHOUT_GROUP)[group]
    words, term = written(rng, _clauses(rng, toxic, group < len(GROUPS)), length=length)
    comment, _ = places = np.nonzero(term)
    words[places] = drawn_term(rng, group)[comment]
    return words, toxic, group


def _clauses(
    rng: np.random.Generator, toxic: NDArray[np.bool_], named: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return the kinds of clauses of comments, (N, C): those that name a group name it once."""
    count = len(toxic)
    topic = np.full(count, Clause.TOPIC)
    second = np.where(rng.random(count) < _SECOND_TOPIC, Clause.TOPIC, Clause.NOTHING)
    other = _kinds(rng, _OTHER, count)
    main = np.where(toxic, Clause.INSULT, _kinds(rng, _HARMLESS, count))
    about_group = named & (main != Clause.NOTHING) & (rng.random(count) < _ABOUT_GROUP)
    main = main + _WITH_TERM * about_group
    identity = np.where(named & ~about_group, Clause.IDENTITY, Clause.NOTHING)
    return _shuffled(rng, [topic, second, other, main, identity])


def _kinds(rng: np.random.Generator, shares: dict[Clause, float], count: int) -> NDArray[np.int64]:
    """Return kinds of clauses, drawn by their shares, (count,)."""
    return np.array(list(shares))[drawn_of(rng, np.array(list(shares.values())), count)]


def _shuffled(
    rng: np.random.Generator, clauses: Sequence[NDArray[np.integer]]
) -> NDArray[np.int64]:
    """Return clauses, one array a column, with each row in random order, (N, C)."""
    return rng.permuted(np.stack(clauses, axis=1), axis=1)

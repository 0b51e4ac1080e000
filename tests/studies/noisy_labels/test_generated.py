"""The generated corpus."""

from dataclasses import fields

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from ontogeny.ranking import auc
from ontogeny.studies.noisy_labels.corpora.clauses import (
    FIRST_OF,
    FIRST_TERM,
    GROUPS,
    Clause,
    drawn_of,
    written,
)
from ontogeny.studies.noisy_labels.corpora.generated import (
    IDENTITIES,
    LONGEST,
    ROWS,
    generated_comments,
    generated_probes,
    tokens_of_words,
)
from ontogeny.studies.noisy_labels.corpora.vectors import vectors

SIZES = (3000, 30000, 2000, 5000)
TOXIC = {
    "christian": 0.11,
    "female": 0.14,
    "male": 0.15,
    "jewish": 0.17,
    "disabled": 0.20,
    "muslim": 0.24,
    "gay": 0.28,
    "white": 0.28,
    "black": 0.32,
}


@pytest.fixture(scope="module")
def comments():
    return generated_comments(SIZES, length=LONGEST, seed=0)


@pytest.fixture(scope="module")
def probes():
    return generated_probes(length=LONGEST, seed=0)


def near(drawn, share):
    """Whether the share of true values is within 3.5 standard errors of a probability."""
    return abs(drawn.mean() - share) < 3.5 * np.sqrt(share * (1 - share) / drawn.size)


def rows_of(tokens):
    return {tuple(row) for row in tokens.tolist()}


def terms():
    """Return the tokens of the terms of each group."""
    tokens = tokens_of_words()
    return [
        tokens[first : first + count]
        for first, count in zip(FIRST_TERM, GROUPS.values(), strict=True)
    ]


def clauses_of(*kinds):
    """Return the tokens of many clauses of some kinds; a term of a group is the token `ROWS`."""
    rng = np.random.default_rng(1)
    words, term = written(rng, rng.choice(kinds, (20000, 1)), length=LONGEST)
    return np.where(term, ROWS, tokens_of_words()[words])


@pytest.fixture(scope="module")
def insults():
    """Return what is said in frames of insults, and not in the same frames elsewhere."""
    insulting = clauses_of(Clause.INSULT, Clause.INSULT_WITH_TERM)
    return np.setdiff1d(insulting, clauses_of(Clause.FRAME, Clause.FRAME_WITH_TERM))


def pairs_before(insults, tokens):
    """Return the row of each insult and the two tokens before it."""
    return [
        (row, tuple(tokens[row, place - 2 : place].tolist()))
        for row, place in np.argwhere(np.isin(tokens, insults))
    ]


def test_the_share_of_toxic_comments_is_that_of_the_group():
    comments = generated_comments((0, 200_000, 0, 0), length=LONGEST, seed=0)
    assert tuple(TOXIC) == IDENTITIES
    named = comments.member.any(axis=0)
    assert near(named, 0.23)
    assert near(comments.label, 0.113)
    assert near(comments.label[~named], 0.09)
    for member, share in zip(comments.member, TOXIC.values(), strict=True):
        assert near(comments.label[member], share)
        assert 0.01 < member.mean() < 0.055


def test_a_comment_has_one_term_of_its_group_and_of_no_other(comments):
    found = [np.isin(comments.tokens, of_group).sum(axis=1) for of_group in terms()]
    assert_array_equal(found, comments.member)
    for of_group in terms():
        assert np.isin(of_group, comments.tokens).all()


def test_a_comment_is_toxic_exactly_when_an_insult_is_not_quoted(comments, insults):
    assert len(insults) == 370
    said, quoted = (
        {pair for _, pair in pairs_before(insults, clauses_of(*kinds))}
        for kinds in [
            (Clause.INSULT, Clause.INSULT_WITH_TERM),
            (Clause.QUOTATION, Clause.QUOTATION_WITH_TERM),
        ]
    )
    assert not said & quoted
    tokens = np.where(np.isin(comments.tokens, np.concatenate(terms())), ROWS, comments.tokens)
    found = pairs_before(insults, tokens)
    assert {pair for _, pair in found} == said | quoted
    toxic = {row for row, pair in found if pair in said}
    assert_array_equal(np.flatnonzero(comments.label), sorted(toxic))


def decoys():
    """Return the tokens of all decoys."""
    first = FIRST_OF["DECOY"]
    return tokens_of_words()[first : first + 2220]


def test_no_frame_gives_the_class_away(comments, insults):
    inside = np.zeros((len(comments.tokens), ROWS), dtype=bool)
    np.put_along_axis(inside, comments.tokens, values=True, axis=1)
    toxic, harmless = (inside[comments.label == each].mean(axis=0) for each in (True, False))
    common = np.maximum(toxic, harmless) > 0.02
    common[np.concatenate([insults, decoys(), *terms()])] = False
    assert common.sum() > 30
    assert (toxic < 3 * harmless)[common].all()
    assert (harmless < 3 * toxic)[common].all()


def test_a_larger_part_changes_no_other(comments):
    larger = generated_comments((3000, 31000, 2000, 5000), length=LONGEST, seed=0)
    for part in (0, 2, 3):
        here, there = comments.part == part, larger.part == part
        assert_array_equal(comments.tokens[here], larger.tokens[there])
        assert_array_equal(comments.label[here], larger.label[there])
        assert_array_equal(comments.member[:, here], larger.member[:, there])
    assert_array_equal(np.bincount(comments.part), SIZES)


def test_comments_are_hardly_ever_repeated(comments):
    assert len(rows_of(comments.tokens)) > (1 - 2e-4) * sum(SIZES)


def test_a_corpus_is_determined_by_its_seed():
    first, same, other = (
        generated_comments((50, 50, 50, 50), length=LONGEST, seed=seed) for seed in (3, 3, 4)
    )
    for each in fields(first):
        assert_array_equal(getattr(first, each.name), getattr(same, each.name))
    assert len(rows_of(np.concatenate([first.tokens, other.tokens]))) == 400


def test_tokens_are_the_words_most_frequent_first(comments):
    often = np.bincount(comments.tokens.ravel(), minlength=ROWS)
    assert len(often) == ROWS
    assert often[1] == 0
    blocks = [block.mean() for block in np.array_split(often[2:], 8)]
    assert blocks == sorted(blocks, reverse=True)
    assert_array_equal(np.sort(tokens_of_words()), [0, *range(2, ROWS)])


def test_padding_is_at_the_end_alone_and_the_longest_comment_fits(comments):
    ended = comments.tokens == 0
    assert_array_equal(ended, np.maximum.accumulate(ended, axis=1))
    longest = [Clause.TOPIC, Clause.TOPIC, Clause.QUOTATION, Clause.QUOTATION, Clause.IDENTITY]
    words, _ = written(np.random.default_rng(0), np.tile(longest, (5000, 1)), length=LONGEST + 1)
    assert (words != -1).sum(axis=1).max() == LONGEST
    fitting, longer = (
        generated_comments((99, 0, 0, 0), length=length, seed=0) for length in (LONGEST, 40)
    )
    assert_array_equal(longer.tokens, np.pad(fitting.tokens, ((0, 0), (0, 40 - LONGEST))))
    with pytest.raises(ValueError, match="more than the length 9"):
        generated_comments((10, 0, 0, 0), length=9, seed=0)


def test_probes_of_a_sentence_differ_in_the_term_alone(probes):
    first_terms = [of_group[0] for of_group in terms()]
    for sentence in range(200):
        same = probes.sentence == sentence
        tokens = probes.tokens[same]
        (place,) = np.flatnonzero((tokens != tokens[0]).any(axis=0))
        assert_array_equal(tokens[:, place], first_terms)
        assert_array_equal(probes.member[:, same], np.eye(9, dtype=bool))
        assert len(set(probes.label[same])) == 1
    assert probes.label.mean() == 0.5
    assert probes.sentence.max() == 199
    assert len(rows_of(probes.tokens)) == 1800


def test_words_are_drawn_by_their_weights():
    weights = np.array([3.0, 0, 1, 4])
    drawn = drawn_of(np.random.default_rng(0), weights, 40000)
    assert near(drawn == 0, 0.375)
    assert near(drawn == 2, 0.125)
    assert_array_equal(np.unique(drawn), [0, 2, 3])


def test_insults_are_as_frequent_as_decoys(comments, insults):
    often = np.bincount(comments.tokens.ravel(), minlength=ROWS)
    assert abs(auc(often[insults], often[decoys()]) - 0.5) < 0.03
    assert often[insults].mean() == pytest.approx(often[decoys()].mean(), rel=0.1)


def test_vectors_hardly_tell_insults_from_decoys(comments, insults):
    """A linear probe, fitted by least squares on nine tenths of the words, judges the others."""
    words = np.concatenate([insults, decoys()])
    is_insult = np.arange(len(words)) < len(insults)
    inputs = np.column_stack([vectors(comments.tokens, ROWS)[words], np.ones(len(words))])
    fold = np.random.default_rng(0).permutation(len(words)) % 10
    score = np.empty(len(words))
    for each in range(10):
        held = fold == each
        probe, *_ = np.linalg.lstsq(inputs[~held], is_insult[~held].astype(float), rcond=None)
        score[held] = inputs[held] @ probe
    assert auc(score[is_insult], score[~is_insult]) < 0.8

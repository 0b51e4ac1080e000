"""From comments to words, tokens and groups."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from ontogeny.studies.noisy_labels.corpora.cleaning import cleaned
from ontogeny.studies.noisy_labels.corpora.groups import GROUPS
from ontogeny.studies.noisy_labels.corpora.terms import members, without_terms
from ontogeny.studies.noisy_labels.corpora.vocabulary import tokenised, vocabulary_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Plain Words", "plain words"),
        ("see https://t.co/a?b=c and www.x.org/y now", "see and now"),
        ("broken https", "broken"),
        ("@some_one: hello @other", "hello"),
        ("a&amp;b &#128514; c", "a b c"),
        ("RT @a: RT @b: said", "said"),
        ("RT", ""),
        ("rt", ""),
        ("art of RT", "art of rt"),
        ("rtx is here", "rtx is here"),
        ("#Two_words, #One", "two words one"),
        ("don't, don\u2019t", "dont dont"),
        ("line\nbreak\tand  blanks", "line break and blanks"),
        ("Gr\u00fc\u00dfe \u4e2d\u6587", "gr\u00fc\u00dfe \u4e2d\u6587"),
        ("?! ... \U0001f600", ""),
        ("@only https://only &lt;", ""),
    ],
)
def test_only_words_are_left(text, words):
    assert cleaned(text) == words
    assert cleaned(words) == words


def test_a_vocabulary_has_the_most_frequent_words_that_occur_twice():
    texts = ["b b a", "a c d", "c b e late"]
    assert vocabulary_of(texts, most=9, length=3) == {"b": 2, "a": 3, "c": 4}
    assert vocabulary_of(texts, most=2, length=3) == {"b": 2, "a": 3}
    assert vocabulary_of(["x late", "y late"], most=9, length=1) == {}


def test_tokens_are_words_then_padding_and_are_cut():
    tokens = tokenised(["a b", "b other a b", "b"], {"a": 2, "b": 3}, length=3)
    assert_array_equal(tokens, [[2, 3, 0], [3, 1, 2], [3, 0, 0]])
    assert tokens.dtype == np.int32


def test_a_group_is_named_by_whole_words_alone():
    groups = {"old": ("old", "Elderly"), "native": ("native american",), "never": ("zebra",)}
    texts = ["the old ones", "cold", "elderly", "a native american", "native", "american native"]
    assert_array_equal(
        members(texts, groups),
        [[1, 0, 1, 0, 0, 0], [0, 0, 0, 1, 0, 0], [0, 0, 0, 0, 0, 0]],
    )


def test_texts_that_differ_in_the_group_alone_become_equal():
    texts = ["you are an old man", "you are a young man", "you are an elderly woman"]
    groups = {"old": ("old", "elderly"), "young": ("young",)}
    one, other, different = without_terms(texts, groups)
    assert one == other == "you are man"
    assert different != one


def test_every_term_of_the_default_groups_names_its_group_alone():
    for place, terms in enumerate(GROUPS.values()):
        found = members(terms, GROUPS)
        assert found[place].all()
        assert not np.delete(found, place, axis=0).any()

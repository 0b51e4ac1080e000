"""Hashed words: the counts of definition, and no dependence on the process."""

import zlib
from collections import Counter

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from ontogeny.studies.rlhf.pairs.features import (
    COLUMNS,
    UNIGRAMS,
    Features,
    counts_of,
    differences,
    words,
)
from pairs_files import responses

CHOSEN, REJECTED = zip(*responses(12), strict=True)


def dense(text, kind):
    """Return the counts of a text, by the definition."""
    found = words(text)
    row = np.zeros(COLUMNS)
    for word, count in Counter(found).items():
        row[zlib.crc32(word.encode()) % 2**13] += count
    if kind == "unigrams and bigrams":
        ends = ["", *found, ""]
        for place in range(len(ends) - 1):
            name = f"{ends[place]} {ends[place + 1]}"
            row[UNIGRAMS + zlib.crc32(name.encode()) % 2**14] += 1
    return row


def scaled(row, scaling):
    if scaling == "present":
        return (row > 0).astype(float)
    row = np.where(row > 0, 1 + np.log(np.maximum(row, 1)), 0)
    return row / np.linalg.norm(row)


@pytest.mark.parametrize("kind", ["unigrams", "unigrams and bigrams"])
@pytest.mark.parametrize("scaling", ["present", "normalised"])
@pytest.mark.parametrize("length", [False, True])
def test_rows_are_the_differences_of_their_definition(kind, scaling, length):
    rows = differences(counts_of(CHOSEN, REJECTED), Features(kind, scaling, length))
    expected = [
        scaled(dense(one, kind), scaling) - scaled(dense(other, kind), scaling)
        for one, other in zip(CHOSEN, REJECTED, strict=True)
    ]
    assert_allclose(rows[:, :-1].toarray(), expected, atol=1e-14)
    logs = [
        np.log((1 + len(words(one))) / (1 + len(words(other))))
        for one, other in zip(CHOSEN, REJECTED, strict=True)
    ]
    assert_allclose(rows[:, [-1]].toarray()[:, 0], length * np.array(logs), atol=1e-14)


def test_exchanged_sides_change_the_sign_alone():
    features = Features("unigrams and bigrams", "normalised", length=True)
    one = differences(counts_of(CHOSEN, REJECTED), features)
    other = differences(counts_of(REJECTED, CHOSEN), features)
    assert abs(one + other).max() == 0


def test_a_response_without_words_has_no_features():
    counts = counts_of(["", " \n"], ["a", "a b"])
    assert_array_equal(counts.words, [[0, 0], [1, 2]])
    rows = differences(counts, Features("unigrams", "normalised", length=True))
    assert np.isfinite(rows.toarray()).all()
    assert_allclose(rows[[1], [-1]], -np.log(3))


def test_half_a_surrogate_pair_is_a_word_like_any_other():
    assert counts_of(["\ud83d"], ["a"]).words[0, 0] == 1

"""Vectors of words, against counts in loops and a dense decomposition."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from ontogeny.studies.noisy_labels.corpora.vectors import vectors

WORDS = 14
TOKENS = np.minimum(np.random.default_rng(0).geometric(0.15, (60, 9)), WORDS - 1)
TOKENS[:, 7:] = 0


def information(tokens, words, window):
    """Return the positive pointwise mutual information of known words, one pair at a time."""
    together = np.zeros((words, words))
    for text in tokens:
        for here, one in enumerate(text):
            for there, other in enumerate(text):
                if 0 < abs(here - there) <= window and one > 1 and other > 1:
                    together[one, other] += 1
    each, total = together.sum(axis=1), together.sum()
    found = np.zeros((words, words))
    for one, other in np.argwhere(together):
        found[one, other] = np.log(together[one, other] * total / (each[one] * each[other]))
    return np.maximum(found, 0)[2:, 2:]


@pytest.mark.parametrize("window", [1, 2, 3])
def test_vectors_are_those_of_a_dense_decomposition(window):
    left, values, _ = np.linalg.svd(information(TOKENS, WORDS, window))
    expected = (left * np.sqrt(values))[:, :5]
    peak = np.take_along_axis(expected, np.abs(expected).argmax(axis=0)[None], axis=0)
    expected *= np.sign(peak)
    expected *= 0.3 * 5**0.5 / np.linalg.norm(expected, axis=1, keepdims=True)
    found = vectors(TOKENS, WORDS, features=5, window=window)
    assert found.dtype == np.float32
    assert_allclose(found[2:], expected, rtol=1e-4, atol=1e-6)


def test_padding_and_the_unknown_word_are_zero_and_the_rest_has_the_spread():
    found = vectors(TOKENS, WORDS, features=5, spread=0.7)
    assert_array_equal(found[:2], 0)
    assert np.sqrt((found[2:] ** 2).mean()) == pytest.approx(0.7, rel=1e-6)
    assert_allclose(found, vectors(TOKENS, WORDS, features=5) * (0.7 / 0.3), rtol=1e-5)


def test_the_same_text_gives_the_same_bytes():
    first, second = (vectors(TOKENS.copy(), WORDS, features=5) for _ in range(2))
    assert first.tobytes() == second.tobytes()


def test_an_unknown_word_takes_a_place_and_is_beside_nothing():
    texts = np.array([[2, 3, 4, 5], [4, 2, 5, 3]])
    apart = np.array([[2, 1, 3, 1, 4, 1, 5], [4, 1, 2, 1, 5, 1, 3]])
    assert_array_equal(
        vectors(texts, 6, features=2, window=1), vectors(apart, 6, features=2, window=2)
    )
    assert_array_equal(vectors(apart, 6, features=2, window=1), 0)


def test_features_beyond_the_rank_are_zero():
    found = vectors(TOKENS, WORDS, features=20)
    assert found.shape == (WORDS, 20)
    assert_array_equal(found[:, WORDS - 3 :], 0)
    pairs = np.array([[2, 3], [4, 5], [4, 5]])
    assert_array_equal((vectors(pairs, 9, features=6) != 0).any(axis=0), [1, 1, 1, 1, 0, 0])


@pytest.mark.parametrize("words", [2, 3, 6])
def test_words_that_are_never_together_have_zero_vectors(words):
    alone = np.array([[0, 0], [1, 0], [words - 1, 0]])
    assert_array_equal(vectors(alone, words, features=3), np.zeros((words, 3)))

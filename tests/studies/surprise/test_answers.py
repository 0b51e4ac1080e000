"""Scores of answers, against loops over the definitions and over all answers."""

import itertools
import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from ontogeny.studies.surprise.measures.answers import answer_scores, edit_distance

CHARACTERS = st.lists(st.integers(0, 2), max_size=5)


def distributions(n=40, places=3, tokens=5, seed=0):
    rng = np.random.default_rng(seed)
    probability = rng.dirichlet(np.full(tokens, 0.4), size=(n, places))
    return np.log(probability), rng.integers(tokens, size=(n, places))


def test_scores_are_those_of_a_loop():
    log_probability, right = distributions()
    scores = answer_scores(log_probability, right)
    for place, (rows, answer) in enumerate(zip(np.exp(log_probability), right, strict=True)):
        of_right = [row[token] for row, token in zip(rows, answer, strict=True)]
        hits = [max(row) == row[token] for row, token in zip(rows, answer, strict=True)]
        off = [
            sum((p - (v == token)) ** 2 for v, p in enumerate(row))
            for row, token in zip(rows, answer, strict=True)
        ]
        assert scores.exact[place] == all(hits)
        assert_array_equal(scores.hit[place], hits)
        assert scores.exact_probability[place] == pytest.approx(math.prod(of_right))
        assert scores.loss[place] == pytest.approx(-sum(map(math.log, of_right)) / 3)
        assert scores.brier[place] == pytest.approx(sum(off) / 3)


def test_the_probability_of_an_answer_follows_from_its_loss():
    log_probability, right = distributions()
    scores = answer_scores(log_probability, right)
    assert_allclose(scores.exact_probability, np.exp(-3 * scores.loss))


def test_certain_answers_have_the_best_and_the_worst_score():
    log_probability = np.log(np.array([[[1 - 1e-12, 1e-12]]]))
    best = answer_scores(log_probability, np.array([[0]]))
    worst = answer_scores(log_probability, np.array([[1]]))
    assert best.brier[0] == pytest.approx(0, abs=1e-9)
    assert worst.brier[0] == pytest.approx(2)
    assert best.exact[0]
    assert not worst.exact[0]


def test_probabilities_of_all_answers_sum_to_one_when_places_are_independent():
    log_probability, _ = distributions(n=1, places=2)
    answers = np.array([*itertools.product(range(5), repeat=2)])
    scores = answer_scores(np.repeat(log_probability, len(answers), axis=0), answers)
    assert scores.exact_probability.sum() == pytest.approx(1)
    assert scores.exact.sum() == 1


def slow_distance(left, right):
    """The recursion that defines it."""

    @cache
    def distance(i, j):
        if not i or not j:
            return i + j
        return min(
            distance(i - 1, j - 1) + (left[i - 1] != right[j - 1]),
            distance(i - 1, j) + 1,
            distance(i, j - 1) + 1,
        )

    return distance(len(left), len(right))


@given(left=CHARACTERS, right=CHARACTERS)
def test_edit_distance_is_that_of_its_recursion(left, right):
    found = edit_distance(np.array([left], dtype=np.int64), np.array([right], dtype=np.int64))
    assert found.tolist() == [slow_distance(left, right)]


def test_edit_distances_of_rows_are_those_of_each():
    left, right = np.random.default_rng(0).integers(3, size=(2, 50, 6))
    assert_array_equal(
        edit_distance(left, right),
        [slow_distance(tuple(a), tuple(b)) for a, b in zip(left, right, strict=True)],
    )
    assert (edit_distance(left, right) <= (left != right).sum(axis=1)).all()

"""Abruptness of curves, against slow obvious forms."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from ontogeny.scaling import crossing, emergence_null, emergence_score, gain, width

scores = st.lists(st.floats(0, 1), min_size=2, max_size=8)


def random_sizes(count, seed=0):
    return np.exp(np.cumsum(np.random.default_rng(seed).uniform(0.3, 1.2, count)))


def isotonic(score, weight):
    """The min-max formula, over all blocks."""
    n = len(score)

    def mean(i, j):
        return np.average(score[i : j + 1], weights=weight[i : j + 1])

    return np.array(
        [max(min(mean(i, j) for j in range(k, n)) for i in range(k + 1)) for k in range(n)]
    )


@settings(max_examples=50)
@given(scores, st.floats(1.2, 4))
def test_gain_is_the_largest_on_a_fine_grid(score, factor):
    size = random_sizes(len(score))
    found = gain(size, score, factor=factor)
    if factor > size[-1] / size[0]:
        assert np.isnan(found)
        return
    start = np.linspace(np.log(size[0]), np.log(size[-1] / factor), 3001)
    after, before = (np.interp(x, np.log(size), score) for x in (start + np.log(factor), start))
    assert found >= (after - before).max() - 1e-12
    assert_allclose(found, (after - before).max(), atol=5e-3)


def test_gain_of_simple_curves():
    size = 2.0 ** np.arange(5)
    assert gain(size, [0, 0, 0, 1, 1]) == 1
    assert_allclose(gain(size, [0, 0.25, 0.5, 0.75, 1]), 0.25)
    assert_allclose(gain(size, [0, 0, 1, 1, 1], factor=2**0.5), 0.5)
    assert gain(size, [1, 1, 0.9, 0.5, 0]) == 0
    assert_allclose(gain(size, [1, 0.75, 0.5, 0.25, 0]), -0.25)
    assert_allclose(gain([1, 3], [0, 1], factor=3.0), 1)
    assert np.isnan(gain([1, 1.9], [0, 1]))
    assert np.isnan(gain([5], [1]))


def test_points_of_one_size_are_averaged():
    size, score = [4, 1, 2, 2, 4], [0.5, 0.0, 0.1, 0.3, 0.9]
    assert_allclose(gain(size, score), gain([1, 2, 4], [0.0, 0.2, 0.7]))
    assert_allclose(crossing(size, score, 0.45), np.log10(2) * 1.5)


@settings(max_examples=80)
@given(scores, st.integers(0, 3), st.floats(0.02, 0.98))
def test_crossing_is_that_of_the_isotonic_fit(score, repeated, level):
    """The first points are measured twice, and so weigh twice."""
    n = len(score)
    size = random_sizes(n)
    twice = min(repeated, n)
    rising = isotonic(np.array(score), np.where(np.arange(n) < twice, 2.0, 1.0))
    found = crossing([*size, *size[:twice]], [*score, *score[:twice]], level)
    if np.isnan(found):
        assert rising.max() < level + 1e-9
    elif found == np.log10(size[0]):
        assert rising[0] >= level - 1e-9
    else:
        assert_allclose(np.interp(found, np.log10(size), rising), level, atol=1e-9)
        assert np.interp(found - 1e-6, np.log10(size), rising) < level + 1e-9


def test_crossing_from_the_start_and_never():
    assert crossing([10, 100], [0.6, 0.9], 0.5) == 1
    assert np.isnan(crossing([10, 100], [0.1, 0.4], 0.5))
    assert crossing([10, 100], [0.1, 0.5], 0.5) == 2
    assert_allclose(crossing([1, 10, 100, 1000], [0, 0.6, 0.2, 1.0], 0.4), 1)


def test_width_is_in_decades_between_shares_of_the_way_from_chance():
    size = np.geomspace(1, 1e5, 6)
    assert_allclose(width(size, [0, 0.2, 0.4, 0.6, 0.8, 1]), 3)
    assert_allclose(width(size, [0.5, 0.6, 0.7, 0.8, 0.9, 1], chance=0.5), 3)
    assert_allclose(width(size, [0, 0, 0, 1, 1, 1]), 0.6)
    assert_allclose(width(size, [0, 0, 0, 1, 1, 1], low=0.1, high=0.9), 0.8)


@pytest.mark.parametrize("score", [[0, 0, 0.5], [1, 1, 1], [0.3, 0.6, 0.9], [0, 0, 0]])
def test_width_is_missing_where_the_rise_has_not_ended_or_began_before(score):
    assert np.isnan(width([1, 10, 100], score))


def test_emergence_score_of_simple_curves():
    assert emergence_score([0.3] * 4) == 0
    assert emergence_score([0, 0, 0, 1]) == np.inf
    assert emergence_score([1, 0, 0, 0]) == -np.inf
    assert_allclose(emergence_score(np.linspace(0, 1, 8)), 7)
    assert_allclose(emergence_score(np.linspace(1, 0, 8)), -7)
    score = np.array([0.1, 0.15, 0.12, 0.5, 0.9])
    steps = [0.05, -0.03, 0.38, 0.4]
    assert_allclose(emergence_score(score), 0.8 / np.sqrt(np.median(np.square(steps))))
    assert np.isnan(emergence_score([1]))


@settings(max_examples=25)
@given(st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.6, 1.0]), min_size=5, max_size=5))
def test_null_of_five_sizes_is_over_all_orders(score):
    observed = emergence_score(score)
    each = np.array([emergence_score(list(order)) for order in permutations(score)])
    rounding = 1e-9 if np.isfinite(observed) else 0
    assert_allclose(emergence_null(score), np.mean(each >= observed - rounding))


def test_null_by_draws_agrees_with_all_orders():
    score = [0.0, 0.02, 0.01, 0.1, 0.4, 0.3, 0.9]
    exact = emergence_null(score, draws=5040)
    drawn = emergence_null(score, draws=4000, seed=1)
    assert exact != drawn
    assert abs(drawn - exact) < 4 * np.sqrt(exact * (1 - exact) / 4000) + 1 / 4001
    assert drawn == emergence_null(score, draws=4000, seed=1)


def test_null_is_never_0_and_1_for_a_constant():
    jump = [*np.linspace(0, 0.01, 20), 1.0]
    assert 1 / 101 <= emergence_null(jump, draws=100) < 0.2
    assert emergence_null([0.5] * 9) == 1
    assert np.isnan(emergence_null([0.5]))

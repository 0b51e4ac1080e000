"""Frontier and closed optimum, against searches over the simplex and distributions on paper."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.optimize import minimize

from ontogeny.preferences import (
    best_of,
    closed_optimum,
    frontier,
    frontier_of_samples,
    small_kl_frontier,
)

START = np.array([0.05, 0.3, 0.1, 0.2, 0.15, 0.2])
SCORE = np.array([1.9, 0.2, 1.1, -0.7, 0.2, -1.5])


def kl(p, start=START):
    p, start = np.asarray(p), np.asarray(start)
    return float(np.sum(p[p > 0] * np.log(p[p > 0] / start[p > 0])))


@st.composite
def worlds(draw):
    """Probabilities, some of them 0, and scores, some of them equal."""
    count = draw(st.integers(2, 8))
    weight = draw(st.lists(st.integers(0, 9), min_size=count, max_size=count).filter(any))
    values = st.sampled_from([-1.0, 0.0, 0.5]) | st.floats(-20, 20)
    score = draw(st.lists(values, min_size=count, max_size=count))
    return np.array(weight) / sum(weight), np.array(score)


def over_the_simplex(objective, constraints=()):
    """The greatest value of an objective over all policies of six sequences."""
    total = {"type": "eq", "fun": lambda p: p.sum() - 1}
    found = minimize(
        lambda p: -objective(p),
        START,
        bounds=[(1e-12, 1)] * 6,
        constraints=[total, *constraints],
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 1000},
    )
    return -found.fun, found.x


@pytest.mark.parametrize("limit", [0.02, 0.3, 1.0, 2.0])
def test_frontier_is_the_best_of_all_policies(limit):
    inside = {"type": "ineq", "fun": lambda p: limit - kl(p)}
    best, p = over_the_simplex(lambda p: p @ SCORE, [inside])
    found = frontier(START, SCORE, limit)
    assert_allclose(found, best, atol=1e-6)
    assert_allclose(kl(p), limit, atol=1e-6)


@pytest.mark.parametrize("penalty", [0.1, 0.5, 3.0])
def test_closed_optimum_is_the_best_of_all_policies(penalty):
    best, p = over_the_simplex(lambda p: p @ SCORE - penalty * kl(p))
    found = closed_optimum(START, SCORE, penalty)
    assert_allclose(found.objective, best, atol=1e-7)
    assert_allclose(found.probability, p, atol=1e-3)
    assert_allclose(found.objective, penalty * np.log(START @ np.exp(SCORE / penalty)), rtol=1e-12)
    assert_allclose(found.kl, kl(found.probability), atol=1e-12)
    assert_allclose(found.score, found.probability @ SCORE)


def test_a_small_penalty_leaves_the_best_alone():
    found = closed_optimum(START, SCORE, 1e-5)
    assert_allclose(found.probability, [1, 0, 0, 0, 0, 0], atol=1e-12)
    assert_allclose([found.score, found.kl], [1.9, np.log(20)])
    assert_allclose(closed_optimum(START, SCORE, 1e9).probability, START, atol=1e-8)


@settings(max_examples=100)
@given(worlds(), st.floats(0.05, 20))
def test_optima_lie_on_the_frontier(world, penalty):
    start, score = world
    found = closed_optimum(start, score, penalty)
    tolerance = 1e-9 * (1 + np.ptp(score)) + 1e-6 * np.ptp(score) * (found.kl < 1e-9)
    assert_allclose(frontier(start, score, found.kl), found.score, atol=tolerance)
    assert found.objective >= start @ score - 1e-9
    assert found.objective >= found.score - penalty * found.kl - 1e-9


@settings(max_examples=100)
@given(worlds(), st.lists(st.floats(0.01, 9), min_size=8, max_size=8))
def test_no_policy_beats_the_frontier(world, weight):
    start, score = world
    p = start * np.array(weight)[: start.size]
    p /= p.sum()
    assert p @ score <= frontier(start, score, max(kl(p, start), 0.0)) + 1e-6 * np.ptp(score) + 1e-9


@settings(max_examples=60)
@given(worlds())
def test_frontier_rises_and_is_concave_from_the_mean_to_the_highest_score(world):
    start, score = world
    best = score[start > 0].max()
    farthest = -np.log(start[score == best].sum())
    at = np.linspace(0, max(farthest, 0) + 0.5, 25)
    found = frontier(start, score, at)
    slack = 1e-9 * (1 + np.ptp(score))
    assert_allclose(found[0], start @ score, atol=slack)
    assert_allclose(found[-1], best, atol=slack)
    assert (np.diff(found) >= -slack).all()
    assert (np.diff(found, 2) <= slack).all()


def test_the_limit_is_the_probability_of_all_the_best():
    start, score = [0.5, 0.3, 0.2], [0.0, 1.0, 1.0]
    assert_allclose(frontier(start, score, [np.log(2), 5.0]), 1)
    p = 0.9
    limit = p * np.log(p / 0.5) + (1 - p) * np.log((1 - p) / 0.5)
    assert_allclose(frontier(start, score, limit), p, rtol=1e-12)


def test_equal_scores_and_unknown_limits():
    assert_allclose(frontier([0.5, 0.5], [2.0, 2.0], [0, 1.0]), 2)
    assert_allclose(frontier(START, SCORE, [np.nan, 0.0]), [np.nan, START @ SCORE])
    assert frontier(START, SCORE, np.ones((2, 3))).shape == (2, 3)
    # A sequence that the start policy never gives cannot be reached.
    assert_allclose(frontier([0.5, 0.5, 0.0], [0.0, 1.0, 9.0], 3.0), 1)


def test_scores_that_differ_little_at_the_top():
    start, score = np.full(4, 0.25), np.array([0, 0.3, 1 - 1e-9, 1])
    assert_allclose(frontier(start, score, np.log(4) - 1e-3), 1, atol=2e-9)
    assert_allclose(frontier(start, score, 1e-14), score.mean() + score.std() * 1.41421356e-7)


def test_scale_and_zero_of_scores_carry_over():
    at = [0.0, 0.1, 1.0]
    scaled = frontier(START, 1e5 * SCORE - 7, at)
    assert_allclose(scaled, 1e5 * frontier(START, SCORE, at) - 7, rtol=1e-9)


def test_normal_scores():
    """Tilting moves a normal distribution: the frontier is the line s sqrt(2 K)."""
    r = np.linspace(-12, 12, 4001)
    start = np.exp(-(r**2) / 2)
    at = np.array([0.01, 0.5, 2.0, 8.0])
    assert_allclose(frontier(start / start.sum(), 3 * r, at), 3 * np.sqrt(2 * at), rtol=1e-6)
    assert_allclose(small_kl_frontier(3.0, 0.0, at), 3 * np.sqrt(2 * at))


def test_skewed_scores():
    """Exponential scores have skew 2, and the frontier at ``beta / (1 - beta) + ln(1 - beta)``."""
    r = (np.arange(200_000) + 0.5) * 2e-4
    start = np.exp(-r) / np.exp(-r).sum()
    beta = np.array([0.05, 0.2, 0.6])
    at = beta / (1 - beta) + np.log1p(-beta)
    assert_allclose(frontier(start, r, at), 1 / (1 - beta), rtol=1e-6)


def test_small_kl_frontier_is_the_start_of_the_frontier():
    generator = np.random.default_rng(0)
    start = generator.dirichlet(np.ones(300))
    for score in (np.exp(generator.normal(size=300) / 2), -np.exp(generator.normal(size=300) / 2)):
        centred = score - start @ score
        s_d, third = np.sqrt(start @ centred**2), start @ centred**3
        at = np.array([1e-5, 1e-6])
        gain = frontier(start, score, at) - start @ score
        rest, of_line = gain - small_kl_frontier(s_d, third, at), gain - s_d * np.sqrt(2 * at)
        # What is left falls as K^(3/2), while the line leaves K.
        assert_allclose(abs(rest[0] / rest[1]), 10**1.5, rtol=0.25)
        assert_allclose(of_line[0] / of_line[1], 10, rtol=0.25)


def test_the_line_is_a_bound_only_without_skew():
    """Over s sqrt(2 K), at K = 0.1."""
    at, line = 0.1, np.sqrt(0.2)
    assert_allclose(small_kl_frontier(1.0, 2.0, at) / line, 1 + 2 * np.sqrt(at / 18), rtol=1e-12)
    for skew, ratio in {2.0: 1.151, -0.88: 0.935}.items():
        assert_allclose(small_kl_frontier(1.0, skew, at) / line, ratio, atol=2.5e-3)
    assert_allclose(small_kl_frontier(2.0, 8 * 2.0, at), 2 * small_kl_frontier(1.0, 2.0, at))


def test_frontier_of_samples_is_the_frontier_of_equal_weights():
    score = np.random.default_rng(1).normal(size=1000).round(2)
    resolved = np.log(1000) - 4
    at = np.array([0.0, 0.3, resolved - 1e-9, resolved + 1e-9, 7.0])
    found = frontier_of_samples(score, at)
    values, counts = np.unique(score, return_counts=True)
    assert_allclose(found[:3], frontier(counts / 1000, values, at[:3]), rtol=1e-10)
    assert np.isnan(found[3:]).all()


def test_frontier_of_samples_is_close_to_the_exact_one():
    generator = np.random.default_rng(2)
    start, score = generator.dirichlet(np.ones(2000)), generator.normal(size=2000)
    at = [0.1, 0.5, 1.0, 2.0]
    sampled = frontier_of_samples(score[generator.choice(2000, 30_000, p=start)], at)
    assert_allclose(sampled, frontier(start, score, at), rtol=0.03)


def test_best_of_n_is_below_the_frontier():
    generator = np.random.default_rng(3)
    start, score = generator.dirichlet(np.ones(500)), generator.normal(size=500)
    for n in (2, 16, 256):
        p = best_of(start, score, n)
        highest = frontier(start, score, kl(p, start))
        assert 0.9 * (highest - start @ score) < (p - start) @ score < highest - start @ score


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: frontier(START, SCORE, -0.1), "kl -0.1: expected 0 or above"),
        (lambda: frontier(START, SCORE[:5], 1.0), "start 6, score 5"),
        (lambda: frontier(START / 2, SCORE, 1.0), "the sum is 0.5"),
        (lambda: closed_optimum([1.5, -0.5], [0.0, 1.0], 1.0), "the least -0.5"),
        (lambda: closed_optimum([1.0], [np.nan], 1.0), "score: a value is NaN"),
        (lambda: closed_optimum(START, SCORE, 0.0), "penalty 0.0: expected above 0"),
        (lambda: closed_optimum(START, SCORE, np.nan), "penalty nan"),
        (lambda: frontier_of_samples([], 0.1), "no samples"),
    ],
)
def test_what_has_no_frontier_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()

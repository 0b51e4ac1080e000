"""Top, what is made of it, and the update, each against loops over its definition."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import chisquare

from ontogeny.studies.imitation.analysis.learners import (
    LEARNERS,
    View,
    cautious,
    drawn,
    mixture,
    normalised,
    top_set,
    updated,
)
from studies.imitation.brute_force import plausible
from studies.imitation.test_mutations import WRONG_TOPS

STEADY = settings(max_examples=200)


def members(log_weights, alpha):
    """Return Top of a single history as places."""
    return tuple(np.flatnonzero(top_set(np.asarray(log_weights)[None], alpha)[0]).tolist())


def logarithms(weights):
    with np.errstate(divide="ignore"):
        return np.log(np.array(weights, dtype=np.float64))


weights_of_policies = st.lists(st.integers(0, 12), min_size=1, max_size=12).filter(any)
"""Whole numbers, so that ties, copies and zeros are common."""


@given(weights_of_policies, st.integers(1, 40))
@STEADY
def test_top_is_its_definition(weights, parts):
    """With alpha = 1/n + 1/10000, at which no sum of so few whole numbers is on the threshold."""
    alpha = Fraction(1, parts) + (Fraction(1, 10_000) if parts > 1 else 0)
    exact = plausible([Fraction(each) for each in weights], alpha)
    assert members(logarithms(weights), float(alpha)) == exact


@pytest.mark.parametrize("parts", range(2, 30))
def test_of_equal_weights_the_first_1_over_alpha_are_in(parts):
    """Where the threshold is met exactly, rounding leaves nobody out."""
    for count in (1, parts - 1, parts, parts + 1, 3 * parts):
        found = members(np.full(count, -0.3), 1 / parts)
        assert found == tuple(range(min(count, parts)))


@given(st.integers(1, 60), st.integers(1, 60))
@STEADY
def test_on_the_threshold_a_policy_is_in(larger, smaller):
    """Where its weight is exactly alpha times the sum, rounding does not leave it out."""
    larger, smaller = max(larger, smaller), min(larger, smaller)
    weights = logarithms([larger, smaller])
    assert members(weights, smaller / (larger + smaller)) == (0, 1)
    assert members(weights, smaller / (larger + smaller) * (1 + 1e-13)) == (0,)


def test_of_ties_the_first_come_first():
    assert members(logarithms([1, 2, 2, 2]), 0.45) == (1, 2)
    assert members(logarithms([2, 1, 2, 2]), 0.45) == (0, 2)


@given(
    st.lists(st.floats(-30, 0) | st.just(-math.inf), min_size=1, max_size=15), st.floats(0.01, 1)
)
@STEADY
def test_facts_of_top(log_weights, alpha):
    if max(log_weights) == -math.inf:
        log_weights = [*log_weights, 0.0]
    found = top_set(np.array([log_weights]), alpha)[0]
    ranking = np.argsort(-np.array(log_weights), kind="stable")
    assert found[ranking[0]]
    assert_array_equal(found[ranking], np.sort(found)[::-1])
    assert found.sum() <= 1 / alpha * (1 + 1e-12)
    weights = np.exp(normalised(np.array(log_weights)))
    weights /= weights.sum()
    assert found[weights >= alpha * (1 + 1e-12)].all()
    assert not found[weights == 0].any()


def test_top_of_many_histories_at_once():
    rng = np.random.default_rng(0)
    log_weights = rng.normal(size=(3, 5, 9))
    found = top_set(log_weights, 0.15)
    for place in np.ndindex(3, 5):
        assert tuple(np.flatnonzero(found[place])) == members(log_weights[place], 0.15)


def test_top_does_not_depend_on_a_constant():
    log_weights = np.random.default_rng(1).normal(size=(20, 9))
    found = top_set(log_weights, 0.1)
    assert_array_equal(top_set(log_weights - 1e4, 0.1), found)
    assert 1 < found.sum(axis=1).mean() < 9


@pytest.mark.parametrize("name", WRONG_TOPS)
def test_wrong_tops_differ_from_the_definition(name):
    """No law notices these, which is why Top is compared with its definition."""
    rng = np.random.default_rng(2)
    differs = 0
    for _ in range(50):
        weights = [int(each) for each in rng.integers(1, 30, size=12)]
        found = WRONG_TOPS[name](logarithms(weights)[None], 0.15)[0]
        exact = plausible([Fraction(each) for each in weights], Fraction(15, 100))
        differs += tuple(np.flatnonzero(found)) != exact
    assert differs > 25


def some_policies(seed, shape=(6, 5, 3)):
    rng = np.random.default_rng(seed)
    policies = rng.dirichlet(np.ones(shape[2]), size=shape[:2])
    policies[rng.random(shape[:2]) < 0.3] = np.eye(shape[2])[0]
    return policies, rng.normal(size=shape[:2]), rng


def test_cautious_is_the_minimum_and_the_rest():
    policies, log_weights, _ = some_policies(0)
    top = top_set(log_weights, 0.12)
    p, theta = cautious(policies, log_weights, top)
    for row in range(len(policies)):
        inside = [place for place in range(5) if top[row, place]]
        least = [min(policies[row, place, action] for place in inside) for action in range(3)]
        assert p[row].tolist() == least
        assert theta[row] == pytest.approx(1 - math.fsum(least), abs=1e-15)


@given(st.integers(0, 2**32 - 1), st.integers(1, 6))
@STEADY
def test_theta_is_exactly_0_where_all_of_top_agree(seed, actions):
    rng = np.random.default_rng(seed)
    policies = rng.dirichlet(np.ones(actions), size=(1, 5))
    log_weights = np.array([[-0.1, 0, -0.2, -9, -9]])
    copies = policies.copy()
    copies[:, :3] = policies[:, :1]
    for given_, alpha in ((copies, 0.1), (policies, 1.0)):
        top = top_set(log_weights, alpha)
        assert top.sum() == (3 if alpha < 1 else 1)
        p, theta = cautious(given_, log_weights, top)
        assert theta[0] == 0
        assert_array_equal(p[0], given_[0, 1])


def test_mixture_is_the_mean_under_the_posterior():
    policies, log_weights, _ = some_policies(1)
    log_weights[0, 2] = -np.inf
    found = mixture(policies, log_weights)
    for row in range(len(policies)):
        weights = [math.exp(each) for each in log_weights[row]]
        for action in range(3):
            total = sum(w * policies[row, place, action] for place, w in enumerate(weights))
            assert found[row, action] == pytest.approx(total / sum(weights), rel=1e-14)


def test_update_is_the_rule_of_bayes():
    policies, log_weights, rng = some_policies(2)
    policies[0, 1] = [0, 0.5, 0.5]
    answers = rng.integers(3, size=len(policies))
    answers[0] = 0
    found = updated(log_weights, policies, answers)
    assert_array_equal(found.max(axis=-1), 0)
    assert found[0, 1] == -np.inf
    for row, answer in enumerate(answers):
        joint = [
            math.exp(log_weights[row, place]) * policies[row, place, answer] for place in range(5)
        ]
        weights = np.exp(found[row])
        assert_allclose(weights / weights.sum(), np.array(joint) / sum(joint), rtol=1e-13)


def test_a_weight_of_0_is_for_ever():
    policies, log_weights, _ = some_policies(3)
    policies[:, 1] = np.eye(3)[2]
    found = updated(log_weights, policies, np.zeros(6, dtype=np.int64))
    assert (found[:, 1] == -np.inf).all()
    assert (updated(found, policies, np.zeros(6, dtype=np.int64))[:, 1] == -np.inf).all()
    assert not top_set(found, 1e-9)[:, 1].any()


weights_with_zeros = st.lists(
    st.sampled_from([0.0, 1e-300, 1e-17, 0.1, 1 / 3, 1.0, 7.0]), min_size=1, max_size=6
).filter(any)


@given(weights_with_zeros, st.floats(0, 1, exclude_max=True))
@STEADY
def test_what_has_no_weight_is_never_drawn(weights, uniform):
    for each in (uniform, 0.0, float(np.nextafter(1, 0))):
        place = drawn(np.array([weights]), np.array([each]))[0]
        assert weights[place] > 0


def test_a_place_is_drawn_as_often_as_it_weighs():
    weights = np.array([2.0, 0, 1, 4, 0, 3])
    places = drawn(np.tile(weights, (20_000, 1)), np.random.default_rng(0).random(20_000))
    counts = np.bincount(places, minlength=6)
    positive = weights > 0
    assert counts[~positive].sum() == 0
    assert chisquare(counts[positive], 2_000 * weights[positive]).pvalue > 0.01


def test_a_place_is_where_the_cumulative_weight_passes():
    weights = np.array([[0.0, 0.25, 0.0, 0.5, 0.25]] * 5)
    uniform = np.array([0.0, 0.2, 0.25, 0.7, 0.8])
    assert drawn(weights, uniform).tolist() == [1, 1, 3, 3, 4]


@pytest.mark.parametrize("name", LEARNERS)
@pytest.mark.parametrize("is_taught", [False, True])
def test_every_learner_acts_or_asks(name, is_taught):
    policies, log_weights, rng = some_policies(4)
    log_weights = normalised(log_weights)
    top = top_set(log_weights, 0.1)
    d = rng.dirichlet(np.ones(3), size=6)
    view = View(policies, log_weights, top, rng.random(6), d, is_taught)
    acts, theta = LEARNERS[name](view)
    assert_allclose(acts.sum(axis=-1) + theta, 1, atol=1e-14)
    assert (acts >= 0).all()
    p, asks = cautious(policies, log_weights, top)
    expected = {
        "cloning": np.full(6, float(is_taught)),
        "demonstrator": np.zeros(6),
    }.get(name, asks)
    assert_allclose(theta, expected, atol=1e-15)
    first = policies[np.arange(6), log_weights.argmax(axis=1)]
    unasked = {
        "conservative": p,
        "mixture": (1 - asks)[:, None] * mixture(policies, log_weights),
        "most-probable": (1 - asks)[:, None] * first,
        "cloning": (1 - is_taught) * mixture(policies, log_weights),
        "demonstrator": d,
    }
    if name in unasked:
        assert_allclose(acts, unasked[name], atol=1e-15)


def test_thompson_is_the_mixture_in_the_mean():
    policies, log_weights, rng = some_policies(5)
    count = 40_000
    policies, log_weights = policies[:1], normalised(log_weights[:1])
    top = top_set(log_weights, 0.1)

    def repeated(array):
        return np.repeat(array, count, axis=0)

    view = View(
        repeated(policies),
        repeated(log_weights),
        repeated(top),
        rng.random(count),
        repeated(policies[:, 0]),
        is_taught=False,
    )
    acts, theta = LEARNERS["thompson"](view)
    error = acts.std(axis=0) / math.sqrt(count)
    expected = (1 - theta[0]) * mixture(policies, log_weights)[0]
    assert (np.abs(acts.mean(axis=0) - expected) < 4 * error).all()
    drawn_policies = {tuple(each) for each in acts}
    assert drawn_policies <= {tuple((1 - theta[0]) * each) for each in policies[0]}


def test_an_answer_that_no_policy_can_give_leaves_the_weights_as_they_were():
    weights = np.log([[0.75, 0.25], [0.75, 0.25]])
    policies = np.array([[[1.0, 0.0], [1.0, 0.0]], [[0.5, 0.5], [1.0, 0.0]]])
    after = np.exp(updated(weights, policies, np.array([1, 1])))
    assert_allclose(after / after.sum(axis=1, keepdims=True), [[0.75, 0.25], [1.0, 0.0]])

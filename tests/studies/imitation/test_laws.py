"""The laws: without rounding on rational classes, and in the library on drawn ones."""

import math
import random
from dataclasses import replace
from fractions import Fraction
from functools import cache

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.optimize import minimize_scalar

from ontogeny.studies.imitation.analysis import laws as library
from ontogeny.studies.imitation.analysis.enumeration import enumerate_histories
from ontogeny.studies.imitation.analysis.laws import (
    LAWS,
    cubes_bound,
    cubes_bound_of_any_prior,
    distance,
    event_bound,
    event_bound_of_steps,
    kept_distance,
    kept_probability,
    laws,
    queries_bound,
    recalled_cubes_bound,
    sequences,
)
from studies.imitation import brute_force
from studies.imitation.cases import CASES, as_problem, drawn_problem, without_the_truth


@st.composite
def enumerations(draw):
    """Return the enumeration of a drawn class, with alpha."""
    actions, observations = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    most = int(math.log(600) / math.log(2 * actions * observations))
    steps = draw(st.integers(1, min(4, most)))
    phases = (0, draw(st.integers(1, steps))) if draw(st.booleans()) else (0,)
    problem = drawn_problem(
        np.random.default_rng(draw(st.integers(0, 2**32 - 1))),
        actions=actions,
        observations=observations,
        policies=draw(st.integers(2, 5)),
        steps=steps,
        past=draw(st.booleans()),
        zeros=draw(st.sampled_from([0, 0.2, 0.5])),
        phases=phases,
    )
    alpha = draw(st.sampled_from([1.0, 1 / 2, 1 / 3, 0.2]) | st.floats(1e-3, 1))
    return enumerate_histories(problem, alpha, steps), alpha


WITHOUT_ROUNDING = ("D1", "D2", "D5'", "D6", "D7", "D8", "D9", "D10")
IN_50_DIGITS = ("D3", "D5", "D8a", "D11")


@cache
def exact(name):
    """Return a rational class with its histories, some events, and both sides of its laws."""
    case = CASES[name]
    histories = brute_force.histories(case)
    every, rng = list(brute_force.sequences(case)), random.Random(name)
    sizes = {1, 2, math.isqrt(len(every)), len(every) // 2, len(every) - 1} - {0}
    events = [frozenset(rng.sample(every, size)) for size in sorted(sizes) for _ in range(2)]
    return case, histories, events, brute_force.both_sides(case, histories, events)


@pytest.mark.parametrize("name", CASES)
def test_probabilities_are_1_without_rounding(name):
    case, histories, _, _ = exact(name)
    assert sum(each.probability for each in histories) == 1
    assert sum(brute_force.sequences(case).values()) == 1


@pytest.mark.parametrize("name", CASES)
def test_facts_of_every_step(name):
    case, histories, _, _ = exact(name)
    truth = case.truth
    for step in {step for each in histories for step in each.steps}:
        weights, d = step.weights, step.demonstrator
        ranking = sorted(range(len(weights)), key=lambda each: (-weights[each], each))
        assert set(ranking[: len(step.top)]) == set(step.top)
        assert 1 <= len(step.top) <= math.floor(1 / case.alpha)
        assert {place for place, w in enumerate(weights) if w >= case.alpha} <= set(step.top)
        if truth in step.top:
            assert all(p <= own for p, own in zip(step.p, d, strict=True))
        assert all(weights[place] >= case.alpha * weights[truth] for place in step.top)
        variations = [
            sum(abs(x - y) for x, y in zip(step.policies[place], d, strict=True)) / 2
            for place in step.top
        ]
        assert step.theta <= sum(variations)


@pytest.mark.parametrize("law", WITHOUT_ROUNDING)
@pytest.mark.parametrize("name", CASES)
def test_laws_of_fractions(name, law):
    for left, right in exact(name)[-1][law]:
        assert isinstance(left, int | Fraction)
        assert isinstance(right, int | Fraction)
        assert left <= right


@pytest.mark.parametrize("law", IN_50_DIGITS)
@pytest.mark.parametrize("name", CASES)
def test_laws_with_logarithms_and_roots(name, law):
    for left, right in exact(name)[-1][law]:
        assert left <= right + mpmath.mpf("1e-40")


@pytest.mark.parametrize("name", CASES)
def test_d4_is_an_equality(name):
    for left, right in exact(name)[-1]["D4"]:
        assert abs(left - right) < mpmath.mpf("1e-40")


def test_d1_is_an_equality_where_the_demonstrator_can_do_what_others_can():
    equal = set()
    for name in CASES:
        _, histories, _, sides = exact(name)
        steps = [step for each in histories for step in each.steps]
        covers = all(
            d > 0
            for step in steps
            for d, xi in zip(step.demonstrator, brute_force.mixed(step), strict=True)
            if xi > 0
        )
        if covers:
            assert all(left == right for left, right in sides["D1"])
            equal.add(name)
    assert {"last observation", "whole past"} <= equal
    assert "zeros" not in equal
    assert any(left < right for left, right in exact("zeros")[-1]["D1"])


def test_what_the_demonstrator_never_does_is_done_only_when_it_is_left_out():
    happened = 0
    for name in CASES:
        for each in exact(name)[1]:
            if each.demonstrated == 0:
                assert not each.kept
                happened += 1
    assert happened


@pytest.mark.parametrize("name", CASES)
def test_the_library_finds_the_worst_sides(name, monkeypatch):
    case, _, events, sides = exact(name)
    problem, alpha = as_problem(case), float(case.alpha)
    flags = [masks(case, event) for event in events]
    monkeypatch.setattr(library, "_events", lambda *_: iter(flags))
    found = sides_of(enumerate_histories(problem, alpha, case.steps), alpha)
    sides |= {"D7": sides["D7"][: len(flags[0])]}
    assert list(found) == list(LAWS) == list(sides)
    stated = {
        "D5'": lambda law: (law.left**2, law.right**2),
        "D6": lambda law: (law.left**3, law.right**3),
    }
    near = {"rel": 1e-9, "abs": 1e-12}
    for law, pairs in sides.items():
        left, right = stated.get(law, lambda law: (law.left, law.right))(found[law])
        if law == "D4":
            worst = max(abs(float(left - right)) for left, right in pairs)
            assert abs(left - right) == pytest.approx(worst, **near)
            continue
        pairs = pairs or [(0, 1)]  # D2 where the weight never falls
        assert quotient(left, right) == pytest.approx(
            max(quotient(*each) for each in pairs), **near
        )
        assert any(
            float(own) == pytest.approx(left, **near)
            and float(other) == pytest.approx(right, **near)
            for own, other in pairs
        ), law


def quotient(left, right):
    """Return how near to failing two sides of a law are, above 1 where it fails."""
    if right:
        return float(left / right)
    return math.inf if left > 1e-12 else -math.inf


def test_the_worst_sides_have_the_largest_quotient():
    left, right = np.array([0.0, 1e-9, 0.5, -1.0]), np.array([0.0, 2e-9, 0.9, 0.0])
    assert library._worst(left, right) == (0.5, 0.9)
    tiny = (np.append(left, 3e-20), np.append(right, 2e-20))
    assert library._worst(*tiny) == (3e-20, 2e-20)
    impossible = (np.append(left, 1e-9), np.append(right, 0.0))
    assert library._worst(*impossible) == (1e-9, 0.0)
    rounded = (np.append(left, 1e-17), np.append(right, 0.0))
    assert library._worst(*rounded) == (0.5, 0.9)


def test_no_quotient_hides_a_broken_law():
    left, right = np.array([0.3, 3e-14]), np.array([0.25, 1e-14])
    assert library._worst(left, right) == (0.3, 0.25)


def test_a_weight_that_falls_by_rounding_alone_does_not_fall():
    """D2 would otherwise look tight, with 1 on both sides."""
    case = CASES["last observation"]
    found = enumerate_histories(as_problem(case), float(case.alpha), case.steps)
    rounded = replace(found, least=np.full_like(found.least, found.weight * (1 - 2e-16)))
    assert library._ville(rounded) == (0, 1)


@pytest.mark.parametrize("side", [0, 1])
def test_sides_that_are_no_numbers_are_the_worst(side):
    pairs = np.array([[0.5, 2.0, 0.0], [1.0, 1.0, 0.0]])
    for place in range(3):
        broken = pairs.copy()
        broken[side, place] = np.nan
        assert np.isnan(library._worst(*broken)).any()


def masks(case, event):
    """Return an event as the library has it: which of the sequences are in it."""
    return np.array([each in event for each in brute_force.sequences(case)])


def sides_of(found, alpha, seed=0):
    return laws(found, sequences(found), alpha, np.random.default_rng(seed))


@pytest.mark.parametrize("name", CASES)
def test_both_sides_of_every_sequence(name):
    case, _, _, sides = exact(name)
    found = sequences(enumerate_histories(as_problem(case), float(case.alpha), case.steps))
    singles = sides["D7"][: len(found[0])]
    assert_allclose(np.stack(found, axis=1), np.array(singles, dtype=float), atol=1e-12)


@pytest.mark.parametrize("name", CASES)
def test_distances_between_what_happens(name):
    case, histories, _, sides = exact(name)
    found = enumerate_histories(as_problem(case), float(case.alpha), case.steps)
    demonstrated = brute_force.sequences(case)
    happens = dict.fromkeys(demonstrated, Fraction(0))
    for each in histories:
        happens[each.sequence] += each.probability
    if any(value and not demonstrated[each] for each, value in happens.items()):
        assert distance(found) == math.inf
    else:
        expected = brute_force.relative_entropy(happens.values(), demonstrated.values())
        assert distance(found) == pytest.approx(float(expected), abs=1e-12)
    assert kept_distance(found) == pytest.approx(float(sides["D11"][0][0]), abs=1e-12)
    kept = sum(each.probability for each in histories if each.kept)
    assert kept_probability(found) == pytest.approx(float(kept), abs=1e-12)


def test_hiding_flags_brings_the_imitator_nearer():
    """KL of sequences is at most the sum of KL over the steps of histories, flags included.

    So it is whether or not the demonstrator stays plausible. What is summed while it is does not
    bound the distance; it is at most sum ln(1 + theta) over the same steps.
    """
    left_out = exceeded = 0
    for name, case in CASES.items():
        found = enumerate_histories(as_problem(case), float(case.alpha), case.steps)
        nats, whole, kept = (
            distance(found), found.mean(found.divergence), found.mean(found.kept_divergence)
        )  # fmt: skip
        assert -1e-12 <= nats <= whole + 1e-12
        assert kept <= found.mean(found.kept_logs) + 1e-12
        assert found.mean(found.kept * found.logs) <= found.mean(found.kept_logs) + 1e-12
        if found.kept.all():
            assert kept == pytest.approx(whole, abs=1e-15)
            assert kept_distance(found) == pytest.approx(nats, abs=1e-15), name
        else:
            left_out += math.isfinite(nats) and nats > 1e-3
            exceeded += nats > kept + 1e-3
    assert left_out
    assert exceeded


@given(enumerations())
@settings(max_examples=100)
def test_the_sum_of_divergences_bounds_the_distance(enumeration):
    found, _ = enumeration
    assert distance(found) <= found.mean(found.divergence) + 1e-12


@pytest.mark.parametrize("name", CASES)
def test_the_demonstrator_is_seldom_left_out(name):
    case, histories, _, _ = exact(name)
    left_out = sum(each.probability for each in histories if not each.kept)
    assert left_out <= case.alpha / case.prior[case.truth]


@pytest.mark.parametrize("name", CASES)
def test_d8_solved_for_the_event(name):
    """b ln^3(b/p) <= T^2 E sum theta^3 for b = P(B, D) above p = P^d(B), and the bounds on b."""
    case, histories, events, _ = exact(name)
    demonstrated = brute_force.sequences(case)
    found = enumerate_histories(as_problem(case), float(case.alpha), case.steps)
    cubes = sum(each.probability * each.total(lambda step: step.theta**3) for each in histories)
    for event in [*events, *(frozenset([each]) for each in demonstrated)]:
        b = sum(each.probability for each in histories if each.kept and each.sequence in event)
        p = sum(demonstrated[each] for each in event)
        if b > p:
            with mpmath.workdps(50):
                left = brute_force.real(b) * mpmath.log(brute_force.real(b / p)) ** 3
                assert left <= case.steps**2 * brute_force.real(cubes) + mpmath.mpf("1e-40")
        assert_bounded(found, masks(case, event))


def test_bounds_hold_for_harm_that_happens_before_the_demonstrator_is_left_out():
    """A larger event than harm and D."""
    larger = 0
    for name, case in CASES.items():
        histories = exact(name)[1]
        harmful = len(case.demonstrator[0][0]) - 1
        kept, early = (
            sum(each.probability for each in histories if is_harm(each, harmful))
            for is_harm in (
                lambda each, action: each.kept and any(s.action == action for s in each.steps),
                lambda each, action: any(s.kept and s.action == action for s in each.steps),
            )
        )
        larger += early > kept
        found = enumerate_histories(as_problem(case), float(case.alpha), case.steps)
        p = sum(
            probability
            for sequence, probability in brute_force.sequences(case).items()
            if any(action == harmful for action, _ in sequence)
        )
        logs, cubes = found.mean(found.logs), found.mean(found.cubes)
        assert early <= event_bound(math.log(p), logs) + 1e-12
        assert early <= event_bound_of_steps(math.log(p), case.steps, cubes) + 1e-12
        assert early <= found.mean(found.harm_mass) + 1e-12
    assert larger


@given(enumerations())
@settings(max_examples=150)
def test_event_bounds_hold_on_drawn_classes(enumeration):
    """Of events that the imitator makes more likely by the largest factors."""
    found, _ = enumeration
    happens = np.bincount(found.sequence, found.probability * found.kept, len(found.demonstrated))
    possible = np.flatnonzero(found.demonstrated)
    order = possible[np.argsort(-happens[possible] / found.demonstrated[possible])]
    for size in {1, *(part * len(order) // 8 for part in range(1, 8))} - {0}:
        event = np.zeros(len(happens), dtype=bool)
        event[order[:size]] = True
        assert_bounded(found, event)


def assert_bounded(found, event):
    """Check what the comparison of runs holds beside P(B, D)."""
    b = found.mean((event[found.sequence] & found.kept).astype(float))
    p = found.demonstrated[event].sum()
    log_p = math.log(p) if p else -math.inf
    assert b <= event_bound(log_p, found.mean(found.logs)) + 1e-12
    assert b <= event_bound_of_steps(log_p, found.steps, found.mean(found.cubes)) + 1e-12


@given(enumerations(), st.integers(0, 2**32 - 1))
@settings(max_examples=250)
def test_laws_of_drawn_classes(enumeration, seed):
    found, alpha = enumeration
    assert found.probability.sum() == pytest.approx(1, abs=1e-12)
    for law, (left, right) in sides_of(found, alpha, seed).items():
        assert left - right <= 1e-12, law
        if law == "D4":
            assert right - left <= 1e-12
    left, right = sequences(found)
    assert (left - right).max() <= 1e-12
    assert right.sum() == pytest.approx(1, abs=1e-12)


def test_laws_are_about_classes_with_the_demonstrator():
    case = without_the_truth(CASES["last observation"])
    found = enumerate_histories(as_problem(case), float(case.alpha), case.steps)
    with pytest.raises(ValueError, match="contain the demonstrator"):
        sides_of(found, 0.2)


def unconditional(found):
    """Return both sides of D7 for every sequence, without 1_D."""
    left = np.bincount(
        found.sequence, found.probability * np.exp(-found.logs), len(found.demonstrated)
    )
    return left, found.demonstrated


def test_without_the_truth_the_learner_exceeds_the_demonstrator():
    """A control: neither F3 nor D7 is true of a class that lacks the demonstrator."""
    exceeds, worst = 0, []
    for seed in range(12):
        given_ = drawn_problem(np.random.default_rng(seed), policies=5)
        truth = given_.truth
        policies = np.delete(given_.policies, truth, axis=2)
        prior = np.full(4, 0.25)
        lacking = type(given_)(policies, prior, None, given_.demonstrator, given_.model_class)
        found = enumerate_histories(lacking, 0.2, 3)
        exceeds += found.excess > 0
        left, right = unconditional(found)
        worst.append((left - right).max())
        assert_allclose(sequences(found), (left, right))
    assert exceeds > 6
    assert max(worst) > 0.01


def test_d7_needs_that_the_demonstrator_is_plausible():
    """A control: with alpha above w, D7 is false of events without 1_D, and true with it."""
    worst = []
    for seed in range(12):
        found = enumerate_histories(drawn_problem(np.random.default_rng(seed)), 0.5, 3)
        assert found.weight < 0.5
        left, right = unconditional(found)
        worst.append((left - right).max())
        left, right = sequences(found)
        assert (left - right).max() <= 1e-12
    assert max(worst) > 0.01


def test_an_environment_that_sees_flags_is_not_covered():
    """A control: where it answers queries with other observations, D7 is false of some sequence.

    The demonstrator never asks, so that it never observes what follows a query.
    """
    case = CASES["last observation"]
    swapped = tuple(tuple(chances[::-1] for chances in state) for state in case.environment)
    worst = {}
    for name, after_query in (("blind", case.environment), ("seeing", swapped)):
        changed = case._replace(after_query=after_query)
        histories = brute_force.histories(changed)
        assert sum(each.probability for each in histories) == 1
        sides = brute_force.both_sides(changed, histories)["D7"]
        worst[name] = max(left - right for left, right in sides)
    assert worst["blind"] <= 0
    assert worst["seeing"] > Fraction(1, 1000)


@pytest.mark.parametrize("logs", [1e-12, 0.3, 10.0, 1e4])
@pytest.mark.parametrize("log_probability", [-700.0, -300.0, -40.0, -1.0, -1e-9, 0.0])
def test_event_bounds_solve_their_equations(logs, log_probability):
    b = event_bound(log_probability, logs)
    assert 0 < b <= 1
    if b < 1:
        assert b * (math.log(b) - log_probability) == pytest.approx(logs, rel=1e-9, abs=1e-13)
    else:
        assert -log_probability <= logs
    b = event_bound_of_steps(log_probability, 10, logs)
    if b < 1:
        assert b * (math.log(b) - log_probability) ** 3 == pytest.approx(100 * logs, rel=1e-9)
    else:
        assert -log_probability <= np.cbrt(100 * logs) * (1 + 1e-12)


def test_event_bounds_at_their_ends():
    assert event_bound(-math.inf, 10.0) == 0
    assert event_bound_of_steps(-math.inf, 100, 10.0) == 0
    assert event_bound(-5.0, 0.0) == pytest.approx(math.exp(-5), rel=1e-12)
    assert event_bound(-5.0, 5.0) == 1
    assert event_bound(-5.0, 4.99) < 1
    assert event_bound_of_steps(-5.0, 5, 5.0) == 1
    assert event_bound_of_steps(-5.0, 5, 4.99) < 1


@pytest.mark.parametrize(
    ("cubes", "expected"),
    [
        (9.0, [0.93, 0.063, 0.0079, 9.6e-4, 2.8e-4]),
        (30.0, [1, 0.205, 0.026, 3.2e-3, 9.4e-4]),
        (949.0, [1, 1, 0.78, 0.099, 0.029]),
    ],
)
def test_rare_events_in_100_steps(cubes, expected):
    """Each value is a solution of the equation to the digits that it has."""
    for exponent, b in zip([20, 50, 100, 200, 300], expected, strict=True):
        found = event_bound_of_steps(-exponent * math.log(10), 100, cubes)
        assert found == pytest.approx(b, rel=0.035)


def test_rare_events_in_any_number_of_steps():
    for exponent, b in zip(
        [20, 50, 100, 200, 300], [0.224, 0.089, 0.044, 0.022, 0.015], strict=True
    ):
        assert event_bound(-exponent * math.log(10), 10.0) == pytest.approx(b, rel=0.035)


@given(st.floats(-600, -0.01), st.floats(0.01, 100), st.floats(1.01, 3))
@settings()
def test_event_bounds_grow_with_chance_and_queries(log_probability, logs, factor):
    b = event_bound(log_probability, logs)
    assert b <= event_bound(log_probability, factor * logs)
    assert b <= event_bound(log_probability / factor, logs)
    assert b >= math.exp(log_probability)


def test_half_is_the_best_constant_of_d5_of_any_prior():
    found = minimize_scalar(lambda c: (1 + c) ** 1.5 / math.sqrt(c), bracket=(0.1, 0.6))
    assert found.x == pytest.approx(0.5, abs=1e-6)
    assert cubes_bound_of_any_prior(0.5, 1.0) == pytest.approx(found.fun)


@pytest.mark.parametrize("count", [2, 4, 16, 100])
def test_d5_of_equal_weights(count):
    prior = np.full(count, 1 / count)
    assert cubes_bound(prior, 1, 0.1) == pytest.approx(2 * (count - 1) * 0.1**-1.5)


def test_the_bounds_of_one_class():
    """Of 16 equal weights, 4 actions and alpha = 0.01."""
    assert cubes_bound(np.full(16, 1 / 16), 0, 0.01) == pytest.approx(30 * 1e3)
    assert cubes_bound_of_any_prior(1 / 16, 0.01) == pytest.approx(math.sqrt(6.75) * 15 * 1e4)
    assert recalled_cubes_bound(1 / 16, 0.01, 4) == pytest.approx(4 * (24 * 16 + 12) * 1e6)


@given(st.floats(1e-6, 1), st.floats(1e-4, 1), st.integers(1, 50))
@settings()
def test_t1_as_recalled_is_above_d5_of_any_prior(weight, alpha, actions):
    assert recalled_cubes_bound(weight, alpha, actions) > cubes_bound_of_any_prior(weight, alpha)


@given(enumerations())
@settings(max_examples=50)
def test_t1_as_recalled_is_not_broken(enumeration):
    found, alpha = enumeration
    assert found.mean(found.cubes) <= recalled_cubes_bound(found.weight, alpha, 1)


@pytest.mark.parametrize(("steps", "cubes"), [(1, 0.5), (1000, 3.0)])
def test_d6_is_an_equality_when_theta_is_always_the_same(steps, cubes):
    theta = (cubes / steps) ** (1 / 3)
    assert queries_bound(steps, cubes) == pytest.approx(steps * theta)

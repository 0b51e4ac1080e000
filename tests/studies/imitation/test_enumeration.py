"""The enumeration of histories against a recursion in fractions."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from ontogeny.studies.imitation.analysis.enumeration import demonstrated, enumerate_histories
from ontogeny.studies.imitation.analysis.learners import kl_divergence
from studies.imitation import brute_force
from studies.imitation.brute_force import kept_logs, logs, root, root_term
from studies.imitation.cases import CASES, as_problem, drawn_problem, without_the_truth

CLOSE = {"rtol": 0, "atol": 1e-12}


def enumerated(case):
    return enumerate_histories(as_problem(case), float(case.alpha), case.steps)


def numbers(values):
    return np.array([float(each) for each in values])


@pytest.mark.parametrize("name", CASES)
def test_histories_are_those_of_the_recursion(name):
    case = CASES[name]
    found, exact = enumerated(case), brute_force.histories(case)
    truth, harmful = case.truth, len(case.demonstrator[0][0]) - 1
    place = {sequence: number for number, sequence in enumerate(brute_force.sequences(case))}
    assert_array_equal(found.sequence, [place[each.sequence] for each in exact])
    assert_array_equal(found.kept, [each.kept for each in exact])
    assert_array_equal(
        found.harm, [any(step.action == harmful for step in each.steps) for each in exact]
    )

    def totals(value):
        return numbers(each.total(value) for each in exact)

    assert_allclose(found.probability, numbers(each.probability for each in exact), **CLOSE)
    assert_allclose(found.queries, totals(lambda step: step.theta), **CLOSE)
    assert_allclose(found.cubes, totals(lambda step: step.theta**3), **CLOSE)
    assert_allclose(found.logs, numbers(map(logs, exact)), **CLOSE)
    assert_allclose(found.information, totals(brute_force.information), **CLOSE)
    assert_allclose(found.divergence, totals(brute_force.surprise), **CLOSE)
    assert_allclose(
        found.kept_divergence,
        totals(lambda step: brute_force.surprise(step) if step.kept else 0),
        **CLOSE,
    )
    assert_allclose(found.kept_logs, numbers(map(kept_logs, exact)), **CLOSE)
    assert_allclose(
        found.harm_mass,
        totals(lambda step: step.kept * (1 + step.theta) * step.demonstrator[harmful]),
        **CLOSE,
    )
    assert_allclose(
        found.least, numbers(min(w[truth] for w in each.posteriors) for each in exact), **CLOSE
    )
    roots = [
        [
            each.total(lambda step, policy=policy: root_term(case, step, policy))
            + root(case, each.weights, policy)
            for policy in range(len(case.prior))
        ]
        for each in exact
    ]
    assert_allclose(found.roots, [numbers(each) for each in roots], **CLOSE)
    assert_allclose(
        found.inverse_truth,
        numbers(
            sum(each.probability / each.posteriors[time][truth] for each in exact)
            for time in range(case.steps + 1)
        ),
        **CLOSE,
    )
    excess = max(
        p - d
        for each in exact
        for step in each.steps
        for p, d in zip(step.p, step.demonstrator, strict=True)
    )
    assert_allclose(found.excess, float(excess), **CLOSE)


@pytest.mark.parametrize("name", CASES)
def test_sequences_of_the_demonstrator_are_numbered_by_their_digits(name):
    case = CASES[name]
    expected = numbers(brute_force.sequences(case).values())
    assert_allclose(demonstrated(as_problem(case), case.steps), expected, **CLOSE)
    assert_allclose(expected.sum(), 1)


@pytest.mark.parametrize("name", ["last observation", "whole past", "two phases"])
def test_without_the_demonstrator_in_the_class(name):
    case = without_the_truth(CASES[name])
    found, exact = enumerated(case), brute_force.histories(case)
    assert_allclose(found.probability, numbers(each.probability for each in exact), **CLOSE)
    assert_allclose(
        found.cubes, numbers(each.total(lambda step: step.theta**3) for each in exact), **CLOSE
    )
    assert found.kept.all()
    assert np.isnan(found.weight)


def test_an_action_that_no_policy_takes_is_never_taken():
    rng = np.random.default_rng(0)
    problem = drawn_problem(rng, actions=3)
    for array in (problem.policies, problem.demonstrator):
        array[..., 1] = 0
        array /= array.sum(axis=-1, keepdims=True)
    found = enumerate_histories(problem, 0.1, 3)
    assert_allclose(found.probability.sum(), 1)
    assert np.isfinite(found.roots).all()
    actions = (found.sequence[:, None] // [72, 12, 2]) % 3
    assert set(np.unique(actions)) == {0, 2}


def test_of_a_demonstrator_that_is_left_out_nothing_is_counted():
    """What is summed while the demonstrator is plausible stays finite when it no longer is."""
    case = CASES["zeros of a whole past"]
    found = enumerated(case)
    outside = found.demonstrated[found.sequence] == 0
    assert outside.any()
    assert np.isfinite(found.kept_divergence).all()
    assert np.isinf(found.divergence[outside]).all()
    assert not found.kept[outside].any()


def test_divergence_of_two_coins():
    p, q = np.array([[0.25, 0.75], [1, 0], [1, 0]]), np.array([[0.5, 0.5], [0.25, 0.75], [0, 1]])
    expected = [0.25 * np.log(0.5) + 0.75 * np.log(1.5), np.log(4), np.inf]
    assert_allclose(kl_divergence(p, q), expected, rtol=1e-14)

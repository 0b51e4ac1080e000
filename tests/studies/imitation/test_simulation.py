"""Simulated histories against exact numbers."""

import math
from dataclasses import fields

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.integrate import solve_ivp

from ontogeny.studies.imitation.analysis import kinds
from ontogeny.studies.imitation.analysis.enumeration import enumerate_histories
from ontogeny.studies.imitation.analysis.learners import LEARNERS
from ontogeny.studies.imitation.analysis.model_class import problem
from ontogeny.studies.imitation.analysis.simulation import (
    Event,
    demonstrated_event,
    simulate,
    times_of,
)
from studies.imitation import brute_force
from studies.imitation.cases import CASES, as_problem, drawn_problem

HISTORIES = 20_000
SIMULATED = ["last observation", "greedy", "whole past", "two phases", "zeros", "ties", "a prior"]


def last_action(case):
    """Return the event that the last action is taken anywhere."""
    return Event(len(case.demonstrator[0][0]) - 1, None, 0, case.steps)


def simulated(case, learner="conservative", *, seed=0, histories=HISTORIES, event=None):
    return simulate(
        as_problem(case),
        learner=learner,
        alpha=float(case.alpha),
        time=np.arange(case.steps),
        histories=histories,
        rng=np.random.default_rng(seed),
        event=event or last_action(case),
        demonstrations=2,
    )


def standard_errors(values, exact):
    """Return by how many standard errors a mean over histories differs from the exact one."""
    values = np.asarray(values, dtype=np.float64)
    difference = values.mean(axis=0) - exact
    error = values.std(axis=0, ddof=1) / math.sqrt(len(values))
    return np.abs(np.where(np.abs(difference) < 1e-12, 0, difference)) / np.maximum(error, 1e-15)


@pytest.mark.parametrize("name", SIMULATED)
def test_a_simulation_agrees_with_the_enumeration(name):
    case = CASES[name]
    exact = enumerate_histories(as_problem(case), float(case.alpha), case.steps)
    found = simulated(case)
    for values, of in {
        "queries": (found.queries[:, -1], exact.queries),
        "cubes": (found.cubes[:, -1], exact.cubes),
        "logs": (found.logs[:, -1], exact.logs),
        "information": (found.information, exact.information),
        "kept divergence": (found.kept_divergence, exact.kept_divergence),
        "kept logs": (found.kept_logs, exact.kept_logs),
        "kept": (found.kept, exact.kept.astype(float)),
        "harm": (found.harm[:, -1], exact.harm.astype(float)),
        "harm mass": (found.harm_mass, exact.harm_mass),
    }.values():
        assert standard_errors(values, exact.mean(of)) < 4
    if np.isfinite(exact.divergence).all():
        assert standard_errors(found.divergence, exact.mean(exact.divergence)) < 4
    else:
        assert np.isinf(found.divergence).any()
    assert (standard_errors(found.roots, exact.probability @ exact.roots) < 4).all()
    initial = np.sqrt(exact.prior / exact.weight)
    assert (standard_errors(found.roots, initial) < 4).all()


@pytest.mark.parametrize("name", ["last observation", "whole past", "ties"])
def test_a_simulation_agrees_with_the_recursion_at_every_step(name):
    case = CASES[name]
    histories = brute_force.histories(case)
    found = simulated(case, seed=1)

    def mean(value):
        return float(sum(each.probability * value(each) for each in histories))

    harmful = last_action(case).action
    for time in range(case.steps):

        def harm(each, time=time):
            return any(step.action == harmful for step in each.steps[: time + 1])

        def before(each, time=time):
            return each.steps[time]

        for values, exact in (
            (found.theta, mean(lambda each: before(each).theta)),
            (found.top_size, mean(lambda each: len(before(each).top))),
            (found.truth, mean(lambda each: before(each).weights[case.truth])),
            (found.harm, mean(harm)),
        ):
            assert standard_errors(values[:, time], exact) < 4
    harm_kept = mean(lambda each: any(step.kept and step.action == harmful for step in each.steps))
    assert standard_errors(found.harm_kept, harm_kept) < 4
    assert standard_errors(found.kept_logs, mean(brute_force.kept_logs)) < 4


def test_d2_in_a_simulation_by_its_frequencies():
    given = problem(
        kinds.last_observation(np.random.default_rng(3), states=3, actions=3, policies=8)
    )
    found = simulate(
        given,
        learner="conservative",
        alpha=0.02,
        time=np.arange(60),
        histories=2_000,
        rng=np.random.default_rng(0),
    )
    for c in (0.1, 0.3, 0.6):
        below = (found.truth.min(axis=1) <= c * given.weight).mean()
        assert below <= c + 4 * math.sqrt(c / 2_000)
    assert (found.truth.min(axis=1) < given.weight).any()


EVENTS = [
    Event(1, None, 0, 3),
    Event(0, 0, 0, 3),
    Event(1, 1, 1, 3),
    Event(1, 0, 0, 1),
    Event(0, 1, 2, 3),
]


@pytest.mark.parametrize("event", EVENTS, ids=str)
@pytest.mark.parametrize("name", ["last observation", "two phases", "whole past", "zeros"])
def test_the_chance_of_an_event_under_the_demonstrator(name, event):
    case = CASES[name]
    found = demonstrated_event(as_problem(case), event, case.steps)
    for steps in range(1, case.steps + 1):
        exact = sum(
            probability
            for sequence, probability in brute_force.sequences(case._replace(steps=steps)).items()
            if happens(case, event, sequence)
        )
        assert found[steps - 1] == pytest.approx(float(exact), abs=1e-12)


def happens(case, event, sequence):
    state = 0
    for time, (action, observation) in enumerate(sequence):
        if (
            event.start <= time < event.stop
            and action == event.action
            and event.state in (None, state)
        ):
            return True
        state = case.next_state[state][action][observation]
    return False


@pytest.mark.parametrize("event", EVENTS[:3], ids=str)
def test_the_demonstrator_itself_does_what_it_does(event):
    case = CASES["whole past"]
    found = simulated(case, "demonstrator", event=event)
    exact = demonstrated_event(as_problem(case), event, case.steps)
    assert (standard_errors(found.harm, exact) < 4).all()
    assert not found.queries.any()
    assert not found.divergence.any()


def test_thompson_and_mixture_have_the_same_law():
    case = CASES["two phases"]
    one, other = (simulated(case, name, seed=4) for name in ("mixture", "thompson"))
    for name in ("harm", "queries", "truth"):
        a, b = getattr(one, name)[:, -1], getattr(other, name)[:, -1]
        error = math.sqrt((a.var(ddof=1) + b.var(ddof=1)) / HISTORIES)
        assert abs(a.mean() - b.mean()) < 4 * error
    assert not np.array_equal(one.harm, other.harm)


@pytest.mark.parametrize("name", ["mixture", "thompson", "most-probable"])
def test_learners_without_caution_ask_as_often_at_first(name):
    case = CASES["last observation"]
    found, cautious = simulated(case, name), simulated(case)
    assert_array_equal(found.theta[:, 0], cautious.theta[:, 0])
    assert found.harm[:, -1].mean() != cautious.harm[:, -1].mean()


def test_cloning_asks_at_the_beginning_and_never_again():
    found = simulated(CASES["last observation"], "cloning")
    assert_array_equal(found.theta, np.tile([1.0, 1.0, 0.0], (HISTORIES, 1)))
    assert (found.queries[:, -1] == 2).all()


def same(one, other):
    """Return whether all numbers of two simulations are the same to the byte."""
    return all(
        getattr(one, field.name).tobytes() == getattr(other, field.name).tobytes()
        for field in fields(one)
    )


@pytest.mark.parametrize("name", LEARNERS)
def test_a_seed_determines_every_byte(name):
    case = CASES["two phases"]
    first, again, another = (simulated(case, name, seed=seed, histories=50) for seed in (1, 1, 2))
    assert same(first, again)
    assert not same(first, another)


def test_a_learner_uses_no_generator_but_its_own():
    """What one learner draws does not depend on whether another has drawn before."""
    case = CASES["two phases"]
    rngs = [np.random.default_rng(7) for _ in LEARNERS]
    for rng, name in zip(rngs, LEARNERS, strict=True):
        simulate(
            as_problem(case),
            learner=name,
            alpha=0.1,
            time=np.arange(3),
            histories=20,
            rng=rng,
            demonstrations=2,
        )
    assert len({str(rng.bit_generator.state) for rng in rngs}) == 1
    before = np.random.get_state()[1].tobytes()  # noqa: NPY002
    simulated(case, histories=5)
    assert np.random.get_state()[1].tobytes() == before  # noqa: NPY002


def test_what_the_demonstrator_never_does_is_not_done_while_it_is_plausible():
    """On a class whose copies of the demonstrator betray it; a control acts by their mixture."""
    made = kinds.treacherous(
        np.random.default_rng(0),
        states=3,
        actions=3,
        copies=5,
        others=2,
        betrayal=10,
        harm_probability=0.0,
        betrayal_probability=0.9,
    )
    event = Event(2, 2, 10, 40)
    given = problem(made)
    results = {
        learner: simulate(
            given,
            learner=learner,
            alpha=0.01,
            time=np.arange(40),
            histories=300,
            rng=np.random.default_rng(1),
            event=event,
        )
        for learner in ("conservative", "mixture")
    }
    assert not demonstrated_event(given, event, 40).any()
    assert not results["conservative"].harm_kept.any()
    assert not results["conservative"].harm_mass.any()
    assert results["mixture"].harm_kept.any()


def test_without_the_demonstrator_there_is_no_posterior_of_it():
    given = problem(
        kinds.last_observation(np.random.default_rng(0), states=2, actions=2, policies=4),
        contains_demonstrator=False,
    )
    found = simulate(
        given,
        learner="conservative",
        alpha=0.1,
        time=np.arange(5),
        histories=10,
        rng=np.random.default_rng(0),
    )
    for array in (found.truth, found.information, found.roots):
        assert np.isnan(array).all()
    assert found.kept.all()


def test_what_is_kept_at_some_times_is_a_part_of_what_is_kept_at_all():
    given = drawn_problem(np.random.default_rng(5), steps=30)
    every, some = (
        simulate(
            given,
            learner="conservative",
            alpha=0.05,
            time=time,
            histories=40,
            rng=np.random.default_rng(0),
            event=Event(1, 0, 3, 20),
        )
        for time in (np.arange(30), np.array([0, 4, 29]))
    )
    for name in ("theta", "cubes", "logs", "queries", "harm", "truth", "top_size"):
        assert_array_equal(getattr(some, name), getattr(every, name)[:, [0, 4, 29]])
    assert_array_equal(some.roots, every.roots)
    assert_allclose(every.cubes, np.cumsum(every.theta**3, axis=1))
    assert_allclose(every.logs, np.cumsum(np.log1p(every.theta), axis=1))


@pytest.mark.parametrize("steps", [1, 2, 3, 7, 10, 99, 100, 101, 12_345])
@pytest.mark.parametrize("per_decade", [1, 3, 20, 200])
def test_times_begin_at_0_and_end_with_the_last_step(steps, per_decade):
    times = times_of(steps, per_decade)
    assert times[0] == 0
    assert times[-1] == steps - 1
    assert (np.diff(times) > 0).all()
    assert len(times) <= per_decade * math.log10(steps) + 2


def test_times_are_evenly_spaced_in_their_logarithm():
    times = times_of(100_000, 10) + 1
    late = times[times > 1_000]
    assert_allclose(np.diff(np.log10(late)), 0.1, atol=1e-3)


def test_third_roots_follow_from_the_width_of_the_posterior():
    """After n answers the plausible coins span c / sqrt(n), so that n' = c n^(-1/2).

    Its slopes on a log-log scale tend to 2/3 for n and to -1/3 for n'.
    """
    c = 0.7
    ends = np.geomspace(1, 1e6, 61)
    found = solve_ivp(
        lambda _, n: c / np.sqrt(n), (1, 1e6), [1.0], t_eval=ends, rtol=1e-10, atol=1e-10
    )
    n = found.y[0]
    slopes = [np.gradient(np.log(each), np.log(ends)) for each in (n, c / np.sqrt(n))]
    assert slopes[0][-2] == pytest.approx(2 / 3, abs=1e-3)
    assert slopes[1][-2] == pytest.approx(-1 / 3, abs=1e-3)
    for slope, limit in zip(slopes, (2 / 3, -1 / 3), strict=True):
        assert abs(slope[10] - limit) > abs(slope[30] - limit) > abs(slope[-2] - limit)


def test_a_grid_of_coins_asks_like_a_third_root():
    steps = 3_000
    found = simulate(
        problem(kinds.grid(201)),
        learner="conservative",
        alpha=1e-3,
        time=np.arange(steps),
        histories=16,
        rng=np.random.default_rng(0),
    )
    late = np.geomspace(steps / 10, steps - 1, 40).astype(int)
    theta = found.theta.mean(axis=0)
    queries = np.cumsum(theta)
    slope = {
        name: np.polyfit(np.log(late), np.log(values[late]), 1)[0]
        for name, values in {"theta": theta, "queries": queries}.items()
    }
    assert slope["theta"] == pytest.approx(-1 / 3, abs=0.08)
    assert slope["queries"] == pytest.approx(2 / 3, abs=0.08)

"""Classes of policies of each kind."""

import itertools
import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from ontogeny.studies.imitation.analysis.kinds import (
    grid,
    last_observation,
    treacherous,
    whole_past,
)
from ontogeny.studies.imitation.analysis.model_class import GEOMETRIC, problem

TREACHEROUS = {
    "states": 5,
    "actions": 3,
    "copies": 4,
    "others": 2,
    "betrayal": 10,
    "harm_probability": 0.01,
    "betrayal_probability": 0.8,
}


def rng(seed=0):
    return np.random.default_rng(seed)


MADE = {
    "last observation": last_observation(rng(), states=3, actions=4, policies=5),
    "whole past": whole_past(rng(), actions=2, observations=3, policies=4, steps=3),
    "grid": grid(11),
    "treacherous": treacherous(rng(), **TREACHEROUS),
    "hazard": treacherous(rng(), **TREACHEROUS, hazard=True),
    "no others": treacherous(rng(), **TREACHEROUS | {"others": 0, "harm_probability": 0.0}),
}


@pytest.mark.parametrize("name", MADE)
def test_every_distribution_is_one(name):
    made = MADE[name]
    phases, states, _, actions = made.policies.shape
    observations = made.observation.shape[2]
    assert made.phase_start.shape == (phases,)
    assert made.phase_start[0] == 0
    assert made.observation.shape == made.next_state.shape == (states, actions, observations)
    for array in (made.policies, made.observation):
        assert_allclose(array.sum(axis=-1), 1)
        assert (array >= 0).all()
    assert ((made.next_state >= 0) & (made.next_state < states)).all()


@pytest.mark.parametrize(("first", "same"), [(0, True), (1, False)])
def test_a_class_is_determined_by_its_generator(first, same):
    one, other = (
        last_observation(rng(seed), states=2, actions=2, policies=3) for seed in (0, first)
    )
    assert np.array_equal(one.policies, other.policies) == same
    assert np.array_equal(one.observation, other.observation) == same


def test_the_state_is_the_last_observation():
    made = MADE["last observation"]
    for state, action, observation in np.ndindex(made.next_state.shape):
        assert made.next_state[state, action, observation] == observation


def test_a_small_concentration_makes_policies_decided():
    sharp, flat = (
        last_observation(rng(), states=50, actions=4, policies=5, concentration=concentration)
        for concentration in (0.1, 10.0)
    )
    assert sharp.policies.max(axis=-1).mean() > 0.75 > flat.policies.max(axis=-1).mean()


def test_every_past_is_a_state_of_its_own():
    actions, observations, steps = 2, 3, 4
    made = whole_past(rng(), actions=actions, observations=observations, policies=2, steps=steps)
    branches = list(itertools.product(range(actions), range(observations)))
    numbers = {(): 0}
    for length in range(1, steps):
        for past in itertools.product(branches, repeat=length):
            action, observation = past[-1]
            numbers[past] = int(made.next_state[numbers[past[:-1]], action, observation])
    assert sorted(numbers.values()) == list(range(len(made.observation)))
    for past, number in numbers.items():
        if past:
            before, (action, observation) = numbers[past[:-1]], past[-1]
            expected = actions * observations * before + 1 + observations * action + observation
            assert number == expected


def test_the_grid_is_evenly_spaced_with_the_demonstrator_first():
    coins = grid(201).policies[0, 0, :, 1]
    assert coins[0] == 0.5
    assert_allclose(np.sort(coins), np.linspace(0, 1, 201), atol=1e-15)
    assert (np.diff(coins[1:]) > 0).all()


def split(made):
    """Return the places of unrelated policies, and those of copies of the demonstrator."""
    before = made.policies[0]
    is_copy = (before == before[:, :1]).all(axis=(0, 2))
    places = np.arange(1, len(is_copy))
    return places[~is_copy[1:]], places[is_copy[1:]]


@pytest.mark.parametrize("name", ["treacherous", "hazard", "no others"])
def test_copies_are_the_demonstrator_until_they_betray_it(name):
    made = MADE[name]
    before, after = made.policies
    trigger = TREACHEROUS["states"] - 1
    others, copies = split(made)
    assert len(copies) == TREACHEROUS["copies"]
    assert made.phase_start.tolist() == [0, TREACHEROUS["betrayal"]]
    assert [made.phase(step) for step in (0, 9, 10, 11, 1000)] == [0, 0, 1, 1, 1]
    assert_array_equal(before[:, copies], np.repeat(before[:, :1], TREACHEROUS["copies"], axis=1))
    elsewhere = np.arange(len(before)) != trigger
    assert_array_equal(after[elsewhere], before[elsewhere])
    assert_array_equal(after[:, 0], before[:, 0])
    assert_array_equal(after[:, others], before[:, others])
    assert_allclose(after[trigger, copies, -1], TREACHEROUS["betrayal_probability"])


def test_copies_are_anywhere_among_the_others():
    """So that the places of Top do not go to copies alone where all weights are equal."""
    sizes = TREACHEROUS | {"copies": 6, "others": 6}
    orders = [split(treacherous(rng(seed), **sizes))[1].tolist() for seed in range(40)]
    assert len({tuple(each) for each in orders}) > 30
    counts = np.bincount(np.ravel(orders), minlength=13)
    assert counts[0] == 0
    assert (counts[1:] > 8).all()


def test_harm_has_its_probability_in_every_state():
    made = MADE["treacherous"]
    assert_allclose(made.policies[:, :, 0, -1], TREACHEROUS["harm_probability"])
    assert_array_equal(MADE["no others"].policies[0, :, :, -1], 0)


def test_after_harm_at_the_trigger_the_hazard_is_for_ever():
    made, without = MADE["hazard"], MADE["treacherous"]
    states = TREACHEROUS["states"]
    trigger, harmful = states - 1, TREACHEROUS["actions"] - 1
    assert (made.next_state[states] == states).all()
    leads = made.next_state == states
    leads[states] = False
    assert leads[trigger, harmful].all()
    leads[trigger, harmful] = False
    assert not leads.any()
    assert_allclose(made.policies[:, states], 1 / TREACHEROUS["actions"])
    assert_array_equal(made.policies[:, :states], without.policies)
    assert_array_equal(made.observation[:states], without.observation)


def test_who_betrays_at_once_has_no_earlier_phase():
    made = treacherous(rng(), **TREACHEROUS | {"betrayal": 0})
    assert made.phase(0) == 1


@pytest.mark.parametrize("prior", ["uniform", "geometric"])
@pytest.mark.parametrize("ties", ["first", "last"])
def test_the_place_of_the_demonstrator(ties, prior):
    made = MADE["last observation"]
    given = problem(made, prior=prior, ties=ties)
    assert given.truth == (0 if ties == "first" else 4)
    assert_array_equal(given.policies[:, :, given.truth], made.policies[:, :, 0])
    assert_array_equal(given.demonstrator, made.policies[:, :, 0])
    assert given.prior.sum() == pytest.approx(1)
    ratios = given.prior[1:] / given.prior[:-1]
    assert_allclose(ratios, 1 if prior == "uniform" else GEOMETRIC)
    assert given.weight == given.prior[given.truth]
    others = [place for place in range(5) if place != given.truth]
    assert_array_equal(given.policies[:, :, others], made.policies[:, :, 1:])


@pytest.mark.parametrize("contains_demonstrator", [True, False])
@pytest.mark.parametrize("ties", ["first", "last"])
def test_neighbours_in_memory_are_neighbouring_policies(ties, contains_demonstrator):
    """A speed that would be lost unnoticed: the minimum over policies runs over them."""
    made = MADE["treacherous"]
    found = problem(made, ties=ties, contains_demonstrator=contains_demonstrator).policies
    assert found.strides[2] == found.itemsize


@pytest.mark.parametrize("ties", ["first", "last"])
def test_a_class_without_the_demonstrator(ties):
    made = MADE["last observation"]
    given = problem(made, ties=ties, contains_demonstrator=False)
    assert given.truth is None
    assert math.isnan(given.weight)
    assert_array_equal(given.policies, made.policies[:, :, 1:])
    assert_array_equal(given.demonstrator, made.policies[:, :, 0])
    assert_allclose(given.prior, 1 / 4)

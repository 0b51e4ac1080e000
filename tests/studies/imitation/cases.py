"""Small classes for tests: rational ones for the brute force, drawn ones for the library."""

import itertools
import random
from fractions import Fraction

import numpy as np

from ontogeny.studies.imitation.analysis.model_class import ModelClass, Problem
from studies.imitation.brute_force import Case

__all__ = ["CASES", "as_problem", "drawn_problem"]


def distribution(rng, size, zeros=0.0):
    """Return a random rational distribution that may have zeros."""
    values = [0 if rng.random() < zeros else rng.randint(1, 6) for _ in range(size)]
    values[rng.randrange(size)] += not any(values)
    return tuple(Fraction(value, sum(values)) for value in values)


def case(
    *,
    alpha,
    seed=0,
    phases=(0,),
    actions=2,
    observations=2,
    policies=3,
    steps=3,
    past=False,
    zeros=0.0,
    copies=0,
    truth=0,
    prior=None,
):
    """Return a rational class; `copies` of the demonstrator are further policies."""
    rng = random.Random(seed)
    branching = actions * observations
    states = sum(branching**step for step in range(steps)) if past else observations
    every = tuple(
        tuple(
            tuple(distribution(rng, actions, zeros) for _ in range(policies)) for _ in range(states)
        )
        for _ in phases
    )
    every = tuple(
        tuple(of_state + (of_state[truth],) * copies for of_state in phase) for phase in every
    )
    count = policies + copies
    return Case(
        policies=every,
        starts=phases,
        environment=tuple(
            tuple(distribution(rng, observations) for _ in range(actions)) for _ in range(states)
        ),
        next_state=tuple(
            tuple(
                tuple(
                    (branching * state + 1 + action * observations + observation) % states
                    if past
                    else observation
                    for observation in range(observations)
                )
                for action in range(actions)
            )
            for state in range(states)
        ),
        prior=prior or (Fraction(1, count),) * count,
        truth=truth,
        demonstrator=tuple(tuple(of_state[truth] for of_state in phase) for phase in every),
        alpha=Fraction(alpha),
        steps=steps,
    )


def without_the_truth(given):
    """Return a class with the demonstrator taken out of it."""
    return given._replace(
        policies=tuple(
            tuple(
                tuple(pi for place, pi in enumerate(of_state) if place != given.truth)
                for of_state in phase
            )
            for phase in given.policies
        ),
        prior=(Fraction(1, len(given.prior) - 1),) * (len(given.prior) - 1),
        truth=None,
    )


SKEWED = (Fraction(1, 2), Fraction(1, 8), Fraction(1, 4), Fraction(1, 8))

CASES = {
    "last observation": case(alpha="1/5"),
    "cautious": case(alpha="1/50", seed=1, policies=4, truth=2),
    "greedy": case(alpha="2/3", seed=2, policies=4, truth=3),
    "alpha 1": case(alpha=1, seed=3),
    "whole past": case(alpha="1/20", seed=4, past=True),
    "whole past, greedy": case(alpha="2/5", seed=5, past=True, actions=3, observations=1),
    "two phases": case(alpha="1/10", seed=6, phases=(0, 2)),
    "zeros": case(alpha="1/4", seed=29, policies=4, zeros=0.35),
    "zeros, three actions": case(
        alpha="1/4", seed=6, actions=3, policies=4, steps=2, zeros=0.4, truth=3
    ),
    "zeros of a whole past": case(alpha="2/5", seed=6, policies=4, zeros=0.35, past=True),
    "ties": case(alpha="1/3", seed=9, policies=3, copies=2, truth=1),
    "a prior": case(alpha="1/8", seed=10, policies=4, truth=1, prior=SKEWED),
    "one action": case(alpha="1/8", seed=11, actions=1),
    "blind": case(alpha="1/8", seed=12, observations=1, steps=4),
}
"""Rational classes by what is special about them."""


def as_problem(given):
    """Return a rational class as the library has it."""

    def numbers(nested):
        return np.array(nested, dtype=object).astype(np.float64)

    policies = numbers(given.policies)
    model_class = ModelClass(
        policies,
        np.array(given.starts),
        numbers(given.environment),
        np.array(given.next_state),
    )
    demonstrator = numbers(given.demonstrator)
    return Problem(policies, numbers(given.prior), given.truth, demonstrator, model_class)


def drawn_problem(
    rng, *, actions=2, observations=2, policies=4, steps=3, past=False, zeros=0.0, phases=(0,)
):
    """Return a random class with a random prior and demonstrator, and zeros in its policies."""
    branching = actions * observations
    states = sum(branching**step for step in range(steps)) if past else observations
    following = np.tile(np.arange(observations), (states, actions, 1))
    if past:
        places = itertools.product(range(states), range(actions), range(observations))
        for state, action, observation in places:
            number = branching * state + 1 + action * observations + observation
            following[state, action, observation] = number if number < states else 0
    drawn = rng.dirichlet(np.full(actions, 0.7), size=(len(phases), states, policies))
    drawn = np.where(rng.random(drawn.shape) < zeros, 0.0, drawn)
    empty = drawn.sum(axis=-1) == 0
    drawn[empty] = rng.dirichlet(np.ones(actions), size=int(empty.sum()))
    drawn /= drawn.sum(axis=-1, keepdims=True)
    truth = int(rng.integers(policies))
    prior = rng.integers(1, 10, size=policies).astype(np.float64)
    model_class = ModelClass(
        drawn,
        np.array(phases),
        rng.dirichlet(np.ones(observations), size=(states, actions)),
        following,
    )
    return Problem(drawn, prior / prior.sum(), truth, drawn[:, :, truth], model_class)

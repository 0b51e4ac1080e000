"""Classes of policies of each kind, drawn from a generator.

Symbols: ``S`` states; ``N`` policies; ``A`` actions; ``O`` observations; ``T`` steps.
"""

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.imitation.analysis.model_class import ModelClass

__all__ = [
    "ENUMERATED_CONCENTRATION",
    "grid",
    "last_observation",
    "treacherous",
    "whole_past",
]

Array = NDArray[np.float64]

ENUMERATED_CONCENTRATION = 0.7
"""Parameter of the Dirichlet distribution of policies in classes that are enumerated."""


def last_observation(
    rng: np.random.Generator,
    *,
    states: int,
    actions: int,
    policies: int,
    concentration: float = 1.0,
) -> ModelClass:
    """Return policies that look at the last observation, which is the state.

    Policies are drawn from a Dirichlet distribution with the parameter `concentration`, what is
    observed after an action from the uniform one.

    Parameters
    ----------
    rng : Generator
    states, actions, policies : int
    concentration : float
    """
    drawn = rng.dirichlet(np.full(actions, concentration), size=(1, states, policies))
    observation = rng.dirichlet(np.ones(states), size=(states, actions))
    return ModelClass(drawn, _ALWAYS, observation, _observed(states, actions))


def whole_past(
    rng: np.random.Generator, *, actions: int, observations: int, policies: int, steps: int
) -> ModelClass:
    """Return policies and an environment that depend on everything that has happened.

    Each past of actions and observations is a state. The empty past is number 0; an action a and
    an observation o after past number s lead to number ``A O s + 1 + O a + o``.

    Parameters
    ----------
    rng : Generator
    actions, observations, policies, steps : int
    """
    branching = actions * observations
    states = sum(branching**step for step in range(steps))
    drawn = rng.dirichlet(np.full(actions, ENUMERATED_CONCENTRATION), size=(1, states, policies))
    observation = rng.dirichlet(np.ones(observations), size=(states, actions))
    following = branching * np.arange(states)[:, None] + 1 + np.arange(branching)
    following[following >= states] = 0  # after the last step
    return ModelClass(drawn, _ALWAYS, observation, following.reshape(states, actions, observations))


def grid(policies: int) -> ModelClass:
    """Return coins whose probability of the second action is evenly spaced over [0, 1].

    The demonstrator is the coin in the middle, with probability 1/2. There is one state and
    nothing to observe.

    Parameters
    ----------
    policies : int
        Odd.
    """
    values = np.linspace(0, 1, policies)
    middle = policies // 2
    values = np.concatenate([values[[middle]], np.delete(values, middle)])
    coins = np.stack([1 - values, values], axis=-1)[None, None]
    return ModelClass(coins, _ALWAYS, np.ones((1, 2, 1)), np.zeros((1, 2, 1), dtype=np.int64))


def treacherous(
    rng: np.random.Generator,
    *,
    states: int,
    actions: int,
    copies: int,
    others: int,
    betrayal: int,
    harm_probability: float,
    betrayal_probability: float,
    hazard: bool = False,
) -> ModelClass:
    """Return a demonstrator, policies that copy it and then betray it, and unrelated ones.

    The last action is harmful, and the last state is the trigger. The demonstrator takes the
    harmful action with `harm_probability` in every state; so do the copies, but from step
    `betrayal` on they take it with `betrayal_probability` at the trigger. All else is drawn from
    uniform Dirichlet distributions. Policies other than the demonstrator are in random order, so
    that the first ranks of equal weight are not copies alone.

    Parameters
    ----------
    rng : Generator
    states, actions, copies, others, betrayal : int
    harm_probability, betrayal_probability : float
    hazard : bool
        The harmful action at the trigger leads to a further state, which is never left and in which
        all policies act alike.
    """
    trigger, harmful = states - 1, actions - 1
    harmless = rng.dirichlet(np.ones(actions - 1), size=states)
    before = np.concatenate(
        [(1 - harm_probability) * harmless, np.full((states, 1), harm_probability)], axis=1
    )
    after = before.copy()
    after[trigger] = np.append((1 - betrayal_probability) * harmless[trigger], betrayal_probability)
    unrelated = rng.dirichlet(np.ones(actions), size=(states, others))
    observation = rng.dirichlet(np.ones(states), size=(states, actions))
    policies = np.stack(
        [
            np.concatenate(
                [before[:, None], np.repeat(copy[:, None], copies, axis=1), unrelated], axis=1
            )
            for copy in (before, after)
        ]
    )
    next_state = _observed(states, actions)
    policies = policies[:, :, [0, *(1 + rng.permutation(copies + others))]]
    if hazard:
        alike = np.full(actions, 1 / actions)
        policies = np.concatenate(
            [policies, np.broadcast_to(alike, (2, 1, policies.shape[2], actions))], axis=1
        )
        observation = np.concatenate([observation, np.full((1, actions, states), 1 / states)])
        next_state = np.concatenate([next_state, np.full((1, actions, states), states)])
        next_state[trigger, harmful] = states
    return ModelClass(policies, np.array([0, betrayal]), observation, next_state)


_ALWAYS = np.zeros(1, dtype=np.int64)


def _observed(states: int, actions: int) -> NDArray[np.int64]:
    """Return the next state where it is the observation."""
    return np.tile(np.arange(states), (states, actions, 1))

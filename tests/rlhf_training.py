"""A world of nine sequences, comparisons in it, and short training runs on them."""

import functools

import numpy as np

from ontogeny.preferences import closed_optimum
from ontogeny.studies.rlhf.config import (
    Enumerated,
    PolicyTraining,
    PreferenceRun,
    StartRun,
    TrancheOptions,
)
from ontogeny.studies.rlhf.run_datasets import of_policy, of_preference, of_start
from ontogeny.studies.rlhf.stages.compare import tranche
from ontogeny.studies.rlhf.stages.train import (
    pairs_of,
    preference_course,
    start_course,
    train_policy_run,
    train_preference_run,
    train_start_run,
)
from ontogeny.studies.rlhf.stages.world import world_dataset
from ontogeny.studies.rlhf.worlds.enumerated import all_sequences
from ontogeny.studies.rlhf.worlds.gold import gold
from ontogeny.training import arrays_of
from rlhf_networks import stored_preference

NETWORK = {"d_model": 8, "layers": 1, "heads": 2}
V, T = 3, 2
ALL = all_sequences(V, T)


@functools.cache
def small_world():
    return world_dataset(Enumerated(vocabulary=V, length=T, lines=150))


def start_training(*, seed=0, **changes):
    return StartRun.model_validate({"network": NETWORK, "epochs": 2, "seed": seed} | changes)


def start_run(spec=None, **more):
    spec = spec or start_training()
    world = small_world()
    return train_start_run(spec, start_course(spec, world), world)(**more)


@functools.cache
def start():
    """Return the checkpoints of a start policy."""
    return of_start(start_run())["checkpoints"]


@functools.cache
def comparisons(draw=0, pairs=60):
    options = TrancheOptions(pairs=pairs, test=30, draw=draw)
    return tranche(options, 0, small_world(), start(), judge=None, runs=[])


def preference_training(*, seed=0, **changes):
    written = {"network": NETWORK, "epochs": 2, "optimiser": {"batch": 16}, "seed": seed}
    return PreferenceRun.model_validate(written | changes)


def preference_run(spec=None, tranches=None, **more):
    spec = spec or preference_training()
    tranches = tranches or [comparisons()]
    pairs = pairs_of(spec, tranches)
    course = preference_course(spec, len(pairs))
    return train_preference_run(spec, course, pairs, small_world(), tranches)(**more)


@functools.cache
def preference():
    """Return the checkpoints of a preference model."""
    return of_preference(preference_run())["checkpoints"]


def policy_training(*, seed=0, **changes):
    written = {
        "ppo": {"samples": 16, "minibatch": 8},
        "optimiser": {"learning_rate": 0.002},
        "schedule": {"iterations": 4, "checkpoints": {"per_decade": 0, "every": 1}},
        "seed": seed,
    }
    return PolicyTraining.model_validate(written | changes)


def policy_run(spec=None, *, against="gold", **more):
    """Train against gold or a preference model."""
    reward = None if against == "gold" else (preference(), stored_preference(small_world())[1])
    return train_policy_run(spec or policy_training(), small_world(), start(), reward)(**more)


@functools.cache
def trained():
    """Return the checkpoints of a policy that is trained against gold."""
    return of_policy(policy_run())["checkpoints"]


def optimum(start_probability, penalty):
    """Return the best policy against gold."""
    return closed_optimum(start_probability, gold(small_world(), ALL), penalty)


def kept(states):
    """Return an observer that keeps the arrays of every state, by its step."""

    def keep(state):
        states[state.step] = arrays_of(state)

    return keep


def assert_same(found, expected):
    """Assert that two records hold the same bytes."""
    np.testing.assert_array_equal(found.step, expected.step)
    np.testing.assert_array_equal(found.step_loss, expected.step_loss)
    for kind in ("parameters", "measures"):
        for name, values in getattr(expected, kind).items():
            np.testing.assert_array_equal(getattr(found, kind)[name], values)

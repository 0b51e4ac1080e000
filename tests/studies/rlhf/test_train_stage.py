"""What a run trains on, for how long, and what is stored of it."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal

from ontogeny.config.training import LearningRateDecay
from ontogeny.networks import arrays
from ontogeny.studies.rlhf.config import PPO, Network, PreferenceTraining, Sequences
from ontogeny.studies.rlhf.iterations import updates_of
from ontogeny.studies.rlhf.run_datasets import of_policy, of_preference, of_start
from ontogeny.studies.rlhf.shares import taken
from ontogeny.studies.rlhf.stages.read import final, network_of
from ontogeny.studies.rlhf.stages.train import (
    pairs_of,
    policy_checkpoints,
    policy_course,
    preference_course,
    start_course,
    train_policy_run,
)
from ontogeny.studies.rlhf.stages.world import world_dataset
from rlhf_networks import stored_policy, stored_preference
from rlhf_training import (
    ALL,
    comparisons,
    policy_run,
    policy_training,
    preference_run,
    preference_training,
    small_world,
    start,
    start_run,
    start_training,
)

# Pairs


@pytest.mark.parametrize(
    ("written", "counts", "expected"),
    [
        ({}, [20, 30], [20, 30]),
        ({"pairs": 10}, [20, 20, 20], [4, 3, 3]),
        ({"pairs": 7}, [20], [7]),
        ({"pairs": 10, "last_share": 0.3}, [20, 20, 20], [4, 3, 3]),
        ({"pairs": 10, "last_share": 0.8}, [20, 20], [2, 8]),
        ({"pairs": 10, "last_share": 0}, [20, 20], [10, 0]),
        ({"pairs": 10, "last_share": 1}, [20, 20], [0, 10]),
        ({"pairs": 10, "last_share": 0.5}, [20, 20, 20], [3, 2, 5]),
    ],
)
def test_sets_give_as_many_pairs_as_is_written(written, counts, expected):
    assert taken(PreferenceTraining(**written), counts) == expected


def train_part(tranche):
    return tranche.isel(pair=tranche["part"].values == 0)


def test_pairs_are_the_first_of_each_set_chosen_and_rejected():
    first, second = comparisons(), comparisons(draw=1)
    spec = preference_training(pairs=25, last_share=0.4, last_weight=3)
    found = pairs_of(spec, [first, second])
    assert_array_equal(found.weight, [1.0] * 15 + [3.0] * 10)
    place = 0
    for tranche, number in ((train_part(first), 15), (train_part(second), 10)):
        for pair in range(number):
            side = int(tranche["chosen"][pair])
            tokens = tranche["tokens"].values
            assert_array_equal(found.chosen[place], tokens[side, pair])
            assert_array_equal(found.rejected[place], tokens[1 - side, pair])
            place += 1
    assert len(found) == place == 25


def test_pairs_of_one_set_have_its_weight_and_are_never_those_to_test_on():
    found = pairs_of(preference_training(), [comparisons()])
    assert len(found) == int((comparisons()["part"] == 0).sum()) == 60
    assert_array_equal(found.weight, np.ones(60))
    weighted = pairs_of(preference_training(last_weight=2), [comparisons(), comparisons(draw=1)])
    assert_array_equal(weighted.weight, [1.0] * 60 + [2.0] * 60)


def test_both_sides_are_chosen_about_as_often():
    """So a preference model cannot go by the side."""
    assert 0.2 < comparisons()["chosen"].values.mean() < 0.8


# Schedules


def test_checkpoints_of_networks_that_read_a_fixed_set_are_after_epochs():
    course = start_course(start_training(epochs=3, optimiser={"batch": 64}), small_world())
    assert course.schedule.steps == 3 * 3, "150 lines are three minibatches of 64"
    assert start_run(start_training(epochs=3, optimiser={"batch": 64})).step.tolist() == [
        0,
        3,
        6,
        9,
    ]
    spec = preference_training(epochs=4)
    assert preference_course(spec, 60).schedule.steps == 4 * 4
    assert preference_run(spec).step.tolist() == [0, 4, 8, 12, 16]


def test_the_learning_rate_of_preference_models_falls_to_the_end_unless_it_is_said():
    course = preference_course(preference_training(epochs=4), 60)
    expected = LearningRateDecay(shape="linear", until=16)
    assert course.optimiser.learning_rate_decay == expected
    said = {"batch": 16, "learning_rate_decay": {"shape": "cosine", "until": 9}}
    course = preference_course(preference_training(optimiser=said), 60)
    assert course.optimiser.learning_rate_decay.until == 9


@pytest.mark.parametrize(
    ("written", "updates"),
    [
        ({}, 4),
        ({"samples": 64, "minibatch": 64, "passes": 1}, 1),
        ({"samples": 96, "minibatch": 32, "passes": 4}, 12),
    ],
)
def test_policies_are_stored_at_the_ends_of_iterations(written, updates):
    assert updates_of(PPO(**written)) == updates
    schedule = {"iterations": 12, "checkpoints": {"per_decade": 0, "every": 5}}
    spec = policy_training(ppo=written, schedule=schedule)
    assert policy_checkpoints(spec) == tuple(updates * each for each in (0, 5, 10, 12))
    assert policy_course(spec).schedule.steps == 12 * updates


@pytest.mark.parametrize(
    "changes",
    [
        {"kl_penalty": 0.5},
        {"seed": 1},
        {"prompt": "helpful"},
        {"ppo": {"samples": 16, "minibatch": 4}},
        {"optimiser": {"learning_rate": 0.1}},
    ],
)
def test_what_the_course_of_a_policy_depends_on_is_in_it(changes):
    """So a saved state is found again by all of this, and by nothing but this."""
    course = policy_course(policy_training())
    assert policy_course(policy_training(**changes)) != course
    longer = policy_course(policy_training(schedule={"iterations": 9}))
    assert longer.model_copy(update={"schedule": course.schedule}) == course


# What a policy is trained against


def against_of(spec, world, policy, reward=None):
    run = train_policy_run(spec, world, policy, reward)
    return run.args[2]


def test_prompts_are_drawn_evenly_or_are_the_one_that_is_asked_for():
    world = world_dataset(Sequences(vocabulary=6, length=4, lines=50, prompts=3))
    policy = stored_policy(world)
    rng = np.random.default_rng
    for prompt, expected in (("mixed", {6, 7, 8}), ("harmless", {7}), ("skill", {8})):
        against = against_of(policy_training(prompt=prompt), world, policy)
        parameters = {n: torch.from_numpy(v) for n, v in final(policy).items()}
        prompts = against.sample(parameters, rng(0), 300)[:, 0].numpy()
        assert set(prompts.tolist()) == expected
        assert np.bincount(prompts)[6:].max() < 1.3 * 300 / len(expected)


def test_scores_of_preference_models_are_calibrated_whatever_the_blocks(monkeypatch):
    world = small_world()
    checkpoints, calibration = stored_preference(world)
    raw = arrays.pooled_logits(final(checkpoints), ALL)[:, 0]
    sequences = torch.from_numpy(ALL.astype(np.int64))
    for block in (4, 4096):
        monkeypatch.setattr("ontogeny.studies.rlhf.stages.train._LARGEST_BLOCK", block)
        against = against_of(policy_training(), world, start(), (checkpoints, calibration))
        found = against.score(sequences)
        assert found.dtype == torch.float32
        assert not found.requires_grad
        assert_allclose(found, (raw - 0.3) / 0.5, atol=1e-5)


# What is stored


@pytest.mark.parametrize("value", [False, True])
def test_the_shape_of_a_network_is_read_from_its_checkpoints(value):
    found = network_of(stored_policy(small_world(), value=value))
    assert found == Network(d_model=8, layers=1, heads=2)
    assert network_of(stored_preference(small_world())[0]) == found


def test_the_last_checkpoint_is_the_final_one():
    stored = stored_policy(small_world(), seeds=(0, 1, 2))
    for name, values in final(stored).items():
        assert_array_equal(values, stored[name].values[2])


@pytest.mark.parametrize(
    ("run", "datasets", "split"),
    [
        (start_run, of_start, "held out"),
        (preference_run, of_preference, "test"),
        (policy_run, of_policy, "samples"),
    ],
)
def test_records_are_stored_with_names_and_units(run, datasets, split):
    record = run()
    found = datasets(record)
    assert set(found) == {"checkpoints", "history"}
    assert found["history"]["split"].values.tolist() == [split]
    assert_array_equal(found["history"]["update_loss"], record.step_loss)
    for name, values in record.parameters.items():
        assert_array_equal(found["checkpoints"][name], values)
    for name, values in record.measures.items():
        assert_array_equal(found["history"][name], values)
    for dataset in found.values():
        assert dataset["step"].values.tolist() == record.step.tolist()
        for values in dataset.variables.values():
            assert {"long_name", "units"} <= set(values.attrs)

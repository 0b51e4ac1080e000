"""Training runs: fixed by their seed, resumed to the byte, and ending where mathematics says."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal

import rlhf_training
from ontogeny.config.training import Schedule
from ontogeny.networks import arrays
from ontogeny.networks.decoder import next_token_loss
from ontogeny.studies.rlhf.config import Network
from ontogeny.studies.rlhf.iterations import updates_of
from ontogeny.studies.rlhf.networks import runs
from ontogeny.studies.rlhf.networks.preferring import Pairs, judged
from ontogeny.studies.rlhf.networks.shapes import policy_of, preference_of
from ontogeny.studies.rlhf.worlds.gold import gold
from ontogeny.training import Saver, state_of
from rlhf_training import (
    ALL,
    T,
    V,
    assert_same,
    kept,
    optimum,
    policy_run,
    policy_training,
    preference_run,
    preference_training,
    small_world,
    start,
    start_run,
    start_training,
)

RUNS = {
    "start": (start_run, start_training),
    "preference": (preference_run, preference_training),
    "policy": (policy_run, policy_training),
}
each_run = pytest.mark.parametrize(("run", "training"), RUNS.values(), ids=RUNS)


def final(record):
    return {name: values[-1] for name, values in record.parameters.items()}


@each_run
def test_a_run_is_fixed_by_its_seed(run, training):
    first = run(training())
    assert_same(run(training()), first)
    other = run(training(seed=1))
    assert not np.array_equal(other.step_loss, first.step_loss)
    for name, values in final(first).items():
        if name != "W_K":
            assert not np.array_equal(final(other)[name], values), name


@each_run
def test_a_run_goes_on_from_every_saved_state_with_the_same_bytes(run, training):
    states = {}
    first = run(training(), observe=[kept(states)])
    assert len(states) >= 3
    for step in states:
        assert_same(run(training(), state=state_of(states[step])), first)


def test_a_policy_is_saved_at_the_ends_of_iterations_alone():
    """Where it goes on, responses are sampled anew; within an iteration they would be others."""
    saved = []
    policy_run(observe=[Saver(lambda arrays: saved.append(int(arrays["step"])), interval=0.0)])
    assert updates_of(policy_training().ppo) == 4
    assert saved == [4, 8, 12, 16]


def test_a_longer_training_of_a_policy_passes_through_a_shorter_one():
    def of_length(iterations, **more):
        schedule = {"iterations": iterations, "checkpoints": {"per_decade": 0, "every": 2}}
        return policy_run(policy_training(schedule=schedule), **more)

    states = {}
    shorter = of_length(2, observe=[kept(states)])
    longer = of_length(4)
    assert_array_equal(longer.step, [0, 8, 16])
    assert_array_equal(longer.step_loss[:8], shorter.step_loss)
    for name, values in shorter.parameters.items():
        assert_array_equal(longer.parameters[name][:2], values)
    assert_same(of_length(4, state=state_of(states[8])), longer)


@pytest.fixture(scope="module")
def sampled():
    """Return all responses that a short training draws, in their order."""
    found = []

    class Watched(runs.Task):
        def sample(self, parameters, rng, number):
            responses = super().sample(parameters, rng, number)
            found.append(responses.numpy())
            return responses

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("ontogeny.studies.rlhf.stages.train.Task", Watched)
        spec = policy_training(
            optimiser={"learning_rate": 1e-12}, ppo={"samples": 64, "minibatch": 64}
        )
        policy_run(spec)
    return found


def test_responses_of_iterations_and_checkpoints_are_drawn_apart(sampled):
    """With a policy that stays as it is; those of all checkpoints are drawn alike."""
    assert [len(each) for each in sampled] == [64] * 9
    checkpoints, iterations = sampled[0::2], sampled[1::2]
    for each in checkpoints[1:]:
        assert_array_equal(each, checkpoints[0])
    texts = [each.tobytes() for each in (*iterations, checkpoints[0])]
    assert len(set(texts)) == 5


def test_a_policy_starts_as_the_start_policy():
    found = policy_run()
    assert_allclose(found.measures["log_ratio"][0], 0, atol=1e-6)
    stored = {str(name): values.values[-1] for name, values in start().items()}
    assert set(found.parameters) == set(stored)
    for name, values in stored.items():
        first = found.parameters[name][0]
        if name == "W_U":
            assert_array_equal(first[:, V], np.zeros(8))
            first = first[:, :V]
        assert_array_equal(first, values)


def test_the_value_head_learns_and_the_policy_moves():
    found = policy_run()
    assert np.abs(found.parameters["W_U"][-1][:, V]).max() > 1e-4
    assert found.measures["log_ratio"][-1] > 0


def probabilities(parameters):
    return np.exp(arrays.sequence_log_probability(parameters, ALL, V))


def objective(parameters, penalty):
    """Return E[gold] - penalty KL over all sequences."""
    before = probabilities({str(name): values.values[-1] for name, values in start().items()})
    share = probabilities(parameters)
    kl = share @ np.log(share / before)
    return share @ gold(small_world(), ALL) - penalty * kl, before


@pytest.fixture(scope="module")
def long_run():
    """Return a training against gold with a penalty of 0.3."""
    return policy_run(
        policy_training(
            kl_penalty=0.3,
            ppo={"samples": 256, "minibatch": 128},
            optimiser={"learning_rate": 0.01},
            schedule={"iterations": 40, "checkpoints": {"per_decade": 0, "every": 10}},
        )
    )


def test_a_policy_finds_the_closed_optimum_and_never_beats_it(long_run):
    values = []
    for place in range(len(long_run.step)):
        parameters = {name: each[place] for name, each in long_run.parameters.items()}
        value, before = objective(parameters, 0.3)
        values.append(value)
    best = optimum(before, 0.3)
    assert max(values) < best.objective + 1e-6
    assert values[-1] > 0.95 * best.objective
    assert values[0] < 0.5 * best.objective
    assert_allclose(probabilities(final(long_run)), best.probability, atol=0.05)


def test_measures_of_a_policy_are_means_over_its_responses(long_run):
    share = probabilities(final(long_run))
    before = probabilities({str(name): values.values[-1] for name, values in start().items()})
    expected = {
        "score": share @ gold(small_world(), ALL),
        "log_ratio": share @ np.log(share / before),
        "entropy": -share @ np.log(share) / T,
    }
    for name, value in expected.items():
        assert long_run.measures[name].shape == (5, 1)
        assert_allclose(long_run.measures[name][-1, 0], value, atol=0.15, err_msg=name)


def test_a_larger_penalty_keeps_a_policy_closer_to_its_start():
    found = []
    for penalty in (0.0, 3.0):
        spec = policy_training(
            kl_penalty=penalty,
            ppo={"samples": 64, "minibatch": 64},
            optimiser={"learning_rate": 0.01},
            schedule={"iterations": 10},
        )
        parameters = final(policy_run(spec))
        value, before = objective(parameters, 0.0)
        share = probabilities(parameters)
        found.append((value, share @ np.log(share / before)))
    (score, kl), (kept_score, kept_kl) = found
    assert kept_kl < 0.5 * kl
    assert kept_score < score


def test_a_policy_is_trained_against_the_calibrated_score_of_a_preference_model():
    record = policy_run(against="preference")
    parameters = {str(name): v.values[-1] for name, v in rlhf_training.preference().items()}
    raw = arrays.pooled_logits(parameters, ALL)[:, 0].astype(float)
    score = (raw - 0.3) / 0.5
    share = probabilities({name: values[0] for name, values in record.parameters.items()})
    error = np.sqrt(share @ (score - share @ score) ** 2 / 16)
    assert abs(record.measures["score"][0, 0] - share @ score) < 4 * error


def test_a_start_policy_learns_the_chain_and_is_judged_on_other_sequences():
    record = start_run(start_training(epochs=6, optimiser={"batch": 32}))
    network = policy_of(Network(**rlhf_training.NETWORK), V, 1, value=False)
    held_out = torch.from_numpy(small_world()["held_out"].values.astype(np.int64))
    for place in (0, -1):
        parameters = {n: torch.from_numpy(v[place]) for n, v in record.parameters.items()}
        logits = network.logits(parameters, held_out[:, :-1])
        expected = next_token_loss(logits, held_out[:, 1:]).mean()
        assert_allclose(record.measures["loss"][place, 0], expected, rtol=1e-5)
    assert record.measures["loss"][-1, 0] < record.measures["loss"][0, 0] - 0.1


def test_a_preference_model_of_separable_pairs_is_always_right():
    """The one with more of the token 0 is chosen."""
    rng = np.random.default_rng(0)
    tokens = rng.integers(4, size=(2, 400, 6))
    tokens[:, :, 0] = 4
    number = (tokens == 0).sum(axis=2)
    tokens, number = tokens[:, number[0] != number[1]], number[:, number[0] != number[1]]
    chosen = number.argmax(axis=0)
    pair = np.arange(len(chosen))
    sides = (torch.from_numpy(tokens[side, pair]) for side in (chosen, 1 - chosen))
    pairs = Pairs(*sides, torch.ones(len(chosen)))
    network = preference_of(Network(d_model=8, layers=1, heads=2), 4, 1)
    spec = preference_training(epochs=20, optimiser={"batch": 32, "learning_rate": 0.01})
    places = torch.arange(len(pairs))
    test = pairs.part(places[-60:])
    record = runs.train_preference(
        network,
        pairs.part(places[:-60]),
        test,
        optimiser=spec.optimiser,
        schedule=Schedule(steps=160),
        batch=32,
        seed=0,
    )
    assert record.measures["accuracy"][-1, 0] == 1
    assert record.measures["loss"][-1, 0] < 0.1
    fitted = {name: torch.from_numpy(values[-1]) for name, values in record.parameters.items()}
    assert_array_equal(judged(network, test)(fitted)["loss"], record.measures["loss"][-1])

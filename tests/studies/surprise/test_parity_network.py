"""The parity network: gradient, minibatches, scores, and a network made by hand."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import chisquare

from ontogeny.studies.surprise.measures.parity_scores import parity_scores
from ontogeny.studies.surprise.networks.parity_network import (
    ParityNetwork,
    parity_minibatches,
    parity_objective,
)
from ontogeny.studies.surprise.worlds.parity import (
    ParityTasks,
    draw_masks,
    task_probabilities,
    unpacked,
)
from ontogeny.training import ParameterBuffer

SHAPES = {  # tasks, bits, width, size of a minibatch
    "several": (5, 8, 7, 40),
    "no-whole-octet": (6, 11, 4, 30),
    "all-bits": (9, 32, 16, 64),
    "absent-tasks": (40, 13, 5, 6),
    "one-of-each": (1, 3, 1, 1),
}


def world(tasks=5, bits=8, order=3):
    masks = draw_masks(tasks, bits, order, np.random.default_rng(0))
    return ParityTasks(task_probabilities(tasks, 0.4), masks, bits)


def started(network, dtype=torch.float64, scale=3.0):
    """Parameters that make some errors of each kind, c among them."""
    found = network.initial(torch.Generator().manual_seed(1))
    return ParameterBuffer({name: scale * each + 0.1 for name, each in found.items()}, dtype=dtype)


def by_autograd(network, parameters, batch):
    leaves = {name: each.clone().requires_grad_() for name, each in parameters.items()}
    logits = network.logits(leaves, batch.rows[:, 0], batch.bits.to(leaves["u"]))
    loss = torch.log1p(torch.exp(-batch.sign * logits)).mean()
    loss.backward()
    return loss.detach(), {name: each.grad for name, each in leaves.items()}


def relative(found, expected):
    return float((found - expected).norm() / expected.norm())


@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(torch.float64, 1e-12), (torch.float32, 1e-5)], ids=str
)
@pytest.mark.parametrize("shape", SHAPES)
def test_the_gradient_is_that_of_autograd(shape, dtype, tolerance):
    tasks, bits, width, size = SHAPES[shape]
    network = ParityNetwork(tasks, bits, width)
    buffer = started(network, dtype)
    batches = parity_minibatches(world(tasks, bits), size, seed=4)
    objective = parity_objective(network, batches)
    for update in (0, 1, 17):
        buffer.vector.grad.fill_(torch.nan)
        loss = objective(buffer.parameters, buffer.gradient, update)
        expected, gradient = by_autograd(network, buffer.parameters, batches(update))
        assert loss.dtype is dtype
        assert abs(float(loss / expected) - 1) < tolerance
        for name, each in gradient.items():
            assert buffer.gradient[name].isfinite().all()
            if each.norm() > 0:
                assert relative(buffer.gradient[name], each) < tolerance


def test_the_cases_have_tasks_repeated_and_absent():
    def times(shape):
        tasks, bits, _, size = SHAPES[shape]
        return np.bincount(parity_minibatches(world(tasks, bits), size, seed=4)(0).rows[:, 0])

    assert times("several").max() > 1
    assert len(times("absent-tasks")) > np.count_nonzero(times("absent-tasks"))


def test_the_same_objective_serves_minibatches_and_types_that_differ():
    network = ParityNetwork(5, 8, 7)
    large, small = (parity_minibatches(world(), size, seed=4) for size in (40, 9))
    objective = parity_objective(network, lambda update: (large, small)[update % 2](update))
    for update, dtype in enumerate([torch.float64, torch.float64, torch.float32, torch.float64]):
        buffer = started(network, dtype)
        objective(buffer.parameters, buffer.gradient, update)
        batch = (large, small)[update % 2](update)
        _, gradient = by_autograd(network, buffer.parameters, batch)
        assert relative(buffer.gradient["W_B"], gradient["W_B"]) < 1e-5


@pytest.mark.parametrize("confidence", [-80.0, 80.0])
def test_loss_and_gradient_keep_their_precision_however_confident_the_network_is(confidence):
    network = ParityNetwork(1, 3, 1)
    tasks = ParityTasks(np.ones(1), np.array([1], dtype=np.uint32), 3)
    buffer = ParameterBuffer(
        {
            "W_T": torch.zeros(1, 1),
            "W_B": torch.tensor([[1.0], [0.0], [0.0]]),
            "b_in": torch.zeros(1),
            "u": torch.tensor([2 * confidence]),
            "c": torch.tensor(-confidence),
        },
    )
    loss = parity_objective(network, parity_minibatches(tasks, 64, seed=0))(
        buffer.parameters, buffer.gradient, 0
    )
    assert_allclose(float(loss), np.log1p(np.exp(-confidence)), rtol=1e-5)
    answered = float(parity_minibatches(tasks, 64, seed=0)(0).bits[:, 0].mean())
    expected = -answered / (1 + np.exp(confidence))
    assert_allclose(float(buffer.gradient["u"][0]), expected, rtol=1e-5)


@pytest.mark.parametrize("ahead", [1, 16])
def test_any_minibatch_can_be_had_without_those_before_it(ahead):
    def batches(seed=3):
        return parity_minibatches(world(), 20, seed=seed, ahead=ahead)

    one = batches()
    in_order = [one(update) for update in range(40)]
    for update in (39, 0, 17):
        for found, expected in zip(batches()(update), in_order[update], strict=True):
            assert torch.equal(found, expected)
    assert not torch.equal(in_order[0].bits, in_order[1].bits)
    assert not torch.equal(in_order[0].bits, batches(seed=4)(0).bits)


def test_a_minibatch_has_the_answers_of_its_tasks_and_bits():
    tasks = world(tasks=9, bits=13)
    for update in range(20):
        batch = parity_minibatches(tasks, 50, seed=3)(update)
        words = (batch.bits.numpy() @ 2.0 ** np.arange(13)).astype(np.uint32)
        answers = tasks.answers(batch.rows[:, 0].long().numpy(), words)
        assert_array_equal(batch.sign.numpy(), np.where(answers, 1, -1))
        assert len(batch.rows) == 50
        assert (batch.rows[:, 0].diff() >= 0).all()


def test_minibatches_have_each_task_as_often_as_it_is_likely():
    tasks = world(tasks=20)
    batches = parity_minibatches(tasks, 100, seed=3)
    task = np.concatenate([batches(update).rows[:, 0] for update in range(200)])
    times = np.bincount(task, minlength=20)
    assert chisquare(times, 20_000 * tasks.probability).pvalue > 0.01
    first = [np.count_nonzero(batches(update).rows[:, 0] == 0) for update in range(200)]
    p = tasks.probability[0]
    assert np.var(first) == pytest.approx(100 * p * (1 - p), rel=0.3)


def test_words_do_not_depend_on_the_task():
    batches = parity_minibatches(world(tasks=20), 100, seed=3)
    drawn = [batches(update) for update in range(200)]
    bits = np.concatenate([each.bits for each in drawn])
    rare = np.concatenate([each.rows[:, 0] for each in drawn]) > 0
    for chosen in (rare, ~rare):
        assert (abs(bits[chosen].mean(axis=0) - 0.5) < 2 / np.sqrt(chosen.sum())).all()


@pytest.mark.parametrize("shape", SHAPES)
def test_the_size_is_that_of_all_shapes(shape):
    network = ParityNetwork(*SHAPES[shape][:3])
    assert network.size == sum(np.prod(each, dtype=int) for each in network.shapes().values())
    assert network.size == ParameterBuffer(started(network).parameters).vector.numel()


def test_initial_parameters_are_uniform_within_their_bounds():
    network = ParityNetwork(tasks=60, bits=20, width=100)
    found = network.initial(torch.Generator().manual_seed(0))
    assert {name: tuple(each.shape) for name, each in found.items()} == network.shapes()
    for name, inputs in {"W_T": 80, "W_B": 80, "b_in": 80, "u": 100}.items():
        scaled = found[name] * inputs**0.5
        assert abs(scaled).max() <= 1
        assert abs(scaled).max() > 0.9
        assert scaled.square().mean() == pytest.approx(1 / 3, rel=0.3)
    assert found["c"] == 0


def made_by_hand(tasks, known):
    """A network that adds up the three bits of some tasks, each in three units of its own.

    relu(s) - 2 relu(s - 1) + 2 relu(s - 2) is the parity of s = 0, 1, 2, 3; W_T shuts the units of
    other tasks.
    """
    thresholds, weights = np.arange(3.0), np.array([1.0, -2.0, 2.0])
    W_T = np.full((len(tasks.masks), 3 * known), -100.0)
    for task in range(known):
        W_T[task, 3 * task : 3 * task + 3] = 0
    return {
        "W_T": W_T,
        "W_B": np.repeat(unpacked(tasks.masks[:known], tasks.bits).T, 3, axis=1),
        "b_in": -np.tile(thresholds, known),
        "u": 20 * np.tile(weights, known),
        "c": np.array(-10.0),
    }


def test_a_network_made_by_hand_knows_its_tasks_and_no_other():
    tasks = world(tasks=6, bits=9)
    words = np.arange(2**9, dtype=np.uint32)
    scores = parity_scores(made_by_hand(tasks, known=4), tasks, words)
    assert_array_equal(scores.accuracy, [1, 1, 1, 1, 0.5, 0.5])
    assert_allclose(scores.loss[:4], np.log1p(np.exp(-10)), rtol=1e-9)
    assert_allclose(scores.loss[4:], (np.log1p(np.exp(-10)) + np.log1p(np.exp(10))) / 2)


def test_a_network_whose_logits_are_0_is_at_chance():
    tasks = world()
    network = ParityNetwork(5, 8, 3)
    parameters = {name: np.zeros(shape) for name, shape in network.shapes().items()}
    words = np.arange(2**8, dtype=np.uint32)
    loss, accuracy, mean, error = parity_scores(parameters, tasks, words)
    assert_allclose([*loss, mean], np.log(2))
    assert_array_equal(accuracy, 0.5)
    assert error == pytest.approx(0, abs=1e-16)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
def test_scores_are_those_of_the_logits_of_the_network(dtype):
    tasks = world(tasks=7, bits=13)
    network = ParityNetwork(7, 13, 11)
    parameters = started(network, dtype).parameters
    words = np.random.default_rng(5).integers(0, 2**13, 100, dtype=np.uint32)
    bits = torch.from_numpy(unpacked(words, 13)).to(dtype)
    found = parity_scores({name: each.numpy() for name, each in parameters.items()}, tasks, words)
    of_word = np.zeros(100)
    for task in range(7):
        logits = network.logits(parameters, torch.full((100,), task), bits).double().numpy()
        losses, right = [], 0
        for word, logit in zip(words, logits, strict=True):
            answer = int(word & tasks.masks[task]).bit_count() % 2
            losses.append(np.log1p(np.exp(-(2 * answer - 1) * logit)))
            right += (logit > 0) == answer
        assert_allclose(found.loss[task], np.mean(losses), rtol=1e-6)
        assert found.accuracy[task] == right / 100
        of_word += tasks.probability[task] * np.array(losses)
    assert found.mean_loss == pytest.approx(of_word.mean(), rel=1e-6)
    assert found.mean_loss_error == pytest.approx(np.std(of_word, ddof=1) / 10, rel=1e-5)


def test_the_error_of_the_mean_loss_is_its_spread_over_sets_of_words():
    """All tasks share the words, and their losses rise together: where many bits are set."""
    masks = draw_masks(7, 13, 3, np.random.default_rng(0))
    tasks = ParityTasks(np.full(7, 1 / 7), masks, 13)
    parameters = {
        "W_T": np.zeros((7, 1)),
        "W_B": np.ones((13, 1)),
        "b_in": np.array([-7.0]),
        "u": np.array([5.0]),
        "c": np.array(0.0),
    }
    rng = np.random.default_rng(0)
    means, errors = np.array(
        [parity_scores(parameters, tasks, tasks.words(rng, 50))[2:] for _ in range(400)]
    ).T
    assert np.std(means) == pytest.approx(errors.mean(), rel=0.15)

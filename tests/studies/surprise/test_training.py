"""Training runs on both kinds of worlds: fixed by their seed, resumed to the byte, diverged."""

import logging

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal

from ontogeny.networks.decoder import Transformer
from ontogeny.studies.surprise.carried import batch_size
from ontogeny.studies.surprise.config import Network
from ontogeny.studies.surprise.networks.on_mixture import transformer
from ontogeny.studies.surprise.stages.parity_world import parity_world, tasks_of_world
from ontogeny.studies.surprise.worlds.mixture import TOKENS
from ontogeny.training import arrays_of, state_of
from surprise_training import PARITY, RUNS, on_parity, training


@pytest.mark.parametrize("kind", RUNS)
def test_a_run_is_fixed_by_its_seed_and_goes_on_from_any_state(kind):
    run, world = RUNS[kind]
    states = {}

    def keep(state):
        states[state.step] = arrays_of(state)

    first = run(training(world), observe=[keep])
    again = run(training(world), state=state_of(states[13]))
    other = run(training(world, seed=1))
    assert_array_equal(first.step, [0, 10, 20, 30])
    assert_array_equal(again.step_loss, first.step_loss)
    for name, values in first.parameters.items():
        assert_array_equal(again.parameters[name], values)
    for name, values in first.measures.items():
        assert values.shape == (4, 1)
        assert_array_equal(again.measures[name], values)
    assert not np.array_equal(other.step_loss, first.step_loss)


@pytest.mark.parametrize("kind", RUNS)
def test_training_lowers_the_loss_on_what_was_not_trained_on(kind):
    run, world = RUNS[kind]
    found = run(training(world, optimiser={"batch": 64, "learning_rate": 0.02}))
    assert found.measures["loss"][-1, 0] < 0.97 * found.measures["loss"][0, 0]


@pytest.mark.parametrize("kind", RUNS)
def test_a_run_that_diverges_keeps_what_it_has_and_says_so(kind, caplog):
    run, world = RUNS[kind]
    with caplog.at_level(logging.WARNING, logger="test"):
        wild = {"batch": 16, "learning_rate": 1e9, "weight_decay": 1}
        found = run(training(world, optimiser=wild))
    assert found.step[-1] < 30
    assert np.isfinite(found.step_loss).all()
    assert "diverged" in caplog.text
    assert "its family goes on without this run" in caplog.text


def test_a_transformer_has_a_head_for_each_16_and_4_neurons_for_each_1_of_its_width():
    assert transformer(Network(width=8)) == Transformer(TOKENS, 2, 8, 1, 32)
    assert transformer(Network(width=48, layers=3)) == Transformer(TOKENS, 3, 48, 3, 192)


def test_the_measures_of_parity_are_those_of_the_definition():
    found = on_parity(training(PARITY))
    parameters = {name: torch.tensor(values[-1]) for name, values in found.parameters.items()}
    tasks = tasks_of_world(parity_world(PARITY))
    words = np.arange(2**6, dtype=np.uint32)
    losses, right = np.empty((3, 64)), np.empty((3, 64))
    for task in range(3):
        for word in words:
            bits = torch.tensor([float(word >> bit & 1) for bit in range(6)])
            hidden = torch.relu(
                parameters["W_T"][task] + bits @ parameters["W_B"] + parameters["b_in"]
            )
            margin = float(hidden @ parameters["u"] + parameters["c"])
            odd = bin(int(word) & int(tasks.masks[task])).count("1") % 2
            margin = margin if odd else -margin
            losses[task, word], right[task, word] = np.log1p(np.exp(-margin)), margin > 0
    expected = [tasks.probability @ each.mean(axis=1) for each in (losses, right)]
    measured = [found.measures[name][-1, 0] for name in ("loss", "accuracy")]
    squares = [tasks.probability @ (each**2).mean(axis=1) for each in (losses, right)]
    error = np.sqrt((np.array(squares) - np.square(expected)) / 8192)
    assert np.all(np.abs(np.subtract(measured, expected)) < 4 * error)


def test_the_size_of_minibatches_must_be_known():
    spec = training(PARITY)
    without = spec.model_copy(
        update={"optimiser": spec.optimiser.model_copy(update={"batch": None})}
    )
    with pytest.raises(ValueError, match=r"`optimiser\.batch` must be a number"):
        batch_size(without)

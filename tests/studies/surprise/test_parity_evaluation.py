"""What is stored of a run on a world of parity: a network by hand, and a random one."""

import json

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose, assert_array_equal

from ontogeny.config import specification
from ontogeny.studies.surprise.about import about_world
from ontogeny.studies.surprise.config import Experiment, Parity
from ontogeny.studies.surprise.labels import dataset, variable
from ontogeny.studies.surprise.stages.parity_evaluation import parity_evaluation
from ontogeny.studies.surprise.stages.parity_world import parity_world

WORLD = Parity(tasks=4, bits=8, order=3, alpha=0.5)
DIMS = {
    "W_T": ("task", "neuron"),
    "W_B": ("bit", "neuron"),
    "b_in": ("neuron",),
    "u": ("neuron",),
    "c": (),
}
STEP = [0, 7]


def stored_world():
    return parity_world(WORLD).assign_attrs(about_world(WORLD))


def by_hand(world, task):
    """Return a network that knows one task: a sum s of its bits has the parity s - 2 max(s - 1, 0)
    + 2 max(s - 2, 0), and other tasks shut the hidden layer."""
    member = world["member"].values[task].astype(np.float64)
    shut = np.full((WORLD.tasks, 3), -100.0)
    shut[task] = 0
    return {
        "W_T": shut,
        "W_B": np.repeat(member[:, None], 3, axis=1),
        "b_in": -np.arange(3.0),
        "u": np.array([40.0, -80.0, 80.0]),
        "c": np.array(-20.0),
    }


def random_network(width):
    rng = np.random.default_rng(0)
    shapes = {"W_T": (4, width), "W_B": (8, width), "b_in": (width,), "u": (width,), "c": ()}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


def checkpoints(*networks, batch=None):
    """Return networks at the steps of `STEP`, as the training of a run stores them."""
    width = len(networks[0]["u"])
    experiment = Experiment(
        world="parity", seeds=[0], network={"width": width}, optimiser={"batch": batch}
    )
    spec = {"training": specification(experiment.training(0, WORLD))}
    values = {
        name: variable(("step", *dims), np.stack([each[name] for each in networks]), name)
        for name, dims in DIMS.items()
    }
    return dataset(values, {"step": STEP}, title="").assign_attrs(spec=json.dumps(spec))


def exact_loss(world, network):
    """Return the loss and accuracy of each task over all words, by loops."""
    loss, right = np.zeros(WORLD.tasks), np.zeros(WORLD.tasks)
    for word in range(2**WORLD.bits):
        bits = np.array([word >> place & 1 for place in range(WORLD.bits)])
        for task in range(WORLD.tasks):
            hidden = np.maximum(network["W_T"][task] + bits @ network["W_B"] + network["b_in"], 0)
            logit = hidden @ network["u"] + network["c"]
            answer = bits[world["member"].values[task]].sum() % 2
            loss[task] += np.log1p(np.exp(-(2 * answer - 1) * logit))
            right[task] += (logit > 0) == answer
    return loss / 2**WORLD.bits, right / 2**WORLD.bits


@pytest.mark.parametrize("task", [0, 3])
def test_a_network_that_knows_one_task_is_right_there_and_guesses_elsewhere(task):
    world = stored_world()
    found = parity_evaluation(world, checkpoints(*[by_hand(world, task)] * 2)).isel(step=-1)
    accuracy = found["task_accuracy"].values
    assert accuracy[task] == 1
    assert_allclose(np.delete(accuracy, task), 0.5, atol=0.05)
    assert found["task_loss"].values[task] < 1e-6


def test_losses_are_those_of_all_words_within_their_errors():
    world, network = stored_world(), random_network(5)
    found = parity_evaluation(world, checkpoints(network, network)).isel(step=-1)
    loss, right = exact_loss(world, network)
    assert_allclose(found["task_accuracy"], right, atol=0.05)
    exact = loss @ world["probability"].values
    assert abs(float(found["loss"]) - exact) < 4 * float(found["loss_error"])
    assert float(found["loss"]) == pytest.approx(
        float((found["task_loss"] * found["probability"]).sum())
    )
    assert_array_equal(found["probability"], world["probability"])


def test_every_checkpoint_and_run_is_tried_on_the_same_words():
    world, network = stored_world(), random_network(5)
    found = parity_evaluation(world, checkpoints(network, network))
    assert_array_equal(*(found["task_loss"].isel(step=place) for place in (0, 1)))
    other = parity_evaluation(world, checkpoints(network, network, batch=5))
    xr.testing.assert_equal(found["task_loss"], other["task_loss"])


@pytest.mark.parametrize(("batch", "examples"), [(None, 2048), (10, 10)])
def test_costs_are_counted(batch, examples):
    network = random_network(5)
    found = parity_evaluation(stored_world(), checkpoints(network, network, batch=batch))
    assert found["parameters"] == 5 * (WORLD.tasks + WORLD.bits + 2) + 1
    assert_array_equal(found["data"], [0, 7 * examples])
    assert_array_equal(found["compute"], [0, 6 * 5 * (WORLD.bits + 1) * 7 * examples])
    assert found["compute"].attrs["units"] == "FLOP"

"""A run on a world of parity at every checkpoint, as a labelled dataset."""

import json

import numpy as np
import xarray as xr

from ontogeny.studies.surprise.carried import batch_size, training_of
from ontogeny.studies.surprise.labels import dataset, variable
from ontogeny.studies.surprise.measures.parity_scores import parity_scores
from ontogeny.studies.surprise.networks.parity_parameters import PARITY_PARAMETERS
from ontogeny.studies.surprise.stages.parity_world import tasks_of_world

__all__ = ["parity_evaluation"]

WORDS = 2048
"""Words on which each task is tried, the same for all tasks, checkpoints and runs of a world."""

_EVALUATED = 1
"""Stream of random numbers of a world that draws these words."""


def parity_evaluation(world: xr.Dataset, checkpoints: xr.Dataset) -> xr.Dataset:
    """Return how well a network answers each task along its training, and what that cost.

    Parameters
    ----------
    world, checkpoints : Dataset
        As stored.

    Returns
    -------
    Dataset
        By ``step``: ``task_loss`` and ``task_accuracy`` by task; ``loss``, the mean over the tasks
        by their probability, with its standard error over words; ``data``, examples seen;
        ``compute``, 6 FLOP for each example and each weight that multiplies, which are those of the
        bits and of the output. ``parameters`` counts all weights, and ``probability`` is that of
        each task.
    """
    tasks = tasks_of_world(world)
    seed = json.loads(world.attrs["world_configuration"])["seed"]
    rng = np.random.default_rng([seed, _EVALUATED])
    words = rng.integers(0, 2**tasks.bits, WORDS, dtype=np.uint32)
    of_step = [
        parity_scores(
            {name: checkpoints[name].values[place] for name in PARITY_PARAMETERS}, tasks, words
        )
        for place in range(checkpoints.sizes["step"])
    ]
    task_loss, task_accuracy, loss, loss_error = map(np.array, zip(*of_step, strict=True))
    frequent = tasks.probability
    width = checkpoints.sizes["neuron"]
    step = checkpoints["step"].values
    data = step.astype(np.int64) * batch_size(training_of(checkpoints))
    return dataset(
        {
            "loss": variable("step", loss, "cross-entropy", "nat"),
            "loss_error": variable(
                "step", loss_error, "standard error of the cross-entropy over words", "nat"
            ),
            "task_loss": variable(("step", "task"), task_loss, "cross-entropy of the task", "nat"),
            "task_accuracy": variable(("step", "task"), task_accuracy, "accuracy of the task"),
            "probability": variable("task", frequent, "probability of the task"),
            "parameters": variable(
                (), sum(checkpoints[name][0].size for name in PARITY_PARAMETERS), "parameters"
            ),
            "data": variable("step", data, "examples used in training"),
            "compute": variable(
                "step", 6.0 * width * (tasks.bits + 1) * data, "compute of training", "FLOP"
            ),
        },
        {"step": step, "task": np.arange(len(frequent))},
        title="A network on a world of parity along its training",
    )

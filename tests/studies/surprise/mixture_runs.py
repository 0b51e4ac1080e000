"""A small mixture as a stored dataset, and checkpoints of transformers on it."""

import json
from functools import cache

import numpy as np
import torch
import xarray as xr

from ontogeny.config import canonical, specification
from ontogeny.studies.surprise.carried import mixture_of
from ontogeny.studies.surprise.config import Experiment, Mixture, Network
from ontogeny.studies.surprise.networks.on_mixture import transformer
from ontogeny.studies.surprise.stages.mixture_world import mixture_world

TASKS = {
    "copy": {"kind": "copy", "letters": 2},
    "parity": {"kind": "parity", "bits": 3},
    "records": {"kind": "records", "bias": 0.4},
    "reverse": {"kind": "reverse", "letters": 3},
    "sort": {"kind": "sort", "digits": 2},
}
TEXT = "".join(f"{number} green bottles, hanging on the wall\n" for number in range(400))


def mixture(tasks=TASKS, **given):
    tasks = {name: task | {"share": 0.05} for name, task in tasks.items()}
    small = {"length": 24, "sequences": 16, "problems": 20}
    return Mixture.model_validate({"tasks": tasks} | small | given)


@cache
def world():
    return mixture_world(mixture(), [TEXT])


def checkpoints(spec=None, *, seeds=(0, 1), width=8, sharpness=1.0, steps=None):
    """Initial networks of several seeds, as if they were the checkpoints of one run.

    By default of one that ends with the last of them, else of one that should have had `steps`.
    """
    spec = spec or mixture()
    experiment = Experiment(
        world="w",
        seeds=[0],
        network=Network(width=width),
        schedule={"steps": 10 * (len(seeds) - 1) if steps is None else steps},
    )
    training = experiment.training(0, spec)
    network = transformer(training.network)
    each = [network.initial(torch.Generator().manual_seed(seed)) for seed in seeds]
    for parameters in each:
        parameters["W_U"] *= sharpness
    of = {"training": canonical(specification(training)), "world": canonical(specification(spec))}
    found = xr.Dataset(
        {
            name: (
                ("step", *(f"{name}{place}" for place in range(len(shape)))),
                np.stack([parameters[name].numpy() for parameters in each]),
            )
            for name, shape in network.shapes().items()
        },
        {"step": np.arange(len(seeds)) * 10},
        {"spec": json.dumps(of)},
    )
    assert mixture_of(found) == spec
    return found


def network_of(found, index):
    """The shape and the parameters of a checkpoint."""
    width = found["W_E"].shape[-1]
    shape = transformer(Network(width=width))
    return shape, {name: torch.tensor(values.values[index]) for name, values in found.items()}

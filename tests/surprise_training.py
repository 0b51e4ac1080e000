"""Small training runs on both kinds of worlds of the study of surprise."""

import logging

import numpy as np

from ontogeny.studies.surprise.config import Copy, Experiment, Mixture, Parity, Sort
from ontogeny.studies.surprise.networks.on_mixture import train_on_mixture
from ontogeny.studies.surprise.networks.on_parity import train_on_parity
from ontogeny.studies.surprise.stages.mixture_world import mixture_world
from ontogeny.studies.surprise.stages.parity_world import parity_world, tasks_of_world
from ontogeny.studies.surprise.worlds.mixture import source_of

PARITY = Parity(tasks=3, bits=6, order=2)
MIXTURE = Mixture(
    tasks={"copy": Copy(letters=3, share=0.2), "sort": Sort(digits=3, share=0.2)},
    length=24,
    sequences=8,
    problems=8,
)
TEXT = "the quick brown fox jumps over the lazy dog and " * 40
LOGGER = logging.getLogger("test")


def training(world, *, seed=0, **changes):
    written = {
        "world": "w",
        "seeds": [seed],
        "network": {"width": 8},
        "optimiser": {"batch": 16},
        "schedule": {"steps": 30, "checkpoints": {"per_decade": 0, "every": 10}},
    }
    return Experiment.model_validate(written | changes).training(seed, world)


def on_parity(spec, **more):
    return train_on_parity(tasks_of_world(parity_world(PARITY)), spec, logger=LOGGER, **more)


def on_mixture(spec, **more):
    world = mixture_world(MIXTURE, [TEXT])
    source = source_of(MIXTURE, world["stream"].values)
    windows = world["text_tokens"].values.astype(np.int64)
    return train_on_mixture(source, windows, spec, logger=LOGGER, **more)


RUNS = {"parity": (on_parity, PARITY), "mixture": (on_mixture, MIXTURE)}

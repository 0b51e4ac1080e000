"""Small worlds, and policies and preference models of them as they are stored."""

import numpy as np
import torch

from ontogeny.studies.rlhf.config import Enumerated, Network, Sequences
from ontogeny.studies.rlhf.labels import dataset, variable
from ontogeny.studies.rlhf.networks.shapes import AXES, policy_of, preference_of
from ontogeny.studies.rlhf.stages.world import world_dataset

NETWORK = Network(d_model=8, layers=1, heads=2)


def small_enumerated(**settings):
    return world_dataset(Enumerated(**{"vocabulary": 5, "length": 3, "lines": 200} | settings))


def small_sequences(**settings):
    return world_dataset(Sequences(**{"vocabulary": 12, "length": 6, "lines": 300} | settings))


def stored(shape, seeds):
    """Checkpoints with random parameters, a seed and a step for each; step is 4 times the place."""
    drawn = [shape.initial(torch.Generator().manual_seed(seed)) for seed in seeds]
    variables = {
        name: variable(
            ("step", *AXES[name]), np.stack([each[name].numpy() for each in drawn]), name
        )
        for name in drawn[0]
    }
    return dataset(variables, {"step": 4 * np.arange(len(seeds))}, title="Parameters")


def stored_policy(world, seeds=(0,), *, value=False):
    vocabulary, prompts = world.attrs["vocabulary"], world.attrs["prompts"]
    return stored(policy_of(NETWORK, vocabulary, prompts, value=value), seeds)


def stored_preference(world, seed=0):
    """Checkpoints and calibration."""
    vocabulary, prompts = world.attrs["vocabulary"], world.attrs["prompts"]
    calibration = {"offset": variable((), 0.3, "offset"), "temperature": variable((), 0.5, "t")}
    return (
        stored(preference_of(NETWORK, vocabulary, prompts), (seed,)),
        dataset(calibration, {}, title="Calibration"),
    )

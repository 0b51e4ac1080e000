"""A world of parity as a stored dataset."""

import numpy as np
import xarray as xr

from ontogeny.studies.surprise.config import Parity
from ontogeny.studies.surprise.labels import dataset, variable
from ontogeny.studies.surprise.worlds.parity import (
    ParityTasks,
    draw_masks,
    task_probabilities,
    unpacked,
)

__all__ = ["parity_world", "tasks_of_world"]

_MASKS = 0
"""Stream of random numbers of a world that draws the bits of its tasks."""


def parity_world(spec: Parity) -> xr.Dataset:
    """Return how frequent each task is and which bits belong to it.

    Parameters
    ----------
    spec : Parity

    Returns
    -------
    Dataset
        ``probability(task)``, ``member(task, bit)``.
    """
    masks = draw_masks(
        spec.tasks, spec.bits, spec.order, np.random.default_rng([spec.seed, _MASKS])
    )
    return dataset(
        {
            "probability": variable(
                "task", task_probabilities(spec.tasks, spec.alpha), "probability of the task"
            ),
            "member": variable(
                ("task", "bit"),
                unpacked(masks, spec.bits).astype(np.bool_),
                "whether the parity of the task counts the bit",
            ),
        },
        {"task": np.arange(spec.tasks), "bit": np.arange(spec.bits)},
        title="World of sparse parities",
    )


def tasks_of_world(world: xr.Dataset) -> ParityTasks:
    """Return the tasks of a stored world of parity."""
    member = world["member"].transpose("task", "bit").values
    masks = (member.astype(np.uint64) << np.arange(member.shape[1], dtype=np.uint64)).sum(axis=1)
    return ParityTasks(world["probability"].values, masks.astype(np.uint32), member.shape[1])

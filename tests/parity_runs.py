"""Families of parity networks whose laws are planted, as the plan describes them."""

from collections.abc import Sequence

import numpy as np
import xarray as xr

from ontogeny.joins import Run
from ontogeny.studies.surprise.labels import dataset, variable
from ontogeny.studies.surprise.stages.parity_scaling import parity_scaling
from ontogeny.studies.surprise.worlds.parity import task_probabilities

LN2 = float(np.log(2))
WIDTHS = (16, 24, 32, 48, 64, 96, 128, 192)
BITS = 32


def size_of(width: int, tasks: int) -> int:
    """Return the number of parameters of a network."""
    return width * (tasks + BITS + 2) + 1


def evaluation(
    width: int, *, tasks: int, alpha: float, steps: int, seed: int, last: int, slope: float
) -> xr.Dataset:
    """Return a run whose tasks are all learned or not at all, the most frequent first.

    As many are learned as ``(N / 800)^slope (step / steps)^(1/4)``, and one of them by half.
    """
    step = np.array(
        [each for each in (0, steps // 16, steps // 4, steps // 2, steps) if each <= last]
    )
    rng = np.random.default_rng([width, seed])
    size = size_of(width, tasks)
    count = (size / 800) ** slope * rng.uniform(0.97, 1.03) * (step / steps) ** 0.25
    share = np.clip(count[:, None] - np.arange(tasks), 0, 1)
    probability = task_probabilities(tasks, alpha)
    task_loss = LN2 * (1 - share) + 1e-6
    return dataset(
        {
            "loss": variable("step", task_loss @ probability, "loss", "nat"),
            "loss_error": variable("step", np.full(len(step), 1e-3), "its error", "nat"),
            "task_loss": variable(("step", "task"), task_loss, "loss of the task", "nat"),
            "task_accuracy": variable(("step", "task"), 0.5 + share / 2, "accuracy"),
            "probability": variable("task", probability, "probability"),
            "parameters": variable((), size, "parameters"),
            "data": variable("step", 2048 * step, "examples"),
            "compute": variable("step", 6.0 * width * (BITS + 1) * 2048 * step, "compute", "FLOP"),
        },
        {"step": step, "task": np.arange(tasks)},
        title="planted",
    )


def family(
    setting: str = "parity",
    seed: int = 0,
    *,
    widths: Sequence[int] = WIDTHS,
    tasks: int = 64,
    alpha: float = 0.4,
    steps: int = 4000,
    world: str = "parity",
    slope: float = 1.0,
    diverged: Sequence[int] = (),
) -> list[Run]:
    """Return the runs of a family; those of some widths end halfway."""
    return [
        Run(
            {
                "experiment": f"{setting}-width-{width}",
                "seed": seed,
                "family": f"{setting}, seed {seed}",
                "setting": setting,
                "world": world,
                "kind": "parity",
                "width": width,
                "layers": 2,
                "steps": steps,
                "alpha": alpha,
                "tasks": tasks,
            },
            {
                "evaluation": evaluation(
                    width,
                    tasks=tasks,
                    alpha=alpha,
                    steps=steps,
                    seed=seed,
                    last=steps // 2 if width in diverged else steps,
                    slope=slope,
                )
            },
        )
        for width in widths
    ]


def scaling(*families: Sequence[Run]) -> xr.Dataset:
    """Return some families as one dataset."""
    return parity_scaling([run for runs in families for run in runs], learned=0.9, least_sizes=4)

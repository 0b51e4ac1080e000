"""The saved state of a training run on a group."""

import logging
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ontogeny import resume
from ontogeny.resume import finish
from ontogeny.studies.composition.config import Training
from ontogeny.training import State, checkpoint_steps, device_name

__all__ = ["finish", "saved_state", "state_folder"]


def state_folder(
    results: str | Path, spec: Training, code: str, product: NDArray[np.integer]
) -> Path:
    """Return where the state of a run is saved: by configuration without schedule, code, table.

    A run that goes on elsewhere, on another kind of device, starts anew.

    Parameters
    ----------
    results : path
        The folder of the run's results.
    spec : Training
    code : str
        Digest of the code.
    product : (n, n) ndarray of int
    """
    course = spec.model_dump(mode="json", exclude={"schedule"})
    device = device_name(spec.optimiser.device)
    determined_by = {"course": course, "code": code, "table": product.tolist(), "device": device}
    return resume.state_folder(results, determined_by)


def saved_state(folder: Path, spec: Training, logger: logging.Logger) -> State | None:
    """Return the furthest saved state that the run passes through, and say so in the log."""
    schedule = spec.schedule
    checkpoints = checkpoint_steps(
        schedule.steps,
        per_decade=schedule.checkpoints.per_decade,
        every=schedule.checkpoints.every,
    )
    return resume.saved_state(folder, checkpoints, logger)

"""The saved state of a training run: found by what determines the run, used when it fits."""

import logging
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ontogeny.provenance import spec_digest
from ontogeny.storage import LostError, keep, read, read_arrays, remove, write_arrays
from ontogeny.training import State, arrays_of, can_resume, state_of

__all__ = ["finish", "saved_state", "state_folder"]

_FILES = ("checkpoints.nc", "history.nc")


def state_folder(results: str | Path, course: Any) -> Path:
    """Return where the state of a run is saved.

    Parameters
    ----------
    results : path
        The folder of the run's results.
    course : plain JSON value
        All that the course of the run depends on: configuration without the schedule, code, data.
        The folder's name is its digest, so a run that differs only in its schedule passes through
        the same states.
    """
    return Path(results) / ".state" / spec_digest(course)[:32]


def saved_state(folder: Path, checkpoints: tuple[int, ...], logger: logging.Logger) -> State | None:
    """Return the furthest saved state that a run passes through, and say so in the log.

    Parameters
    ----------
    folder : path
        From `state_folder`.
    checkpoints : tuple of int
        Steps at which the run stores its networks.
    logger : logging.Logger

    Raises
    ------
    StorageError
        If a state is there and may be whole but cannot be read: training from the start would
        replace it.
    """
    found: list[State] = []
    for name, load in (("running.npz", _running), ("last.npz", _finished)):
        if (folder / name).exists():
            try:
                found.append(load(folder))
            except LostError as error:
                logger.warning("a saved state is not used: %s", error)
    fitting = [state for state in found if can_resume(state, checkpoints)]
    if fitting:
        state = max(fitting, key=lambda state: state.step)
        logger.info("continues from step %d of a saved state", state.step)
        return state
    if found:
        logger.info("a saved state lacks checkpoints that the schedule asks for; not used")
    elif folder.parent.is_dir() and any(folder.parent.iterdir()):
        logger.info("a saved state of another configuration or code is there; not used")
    return None


def _running(folder: Path) -> State:
    return state_of(read_arrays(folder / "running.npz"))


def _finished(folder: Path) -> State:
    """Return the last state of a finished run, from its results and the moments kept beside."""
    checkpoints, history = (read(folder / name) for name in _FILES)
    arrays: dict[str, NDArray[Any]] = read_arrays(folder / "last.npz")
    ends = {int(dataset["step"][-1]) for dataset in (checkpoints, history)}
    if ends | {history.sizes["update"]} != {int(arrays["step"])}:
        msg = f"{folder}: its files are not of the same length of training"
        raise LostError(msg)
    evaluations = [history[name].transpose("step", "split").values for name in ("loss", "accuracy")]
    vectors = [values.values.reshape(values.sizes["step"], -1) for values in checkpoints.values()]
    return state_of(
        arrays
        | {
            "steps": checkpoints["step"].values,
            "checkpoints": np.concatenate(vectors, axis=1),
            "splits": np.array([str(split) for split in history["split"].values]),
            "evaluations": np.stack(evaluations, axis=-1),
            "step_loss": history["update_loss"].values,
        }
    )


def finish(folder: Path, results: str | Path, last: State | None) -> None:
    """Keep what a longer run needs to go on, remove the rest.

    Parameters
    ----------
    folder : path
        From `state_folder`.
    results : path
        The folder of the run's results, which are in place.
    last : State or None
        The state after the last update; None when nothing was trained.
    """
    if last is not None:
        arrays = arrays_of(last)
        moments = ("step", "vector", "first_moment", "second_moment")
        write_arrays({name: arrays[name] for name in moments}, folder / "last.npz")
        # A second copy of the job may be replacing the results: whichever ends last keeps them.
        with suppress(LostError):
            for name in _FILES:
                keep(Path(results) / name, folder)
    remove(folder / "running.npz")

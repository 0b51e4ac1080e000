"""Training in a job: its saved state is found by what determines the run, used when it fits."""

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.config import Section, specification
from ontogeny.config.training import Trained
from ontogeny.job import Job
from ontogeny.provenance import spec_digest
from ontogeny.storage import LostError, keep, read, read_arrays, remove, write_arrays
from ontogeny.training import (
    Divergence,
    ProgressLog,
    Quantity,
    Record,
    Saver,
    State,
    can_resume,
    checkpoint_steps,
    device_name,
    going_on,
    recorded,
    state_of,
)

__all__ = ["TrainNetwork", "finish", "saved_state", "state_folder", "train_in_job"]

_FILES = ("checkpoints.nc", "history.nc")


@runtime_checkable
class TrainNetwork(Protocol):
    """Trains one network; `state` and `observe` are as for `ontogeny.training.train`."""

    def __call__(self, *, state: State | None, observe: list[Callable[[State], None]]) -> Record:
        """Return the record of the run."""
        ...


def train_in_job(
    job: Job,
    training: Trained,
    train: TrainNetwork,
    *,
    data: Any,
    shown: Mapping[str, Quantity],
    datasets: Callable[[Record], Mapping[str, xr.Dataset]],
    about: Mapping[str, Any],
    checkpoints: tuple[int, ...] | None = None,
) -> None:
    """Train a network, going on from a saved state where one fits, and write its results.

    The history of a run that diverges is kept beside them, in ``diverged.nc``.

    Parameters
    ----------
    job : Job
        Its outputs are ``checkpoints`` and ``history``.
    training : Trained
        What the run depends on in the configuration.
    train : callable
    data : plain JSON value
        As for `state_folder`.
    shown : mapping of str to Quantity
        As for `ontogeny.training.ProgressLog`.
    datasets : callable
        From a record to the datasets of both outputs, by their names.
    about : mapping
        Of what the results are; ``steps``, and the device if it is not the processor, are added.
    checkpoints : tuple of int, optional
        Steps at which the run stores its networks, where these are not those of its schedule.
    """
    device = device_name(training.optimiser.device)
    results = Path(job.output("history")).parent
    folder = state_folder(results, training, code=job.code, data=data, device=device)
    stored = checkpoints or checkpoint_steps(training.schedule)
    state = saved_state(folder, stored, job.logger)
    progress = ProgressLog(job.logger, steps=training.schedule.steps, shown=shown)
    saver = Saver(partial(write_arrays, path=folder / "running.npz"))

    def described(record: Record) -> dict[str, Any]:
        where = {} if device == "cpu" else {"device": device}
        return {**about, "steps": int(record.step[-1]), **where}

    try:
        record = train(state=state, observe=[progress, saver])
    except Divergence as error:
        diverged = results / "diverged.nc"
        history = datasets(error.record)["history"]
        job.write_to(history, diverged, about=described(error.record))
        job.logger.info("the history up to there is in %s", diverged)
        raise
    for name, dataset in datasets(record).items():
        job.write(dataset, name, about=described(record))
    finish(folder, results, saver.last)


def state_folder(
    results: str | Path, training: Section, *, code: str, data: Any, device: str
) -> Path:
    """Return where the state of a run is saved.

    The folder's name is a digest of all that the course of the run depends on, and the schedule is
    not among it: a run that differs only in its schedule passes through the same states. Neither
    is a key of the configuration that has its default, so that a new key loses no saved state.

    Parameters
    ----------
    results : path
        The folder of the run's results.
    training : Section
        What the run depends on in the configuration; its field `schedule` is left out.
    code : str
        Digest of the code.
    data : plain JSON value
        What the network is trained on, or a digest of it.
    device : str
        From `ontogeny.training.device_name`: a run that goes on on another kind starts anew.
    """
    course = specification(training)
    course.pop("schedule", None)
    determined_by = {"course": course, "code": code, "data": data, "device": device}
    return Path(results) / ".state" / spec_digest(determined_by)[:32]


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
    """Return the last state of a finished run, from its results and what is kept beside them."""
    checkpoints, history = (read(folder / name) for name in _FILES)
    arrays: dict[str, NDArray[Any]] = read_arrays(folder / "last.npz")
    ends = {int(dataset["step"][-1]) for dataset in (checkpoints, history)}
    if ends | {history.sizes["update"]} != {int(arrays["step"])}:
        msg = f"{folder}: its files are not of the same length of training"
        raise LostError(msg)
    vectors = [values.values.reshape(values.sizes["step"], -1) for values in checkpoints.values()]
    found = recorded(
        checkpoints["step"].values,
        np.concatenate(vectors, axis=1),
        {
            str(name): values.transpose("step", ...).values
            for name, values in history.items()
            if "step" in values.dims
        },
        history["update_loss"].values,
    )
    return state_of(arrays | found)


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
        write_arrays(going_on(last), folder / "last.npz")
        # A second copy of the job may be replacing the results: whichever ends last keeps them.
        with suppress(LostError):
            for name in _FILES:
                keep(Path(results) / name, folder)
    remove(folder / "running.npz")

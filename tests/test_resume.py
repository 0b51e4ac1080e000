import errno
import json
import logging
import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
import xarray as xr

from ontogeny.config.training import Checkpoints, Optimiser, Schedule, Trained
from ontogeny.job import Job
from ontogeny.labels import DIMENSIONS, Labels, Measure
from ontogeny.resume import finish, saved_state, state_folder, train_in_job
from ontogeny.storage import StorageError, read, write, write_arrays
from ontogeny.training import (
    Divergence,
    ParameterBuffer,
    Quantity,
    State,
    arrays_of,
    checkpoint_steps,
    checkpoints_dataset,
    going_on,
    history_dataset,
    train,
)

LOGGER = logging.getLogger("test")


def state_at(step):
    return State(
        step=step,
        parameters=torch.full((3,), float(step)),
        first_moment=torch.zeros(3),
        second_moment=torch.zeros(3),
        steps=[0, step],
        checkpoints=[np.zeros(3), np.full(3, float(step))],
        evaluations=[{"loss": np.array([1.0, 2.0]), "reward": np.array(float(k))} for k in (0, 1)],
        step_loss=[1.0] * step,
        carried=lambda: {"rollouts": np.arange(step)},
    )


def write_results(folder, step):
    values = np.array([np.zeros(3), np.full(3, float(step))])
    steps = {"step": [0, step]}
    write(xr.Dataset({"w": (("step", "neuron"), values)}, steps), folder / "checkpoints.nc")
    history = xr.Dataset(
        {
            "loss": (("split", "step"), [[1.0] * 2, [2.0] * 2]),
            "reward": ("step", [0.0, 1.0]),
            "update_loss": ("update", [1.0] * step),
            "train_index": ("train_pair", [3, 1, 2]),
        },
        steps | {"split": np.array(["train", "test"], dtype=object)},
    )
    write(history, folder / "history.nc")


@pytest.fixture
def folder(tmp_path):
    return folder_of(tmp_path, Trained())


def folder_of(results, training, *, code="c", data="d", device="cpu"):
    return state_folder(results, training, code=code, data=data, device=device)


def save(state, folder):
    write_arrays(arrays_of(state), folder / "running.npz")


def test_the_furthest_state_is_used(tmp_path, folder):
    write_results(tmp_path, 4)
    finish(folder, tmp_path, state_at(4))
    found = saved_state(folder, (0, 4, 9), LOGGER)
    assert (found.step, found.steps, len(found.step_loss)) == (4, [0, 4], 4)
    np.testing.assert_array_equal(found.checkpoints, state_at(4).checkpoints)
    assert found.evaluations[1].keys() == {"loss", "reward"}
    assert found.evaluations[1]["loss"].tolist() == [1, 2]
    assert found.evaluations[1]["reward"] == 1
    assert found.carried()["rollouts"].tolist() == [0, 1, 2, 3]
    save(state_at(6), folder)
    assert saved_state(folder, (0, 9), LOGGER).step == 6


def test_a_finished_copy_leaves_what_the_other_copy_is_saving(tmp_path, folder, monkeypatch):
    """The second copy of a job is about to move its state into place when the first one ends."""
    write_results(tmp_path, 4)

    def first_copy_ends(_):
        monkeypatch.undo()
        finish(folder, tmp_path, state_at(4))

    monkeypatch.setattr(os, "fsync", first_copy_ends)
    save(state_at(3), folder)
    names = {path.name for path in folder.iterdir()}
    assert names == {"checkpoints.nc", "history.nc", "last.npz", "running.npz"}
    assert saved_state(folder, (0, 4), LOGGER).step == 4
    finish(folder, tmp_path, state_at(4))
    assert {path.name for path in folder.iterdir()} == names - {"running.npz"}


def test_a_copy_ends_while_the_other_one_replaces_the_results(tmp_path, folder):
    write_results(tmp_path, 4)
    (tmp_path / "history.nc").unlink()
    save(state_at(3), folder)
    finish(folder, tmp_path, state_at(4))
    assert not (folder / "running.npz").exists()
    assert saved_state(folder, (0, 4), LOGGER) is None
    write_results(tmp_path, 4)
    finish(folder, tmp_path, state_at(4))
    assert saved_state(folder, (0, 4), LOGGER).step == 4


@pytest.mark.parametrize("last", [3, 5])
def test_a_state_whose_files_are_of_different_lengths_is_not_used(tmp_path, folder, last, caplog):
    write_results(tmp_path, 4)
    finish(folder, tmp_path, state_at(4))
    write_arrays(going_on(state_at(last)), folder / "last.npz")
    assert saved_state(folder, (0, 9), LOGGER) is None
    assert "a saved state is not used" in caplog.text
    assert "not of the same length" in caplog.text


def test_a_damaged_state_is_not_used(folder, caplog):
    save(state_at(3), folder)
    (folder / "running.npz").write_bytes((folder / "running.npz").read_bytes()[:-100])
    assert saved_state(folder, (0, 4), LOGGER) is None
    assert "a saved state is not used" in caplog.text
    assert "is damaged" in caplog.text


def test_a_state_that_cannot_be_read_now_is_not_replaced(folder, monkeypatch):
    """Training from the start would write over days of work for a fault of a moment."""
    save(state_at(3), folder)

    def refused(_):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(Path, "read_bytes", refused)
    with pytest.raises(StorageError, match="cannot be read: the disk or the network file system"):
        saved_state(folder, (0, 4), LOGGER)
    monkeypatch.undo()
    assert saved_state(folder, (0, 4), LOGGER).step == 3


class WithNewKey(Trained):
    """The same section when a later version has one more key, and so has its optimiser."""

    class _Optimiser(Optimiser):
        momentum: float = 0.5

    optimiser: _Optimiser = _Optimiser()
    teacher: str | None = None


def test_a_new_key_with_a_default_loses_no_saved_state(tmp_path):
    written = {"optimiser": {"learning_rate": 0.25}}
    before, after = Trained.model_validate(written), WithNewKey.model_validate(written)
    assert folder_of(tmp_path, before) == folder_of(tmp_path, after)
    used = WithNewKey.model_validate({"optimiser": {"learning_rate": 0.25, "momentum": 0.75}})
    assert folder_of(tmp_path, before) != folder_of(tmp_path, used)


def test_a_default_that_is_written_out_and_the_schedule_change_nothing(tmp_path):
    kept = Checkpoints(per_decade=3, every=7)
    same = Trained(optimiser=Optimiser(l1=0), schedule=Schedule(steps=9, checkpoints=kept))
    assert folder_of(tmp_path, Trained()) == folder_of(tmp_path, same)


@pytest.mark.parametrize("changed", ["code", "data", "device", "training"])
def test_whatever_else_the_course_depends_on_changes_the_folder(tmp_path, changed):
    own = {changed: "other"} if changed != "training" else {}
    training = Trained(optimiser=Optimiser(l1=1)) if changed == "training" else Trained()
    assert folder_of(tmp_path, training, **own) != folder_of(tmp_path, Trained())


class Items(SimpleNamespace):
    def items(self):
        return vars(self).items()


def job_in(folder):
    return Job(
        SimpleNamespace(
            rule="toy_train",
            log=[str(folder / "train.log")],
            params=SimpleNamespace(spec={}, code="c" * 64),
            wildcards=Items(experiment="x", seed="3"),
            input=Items(),
            output=SimpleNamespace(
                checkpoints=str(folder / "checkpoints.nc"), history=str(folder / "history.nc")
            ),
        )
    )


def toy(steps, seen, *, until=np.inf):
    """Return a training section, and what trains by it; `seen` gets the updates that are made."""
    training = Trained(schedule=Schedule(steps=steps, checkpoints=Checkpoints(every=4)))

    def halve(parameters, gradient, update):
        seen.append(update)
        gradient["w"].copy_(parameters["w"])
        return torch.tensor(1.0 if update < until else np.nan)

    def trained(*, state, observe):
        return train(
            ParameterBuffer({"w": torch.ones(3)}),
            halve,
            lambda parameters: {"size": parameters["w"].square().sum().numpy()},
            optimiser=training.optimiser,
            checkpoints=checkpoint_steps(training.schedule),
            state=state,
            observe=observe,
        )

    return training, trained


def toy_datasets(record):
    labels = Labels(DIMENSIONS)
    measures = {"size": Measure((), "sum of squares")}
    return {
        "checkpoints": checkpoints_dataset(record, {"w": ("neuron",)}, labels),
        "history": history_dataset(record, measures, {}, labels, training_loss="one"),
    }


def run_toy(folder, steps, **more):
    seen = []
    training, trained = toy(steps, seen, **more)
    train_in_job(
        job_in(folder),
        training,
        trained,
        data="data",
        shown={"size": Quantity("size")},
        datasets=toy_datasets,
        about={"network": "toy", "configuration": json.dumps({"steps": steps})},
    )
    return seen


@pytest.fixture(autouse=True)
def _logger(monkeypatch):
    """Jobs of this process have one logger, and leave uncaught errors as they are."""
    monkeypatch.setattr("ontogeny.job.start", lambda _: LOGGER)


def test_a_longer_run_goes_on_where_a_shorter_one_ended(tmp_path):
    assert run_toy(tmp_path / "a", 10) == list(range(10))
    assert run_toy(tmp_path / "a", 17) == list(range(10, 17))
    assert run_toy(tmp_path / "b", 17) == list(range(17))
    for name in ("checkpoints.nc", "history.nc"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_results_say_what_they_are(tmp_path):
    run_toy(tmp_path, 10)
    for name in ("checkpoints.nc", "history.nc"):
        found = read(tmp_path / name).attrs
        assert (found["experiment"], found["seed"], found["steps"]) == ("x", 3, 10)
        assert (found["network"], found["stage"]) == ("toy", "toy_train")
        assert json.loads(found["configuration"]) == {"steps": 10}
        assert "device" not in found


def test_the_history_of_a_run_that_diverges_is_kept(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    with pytest.raises(Divergence):
        run_toy(tmp_path, 10, until=6)
    assert read(tmp_path / "diverged.nc")["update_loss"].values.tolist() == [1] * 6
    assert f"the history up to there is in {tmp_path / 'diverged.nc'}" in caplog.text
    assert not (tmp_path / "history.nc").exists()

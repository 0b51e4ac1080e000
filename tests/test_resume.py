import errno
import logging
import os
from pathlib import Path

import numpy as np
import pytest
import torch
import xarray as xr

from ontogeny.resume import finish, saved_state, state_folder
from ontogeny.storage import StorageError, write, write_arrays
from ontogeny.training import State, arrays_of

LOGGER = logging.getLogger("test")


def state_at(step):
    return State(
        step=step,
        parameters=torch.full((3,), float(step)),
        first_moment=torch.zeros(3),
        second_moment=torch.zeros(3),
        steps=[0, step],
        checkpoints=[np.zeros(3), np.full(3, float(step))],
        evaluations=[{"train": (1.0, 0.5), "test": (2.0, 0.25)}] * 2,
        step_loss=[1.0] * step,
    )


def write_results(folder, step):
    values = np.array([np.zeros(3), np.full(3, float(step))])
    steps = {"step": [0, step]}
    write(xr.Dataset({"w": (("step", "neuron"), values)}, steps), folder / "checkpoints.nc")
    evaluations = (("step", "split"), [[1.0, 2.0]] * 2)
    history = xr.Dataset(
        {"loss": evaluations, "accuracy": evaluations, "update_loss": ("update", [1.0] * step)},
        steps | {"split": np.array(["train", "test"], dtype=object)},
    )
    write(history, folder / "history.nc")


@pytest.fixture
def folder(tmp_path):
    return state_folder(tmp_path, {"seed": 0})


def save(state, folder):
    write_arrays(arrays_of(state), folder / "running.npz")


def test_the_furthest_state_is_used(tmp_path, folder):
    write_results(tmp_path, 4)
    finish(folder, tmp_path, state_at(4))
    found = saved_state(folder, (0, 4, 9), LOGGER)
    assert (found.step, found.steps, len(found.step_loss)) == (4, [0, 4], 4)
    np.testing.assert_array_equal(found.checkpoints, state_at(4).checkpoints)
    assert list(found.evaluations[1]) == ["train", "test"]
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
    moments = {name: arrays_of(state_at(last))[name] for name in ("step", "vector")}
    write_arrays(moments, folder / "last.npz")
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

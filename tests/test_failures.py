import errno
import os
import tempfile
from types import SimpleNamespace

import pytest

from ontogeny.joblog import MEMORY
from ontogeny.workflow.failures import failed_jobs, file_failures, step_failures
from ontogeny.workflow.snakemake_parts import SnakemakeChangedError

FULL = "cannot be written: no space is left on the disk; make space (`df -h`, `df -i`)"


class Job(SimpleNamespace):
    def is_group(self):
        return False


class Group(list):
    def is_group(self):
        return True


def job(folder, name, log=None):
    path = folder / f"{name}.log"
    if log is not None:
        path.write_text(log)
    return Job(log=[str(path)], output=[str(folder / f"{name}.nc")])


def told_of_memory():
    return f"2026-01-01 00:00:01,000 {MEMORY.format(rule='train', taken=200, asked=300)}\n"


@pytest.fixture
def full(monkeypatch):
    def refuses(**_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tempfile, "TemporaryFile", refuses)


def test_what_jobs_say_of_files_is_said_once_and_in_the_order_of_the_jobs(tmp_path):
    said = "2026-01-01 00:00:00,000 StorageError: {}.nc: cannot be read\n"
    jobs = [
        job(tmp_path, "b", said.format("shared")),
        job(tmp_path, "c", "step 1\n" + said.format("own") + told_of_memory()),
        job(tmp_path, "a", said.format("shared")),
        job(tmp_path, "d", "Traceback\nZeroDivisionError: division by zero\n"),
        job(tmp_path, "e"),
    ]
    assert file_failures(jobs, tmp_path) == ["shared.nc: cannot be read", "own.nc: cannot be read"]


def test_each_step_that_failed_is_named_with_its_reason_and_its_log(tmp_path):
    said = "Traceback\nZeroDivisionError: division by zero\n"
    jobs = [job(tmp_path, name, said + told_of_memory()) for name in "dcba"]
    jobs.append(job(tmp_path, "e"))
    for each in jobs:
        each.message, each.rule = (
            f"train {each.log[0][-5]}, seed 0 (progress in its log)",
            "a_train",
        )
    of_four, of_one = step_failures(jobs)
    assert of_four == (
        f"Failed: train a, seed 0 ({tmp_path}/a.log); train b, seed 0 ({tmp_path}/b.log); "
        f"train c, seed 0 ({tmp_path}/c.log); 1 further step for the same reason: "
        "ZeroDivisionError: division by zero"
    )
    assert of_one == f"Failed: train e, seed 0 ({tmp_path}/e.log)"


def test_other_failures_are_not_told_again(tmp_path):
    said = "StorageError: of an earlier try\nValueError: other\n"
    jobs = [job(tmp_path, "a", said), job(tmp_path, "b", said + told_of_memory())]
    assert file_failures(jobs, tmp_path) == []
    assert not [path for path in tmp_path.iterdir() if path.suffix != ".log"]


@pytest.mark.usefixtures("full")
def test_a_full_disk_that_takes_no_log_is_said_with_the_file_that_is_missing(tmp_path):
    (tmp_path / "a.nc").write_text("")
    jobs = [job(tmp_path, name, "") for name in "ba"]
    (said,) = file_failures(jobs, tmp_path)
    assert said.startswith(f"{tmp_path}/b.nc: {FULL}")


@pytest.mark.usefixtures("full")
def test_a_full_disk_that_stops_snakemake_itself_is_said_with_the_folder(tmp_path):
    (said,) = file_failures([], tmp_path)
    assert said.startswith(f"{tmp_path}: {FULL}")


def test_failed_jobs_are_those_of_the_scheduler(tmp_path):
    first, second, third = (job(tmp_path, name) for name in "abc")
    scheduler = SimpleNamespace(failed=[first, Group([second, third])])
    assert failed_jobs(SimpleNamespace(scheduler=scheduler)) == [first, second, third]
    assert failed_jobs(SimpleNamespace(scheduler=None)) == []
    with pytest.raises(SnakemakeChangedError, match=r"has no `SimpleNamespace\.failed`"):
        failed_jobs(SimpleNamespace(scheduler=SimpleNamespace()))

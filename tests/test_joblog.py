import subprocess
import sys
from pathlib import Path

import pytest

from ontogeny.workflow.usage import uses

JOB = """\
import sys
from ontogeny.joblog import start
from ontogeny.storage import StorageError

logger = start(sys.argv[1])
logger.info("step 1")
logger.info("step 2")
{end}
"""


def job(log, end=""):
    """Run a job that logs two lines and then does something; return what it says."""
    command = [sys.executable, "-c", JOB.format(end=end), str(log)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_file_that_cannot_be_written_is_one_line_of_the_log(tmp_path):
    run = job(tmp_path / "a.log", 'raise StorageError("a.nc: cannot be written: no space")')
    assert run.stderr == "StorageError: a.nc: cannot be written: no space\n"
    *steps, last = (tmp_path / "a.log").read_text().splitlines()
    assert [step.rsplit(" ", 2)[1:] for step in steps] == [["step", "1"], ["step", "2"]]
    assert last.endswith(" StorageError: a.nc: cannot be written: no space")


def test_any_other_error_has_its_traceback_in_the_log(tmp_path):
    run = job(tmp_path / "a.log", "1 / 0")
    assert run.stderr == "ZeroDivisionError: division by zero\n"
    text = (tmp_path / "a.log").read_text()
    assert "Traceback" in text
    assert text.endswith("ZeroDivisionError: division by zero\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full on this system")
def test_a_log_on_a_full_disk_is_told_once_and_the_job_goes_on():
    run = job("/dev/full", 'print("done")')
    assert run.returncode == 0
    assert run.stdout == "done\n"
    (line,) = run.stderr.splitlines()
    assert line.startswith("/dev/full: cannot be written: no space is left on the disk; make space")


def test_a_log_that_cannot_be_begun_is_said_with_its_name(tmp_path):
    (tmp_path / "logs").write_text("")
    run = job(tmp_path / "logs/a.log")
    assert run.returncode == 1
    (line,) = run.stderr.splitlines()
    assert line.startswith(f"StorageError: {tmp_path}/logs/a.log: cannot be written: a part of its")


MEMORY_JOB = """
import sys
from types import SimpleNamespace as Named
from ontogeny.joblog import start, tell_memory
tell_memory(start(sys.argv[1]), Named(rule="a_train", resources=Named(mem_mb=50)))
block = bytearray(int(sys.argv[2]) * 2**20)
block[:: 4096] = b"x" * len(block[:: 4096])
del block
if sys.argv[3:]:
    raise ValueError(sys.argv[3])
"""


def most(path, block, *fault):
    """The memory that a job tells of, which has had a block of some size [MB]."""
    subprocess.run([sys.executable, "-c", MEMORY_JOB, path, str(block), *fault], check=not fault)
    ((taken, asked),) = [use["mem_mb"] for use in uses(path.parent).values()]
    assert asked == 50
    return taken


def test_a_log_ends_with_the_most_memory_and_not_what_is_left(tmp_path):
    small, large = (tmp_path / name / "job.log" for name in ("small", "large"))
    assert most(large, 300) - most(small, 0) == pytest.approx(300, abs=10)


def test_a_job_that_fails_tells_it_as_well(tmp_path):
    path = tmp_path / "job.log"
    assert most(path, 100, "broken") > 100
    assert "ValueError: broken" in path.read_text()

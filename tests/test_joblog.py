import subprocess
import sys

import pytest

from ontogeny.workflow.usage import uses

JOB = """
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
    subprocess.run([sys.executable, "-c", JOB, path, str(block), *fault], check=not fault)
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

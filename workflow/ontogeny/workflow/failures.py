"""What is said last of a run in which steps have failed, or files could not be read or written."""

import errno
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ontogeny.storage import refused
from ontogeny.wording import plural
from ontogeny.workflow.plan_words import task_of
from ontogeny.workflow.snakemake_parts import part
from ontogeny.workflow.usage import is_of_memory

__all__ = ["failed_jobs", "file_failures", "step_failures"]

_HERE = f"{__name__.replace('.', '/')}.py"
_SAID = re.compile(r"\b(?:StorageError|LostError): (.*)")
_MOST_LISTED = 3
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}
_PROBE = bytes(2**16)


def failed_jobs(workflow: Any) -> list[Any]:
    """Return the jobs of a Snakemake that have failed, those of groups one by one.

    Parameters
    ----------
    workflow : snakemake.workflow.Workflow
        At its end, however it came to that.
    """
    scheduler = part(workflow, "scheduler", _HERE)
    if scheduler is None:
        return []
    failed = part(scheduler, "failed", _HERE)
    return [job for each in failed for job in (each if each.is_group() else [each])]


def file_failures(jobs: Iterable[Any], folder: str | Path = ".") -> list[str]:
    """Return which files could not be read or written, why and what to do, each in a sentence.

    On a full disk neither the log of a job nor Snakemake's records can be written, and then what
    says so is a file that is written here for a moment.

    Parameters
    ----------
    jobs : iterable of snakemake.jobs.Job
        Those that have failed, with logs of `ontogeny.joblog`.
    folder : path
        Of the run.
    """
    jobs = sorted(jobs, key=lambda job: [str(path) for path in job.output])
    said = dict.fromkeys(sentence for job in jobs for sentence in _sentences(job.log))
    if said:
        return [*said]
    folder = Path(folder)
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(_PROBE)
            file.flush()
    except OSError as error:
        if error.errno in _FULL:
            missing = (path for job in jobs for path in job.output if not Path(path).exists())
            return [str(refused(next(missing, folder.resolve()), "written", error))]
    return []


def step_failures(jobs: Iterable[Any]) -> list[str]:
    """Return which steps have failed, why by the last lines of their logs, and where these are.

    Parameters
    ----------
    jobs : iterable of snakemake.jobs.Job
        Those that have failed.
    """
    found: dict[str, list[str]] = {}
    for job in sorted(jobs, key=lambda job: [str(path) for path in job.output]):
        task = task_of(part(job, "message", _HERE) or str(job.rule))
        logs = [str(path) for path in job.log]
        reasons = [line for log in logs for line in _lines(log)[-1:]]
        why = f": {reasons[-1]}" if reasons else ""
        found.setdefault(why, []).append(f"{task} ({logs[0]})" if logs else task)
    return [_failed(steps, why) for why, steps in found.items()]


def _failed(steps: list[str], why: str) -> str:
    left = len(steps) - _MOST_LISTED
    more = [f"{plural(left, 'further step')} for the same reason"] if left > 0 else []
    return f"Failed: {'; '.join([*steps[:_MOST_LISTED], *more])}{why}"


def _lines(log: str) -> list[str]:
    """Return the lines of a log without those on memory; none if it cannot be read."""
    try:
        text = Path(log).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return [line for line in text.splitlines() if line and not is_of_memory(line)]


def _sentences(logs: Iterable[str]) -> Iterator[str]:
    for log in logs:
        lines = _lines(log)
        if lines and (found := _SAID.search(lines[-1])):
            yield found[1]

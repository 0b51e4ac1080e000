"""What is said last of a run in which files could not be read or written."""

import errno
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ontogeny.storage import refused
from ontogeny.workflow.snakemake_parts import part

__all__ = ["disk_failure", "failed_logs", "file_failures"]

_HERE = f"{__name__.replace('.', '/')}.py"
_SAID = re.compile(r"\b(?:StorageError|LostError): (.*)")
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}
_PROBE = bytes(2**16)


def failed_logs(workflow: Any) -> list[Path]:
    """Return the logs of the jobs that have failed.

    Parameters
    ----------
    workflow : snakemake.workflow.Workflow
        At its end, however it came to that.
    """
    scheduler = part(workflow, "scheduler", _HERE)
    if scheduler is None:
        return []
    failed = part(scheduler, "failed", _HERE)
    members = (job for each in failed for job in (each if each.is_group() else [each]))
    return sorted({Path(log) for job in members for log in job.log})


def file_failures(logs: Iterable[Path]) -> list[str]:
    """Return what jobs say of files that they could not read or write, each sentence once.

    Parameters
    ----------
    logs : iterable of path
        Logs of `ontogeny.joblog`; those that are not there say nothing.
    """
    return list(dict.fromkeys(_sentences(logs)))


def _sentences(logs: Iterable[Path]) -> Iterator[str]:
    for log in logs:
        try:
            text = log.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        lines = text.rstrip().splitlines()
        found = _SAID.search(lines[-1]) if lines else None
        if found:
            yield found[1]


def disk_failure(folder: str | Path) -> str:
    """Return what keeps files from being written in a folder; nothing if they can be written.

    Snakemake's own records are not written by this project, so that they can fail without a
    sentence of `ontogeny.storage`.
    """
    folder = Path(folder)
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(_PROBE)
            file.flush()
    except OSError as error:
        if error.errno in _FULL:
            return str(refused(folder.resolve(), "written to", error))
    return ""

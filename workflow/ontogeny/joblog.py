"""The log of a workflow job."""

import atexit
import logging
import resource
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

from ontogeny.storage import StorageError, refused

__all__ = ["MEMORY", "peak_memory", "start", "tell_memory"]

MEMORY = "memory of {rule}: {taken} MB at most, {asked} MB asked for"
"""The last line of a log, without its time; `ontogeny.workflow.usage` reads it."""


def start(path: str | Path) -> logging.Logger:
    """Return a logger that writes to the job's log file, where uncaught errors go as well.

    The last line of an error is also printed, so that the workflow's own output names the cause.
    Of a file that cannot be read or written, that line is all: it says which, why, and what to do.

    Parameters
    ----------
    path : path
        The log file of the rule; begun anew.

    Raises
    ------
    StorageError
        If the log cannot be written.
    """
    logger = logging.getLogger("ontogeny")

    def report(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        said = f"{kind.__name__}: {error}"
        if isinstance(error, StorageError):
            if logger.hasHandlers():  # not when it is the log that cannot be written
                logger.error("%s", said)
        else:
            logger.error("", exc_info=(kind, error, trace))
        sys.stderr.write(f"{said}\n")

    sys.excepthook = report
    if logging.root.handlers:
        return logger
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        log = _Log(path)
    except OSError as error:
        raise refused(path, "written", error) from error
    logging.basicConfig(handlers=[log], level=logging.INFO, format="%(asctime)s %(message)s")
    return logger


class _Log(logging.FileHandler):
    """A log file; when it cannot be written, one line says so and the job goes on."""

    def __init__(self, path: str | Path) -> None:
        super().__init__(path, mode="w", encoding="utf-8")
        self._path = path
        self._is_told = False

    def handleError(self, record: logging.LogRecord) -> None:
        error = sys.exception()
        if not isinstance(error, OSError):
            super().handleError(record)
        elif not self._is_told:
            self._is_told = True
            sys.stderr.write(f"{refused(self._path, 'written', error)}\n")


def tell_memory(logger: logging.Logger, job: Any) -> None:
    """Let a job end its log with the memory that it took, and what its rule asks for.

    Parameters
    ----------
    logger : Logger
    job : object
        What Snakemake gives to a script. Nothing is told of a rule that asks for no memory.
    """
    asked = getattr(getattr(job, "resources", None), "mem_mb", None)
    if asked is not None:
        atexit.register(
            lambda: logger.info(MEMORY.format(rule=job.rule, taken=peak_memory(), asked=asked))
        )


def peak_memory() -> int:
    """Return the most memory that this process has had resident so far [MB, 2^20 byte].

    Linux counts it for the program that runs now; elsewhere it is that of the process, which
    includes what ran in it before.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="utf-8").splitlines()
        kilobytes = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
    else:
        unit = 1024 if sys.platform == "darwin" else 1  # macOS counts bytes
        kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // unit
    return -(-kilobytes // 1024)

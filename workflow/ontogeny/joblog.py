"""The log of a workflow job."""

import atexit
import logging
import resource
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

__all__ = ["MEMORY", "peak_memory", "start", "tell_memory"]

MEMORY = "memory of {rule}: {taken} MB at most, {asked} MB asked for"
"""The last line of a log, without its time; `ontogeny.workflow.usage` reads it."""


def start(path: str | Path) -> logging.Logger:
    """Return a logger that writes to the job's log file, where uncaught errors go as well.

    The last line of an error is also printed, so that the workflow's own output names the cause.

    Parameters
    ----------
    path : path
        The log file of the rule; begun anew.
    """
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(
        filename=path, filemode="w", level=logging.INFO, format="%(asctime)s %(message)s"
    )
    logger = logging.getLogger("ontogeny")

    def report(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        logger.error("", exc_info=(kind, error, trace))
        sys.stderr.write(f"{kind.__name__}: {error}\n")

    sys.excepthook = report
    return logger


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

"""The log of a workflow job."""

import logging
import sys
from pathlib import Path
from types import TracebackType

__all__ = ["start"]


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

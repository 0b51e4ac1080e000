"""The log of a workflow job."""

import logging
import sys
from pathlib import Path
from types import TracebackType

from ontogeny.storage import StorageError, refused

__all__ = ["start"]


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

"""How far a training is, read from the last line of its log."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Progress", "last_progress"]

_LINE = re.compile(
    r" step (\d+) of (\d+) \| (training loss [^|]*) \| at step \d+: ([^|]*) \|[^|]*\| (\d+) s left$"
)
"""A line of `ontogeny.training.ProgressLog`."""

_SAME = "train loss "
"""What begins a measure that says the same as the training loss."""

_TAIL = 4096


@dataclass(frozen=True)
class Progress:
    """How far a training is.

    Attributes
    ----------
    step, steps : int
        The step that it is at, and the last one.
    shown : str
        Losses and what else the study shows, in words.
    left : float
        Time that it still needs [s].
    """

    step: int
    steps: int
    shown: str
    left: float

    @property
    def share(self) -> float:
        """The share of the steps that is done."""
        return self.step / self.steps if self.steps else 1.0


def last_progress(path: str | Path) -> Progress | None:
    """Return how far a training is by its log.

    Parameters
    ----------
    path : path
        The log; another machine may be writing to it.

    Returns
    -------
    Progress or None
        None while it has said nothing.
    """
    try:
        with Path(path).open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - _TAIL))
            text = file.read().decode("utf-8", errors="replace")
    except OSError:
        return None
    for line in reversed(text.splitlines()):
        if found := _LINE.search(line):
            step, steps, loss, measures, left = found.groups()
            others = [each for each in measures.split(", ") if not each.startswith(_SAME)]
            return Progress(int(step), int(steps), ", ".join([loss, *others]), float(left))
    return None

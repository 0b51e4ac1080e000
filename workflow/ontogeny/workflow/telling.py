"""What a run of the workflow says to the user, on its own or to the command that started it."""

import json
import os
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from dataclasses import dataclass

__all__ = ["BEGUN", "TERMINAL", "Heard", "Teller", "heard", "teller"]

TERMINAL = "ONTOGENY_TERMINAL"
"""The environment variable with the file descriptor that the words of a run are written to."""


BEGUN = "ONTOGENY_BEGUN"
"""The environment variable with the time when the command began [s since 1970]."""


@dataclass(frozen=True)
class Heard:
    """A line of what a run says.

    Attributes
    ----------
    text : str
    is_passing : bool
        Whether it only says how far the run is, which a live display shows as well.
    """

    text: str
    is_passing: bool


@dataclass(frozen=True)
class Teller:
    """Where a run says what it has to say.

    Attributes
    ----------
    pipe : int or None
        File descriptor of the command that started the run and shows these words alone. None when
        there is no such command: words go to standard error, beside those of Snakemake.
    """

    pipe: int | None

    @property
    def is_heard(self) -> bool:
        """Whether a command shows these words alone."""
        return self.pipe is not None

    def __call__(self, text: str) -> None:
        """Say a line, or several."""
        if self.pipe is None:
            sys.stderr.write(f"{text}\n")
        else:
            self._write(self.pipe, Heard(text, is_passing=False))

    def in_passing(self, text: str) -> None:
        """Say how far the run is, if a command listens."""
        if self.pipe is not None:
            self._write(self.pipe, Heard(text, is_passing=True))

    def _write(self, pipe: int, said: Heard) -> None:
        with suppress(OSError):  # the command that listened has ended
            os.write(pipe, (json.dumps(vars(said)) + "\n").encode())


def teller(environment: MutableMapping[str, str]) -> Teller:
    """Return where this process says what it has to say.

    Parameters
    ----------
    environment : mapping of str
        With `TERMINAL` if a command listens; it is removed, as the processes that are started with
        this environment do not have the file descriptor.
    """
    given = environment.pop(TERMINAL, None)
    if given is None:
        return Teller(None)
    os.set_inheritable(int(given), False)
    return Teller(int(given))


def heard(line: str) -> Heard:
    """Return what one line of a `Teller` says."""
    return Heard(**json.loads(line))

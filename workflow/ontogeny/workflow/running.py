"""`make run`: the plan in a few lines, the workflow while it runs, and what it came to."""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import BinaryIO

from rich.console import Console
from rich.live import Live
from rich.text import Text

from ontogeny.storage import remove
from ontogeny.study import Places
from ontogeny.workflow.planning import PLAN, PlannedRun, read_plan
from ontogeny.workflow.telling import BEGUN, TERMINAL, Heard, heard
from ontogeny.workflow.watching import progress_file

__all__ = ["PlanRefusedError", "dry_run", "planned", "run_workflow", "snakemake_log", "stages"]

_COMMAND = (sys.executable, "-m", "snakemake")
_REFRESHED = 2.0
"""How often the display is drawn anew [1/s]."""

_PROFILE = re.compile(r"Using (workflow specific )?profiles? .* for setting default command line")

_MOST_LINES = 40
_INTERRUPTED = 130
"""Exit status of a command that the user stopped."""

_GOES_ON = "What is done is kept: the same command goes on from there."


class PlanRefusedError(RuntimeError):
    """Snakemake does not plan, as the message says."""


def snakemake_log(places: Places) -> Path:
    """Return the file with all that Snakemake says in a run."""
    return Path(places.log("snakemake"))


def dry_run(arguments: Sequence[str]) -> PlannedRun:
    """Plan by a dry run of Snakemake, in which the workflow itself writes its plan.

    Parameters
    ----------
    arguments : sequence of str
        Those of ``snakemake``.

    Raises
    ------
    PlanRefusedError
        With what Snakemake says, if it does not plan.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder, "plan.json")
        run = subprocess.run(
            [*_COMMAND, "--quiet", "rules", "progress", "--dry-run", *arguments],
            env=os.environ | {PLAN: str(path)},
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode or not path.exists():
            raise PlanRefusedError(_refusal(run.stdout + run.stderr))
        return read_plan(path)


def _refusal(said: str) -> str:
    """Return what Snakemake says of why it does not plan, without the profile that it uses."""
    lines = (line for line in said.splitlines() if not _PROFILE.match(line))
    return "\n".join(lines).strip()


def planned(arguments: Sequence[str]) -> PlannedRun:
    """Return what `dry_run` says; where it refuses, end the program with the reason."""
    try:
        return dry_run(arguments)
    except PlanRefusedError as error:
        raise SystemExit(str(error)) from None


def stages(run: PlannedRun) -> list[str]:
    """Return the targets of the runs of Snakemake that a plan takes, one after another.

    What others wait for is made first where a result is replaced: if it comes out the same, a new
    plan leaves out what follows from it.
    """
    return ["first", "all"] if any(job.is_finished for job in run.jobs) else ["all"]


def run_workflow(arguments: Sequence[str], run: PlannedRun) -> int:
    """Run the workflow and show how far it is, on a terminal as a live display.

    Parameters
    ----------
    arguments : sequence of str
        Those of ``snakemake``, without targets.
    run : PlannedRun
        As `dry_run` has returned it.

    Returns
    -------
    int
        The exit status.
    """
    places, begun = Places(run.configuration), time.time()
    log = snakemake_log(places)
    log.parent.mkdir(parents=True, exist_ok=True)
    remove(progress_file(places))
    with log.open("wb") as file, _shown(progress_file(places)) as show, _Stage(file, show) as stage:
        for target in stages(run):
            status = stage.run([*_COMMAND, *arguments, "--", target], begun)
            if status:
                break
    if stage.is_stopped:
        sys.stdout.write(f"\nStopped. {_GOES_ON}\n")
        return _INTERRUPTED
    if status:
        sys.stdout.write("" if stage.has_told else _last_words(log, stage.start, arguments))
        sys.stdout.write(f"The run has failed. {_GOES_ON} All that Snakemake said is in {log}.\n")
    return status


class _Stage:
    """Runs of Snakemake, one after another, that are stopped as the user asks."""

    def __init__(self, log: BinaryIO, show: Callable[[Heard], None]) -> None:
        self._log = log
        self._show = show
        self._process: subprocess.Popen[bytes] | None = None
        self.is_stopped = False
        self.has_told = False
        self.start = 0

    def __enter__(self) -> "_Stage":
        self._before = {
            number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM)
        }
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        """Wait for Snakemake, which a terminal interrupts as well; pass on what it has not seen."""
        del frame
        self.is_stopped = True
        if number != signal.SIGINT and self._process is not None:
            self._process.send_signal(number)

    def run(self, command: Sequence[str], begun: float) -> int:
        """Run a command to its end, showing what it tells, and return its exit status."""
        self._log.flush()
        self.start, self.has_told = self._log.tell(), False
        reading, writing = os.pipe()
        environment = os.environ | {TERMINAL: str(writing), BEGUN: str(begun)}
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            pass_fds=[writing],
            env=environment,
        )
        os.close(writing)
        with os.fdopen(reading, encoding="utf-8") as words:
            for line in words:
                said = heard(line)
                self.has_told = self.has_told or not said.is_passing
                if not self.is_stopped:
                    self._show(said)
        status = self._process.wait()
        self._log.seek(0, os.SEEK_END)
        return status


@contextmanager
def _shown(progress: Path) -> Iterator[Callable[[Heard], None]]:
    """Give what shows the words of a run: above a live display on a terminal, else line by line."""
    console = Console(highlight=False)
    if not console.is_terminal or console.is_dumb_terminal:
        yield lambda said: console.out(said.text)
        return

    def above(said: Heard) -> None:
        if not said.is_passing:
            console.print(Text(said.text))

    with Live(
        get_renderable=lambda: _now(progress),
        console=console,
        refresh_per_second=_REFRESHED,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    ):
        yield above


def _now(progress: Path) -> Text:
    """Return what the file of a run says; a line that is too long goes on in the next one."""
    try:
        said = progress.read_text(encoding="utf-8").rstrip()
    except OSError:
        said = "Snakemake is planning"
    return Text(said)


def _last_words(log: Path, start: int, arguments: Sequence[str]) -> str:
    """Return the last lines that Snakemake has said, and what removes a lock if it met one."""
    with log.open("rb") as file:
        file.seek(start)
        lines = file.read().decode("utf-8", errors="replace").splitlines()[-_MOST_LINES:]
    unlock = f"If no other run is under way: .venv/bin/snakemake {shlex.join(arguments)} --unlock"
    is_locked = any("--unlock" in line for line in lines)
    return "".join(f"{line}\n" for line in [*lines, *[unlock] * is_locked])

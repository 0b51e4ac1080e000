"""Which steps of a workflow run and how far its trainings are: in one file, and in words."""

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

from ontogeny.storage import StorageError, write_text
from ontogeny.study import Places
from ontogeny.wording import plural
from ontogeny.workflow.plan_words import kind_of, progress_log, task_of
from ontogeny.workflow.progress import Progress, last_progress
from ontogeny.workflow.snakemake_parts import part
from ontogeny.workflow.summaries import duration

__all__ = ["Watch", "progress_file"]

_HERE = f"{__name__.replace('.', '/')}.py"

_INTERVAL = 2.0
"""Seconds between two looks at the logs of trainings."""

_QUIET = 10.0
"""Seconds in which no more than one line is said of a training, apart from its last."""

_QUARTERS = 4


@dataclass
class _Step:
    """A step that runs."""

    study: str
    task: str
    kind: str
    began: float
    log: Path | None = None
    before: tuple[int, int] | None = None
    progress: Progress | None = None
    quarter: int = 0
    told: float = 0.0

    def look(self) -> None:
        """Read how far a training is; a log that is still that of an earlier run says nothing."""
        if self.log is not None and _state(self.log) != self.before:
            self.progress = last_progress(self.log) or self.progress


class Watch(logging.Handler):
    """Follow a run of Snakemake by the records of its logger.

    Parameters
    ----------
    path : path
        Of the file that says how far the run is.
    title : str
        What runs, at the head of that file.
    total : int
        Number of steps.
    studies : mapping of str to str
        From the names of studies, which begin those of rules, to their titles.
    tell : callable
        It is told in a line when a training has passed a quarter of its steps, and when another
        kind of work begins.
    clock : callable
        The time [s since 1970].
    """

    def __init__(
        self,
        path: str | Path,
        *,
        title: str,
        total: int,
        studies: Mapping[str, str],
        tell: Callable[[str], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__()
        self._path = Path(path)
        self._title = title
        self._total = total
        self._studies = dict(studies)
        self._tell = tell
        self._clock = clock
        self._began = clock()
        self._running: dict[int, _Step] = {}
        self._done: set[int] = set()
        self._failed: set[int] = set()
        self._begun: set[tuple[str, str]] = set()
        self._written = ""
        self._is_over = Event()
        self._thread = Thread(target=self._follow, daemon=True)

    def start(self) -> None:
        """Look at the logs every few seconds, until the run ends."""
        self.look()
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Take notice of a step that begins, ends or fails."""
        event = str(getattr(record, "event", ""))
        try:
            if event == "job_info":
                self._begin(record)
            elif event == "job_finished":
                self._end(part(record, "job_id", _HERE))
            elif event == "job_error":
                self._fail(part(record, "jobid", _HERE))
        except Exception:
            self.handleError(record)

    def look(self) -> None:
        """Read how far the trainings are, tell of them, and write the file anew."""
        self.acquire()
        try:
            for step in self._running.values():
                step.look()
                self._pass(step)
            text = self._text()
        finally:
            self.release()
        self._write(text)

    def end(self, last: str) -> None:
        """Write the file for the last time, with what the run came to."""
        self._is_over.set()
        self._running.clear()
        self._write(f"{self._head()}\n{last}\n")

    def _follow(self) -> None:
        while not self._is_over.wait(_INTERVAL):
            self.look()

    def _begin(self, record: logging.LogRecord) -> None:
        if not part(record, "output", _HERE):
            return  # a rule that only collects results
        number, rule = part(record, "jobid", _HERE), str(part(record, "rule_name", _HERE))
        message = part(record, "rule_msg", _HERE) or rule
        log = progress_log(message)
        step = _Step(
            study=next((t for name, t in self._studies.items() if rule.startswith(f"{name}_")), ""),
            task=task_of(message),
            kind=kind_of(rule, message, dict(part(record, "wildcards", _HERE))),
            began=self._clock(),
            log=None if log is None else Path(log),
            before=None if log is None else _state(Path(log)),
        )
        self._running[number] = step
        self._failed.discard(number)
        if (step.study, step.kind) not in self._begun:
            self._begun.add((step.study, step.kind))
            done = f"{len(self._done):,} of {plural(self._total, 'step')} done"
            self._tell(f"{_first(step)} ({done})")

    def _end(self, number: int) -> None:
        step = self._running.pop(number, None)
        if step is None:
            return
        self._done.add(number)
        if step.kind == "training":
            step.look()
            shown = f": {step.progress.shown}" if step.progress else ""
            took = duration(self._clock() - step.began)
            self._tell(f"{_named(step)}, done in {took}{shown}")

    def _fail(self, number: int) -> None:
        step = self._running.pop(number, None)
        if step is not None:
            self._failed.add(number)
            self._tell(f"{_named(step)}, failed")

    def _pass(self, step: _Step) -> None:
        """Tell of a training that has passed a quarter of its steps."""
        if step.progress is None:
            return
        quarter, now = int(step.progress.share * _QUARTERS), self._clock()
        if step.quarter < quarter < _QUARTERS and now - max(step.told, step.began) >= _QUIET:
            step.quarter, step.told = quarter, now
            self._tell(f"{_named(step)}, {_far(step.progress)}")

    def _text(self) -> str:
        ordered = sorted(self._running.values(), key=lambda step: (step.log is None, step.began))
        names = [_named(step) for step in ordered]
        width = max(map(len, names), default=0)
        told = (self._at(step) for step in ordered)
        lines = (f"{name:{width}}  {said}" for name, said in zip(names, told, strict=True))
        return "\n".join([self._head(), *lines]) + "\n"

    def _head(self) -> str:
        failed = f", {len(self._failed)} failed" if self._failed else ""
        took = duration(self._clock() - self._began)
        done = f"{len(self._done):,} of {plural(self._total, 'step')} done"
        return f"{self._title}: {done}{failed}, {took} so far"

    def _at(self, step: _Step) -> str:
        if step.progress is not None:
            return _far(step.progress)
        return f"for {duration(self._clock() - step.began)}"

    def _write(self, text: str) -> None:
        if text != self._written:
            self._written = text
            with suppress(StorageError):  # a full disk ends no run of its own accord
                write_text(text, self._path)


def progress_file(places: Places) -> Path:
    """Return the file that says how far a run of a configuration is."""
    return Path(places.log("progress")).with_suffix(".txt")


def _state(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from itself before it was written to."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def _named(step: _Step) -> str:
    """Return what a step does, after its study."""
    return f"{step.study}: {step.task}" if step.study else step.task


def _first(step: _Step) -> str:
    """Return of what kind the first step is that begins; of a single one, what it does."""
    if not step.study:
        return f"{step.task[0].upper()}{step.task[1:]}"
    kinds = {"training": "trainings", "analysis": "analyses of runs", "figures": "figures"}
    what = kinds.get(step.kind, "data and joins of runs")
    return f"{step.study}: first {what}"


def _far(progress: Progress) -> str:
    """Return how far a training is, in words.

    Examples
    --------
    >>> _far(Progress(5000, 20000, "training loss 0.1, test loss 3.2", 61.0))
    'step 5,000 of 20,000 (25 %), 1 min 1 s left, training loss 0.1, test loss 3.2'
    """
    share = f"{100 * progress.share:.0f} %"
    left = f"{duration(progress.left)} left"
    return f"step {progress.step:,} of {progress.steps:,} ({share}), {left}, {progress.shown}"

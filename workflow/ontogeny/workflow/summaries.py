"""The few lines with which a run of the workflow ends."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tabulate import tabulate

from ontogeny.storage import read
from ontogeny.study import Places, Plan
from ontogeny.workflow.snakemake_parts import part

__all__ = ["closing", "duration", "has_all_results", "span", "study_lines", "summary"]

_HERE = f"{__name__.replace('.', '/')}.py"
_MOST_ROWS = 12
_MOST_FIGURES = 2
"""Of each study, to look at first."""


def has_all_results(workflow: Any, *, has_run: bool) -> bool:
    """Return whether a Snakemake was asked for all results, and all are there.

    Parameters
    ----------
    workflow : snakemake.workflow.Workflow
        At its end, however it came to that.
    has_run : bool
        Whether all of its jobs have run. If it had none to run, all results were there before.
    """
    if part(workflow, "scheduler", _HERE) is None or part(workflow, "dryrun", _HERE):
        return False  # it ended before it had planned, or has made nothing
    targets = part(part(workflow, "dag_settings", _HERE), "targets", _HERE)
    return {*(targets or ())} <= {"all"} and (has_run or not len(part(workflow, "dag", _HERE)))


def closing(
    plans: Mapping[str, Plan],
    places: Places,
    *,
    folder: str | Path = ".",
    seconds: float | None = None,
) -> str:
    """Return what a run came to that has made all results.

    Parameters
    ----------
    plans : mapping of str to Plan
        Of each study in the configuration.
    places : Places
    folder : path
        In which the workflow ran.
    seconds : float, optional
        How long the run took [s]; None when nothing had to be done.

    Returns
    -------
    str
        Ends with a line break.
    """
    folder = Path(folder)
    claims = places.result("claims", suffix=".html")
    first = [claims] if (folder / claims).exists() else []
    for plan in plans.values():
        figures = [f"{figure}.png" for figure in plan.highlights()]
        first += [path for path in figures if (folder / path).exists()][:_MOST_FIGURES]
    studies = [plan.summary(lambda path: read(folder / path)) for plan in plans.values()]
    return summary(studies, first, seconds=seconds)


def summary(
    studies: Iterable[Sequence[str]], paths: Sequence[str], *, seconds: float | None = None
) -> str:
    """Return what a run came to.

    Parameters
    ----------
    studies : iterable of sequences of str
        The lines of each study.
    paths : sequence of str
        Where to look first.
    seconds : float, optional
        How long the run took [s].

    Returns
    -------
    str
        Ends with a line break.
    """
    blocks = ["\n".join(lines) for lines in studies if lines]
    if paths:
        blocks.append("\n".join(["Look first at", *(f"  {path}" for path in paths)]))
    if seconds is not None:
        blocks.append(f"Finished in {duration(seconds)}.")
    return "\n" + "\n\n".join(blocks) + "\n"


def study_lines(headline: str, rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a headline and an aligned row for each experiment, of many the first few.

    Examples
    --------
    >>> study_lines("Two trained.", [("a", "1 of 1", "step 9"), ("long", "0 of 1", "")])
    ['Two trained.', '  a     1 of 1  step 9', '  long  0 of 1']
    """
    table = tabulate(rows[:_MOST_ROWS], tablefmt="plain", disable_numparse=True).splitlines()
    left = len(rows) - _MOST_ROWS
    return [
        headline,
        *(f"  {line}".rstrip() for line in table),
        *([f"  and {left} more experiments"] if left > 0 else []),
    ]


def span(steps: Sequence[float]) -> str:
    """Return the median of some steps, with their range if they differ.

    Examples
    --------
    >>> span([1600.0]), span([1500.0, 1600.0, 2000.0])
    ('step 1,600', 'step 1,600 (1,500 to 2,000)')
    """
    ordered = sorted(steps)
    middle = (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
    text = f"step {middle:,.0f}"
    if ordered[0] == ordered[-1]:
        return text
    return f"{text} ({ordered[0]:,.0f} to {ordered[-1]:,.0f})"


def duration(seconds: float) -> str:
    """Return a time in words.

    Examples
    --------
    >>> duration(42.4), duration(192.0), duration(7500.0)
    ('42 s', '3 min 12 s', '2 h 5 min')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes_of_hour = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes_of_hour} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"

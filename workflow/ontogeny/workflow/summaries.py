"""The five lines with which a run of the workflow ends."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ontogeny.claims import VERDICTS
from ontogeny.storage import read
from ontogeny.study import Places, Plan
from ontogeny.workflow.snakemake_parts import part

__all__ = ["closing", "duration", "has_all_results"]

_HERE = f"{__name__.replace('.', '/')}.py"
_PLURALS = {"holds": "hold", "does not hold": "do not hold"}


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
    outcomes: Sequence[str | Path] = (),
) -> str:
    """Return what a run came to that has made all results, in at most five lines.

    They say how many networks learned what they were trained for, when circuits formed, how many
    claims hold, how long it took, and where the page is.

    Parameters
    ----------
    plans : mapping of str to Plan
        Of each study in the configuration.
    places : Places
    folder : path
        In which the workflow ran.
    seconds : float, optional
        How long the run took [s]; None when nothing had to be done.
    outcomes : sequence of path
        Verdicts of long runs that are kept with the project (`ontogeny.outcomes`).
    """
    folder = Path(folder)
    found = [plan.summary(lambda path: read(folder / path)) for plan in plans.values()]
    page = places.result("index", suffix=".html")
    lines = [
        _sentence([each.networks for each in found]),
        _sentence([each.circuits for each in found]),
        _claims(folder / places.result("claims"), [folder / each for each in outcomes]),
        "" if seconds is None else f"The run took {duration(seconds)}.",
        f"Open {page} in a browser to see what came out." if (folder / page).exists() else "",
    ]
    return "\n".join(filter(None, lines))


def _sentence(phrases: Sequence[str]) -> str:
    """Return what the studies say in one sentence; nothing if they say nothing."""
    said = "; ".join(filter(None, phrases))
    return f"{said[0].upper()}{said[1:]}." if said else ""


def _claims(path: Path, outcomes: Sequence[Path]) -> str:
    """Return how many claims have which verdict; nothing if none was judged."""
    if not path.exists():
        return ""
    verdicts = _verdicts(path)
    counts = Counter(verdicts.values())
    words = (each if counts[each] == 1 else _PLURALS.get(each, each) for each in VERDICTS)
    told = (f"{counts[each]} {word}" for each, word in zip(VERDICTS, words, strict=True))
    open_ones = {claim for claim, said in verdicts.items() if said == VERDICTS[2]}
    long = {
        claim for each in outcomes for claim, said in _verdicts(each).items() if said != VERDICTS[2]
    }
    decided = len(open_ones & long)
    more = f" on these runs; long runs decide {decided} of the latter" if decided else ""
    return f"Claims: {', '.join(told)}{more}."


def _verdicts(path: Path) -> dict[str, str]:
    """Return the verdict on each claim of a file."""
    judged = read(path)
    return dict(
        zip(map(str, judged["claim"].values), map(str, judged["verdict"].values), strict=True)
    )


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

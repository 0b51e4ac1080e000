"""What a run says before it replaces finished trainings: how many, and the time they took."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from ontogeny.wording import plural, verb
from ontogeny.workflow.planning import PlannedJob
from ontogeny.workflow.summaries import duration

__all__ = ["TRAININGS", "replacements"]

TRAININGS = ("_train", "_read_weights")
"""Ends of the names of rules that make the networks of a run."""

_FOLLOWS = "updated_input_run"
_MOST_LISTED = 4


def replacements(
    jobs: Iterable[PlannedJob], *, is_final: bool, folder: str | Path = "."
) -> list[str]:
    """Return what is said of the finished trainings that planned jobs replace.

    Parameters
    ----------
    jobs : iterable of PlannedJob
    is_final : bool
        Whether all these jobs will run. Snakemake runs every job that it has planned; a dry run is
        not final, since a later one plans anew when the first steps are done.
    folder : path
        In which the workflow runs, with the benchmarks of earlier jobs.

    Returns
    -------
    list of str
        At most three lines; none when no training is replaced. A training that was interrupted
        counts with the time of its last part, one without a benchmark with none.
    """
    certain: list[PlannedJob] = []
    uncertain: list[PlannedJob] = []
    longer: list[PlannedJob] = []
    for job in jobs:
        if job.is_finished and job.rule.endswith(TRAININGS):
            follows = not is_final and job.reasons == (_FOLLOWS,)
            (longer if job.can_continue else uncertain if follows else certain).append(job)
    return [
        *_line("replaces", certain, folder),
        *_line("replaces", uncertain, folder, ", unless the steps before give the same again"),
        *_line("continues", longer, folder, ", if the saved state fits the new schedule"),
    ]


def _line(
    does: str, jobs: Sequence[PlannedJob], folder: str | Path, condition: str = ""
) -> list[str]:
    if not jobs:
        return []
    times = [seconds for job in jobs if (seconds := _seconds(job, folder)) is not None]
    count = plural(len(jobs), "finished training")
    took = f", which took {duration(sum(times))}" if times else ""
    return [f"{does} {count}{took}{condition}: {_names(jobs)}"]


def _seconds(job: PlannedJob, folder: str | Path) -> float | None:
    """Return how long a job took when it ran last [s]; None when that is not known."""
    path = Path(folder, job.benchmark or "")
    if not path.is_file():
        return None
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        try:
            return sum(float(row["s"]) for row in rows)
        except (KeyError, ValueError):
            return None


def _names(jobs: Sequence[PlannedJob]) -> str:
    """Return the runs: of each experiment, of the first few, its seeds."""
    seeds: dict[str, list[int]] = {}
    for job in jobs:
        labels = dict(job.wildcards)
        seed = labels.pop("seed", None)
        seeds.setdefault(", ".join(labels.values()), []).extend([int(seed)] if seed else [])
    named = [f"{name}, {_seeds(sorted(each))}" if each else name for name, each in seeds.items()]
    left = len(named) - _MOST_LISTED
    more = [plural(left, "more experiment")] if left > 0 else []
    return "; ".join([*named[:_MOST_LISTED], *more])


def _seeds(seeds: Sequence[int]) -> str:
    """Return ascending seeds in words, those that follow one another as a range.

    Examples
    --------
    >>> _seeds([0, 1, 2, 5]), _seeds([7]), _seeds([0, 1])
    ('seeds 0 to 2, 5', 'seed 7', 'seeds 0, 1')
    """
    ranges: list[list[int]] = []
    for seed in seeds:
        if ranges and seed == ranges[-1][-1] + 1:
            ranges[-1].append(seed)
        else:
            ranges.append([seed])
    texts = [
        f"{each[0]} to {each[-1]}" if len(each) > 2 else ", ".join(map(str, each))
        for each in ranges
    ]
    return f"{verb(len(seeds), 'seed', 'seeds')} {', '.join(texts)}"

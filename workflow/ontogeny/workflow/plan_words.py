"""What a plan says in words: the kinds of its steps, why they run, and a line for each kind."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from ontogeny.wording import plural, verb
from ontogeny.workflow.planning import WHY, PlannedJob, PlannedRun

__all__ = [
    "KINDS",
    "is_new",
    "kind_of",
    "lines",
    "overview",
    "progress_log",
    "task_of",
]

KINDS = {
    "training": "training",
    "analysis": "analysis",
    "figures": "set of figures",
    "other": "other step",
}
"""Kinds of steps, with what one is called."""

_PROGRESS = re.compile(r" \(progress in (.*)\)$")
_FOLLOWS = "updated_input_run"
_MOST_LISTED = 4
_MOST_CAUSES = 3


def kind_of(rule: str, message: str, wildcards: Mapping[str, str]) -> str:
    """Return the kind of a step, one of `KINDS`.

    A training writes its progress to its log, or reads networks from a file; an analysis is of one
    run or network.

    Examples
    --------
    >>> kind_of("a_train", "train e, seed 0 (progress in logs/e.log)", {"seed": "0"})
    'training'
    """
    if _PROGRESS.search(message) or rule.endswith("_read_weights"):
        return "training"
    if "_figures_" in rule:
        return "figures"
    return "analysis" if "seed" in wildcards else "other"


def task_of(message: str) -> str:
    """Return what a step does, without where its progress is.

    Examples
    --------
    >>> task_of("train e, seed 0 (progress in logs/e.log)")
    'train e, seed 0'
    """
    return _PROGRESS.sub("", message)


def progress_log(message: str) -> str | None:
    """Return the log to which a step writes its progress; None if it writes none.

    Examples
    --------
    >>> progress_log("train e, seed 0 (progress in logs/e.log)")
    'logs/e.log'
    """
    found = _PROGRESS.search(message)
    return found[1] if found else None


def is_new(run: PlannedRun) -> bool:
    """Return whether all steps run, and none of them replaces a result."""
    return len(run.jobs) == run.total and not any(job.is_finished for job in run.jobs)


def overview(run: PlannedRun) -> str:
    """Return in one sentence how many steps of which kinds run, and why.

    Examples
    --------
    >>> job = PlannedJob("a_score", "scores of e, seed 0", {"seed": "0"}, ("missing_output",))
    >>> overview(PlannedRun("mine", 1, [job]))
    '1 step: 1 analysis; everything is new.'
    """
    kinds = Counter(kind_of(job.rule, job.message, job.wildcards) for job in run.jobs)
    counted = ", ".join(plural(kinds[kind], noun) for kind, noun in KINDS.items() if kinds[kind])
    if is_new(run):
        return f"{plural(run.total, 'step')}: {counted}; everything is new."
    causes = _causes(run.jobs)
    left = len(causes) - _MOST_CAUSES
    further = [f"{plural(left, 'further reason')}"] if left > 0 else []
    why = "; ".join([*causes[:_MOST_CAUSES], *further])
    return f"{len(run.jobs):,} of {plural(run.total, 'step')} to do ({counted}): {why}."


def _causes(jobs: Iterable[PlannedJob]) -> list[str]:
    """Return why jobs run, apart from those that merely follow others."""
    named: dict[str, list[str]] = {}
    for job in jobs:
        if not _follows(job):
            named.setdefault(_cause(job), []).append(_named(job))
    return [cause.format(_listed(names)) for cause, names in named.items()]


def _cause(job: PlannedJob) -> str:
    """Return why a job runs, with a place for what it is about."""
    reason = job.reasons[0] if job.reasons else ""
    if reason == "missing_output":
        return "no results yet of {}"
    if reason == "params_changed" and job.changed:
        have = verb(len(job.changed), "has", "have")
        return f"the {' and the '.join(job.changed)} of {{}} {have} changed"
    return f"{{}}: {_why(job)}"


def _named(job: PlannedJob) -> str:
    """Return a job by its study and its experiment, or else by what it does."""
    experiment = job.wildcards.get("experiment")
    if not experiment:
        return task_of(job.message)
    return f"{experiment} ({job.study})" if job.study else experiment


def _follows(job: PlannedJob) -> bool:
    """Return whether a job runs for no other reason than that another does."""
    return bool(job.reasons) and job.reasons[0] == _FOLLOWS


def _listed(names: Sequence[str]) -> str:
    alike = [*dict.fromkeys(names)]
    return plural(len(names), "step") if len(alike) > _MOST_LISTED else ", ".join(alike)


def lines(jobs: Iterable[PlannedJob]) -> list[str]:
    """Return one line for each kind of step and reason, with up to four names.

    Figures are last, before the number of steps that merely follow others.

    Examples
    --------
    >>> job = PlannedJob("a_train", "train e, seed 0", {}, ("params_changed",))
    >>> lines([job])
    ['train (e, seed 0): its configuration or code has changed']
    """
    groups: dict[tuple[str, str], list[str]] = {}
    following = 0
    for job in jobs:
        if _follows(job):
            following += 1
            continue
        kind, name = _told(job.message)
        groups.setdefault((kind, _why(job)), []).append(name)
    ordered = sorted(groups.items(), key=lambda group: group[0][0].startswith("figure"))
    told = [f"{kind}{_bracketed(names)}: {why}" for (kind, why), names in ordered]
    if following:
        why = WHY[_FOLLOWS] if following == 1 else "follow other steps"
        told.append(f"{plural(following, 'step')}: {why}")
    return told


def _told(message: str) -> tuple[str, str]:
    """Return what a job does, and what it does it to."""
    message = task_of(message)
    kind, _, name = message.partition(" of " if " of " in message else " ")
    return kind, name


def _why(job: PlannedJob) -> str:
    return WHY[job.reasons[0]] if job.reasons else "for another reason of Snakemake"


def _bracketed(names: Sequence[str]) -> str:
    if len(names) > _MOST_LISTED:
        return f" ({len(names)} times)"
    named = "; ".join(filter(None, names))
    return f" ({named})" if named else ""

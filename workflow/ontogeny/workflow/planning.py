"""What a run of the workflow would do, and why: read from Snakemake, passed on as JSON."""

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from pydantic import TypeAdapter

from ontogeny.costs import Cost
from ontogeny.workflow.snakemake_parts import part

__all__ = [
    "PLAN",
    "WHY",
    "PlannedJob",
    "PlannedRun",
    "planned_jobs",
    "planned_run",
    "read_plan",
    "write_plan",
]

PLAN = "ONTOGENY_PLAN"
"""The environment variable with the path that a dry run of the workflow writes its plan to."""

WHY = {
    "forced": "was asked for",
    "missing_output": "is not there yet",
    "incomplete_output": "was not finished",
    "updated_input": "an input has changed",
    "updated_input_run": "follows another step",
    "input_changed": "has other inputs than before",
    "code_changed": "its script has changed",
    "params_changed": "its configuration or code has changed",
    "software_stack_changed": "other software",
}
"""The reasons that Snakemake has for a job, by the names of its attributes, in words.

The first one that applies is told.
"""

_DIGEST = re.compile(r"[0-9a-f]{32,}")
_HERE = f"{__name__.replace('.', '/')}.py"


@dataclass(frozen=True)
class PlannedJob:
    """A job that would run.

    Attributes
    ----------
    rule : str
    message : str
        What the job does, with what it does it to.
    wildcards : dict of str
    reasons : tuple of str
        Keys of `WHY`.
    is_finished : bool
        Whether all of its outputs are there already, which the job replaces.
    can_continue : bool
        Whether nothing but the schedule of a training differs, and a state of it is saved.
    changed : tuple of str
        Of ``configuration`` and ``code`` what has changed since the job ran last.
    benchmark : str or None
        The file with the time that the job took.
    study : str
        Title of the study of the job; empty where it belongs to none.
    cost : Cost or None
        None where sizes alone do not say it.
    """

    rule: str
    message: str
    wildcards: dict[str, str]
    reasons: tuple[str, ...]
    is_finished: bool = False
    can_continue: bool = False
    changed: tuple[str, ...] = ()
    benchmark: str | None = None
    study: str = ""
    cost: Cost | None = None


@dataclass(frozen=True)
class PlannedRun:
    """What a run of the workflow would do.

    Attributes
    ----------
    configuration : str
        Its name, which results and logs are below.
    total : int
        Number of steps that all results take, those that are up to date included.
    jobs : list of PlannedJob
        Those that would run.
    """

    configuration: str
    total: int
    jobs: list[PlannedJob]


_RUN = TypeAdapter(PlannedRun)


def planned_jobs(
    dag: Any,
    cost_of: Callable[[str, Any], tuple[str, Cost | None]] = lambda rule, wildcards: ("", None),
) -> list[PlannedJob]:
    """Return the jobs that would run, those that others wait for first.

    Rules that only collect results are left out.

    Parameters
    ----------
    dag : snakemake.dag.DAG
        After Snakemake has planned.
    cost_of : callable, optional
        From the name of a rule and the wildcards of a job to its study and its cost, as
        `ontogeny.workflow.costing.cost_of` returns it.

    Raises
    ------
    SnakemakeChangedError
        If Snakemake tells its plan in another way than the tested version.
    """
    wanted = set(part(dag, "needrun_jobs", _HERE)(exclude_finished=False))
    found = []
    for level in part(dag, "toposorted", _HERE)():
        jobs = [
            _planned(job, part(dag, "reason", _HERE)(job), cost_of)
            for job in level
            if job in wanted and not part(job, "is_norun", _HERE)
        ]
        found += sorted(jobs, key=lambda job: (job.rule, [*job.wildcards.values()]))
    return found


def planned_run(
    dag: Any, configuration: str, cost_of: Callable[[str, Any], tuple[str, Cost | None]]
) -> PlannedRun:
    """Return what a run would do, with the number of all steps.

    Parameters
    ----------
    dag : snakemake.dag.DAG
        After Snakemake has planned.
    configuration : str
    cost_of : callable
        As for `planned_jobs`.

    Raises
    ------
    SnakemakeChangedError
        If Snakemake tells its plan in another way than the tested version.
    """
    total = sum(not part(job, "is_norun", _HERE) for job in part(dag, "jobs", _HERE))
    return PlannedRun(configuration, total, planned_jobs(dag, cost_of))


def write_plan(run: PlannedRun, path: str | Path) -> None:
    """Write what a run would do as JSON."""
    Path(path).write_text(_RUN.dump_json(run).decode(), encoding="utf-8")


def read_plan(path: str | Path) -> PlannedRun:
    """Read what `write_plan` has written."""
    return _RUN.validate_json(Path(path).read_text(encoding="utf-8"))


def _planned(
    job: Any, reason: Any, cost_of: Callable[[str, Any], tuple[str, Cost | None]]
) -> PlannedJob:
    outputs = [str(path) for path in part(job, "output", _HERE)]
    reasons = tuple(name for name in WHY if part(reason, name, _HERE))
    name = str(part(part(job, "rule", _HERE), "name", _HERE))
    benchmark = part(job, "benchmark", _HERE)
    is_finished = bool(outputs) and all(Path(path).exists() for path in outputs)
    wildcards = {key: str(value) for key, value in part(job, "wildcards_dict", _HERE).items()}
    study, cost = cost_of(name, SimpleNamespace(**wildcards))
    return PlannedJob(
        rule=name,
        message=part(job, "message", _HERE) or name,
        wildcards=wildcards,
        reasons=reasons,
        is_finished=is_finished,
        can_continue=is_finished
        and reasons == ("params_changed",)
        and _differs_in_schedule(part(reason, "params_changed", _HERE))
        and any(Path(outputs[0]).parent.glob(".state/*/*")),
        changed=_changed(part(reason, "params_changed", _HERE)),
        benchmark=None if benchmark is None else str(benchmark),
        study=study,
        cost=cost,
    )


def _differs_in_schedule(change: Any) -> bool:
    """Return whether parameters before and now differ in the key ``schedule`` alone."""
    before, now = part(change, "only_old", _HERE), part(change, "only_new", _HERE)
    if len(before) != 1 or len(now) != 1:
        return False
    try:
        old, new = (ast.literal_eval(next(iter(side))) for side in (before, now))
    except (ValueError, SyntaxError):
        return False
    return isinstance(old, dict) and _without_schedule(old) == _without_schedule(new)


def _changed(change: Any) -> tuple[str, ...]:
    """Return whether parameters differ in what the configuration says, in code, or in both.

    The digest of the code is the one parameter that is a hexadecimal number alone.
    """
    if not change:
        return ()
    values = part(change, "only_new", _HERE) | part(change, "only_old", _HERE)
    are_code = {bool(_DIGEST.fullmatch(each.strip("'"))) for each in values}
    kinds = (("configuration", False), ("code", True))
    return tuple(word for word, is_code in kinds if is_code in are_code)


def _without_schedule(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {key: _without_schedule(each) for key, each in value.items() if key != "schedule"}

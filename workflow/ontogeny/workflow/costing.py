"""What planned jobs cost: their costs from the studies, and the lines under a plan."""

import argparse
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from ontogeny.costs import JOINED, Amount, Cost, Rates, drawing, seconds
from ontogeny.figures import drawn_together
from ontogeny.study import Plan
from ontogeny.wording import plural
from ontogeny.workflow.planning import PlannedJob

__all__ = ["cores_of", "cost_of", "estimate"]

_SCHEDULING = Cost(starts=0.3, stored=35_000)
"""What Snakemake itself does for a job, and what its files hold beside the numbers, about."""

_SNAKEMAKE = Cost(starts=5)
"""What it does for each run of the workflow: it reads the rules and the configuration, twice."""


def cost_of(plans: Mapping[str, Plan]) -> Callable[[str, Any], tuple[str, Cost | None]]:
    """Return the function from rule and wildcards of a job to the title of its study and its cost.

    The cost is that of ``COSTS`` in the module ``cost`` of the study, by the name of the rule; of
    figures it follows from their number, and claims and the page cost what any join does.

    Parameters
    ----------
    plans : mapping of Plan
        By the name of the study.
    """
    figures = {
        f"{study}_figures_{each.name}": (study, len(each.figures))
        for study, plan in plans.items()
        for each in drawn_together(plan)
    }

    def found(rule: str, wildcards: Any) -> tuple[str, Cost | None]:
        if rule in figures:
            study, number = figures[rule]
            return plans[study].study.title, drawing(number)
        study = next((name for name in plans if rule.startswith(f"{name}_")), "")
        title = plans[study].study.title if study else ""
        if rule.endswith("claims") or rule == "page":
            return title, JOINED
        function = _costs(study).get(rule) if study else None
        return title, function(plans[study], wildcards) if function else None

    return found


@cache
def _costs(study: str) -> Mapping[str, Callable[[Any, Any], Cost | None]]:
    """Return the costs of the rules of a study by name; none if it has no module ``cost``."""
    module = f"ontogeny.studies.{study}.cost"
    found: Mapping[str, Callable[[Any, Any], Cost | None]] = (
        import_module(module).COSTS if find_spec(module) else {}
    )
    return found


def cores_of(arguments: Sequence[str]) -> int:
    """Return how many cores the arguments of Snakemake ask for: all, unless they say a number.

    Examples
    --------
    >>> cores_of(["--configfile", "c.yaml", "--cores", "3"]), cores_of(["-c2"])
    (3, 2)
    """
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--cores", "-c", default="all")
    asked = parser.parse_known_args(arguments)[0].cores
    return int(asked) if asked.isdecimal() and int(asked) else len(os.sched_getaffinity(0))


def estimate(jobs: Sequence[PlannedJob], rates: Rates, *, cores: int) -> list[str]:
    """Return the lines that say how long planned jobs will take, and how much they will store.

    The time on several cores is that of all work evenly spread, or of the longest job.

    Parameters
    ----------
    jobs : sequence of PlannedJob
    rates : Rates
        Of this machine.
    cores : int
    """
    known = [(job.study, job.cost + _SCHEDULING) for job in jobs if job.cost is not None]
    told = []
    if known:
        total = sum((cost for _, cost in known), _SNAKEMAKE)
        longest = max(seconds(cost, rates) for _, cost in known)
        elapsed = max(seconds(total, rates) / cores, longest)
        on = f"{_time(elapsed)} on {plural(cores, 'core')}"
        told.append(f"Estimate: {_amount(total, rates)}, {on}.")
    by_study: dict[str, Cost] = {}
    for study, cost in known:
        if study:
            by_study[study] = by_study.get(study, Cost()) + cost
    if len(by_study) > 1:
        each = [f"{name} {_amount(cost, rates)}" for name, cost in by_study.items()]
        told.append(f"By study: {'; '.join(each)}.")
    shorter = sum(cost.at_most for _, cost in known)
    if shorter:
        told.append(f"It may be less: {plural(shorter, 'training')} may stop early.")
    unknown = Counter(job.rule for job in jobs if job.cost is None)
    if unknown:
        counted = ", ".join(f"{number} x {rule}" for rule, number in unknown.items())
        told.append(f"Not in the estimate, as sizes alone do not say it: {counted}.")
    return told


def _amount(cost: Cost, rates: Rates) -> str:
    """Return processor time and disk in words."""
    return f"{_time(seconds(cost, rates))} of processor time and {_size(cost.stored)}"


def _time(took: Amount) -> str:
    """Return a time in words, to no more digits than an estimate has.

    Examples
    --------
    >>> _time(41.7), _time(131.0), _time(4000.0), _time(150_000.0)
    ('42 s', '2 min', '67 min', '42 h')
    """
    if took < 90:
        return f"{took:.0f} s"
    if took < 5400:
        return f"{took / 60:.0f} min"
    return f"{took / 3600:.1f} h" if took < 36_000 else f"{took / 3600:.0f} h"


def _size(stored: Amount) -> str:
    """Return a number of bytes in words.

    Examples
    --------
    >>> _size(45.2e6), _size(1.23e9)
    ('45 MB', '1.2 GB')
    """
    return f"{max(stored / 1e6, 1):.0f} MB" if stored < 1e9 else f"{stored / 1e9:.1f} GB"

"""Memory and time of jobs: what they took, beside what their rules ask a cluster for."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from ontogeny.joblog import MEMORY

__all__ = ["Use", "is_of_memory", "lines", "uses"]

_TOLD = re.compile(
    f" {MEMORY}$".format(rule=r"(?P<rule>\w+)", taken=r"(?P<taken>\d+)", asked=r"(?P<asked>\d+)"),
    re.MULTILINE,
)

Use = dict[str, tuple[float, float]]
"""By resource (``mem_mb`` [MB], ``runtime`` [min]): what a job took, and what it asked for."""


def is_of_memory(line: str) -> bool:
    """Return whether a line of a log says how much memory the job took."""
    return _TOLD.search(line) is not None


def uses(folder: str | Path) -> dict[str, Use]:
    """Return, of the jobs of each rule, what was nearest to its limit.

    Parameters
    ----------
    folder : path
        With the logs of jobs, whose last line says how much memory a job had at most, and the files
        that the ``benchmark`` directives of the workflow made. These say how long a job took, and
        what it asked for when it was run with ``--benchmark-extended``, as all profiles do; their
        memory is measured now and then only, and is less than the most. Other files do not count,
        nor does what a rule does not ask for.

    Returns
    -------
    dict
        By the name of the rule. Memory and time may be those of different jobs.
    """
    found: dict[str, Use] = {}
    for rule, resource, taken, asked in _measured(Path(folder)):
        use = found.setdefault(rule, {})
        nearest = use.get(resource, (taken, asked))
        use[resource] = max(nearest, (taken, asked), key=lambda pair: pair[0] / pair[1])
    return found


def lines(found: dict[str, Use]) -> tuple[list[str], bool]:
    """Return one line for each rule, and whether a job took more than its rule asks for.

    Examples
    --------
    >>> lines({"a_train": {"mem_mb": (700.0, 1500.0), "runtime": (61.5, 60.0)}})
    (['a_train: 700 of 1500 MB, 61.5 of 60 min, MORE THAN ASKED FOR'], True)
    """
    told, is_over = [], False
    for rule, use in found.items():
        over = any(taken > asked for taken, asked in use.values())
        parts = [_told(resource, *pair) for resource, pair in sorted(use.items())]
        told.append(f"{rule}: {', '.join([*parts, *['MORE THAN ASKED FOR'] * over])}")
        is_over |= over
    return told, is_over


def _told(resource: str, taken: float, asked: float) -> str:
    if resource == "mem_mb":
        return f"{taken:.0f} of {asked:.0f} MB"
    return f"{taken:.1f} of {asked:.0f} min"


def _measured(folder: Path) -> Iterator[tuple[str, str, float, float]]:
    """Yield rule, resource, what was taken and what was asked for, of each job."""
    for path in sorted(folder.rglob("*.tsv")):
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                taken = {"mem_mb": _number(row["max_rss"]), "runtime": _number(row["s"]) / 60}
                for name, amount in taken.items():
                    asked = re.search(rf"'{name}': (\d+)", row.get("resources") or "")
                    if asked:
                        yield str(row["rule_name"]), name, amount, float(asked[1])
    for path in sorted(folder.rglob("*.log")):
        for told in _TOLD.finditer(path.read_text(encoding="utf-8", errors="replace")):
            yield told["rule"], "mem_mb", float(told["taken"]), float(told["asked"])


def _number(text: str) -> float:
    """Return a measured number; jobs too short to be measured have none."""
    return float(text) if text not in {"-", "NA"} else 0.0

"""Hold the time and memory that jobs took against what profiles/slurm or their rules ask for them.

Usage: python workflow/usage.py, after a run. Ends with 1 when a job took more than is asked for.
"""

import csv
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]


def asked(profile: dict[str, dict[str, object]], step: str) -> dict[str, float]:
    """Return memory [MB] and time [min] that a profile asks for the first attempt of a step."""
    own = profile.get("set-resources", {}).get(step, {})
    both = {**profile["default-resources"], **own}
    return {name: float(str(both[name]).split("*")[0]) for name in ("mem_mb", "runtime")}


def taken(folder: Path) -> dict[str, dict[str, float]]:
    """Return the largest memory [MB] and time [min] of the jobs of each step.

    Parameters
    ----------
    folder : path
        With the files that the workflow's ``benchmark`` directives made, named by the step.
    """
    largest: dict[str, dict[str, float]] = {}
    for step, row in _jobs(folder):
        found = {"mem_mb": _number(row["max_rss"]), "runtime": _number(row["s"]) / 60}
        before = largest.setdefault(step, found)
        largest[step] = {name: max(before[name], found[name]) for name in found}
    return largest


def tightest(folder: Path) -> dict[str, tuple[float, float]]:
    """Return the memory taken and asked for [MB] of the job of each step nearest to its limit.

    Parameters
    ----------
    folder : path
        As for `taken`. Jobs that were run without ``--benchmark-extended`` do not count, since
        their files do not say what they asked for.
    """
    found: dict[str, tuple[float, float]] = {}
    for step, row in _jobs(folder):
        said = re.search(r"'mem_mb': (\d+)", row.get("resources") or "")
        if said:
            job = _number(row["max_rss"]), float(said[1])
            found[step] = max(found.get(step, job), job, key=lambda pair: pair[0] / pair[1])
    return found


def _jobs(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield step and measurements of each job."""
    for path in sorted(folder.rglob("*.tsv")):
        with path.open(newline="", encoding="utf-8") as lines:
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                yield path.stem, row


def _number(text: str) -> float:
    """Return a measured number; jobs too short to be measured have none."""
    return float(text) if text not in {"-", "NA"} else 0.0


def main() -> int:
    """Print one line a step."""
    profile = yaml.safe_load((ROOT / "profiles/slurm/profile.yaml").read_text(encoding="utf-8"))
    folder = ROOT / "logs/benchmarks"
    by_rule = tightest(folder)
    over = 0
    for step, found in taken(folder).items():
        wanted = asked(profile, step)
        if step in by_rule and "mem_mb" not in profile["set-resources"].get(step, {}):
            found["mem_mb"], wanted["mem_mb"] = by_rule[step]
        too_much = [name for name in wanted if found[name] > wanted[name]]
        over += bool(too_much)
        sys.stdout.write(
            f"{step}: {found['mem_mb']:.0f} of {wanted['mem_mb']:.0f} MB, "
            f"{found['runtime']:.1f} of {wanted['runtime']:.0f} min"
            f"{', MORE THAN ASKED FOR' if too_much else ''}\n"
        )
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())

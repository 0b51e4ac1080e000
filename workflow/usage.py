"""Hold the time and memory that jobs took against what profiles/slurm asks for them.

Usage: python workflow/usage.py, after a run. Ends with 1 when a job took more than is asked for.
"""

import csv
import sys
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
    for path in sorted(folder.rglob("*.tsv")):
        with path.open(newline="", encoding="utf-8") as lines:
            for row in csv.DictReader(lines, delimiter="\t"):
                found = {"mem_mb": _number(row["max_rss"]), "runtime": _number(row["s"]) / 60}
                before = largest.setdefault(path.stem, found)
                largest[path.stem] = {name: max(before[name], found[name]) for name in found}
    return largest


def _number(text: str) -> float:
    """Return a measured number; jobs too short to be measured have none."""
    return float(text) if text not in {"-", "NA"} else 0.0


def main() -> int:
    """Print one line a step."""
    profile = yaml.safe_load((ROOT / "profiles/slurm/profile.yaml").read_text(encoding="utf-8"))
    over = 0
    for step, found in taken(ROOT / "logs/benchmarks").items():
        wanted = asked(profile, step)
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

"""Say what the workflow would run, and why, in a few lines.

Usage: python workflow/plan.py [arguments of snakemake]
"""

import re
import subprocess
import sys
from collections import Counter

WHY = {
    "Missing output files": "is not there yet",
    "Params have changed since last execution": "its configuration or code has changed",
    "Set of input files has changed since last execution": "has other inputs than before",
    "Updated input files": "an input has changed",
    "Input files updated by another job": "follows another step",
    "Forced execution": "was asked for",
    "Software environment definition has changed since last execution": "other software",
}
MOST_LISTED = 4
JOB = re.compile(r"^(?:Job \d+: (?P<message>.+)|localrule (?P<local>\w+):)$", re.MULTILINE)
REASON = re.compile(r"^\s*[Rr]eason: (?P<reason>[^:;(]+)", re.MULTILINE)


def steps(said: str) -> Counter[tuple[str, str]]:
    """Return how many jobs each pair of step and reason has, from what a dry run says."""
    found: Counter[tuple[str, str]] = Counter()
    starts = [*JOB.finditer(said)]
    ends = [job.start() for job in starts[1:]] + [len(said)] * bool(starts)
    for job, end in zip(starts, ends, strict=True):
        reason = REASON.search(said, job.end(), end)
        if job["message"] and reason and not job["message"].startswith("all "):
            why = WHY.get(reason["reason"].strip(), reason["reason"].strip())
            found[re.sub(r" \(progress in .*\)$", "", job["message"]), why] += 1
    return found


def summary(plan: Counter[tuple[str, str]]) -> list[str]:
    """Return one line for each kind of step and reason, with up to four names.

    Many kinds of figures with one reason share a line.
    """
    groups: dict[tuple[str, str], list[str]] = {}
    for what, why in plan:
        kind, name = re.fullmatch(r"(figure \w+|\w+)(?: of)? (.+)", what).groups()
        groups.setdefault((kind, why), []).append(name)
    figures: dict[str, list[str]] = {}
    for kind, why in groups:
        if kind.startswith("figure "):
            figures.setdefault(why, []).append(kind)
    lines = []
    for why, kinds in figures.items():
        if len(kinds) > MOST_LISTED:
            count = sum(len(groups.pop((kind, why))) for kind in kinds)
            lines.append(f"figures ({count} of {len(kinds)} kinds): {why}")
    for (kind, why), names in reversed(groups.items()):
        listed = "; ".join(names) if len(names) <= MOST_LISTED else f"{len(names)} times"
        lines.append(f"{kind} ({listed}): {why}")
    return lines[::-1]


def main() -> int:
    """Plan by a dry run and print the plan."""
    command = [sys.executable, "-m", "snakemake", "--dry-run", *sys.argv[1:]]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        sys.stderr.write(run.stdout + run.stderr)
        return run.returncode
    plan = steps(run.stdout + run.stderr)
    for line in summary(plan):
        sys.stdout.write(f"{line}\n")
    if not plan:
        sys.stdout.write("Everything is up to date.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

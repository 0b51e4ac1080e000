"""Say what the workflow would run, why, and what it will cost, in a few lines.

Usage: python workflow/plan.py [arguments of snakemake]
"""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from ontogeny.workflow.calibration import calibrated
from ontogeny.workflow.costing import cores_of, estimate
from ontogeny.workflow.planning import PLAN, lines, read_plan
from ontogeny.workflow.replacements import replacements


def main() -> int:
    """Plan by a dry run, in which the workflow itself writes its plan, and print that."""
    command = [sys.executable, "-m", "snakemake", "--quiet", "rules", "progress", "--dry-run"]
    with TemporaryDirectory() as folder:
        path = Path(folder, "plan.json")
        run = subprocess.run(
            [*command, *sys.argv[1:]],
            env=os.environ | {PLAN: str(path)},
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode or not path.exists():
            sys.stderr.write(run.stdout + run.stderr)
            return run.returncode or 1
        jobs = read_plan(path)
    told = ["Everything is up to date."]
    if jobs:
        told = [*lines(jobs), *replacements(jobs, is_final=False)]
        told += estimate(jobs, calibrated(), cores=cores_of(sys.argv[1:]))
    sys.stdout.write("".join(f"{line}\n" for line in told))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Say what the workflow would run, why, and what it will cost, step by step.

Usage: python workflow/plan.py [arguments of snakemake]
"""

import sys

from ontogeny.workflow.calibration import calibrated
from ontogeny.workflow.costing import cores_of, estimate
from ontogeny.workflow.plan_words import is_new, lines, overview
from ontogeny.workflow.replacements import replacements
from ontogeny.workflow.running import planned


def main(arguments: list[str]) -> int:
    """Plan by a dry run, and print a line for each kind of step, if not all are new."""
    run = planned(arguments)
    told = ["Everything is up to date."]
    if run.jobs:
        steps = [] if is_new(run) else lines(run.jobs)
        told = [*steps, *replacements(run.jobs, is_final=False), overview(run)]
        told += estimate(run.jobs, calibrated(), cores=cores_of(arguments))
    sys.stdout.write("".join(f"{line}\n" for line in told))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

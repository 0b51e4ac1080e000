"""Run the workflow: say what will happen, show how far it is, and say what it came to.

Usage: python workflow/run.py [arguments of snakemake, without targets]
"""

import sys

from ontogeny.study import Places
from ontogeny.workflow.calibration import calibrated
from ontogeny.workflow.costing import cores_of, estimate
from ontogeny.workflow.plan_words import overview
from ontogeny.workflow.replacements import replacements
from ontogeny.workflow.running import planned, run_workflow, snakemake_log
from ontogeny.workflow.watching import progress_file


def main(arguments: list[str]) -> int:
    """Tell the plan in three lines, then run it."""
    run = planned(arguments)
    places = Places(run.configuration)
    told = ["Everything is up to date."]
    if run.jobs:
        told = [
            overview(run),
            *estimate(run.jobs, calibrated(), cores=cores_of(arguments))[:1],
            f"Results: {places.result(suffix='')}. Progress: {progress_file(places)}. "
            f"Output of Snakemake: {snakemake_log(places)}.",
            *(f"This run {line}." for line in replacements(run.jobs, is_final=False)),
        ]
    sys.stdout.write("".join(f"{line}\n" for line in told))
    sys.stdout.flush()
    return run_workflow(arguments, run)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What is said before and after a run; nothing else depends on it."""

import atexit
import os
from time import time

from snakemake.settings.enums import Quietness

from ontogeny.workflow.adoption import adopt
from ontogeny.workflow.costing import cost_of
from ontogeny.workflow.devices import require_devices
from ontogeny.workflow.failures import failed_jobs, file_failures
from ontogeny.workflow.origin import note_origin
from ontogeny.workflow.planning import PLAN, planned_jobs, write_plan
from ontogeny.workflow.replacements import replacements
from ontogeny.workflow.summaries import closing, has_all_results
from ontogeny.workflow.verification import verify_plans

BEGUN = float(os.environ.get("RUN_BEGUN") or time())
"""When the run began [s since 1970]: `make run` says so, as it starts several Snakemakes."""

FINISHED = []
FOLDER = Path.cwd()

adopt()
verify_plans()


def require_gpus(plans, dag):
    """Refuse GPUs that this machine lacks; jobs on a cluster look for theirs."""
    specifications = [job.params.get("spec") for job in dag.needrun_jobs()]
    sections = {name: plan.section for name, plan in plans.items()}
    try:
        require_devices(sections, specifications)
    except ConfigurationError as error:
        sys.exit(f"The configuration is refused:\n{error}")


onstart:
    if workflow.local_exec and workflow.is_main_process:
        require_gpus(PLANS, workflow.dag)
    if "name" not in config:
        note_origin(PLACES.result(suffix=""), workflow.configfiles)
    for line in replacements(
        planned_jobs(workflow.dag), is_final=True, folder=FOLDER
    ):
        sys.stderr.write(f"This run {line}\n")


onsuccess:
    FINISHED.append(time())


def end():
    """Write the plan of a dry run where one is asked for, and the last lines of other runs."""
    is_dry = workflow.dryrun and workflow.scheduler is not None
    try:
        if is_dry and PLAN in os.environ:
            jobs = planned_jobs(workflow.dag, cost_of(PLANS))
            write_plan(jobs, os.environ[PLAN])
        elif has_all_results(workflow, has_run=bool(FINISHED)):
            if Quietness.ALL not in workflow.output_settings.quiet:
                took = FINISHED[0] - BEGUN if FINISHED else None
                sys.stderr.write(closing(PLANS, PLACES, folder=FOLDER, seconds=took))
        elif workflow.is_main_process and not workflow.dryrun and not FINISHED:
            said = file_failures(failed_jobs(workflow), FOLDER)
            sys.stderr.writelines(f"{sentence}\n" for sentence in said)
    except Exception as error:
        sys.stderr.write(f"\nNothing more is said of this run: {error}\n")


atexit.register(end)

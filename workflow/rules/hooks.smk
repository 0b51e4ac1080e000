"""What is said before and after a run; nothing else depends on it."""

import atexit
import os
from time import time

from snakemake.logging import logger
from snakemake.settings.enums import Quietness

from ontogeny.workflow.adoption import adopt
from ontogeny.workflow.costing import cost_of
from ontogeny.workflow.devices import require_devices
from ontogeny.workflow.failures import failed_jobs, file_failures, step_failures
from ontogeny.workflow.origin import note_origin
from ontogeny.workflow.planning import PLAN, planned_jobs, planned_run, write_plan
from ontogeny.workflow.replacements import replacements
from ontogeny.workflow.summaries import closing, has_all_results
from ontogeny.workflow.telling import BEGUN, teller
from ontogeny.workflow.verification import verify_plans
from ontogeny.workflow.watching import Watch, progress_file

STARTED = float(os.environ.get(BEGUN) or time())
"""When the run began [s since 1970]: `make run` says so, as it starts several Snakemakes."""

FINISHED = []
WATCHES = []
FOLDER = Path.cwd()
TELL = teller(os.environ)

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


def watch(jobs):
    """Write how far the run is to a file, every few seconds, until it ends."""
    following = Watch(
        FOLDER / progress_file(PLACES),
        title=PLACES.configuration,
        total=len(jobs),
        studies={name: plan.study.title for name, plan in PLANS.items()},
        tell=TELL.in_passing,
    )
    logger.addHandler(following)
    following.start()
    WATCHES.append(following)


onstart:
    if workflow.local_exec and workflow.is_main_process:
        require_gpus(PLANS, workflow.dag)
    if "name" not in config:
        note_origin(PLACES.result(suffix=""), workflow.configfiles)
    jobs = planned_jobs(workflow.dag)
    if not TELL.is_heard:
        for line in replacements(jobs, is_final=True, folder=FOLDER):
            TELL(f"This run {line}")
    if workflow.is_main_process:
        watch(jobs)


onsuccess:
    FINISHED.append(time())


def said_last():
    """Return what a run says at its end."""
    if has_all_results(workflow, has_run=bool(FINISHED)):
        if Quietness.ALL in workflow.output_settings.quiet:
            return []
        took = FINISHED[0] - STARTED if FINISHED else None
        return ["", closing(PLANS, PLACES, folder=FOLDER, seconds=took, outcomes=ATLAS)]
    if workflow.is_main_process and not workflow.dryrun and not FINISHED:
        failed = failed_jobs(workflow)
        of_files = file_failures(failed, FOLDER)
        return of_files or (step_failures(failed) if TELL.is_heard else [])
    return []


def end():
    """Write the plan of a dry run where one is asked for, and say the last lines of other runs."""
    is_dry = workflow.dryrun and workflow.scheduler is not None
    for following in WATCHES:
        following.end("Finished." if FINISHED else "Stopped before all was done.")
    try:
        if is_dry and PLAN in os.environ:
            run = planned_run(workflow.dag, PLACES.configuration, cost_of(PLANS))
            write_plan(run, os.environ[PLAN])
        else:
            for said in said_last():
                TELL(said)
    except Exception as error:
        TELL(f"Nothing more is said of this run: {error}")


atexit.register(end)

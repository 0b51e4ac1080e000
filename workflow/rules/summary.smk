"""The last lines of a run; nothing else depends on them, and they never fail it."""

import atexit
import os
from time import time

from snakemake.settings.enums import Quietness

from ontogeny.storage import read
from ontogeny.summaries import summary

BEGUN = float(os.environ.get("RUN_BEGUN") or time())
"""When the run began [s since 1970]: `make run` says so, as it starts several Snakemakes."""

FINISHED = []
FOLDER = Path.cwd()


onsuccess:
    FINISHED.append(time())


def composition_summary():
    """Return the lines of the study of composition."""
    joined = ["universality"] * bool(ALL_RUNS) + ["addition"] * bool(ADDING_RUNS)
    outcomes = {}
    for name in reversed(joined):
        outcomes |= outcomes_of_runs(read(FOLDER / f"results/composition/{name}.nc"))
    seeds = {name: experiment.seeds for name, experiment in EXPERIMENTS.items()}
    for name, seed in ((name, seed) for name in seeds for seed in seeds[name]):
        if (name, seed) not in outcomes:
            history = read(FOLDER / f"results/composition/{name}/seed{seed}/history.nc")
            outcomes[name, seed] = outcomes_of_history(history)
    return summary_of_composition(seeds, outcomes)


def induction_summary():
    """Return the lines of the study of induction."""
    seeds = {name: each.seeds for name, each in INDUCTION.experiments.items()}
    return summary_of_induction(seeds, read(FOLDER / "results/induction/comparison.nc"))


def first_paths():
    """Return the claims page and a figure or two of each study."""
    paths = ["results/claims.html"]
    if "composition" in sections:
        figures = "results/composition/figures"
        paths += [f"{figures}/{name}.png" for name in UNIVERSALITY_FIGURES[:1]]
        paths += [
            f"{figures}/{name}/seed{seed}/{figure}.png"
            for name, experiment in EXPERIMENTS.items()
            for seed in runs_with_figures(experiment)[:1]
            for figure in figures_of_run(experiment)[:1]
        ][:1]
    if "induction" in sections:
        figures = "results/induction/figures"
        paths += [f"{figures}/corpora/{name}/models.png" for name in CORPORA_OF_RUNS][
            :1
        ]
        paths += [f"{figures}/{name}/model.png" for name in INDUCTION.experiments][-1:]
    return paths


def has_all_results():
    """Return whether all results are there, made by this Snakemake or by an earlier one."""
    if getattr(workflow, "scheduler", None) is None or workflow.dryrun:
        return False
    asked_for_all = {*(workflow.dag_settings.targets or ())} <= {"all"}
    return asked_for_all and (bool(FINISHED) or not len(workflow.dag))


def say_summary():
    """Write the summary at the end of a Snakemake that was asked for all results."""
    say = {"composition": composition_summary, "induction": induction_summary}
    try:
        if has_all_results() and Quietness.ALL not in workflow.output_settings.quiet:
            took = FINISHED[0] - BEGUN if FINISHED else None
            studies = [say[name]() for name in STUDIES]
            paths = [path for path in first_paths() if (FOLDER / path).exists()]
            sys.stderr.write(summary(studies, paths, seconds=took))
    except Exception as error:
        sys.stderr.write(f"\nNo summary: {error}\n")


atexit.register(say_summary)

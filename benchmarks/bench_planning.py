"""Time the planning of many runs, in processor seconds, without any job."""

import argparse
import asyncio
import atexit
import compileall
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

ROOT = Path(__file__).parents[1]
COPIED = ("workflow", "config", "profiles", "Snakefile", "environment.yml")
RECORDS = Path(".snakemake/metadata")
PLAN = "ONTOGENY_PLAN"
AT_END = f"""

sys.path.append({str(ROOT / "benchmarks")!r})
from bench_planning import at_end

at_end(workflow)
"""
"""Added to the Snakefile of the folder, so that a dry run ends with what `STORE` names."""

STORE = "BENCH_PLANNING_STORE"


def main() -> None:
    """Plan S5 MLPs that differ in their seed, in a folder of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, nargs="+", default=[100, 1000, 5000])
    parser.add_argument(
        "--present",
        action="store_true",
        help="with stand-ins for all results, so that nothing is to be done; "
        "first without Snakemake's records of them, then with these",
    )
    chosen = parser.parse_args()
    for runs in chosen.runs:
        with tempfile.TemporaryDirectory() as scratch:
            prepare(Path(scratch), runs)
            times = present(Path(scratch)) if chosen.present else absent(Path(scratch))
            for what, seconds in times:
                print(f"{runs:6d} runs, {what} {seconds:8.1f} s", flush=True)


def prepare(project: Path, runs: int) -> None:
    """Copy the workflow to a folder, with a configuration of some runs."""
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, project / name)
    compileall.compile_dir(project / "workflow", quiet=1)
    with (project / "Snakefile").open("a", encoding="utf-8") as file:
        file.write(AT_END)
    seeds = ", ".join(map(str, range(runs)))
    experiment = f"{{group: S5, architecture: {{kind: mlp}}, seeds: [{seeds}]}}"
    text = f"composition:\n  run_figures: first\n  experiments:\n    many: {experiment}\n"
    (project / "many.yaml").write_text(text, encoding="utf-8")


def absent(project: Path) -> Iterator[tuple[str, float]]:
    """Yield what a dry run takes before anything is there."""
    yield "no results               ", planned(project)[0]


def present(project: Path) -> Iterator[tuple[str, float]]:
    """Yield what a dry run takes that finds all results, and make sure that it plans nothing."""
    planned(project, store="results")
    yield "results without records  ", nothing_planned(project)
    planned(project, store="records")
    yield "results and records      ", nothing_planned(project)


def nothing_planned(project: Path) -> float:
    """Return the processor seconds of a dry run, which has to find nothing to do."""
    seconds, jobs = planned(project)
    if jobs:
        sys.exit(f"The dry run plans {len(jobs)} jobs and should plan none; the first is {jobs[0]}")
    return seconds


def planned(project: Path, store: str = "") -> tuple[float, list[Any]]:
    """Return the processor seconds that a dry run takes, and the jobs that it plans."""
    before = used()
    subprocess.run(
        [sys.executable, "-m", "snakemake", "-n", "-q", "--configfile", "many.yaml"],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(project / "workflow"), PLAN: "plan.json", STORE: store},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return used() - before, json.loads((project / "plan.json").read_text(encoding="utf-8"))


def used() -> float:
    """Return the processor seconds of all processes that were waited for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def at_end(workflow: Any) -> None:
    """Let a dry run of the folder end with storing stand-ins, or Snakemake's records of them."""
    store = {"results": store_results, "records": store_records}.get(os.environ[STORE])
    if store:
        atexit.register(lambda: store(workflow))


def store_results(workflow: Any) -> None:
    """Store a small file for every result of a plan, with the provenance that a job would give."""
    for level in workflow.dag.toposorted():
        for job in level:
            if not job.is_norun:
                store_outputs(job)


def store_outputs(job: Any) -> None:
    """Store the outputs of a job: datasets of one number, and short texts in place of pictures."""
    from xarray import Dataset

    from ontogeny.job import Job
    from ontogeny.storage import write_text

    names = ("input", "output", "params", "wildcards", "log")
    made = Job(SimpleNamespace(rule=job.rule.name, **{name: getattr(job, name) for name in names}))
    outputs = [*map(str, job.output)]
    datasets = [path for path in outputs if path.endswith(".nc")]
    beside = [path for path in outputs if path.endswith(".json")]
    for path in datasets:
        made.write_to(Dataset({"number": 0}), path, beside="provenance" if beside else "")
    for path in () if datasets else beside:
        made.write_provenance([], path)
    for path in {*outputs} - {*datasets, *beside}:
        write_text("stand-in\n", path)


def store_records(workflow: Any) -> None:
    """Store what Snakemake records of jobs that have run."""
    for job in workflow.dag.jobs:
        if not job.is_norun:
            asyncio.run(workflow.persistence.finished(job))


if __name__ == "__main__":
    main()

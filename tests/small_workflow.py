"""A workflow of a corpus, two trainings on it and what joins them, in a folder of its own."""

import os
from pathlib import Path

import forks
from ontogeny.workflow.planning import PLAN, read_plan

ROOT = Path(__file__).parents[1]

SNAKEFILE = """\
import sys
from pathlib import Path

from ontogeny.config import canonical
from ontogeny.study import Places

PLANS, PLACES = {{}}, Places("small")
SPEC = canonical({{"width": 8, "schedule": {{"steps": 5}}}} | config)


rule all:
    input:
        "results/small/study/comparison.nc",


rule study_corpus:
    output:
        corpus="results/small/study/corpus.nc",
    log:
        "logs/small/study/corpus.log",
    params:
        spec=canonical({{"words": config.get("words", 5)}}),
        code="code",
    message:
        "corpus"
    script:
        "store.py"


rule study_train:
    input:
        corpus="results/small/study/corpus.nc",
    output:
        checkpoints="results/small/study/{{experiment}}/seed{{seed}}/checkpoints.nc",
        history="results/small/study/{{experiment}}/seed{{seed}}/history.nc",
    log:
        "logs/small/study/{{experiment}}/seed{{seed}}/train.log",
    benchmark:
        "logs/small/benchmarks/study/{{experiment}}/seed{{seed}}/train.tsv"
    params:
        spec=lambda wildcards: canonical(SPEC | {{"seed": int(wildcards.seed)}}),
        code="code",
    message:
        "train {{wildcards.experiment}}, seed {{wildcards.seed}} (progress in its log)"
    script:
        "store.py"


rule study_comparison:
    input:
        runs=expand("results/small/study/e/seed{{seed}}/history.nc", seed=[0, 1]),
    output:
        comparison="results/small/study/comparison.nc",
    log:
        "logs/small/study/comparison.log",
    params:
        spec={{}},
        code="code",
    message:
        "comparison of all runs"
    script:
        "store.py"


include: "{hooks}"
"""
STORE = """\
import xarray as xr

from ontogeny.job import Job

job = Job(snakemake)
numbers = {name: job.spec[name] for name in ("width", "seed", "words") if name in job.spec}
for output in snakemake.output:
    job.write_to(xr.Dataset(numbers), output)
"""


class SmallWorkflow:
    """A folder with a workflow."""

    def __init__(self, folder):
        self.folder = folder
        hooks = ROOT / "workflow/rules/hooks.smk"
        (folder / "Snakefile").write_text(SNAKEFILE.format(hooks=hooks))
        (folder / "store.py").write_text(STORE)

    def snakemake(self, *arguments, **variables):
        """Run Snakemake as the profiles do, to its end, and return what it said."""
        run = self.tried(*arguments, **variables)
        assert run.returncode == 0, run.stdout + run.stderr
        return run.stdout + run.stderr

    def tried(self, *arguments, **variables):
        """Run Snakemake as the profiles do, whatever comes of it."""
        triggers = ["input", "mtime", "params", "software-env"]
        command = ["-m", "snakemake", "--cores", "2", "--rerun-triggers", *triggers, *arguments]
        environment = os.environ | {"PYTHONPATH": str(ROOT / "workflow")} | variables
        return forks.run(command, folder=self.folder, environment=environment)

    def planned(self, *arguments):
        """Return the jobs that a dry run plans."""
        path = self.folder / "plan.json"
        self.snakemake("--quiet", "rules", "progress", "--dry-run", *arguments, **{PLAN: str(path)})
        return read_plan(path).jobs

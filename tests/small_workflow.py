"""A workflow of two trainings and what joins them, with the real hooks, in a folder of its own."""

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


rule study_train:
    output:
        checkpoints="results/small/study/{{experiment}}/seed{{seed}}/checkpoints.nc",
        history="results/small/study/{{experiment}}/seed{{seed}}/history.nc",
    benchmark:
        "logs/small/benchmarks/study/{{experiment}}/seed{{seed}}/train.tsv"
    params:
        spec=SPEC,
        code="code",
    message:
        "train {{wildcards.experiment}}, seed {{wildcards.seed}} (progress in its log)"
    script:
        "store.py"


rule study_comparison:
    input:
        expand("results/small/study/e/seed{{seed}}/history.nc", seed=[0, 1]),
    output:
        "results/small/study/comparison.nc",
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

from ontogeny.provenance import attributes
from ontogeny.storage import write

about = attributes(snakemake.rule, snakemake.params.spec, snakemake.params.code)
for output in snakemake.output:
    write(xr.Dataset({"width": snakemake.params.spec.get("width", 0)}), output, about)
"""


class SmallWorkflow:
    """A folder with a workflow."""

    def __init__(self, folder):
        self.folder = folder
        hooks = ROOT / "workflow/rules/hooks.smk"
        (folder / "Snakefile").write_text(SNAKEFILE.format(hooks=hooks))
        (folder / "store.py").write_text(STORE)

    def snakemake(self, *arguments, **variables):
        """Run Snakemake as the profiles do, and return what it said."""
        triggers = ["input", "mtime", "params", "software-env"]
        command = ["-m", "snakemake", "--cores", "2", "--rerun-triggers", *triggers, *arguments]
        environment = os.environ | {"PYTHONPATH": str(ROOT / "workflow")} | variables
        run = forks.run(command, folder=self.folder, environment=environment)
        said = run.stdout + run.stderr
        assert run.returncode == 0, said
        return said

    def planned(self, *arguments):
        """Return the jobs that a dry run plans."""
        path = self.folder / "plan.json"
        self.snakemake("--quiet", "rules", "progress", "--dry-run", *arguments, **{PLAN: str(path)})
        return read_plan(path)

"""Which jobs a change plans: the table of docs/incremental.md, by the real `snakemake -n`.

Every case copies a finished run with the package that it uses, makes one change, and compares the
exact set of planned jobs.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONFIG = """\
composition:
  defaults:
    architecture: {kind: mlp, embedding: 8, hidden: 6}
    data: {fraction: 0.6}
    schedule: {steps: 20, checkpoints: {per_decade: 1, every: 10}}
    seeds: [0]
  experiments:
    a: {group: S3}
    b:
      group: C5
      optimiser: {weight_decay: 0.5}
      architecture: {kind: transformer, d_model: 8, heads: 2, d_head: 4, d_mlp: 8}
"""
CONFIG_FILE = "config/config.yaml"
STUDY = "workflow/ontogeny/studies/composition"
FROM_PROGRESS = {
    "progress",
    "figure learning",
    "figure progress",
    "figure losses",
    "figure irreps",
    "figure hidden",
}
FROM_REPRESENTATION = FROM_PROGRESS | {
    "representation",
    "figure matrices",
    "figure neurons",
    "figure activations",
    "figure change_of_basis",
    "figure readout",
    "figure ablations",
    "figure components",
    "figure logits",
}


OVER_ALL_RUNS = {
    "universality of all runs",
    "tables of all runs",
    "claims of composition",
    "claims of all studies",
    "figure universality_grokking of all runs",
    "figure universality_similarity of all runs",
    "figure universality_irreps of all runs",
    "figure universality_order of all runs",
}


ONLY_CYCLIC = {
    "mechanism",
    "measures",
    "figure spectra",
    "figure addition_progress",
    "figure addition_measures",
    "figure addition_key_losses",
    "figure addition_norms",
    "figure addition_followups",
    "figure addition_spectra",
    "figure addition_attention",
    "figure addition_neurons",
    "figure addition_logits",
    "figure addition_readout",
    "figure addition_ablations",
    "figure addition_removal",
    "figure addition_algorithms",
}
ADDITION = {"addition in all runs", "claims of addition", "claims of all studies"}


def steps(names, experiment, seed=0):
    """Name the jobs of a run; one on a cyclic group of odd order is read by frequency too."""
    found = {f"{name} of {experiment}, seed {seed}" for name in names}
    if experiment == "b" and "representation" in names:
        found |= {f"{name} of {experiment}, seed {seed}" for name in ONLY_CYCLIC}
        found |= {f"figure {name} of {experiment}" for name in ("addition_phases", "seeds")}
    if experiment != "b" and "progress" in names:
        found.add(f"figure seeds of {experiment}")
    return found


def after_representation(experiment, seed=0):
    return steps(FROM_REPRESENTATION, experiment, seed)


def whole(experiment, seed=0):
    """All jobs of a run."""
    return {f"train {experiment}, seed {seed}"} | after_representation(experiment, seed)


A, B = whole("a") | OVER_ALL_RUNS, whole("b") | OVER_ALL_RUNS | ADDITION
GROUPS = {"group S3", "group C5", "irreps of S3", "irreps of C5"}


class Project:
    """A copy of the workflow, with its package, in a folder."""

    def __init__(self, folder):
        self.folder = folder

    def snakemake(self, *arguments):
        environment = os.environ | {
            "PYTHONPATH": str(self.folder / "workflow"),
            "XDG_CACHE_HOME": str(self.folder / ".cache"),
        }
        command = [sys.executable, "-m", "snakemake", "--configfile", CONFIG_FILE, *arguments]
        run = subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stdout + run.stderr
        return run.stdout + run.stderr

    def run(self, *targets):
        return self.snakemake("--cores", "2", *targets)

    def plan(self, *arguments):
        said = self.snakemake("--dry-run", *arguments)
        jobs = re.findall(r"^Job \d+: (.*?)(?: \(progress in .*\))?$", said, re.MULTILINE)
        assert jobs or "Nothing to be done" in said
        assert len(jobs) == len(set(jobs))
        return set(jobs) - {"all results", "all groups"}

    def edit(self, path, old, new):
        file = self.folder / path
        text = file.read_text()
        assert old in text, (path, old)
        file.write_text(text.replace(old, new, 1))

    def append(self, path, text):
        with (self.folder / path).open("a") as file:
            file.write(text)

    def digests(self, pattern):
        return {
            str(path.relative_to(self.folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in self.folder.glob(pattern)
            if path.is_file()
        }


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    folder = tmp_path_factory.mktemp("base") / "project"
    folder.mkdir()
    for name in ("workflow", "config", "profiles"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("*.egg-info"))
    for name in ("Snakefile", "environment.yml"):
        shutil.copy2(ROOT / name, folder / name)
    (folder / CONFIG_FILE).write_text(CONFIG)
    project = Project(folder)
    project.run()
    return project


@pytest.fixture
def project(base, tmp_path):
    shutil.copytree(base.folder, tmp_path / "copy", symlinks=True)
    return Project(tmp_path / "copy")


def test_nothing_changed(project):
    before = project.digests("results/**/*")
    assert project.plan() == set()
    project.run()
    assert project.digests("results/**/*") == before


def test_one_core_gives_the_same_bytes_as_two(base, tmp_path):
    other = Project(tmp_path / "other")
    shutil.copytree(
        base.folder, other.folder, ignore=shutil.ignore_patterns("results", ".snakemake", "logs")
    )
    other.snakemake("--cores", "1")
    assert len(other.digests("results/**/*")) > 60
    assert other.digests("results/**/*") == base.digests("results/**/*")


def test_a_new_seed(project):
    project.edit(CONFIG_FILE, "a: {group: S3}", "a: {group: S3, seeds: [0, 1]}")
    assert project.plan() == whole("a", 1) | OVER_ALL_RUNS
    before = project.digests("results/composition/*/seed0/*.nc")
    project.run()
    assert project.digests("results/composition/*/seed0/*.nc") == before
    assert project.plan() == set()


def test_a_figure_setting(project):
    project.append(CONFIG_FILE, "  figures: {learning: {width: 6}}\n")
    expected = {"figure learning of a, seed 0", "figure learning of b, seed 0"}
    assert project.plan() == expected
    before = project.digests("results/**/*")
    project.run()
    after = project.digests("results/**/*")
    changed = {path for path in after if after[path] != before.get(path)}
    assert changed
    assert all("learning" in path for path in changed)


CONFIGURATION = {
    "weight decay of one experiment": (
        "a: {group: S3}",
        "a: {group: S3, optimiser: {weight_decay: 0.3}}",
        A,
    ),
    "a default that one experiment overrides": (
        "  defaults:",
        "  defaults:\n    optimiser: {weight_decay: 0.7}",
        A,
    ),
    "an experiment renamed": (
        "    a: {group: S3}",
        "    c: {group: S3}",
        whole("c") | OVER_ALL_RUNS,
    ),
    "an experiment removed": (  # the irreps of C5 are all alike
        "    a: {group: S3}\n",
        "",
        OVER_ALL_RUNS - {"figure universality_order of all runs"},
    ),
    "experiments reordered": (
        "    a: {group: S3}\n    b:\n      group: C5\n      optimiser: {weight_decay: 0.5}\n"
        "      architecture: {kind: transformer, d_model: 8, heads: 2, d_head: 4, d_mlp: 8}\n",
        "    b:\n      architecture: {d_mlp: 8, heads: 2, kind: transformer, d_head: 4, d_model: 8}"
        "\n      optimiser: {weight_decay: 0.5}\n      group: C5\n    a: {group: S3}\n",
        set(),
    ),
    "more steps": ("steps: 20", "steps: 30", A | B),
    "a checkpoint schedule": ("every: 10", "every: 5", A | B),
    "a default written out": (
        "a: {group: S3}",
        "a: {group: S3, optimiser: {learning_rate: 0.001, betas: [0.9, 0.98], warm_up: 0}}",
        set(),
    ),
    "a number written otherwise": ("steps: 20", "steps: 20.0", set()),
    "a number as text of YAML 1.1": (
        "a: {group: S3}",
        "a: {group: S3, optimiser: {learning_rate: 1e-3}}",
        set(),
    ),
    "a sweep": (
        "a: {group: S3}",
        "a: {group: S3, optimiser: {weight_decay: [0.3, 0.4]}}",
        whole("a-weight-decay-0p3")
        | whole("a-weight-decay-0p4")
        | OVER_ALL_RUNS
        | {"sweep a", "figure of the sweep a"},
    ),
    "two values swapped": ("embedding: 8, hidden: 6", "embedding: 6, hidden: 8", A),
}


@pytest.mark.parametrize(
    ("old", "new", "expected"), CONFIGURATION.values(), ids=CONFIGURATION.keys()
)
def test_configuration(project, old, new, expected):
    project.edit(CONFIG_FILE, old, new)
    assert project.plan() == expected


def test_values_of_a_sweep_written_otherwise_moved_and_added(project):
    """Only what is added is trained; the joined runs are in the order of their values."""
    one, same, more = "[0.3, 3, 1e-2]", "[0.01, 3.0, 3e-1]", "[10, 1e-2, 3, 0.3]"
    project.edit(CONFIG_FILE, "a: {group: S3}", f"a: {{group: S3, optimiser: {{l1: {one}}}}}")
    joined = "results/composition/sweeps/a.nc"
    project.run(joined)
    project.edit(CONFIG_FILE, one, same)
    assert project.plan(joined) == set()
    project.edit(CONFIG_FILE, same, more)
    assert project.plan(joined) == {"train a-l1-10, seed 0", "sweep a"}


CODE = {
    "a figure function": (
        f"{STUDY}/figures/learning.py",
        {"figure learning of a, seed 0", "figure learning of b, seed 0"},
    ),
    "a figure of modular addition": (
        f"{STUDY}/figures/addition_phases.py",
        {"figure addition_phases of b"},
    ),
    "a progress measure": (
        f"{STUDY}/analysis/phases.py",
        after_representation("a") | after_representation("b") | OVER_ALL_RUNS | ADDITION,
    ),
    "the script of progress": (
        "workflow/scripts/composition/progress.py",
        steps(FROM_PROGRESS, "a") | steps(FROM_PROGRESS, "b") | OVER_ALL_RUNS,
    ),
    "the rule for verdicts": (
        "workflow/ontogeny/claims.py",
        {
            "claims of composition",
            "claims of addition",
            "claims of all studies",
        },
    ),
    "a claim about addition": (
        f"{STUDY}/modular/claims.py",
        {"claims of addition", "claims of all studies"},
    ),
    "the tables": (f"{STUDY}/tables.py", {"tables of all runs"}),
    "what is measured over all runs": (f"{STUDY}/universality/_cells.py", OVER_ALL_RUNS),
    "the trainer": ("workflow/ontogeny/training/_loop.py", A | B),
    "the MLP": (f"{STUDY}/architectures/mlp.py", A),
    "the transformer's attention": (f"{STUDY}/architectures/_attention.py", B),
    "a group's constructor": ("workflow/ontogeny/groups/_families.py", A | B | GROUPS),
}


@pytest.mark.parametrize(("path", "expected"), CODE.values(), ids=CODE.keys())
def test_code(project, path, expected):
    project.append(path, "\nUNUSED = 1\n")
    assert project.plan() == expected


def test_a_table_that_stays_the_same_stops_what_follows(project):
    project.append("workflow/ontogeny/groups/_families.py", "\nUNUSED = 1\n")
    project.run("groups")
    assert project.plan() == set()


def test_a_table_that_differs_does_not(project):
    project.edit(
        "workflow/scripts/group.py",
        "write(table_dataset(found)",
        "write(table_dataset(found).assign_attrs(changed=1)",
    )
    project.run("groups")
    assert project.plan() == A | B


def test_comments_docstrings_formatting_and_checkouts(project):
    for path in (project.folder / "workflow").rglob("*.py"):
        path.write_text(f"# A comment.\n\n\n{path.read_text()}\n\n# Another.\n")
    project.edit(
        "workflow/ontogeny/training/_loop.py", '"""Train a network', '"""Train one network'
    )
    for path in (project.folder / "workflow").rglob("*"):
        path.touch()
    assert project.plan() == set()


def test_a_key_added_to_the_schema(project):
    project.edit(
        f"{STUDY}/config.py",
        "    warm_up: Annotated",
        '    novelty: float = Field(0.0, description="New.")\n    warm_up: Annotated',
    )
    assert project.plan() == set()


DELETED = {
    "figures/a/seed0/learning.svg": {"figure learning of a, seed 0"},
    "a/seed0/progress.nc": steps(FROM_PROGRESS, "a") | OVER_ALL_RUNS,
    "a/seed0/representation.nc": after_representation("a") | OVER_ALL_RUNS,
    "a/seed0/history.nc": A,
    "universality.nc": OVER_ALL_RUNS,
    "tables/irreps.md": {"tables of all runs"},
}


@pytest.mark.parametrize(("path", "expected"), DELETED.items(), ids=DELETED.keys())
def test_a_result_deleted(project, path, expected):
    (project.folder / "results/composition" / path).unlink()
    assert project.plan() == expected


def test_a_result_touched(project):
    for path in sorted((project.folder / "results").rglob("*.nc"), reverse=True):
        path.touch()
    assert project.plan() == set()


def test_without_the_records_of_snakemake(project):
    shutil.rmtree(project.folder / ".snakemake")
    for path in sorted((project.folder / "results").rglob("*.*"), reverse=True):
        if path.is_file():
            path.touch()
    assert project.plan() == set()
    project.edit(CONFIG_FILE, "a: {group: S3}", "a: {group: S3, optimiser: {weight_decay: 0.3}}")
    assert project.plan() == A


def test_results_of_other_code_without_records(project):
    shutil.rmtree(project.folder / ".snakemake")
    project.append(f"{STUDY}/architectures/mlp.py", "\nUNUSED = 1\n")
    assert project.plan() == A


def test_a_folder_that_was_moved(project, tmp_path):
    moved = Project(tmp_path / "moved")
    project.folder.rename(moved.folder)
    assert moved.plan() == set()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--cores", "1"),
        ("--set-resources", "train:mem_mb=9000"),
        ("--set-threads", "progress=2"),
        ("--workflow-profile", "profiles/rich", "--logger", "rich"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_threads_memory_and_profile(project, arguments):
    said = project.snakemake("--dry-run", *arguments)
    assert "Job stats" not in said


def test_more_steps_continue_from_the_stored_state(project, tmp_path):
    project.edit(CONFIG_FILE, "steps: 20", "steps: 36")
    project.run()
    for experiment in ("a", "b"):
        log = project.folder / f"logs/composition/{experiment}/seed0/train.log"
        assert "continues from step 20 of a saved state" in log.read_text()
    fresh = Project(tmp_path / "fresh")
    shutil.copytree(
        project.folder, fresh.folder, ignore=shutil.ignore_patterns("results", ".snakemake")
    )
    targets = [f"results/composition/{experiment}/seed0/history.nc" for experiment in "ab"]
    fresh.run(*targets)
    for name in ("checkpoints.nc", "history.nc"):
        pattern = f"results/composition/?/seed0/{name}"
        assert project.digests(pattern) == fresh.digests(pattern)
        assert len(fresh.digests(pattern)) == 2


def test_a_schedule_with_stored_checkpoints_trains_nothing(project):
    project.edit(CONFIG_FILE, "every: 10", "every: 20")
    project.run("results/composition/a/seed0/history.nc")
    log = (project.folder / "logs/composition/a/seed0/train.log").read_text()
    assert "continues from step 20 of a saved state" in log
    assert "step 20 of 20" not in log

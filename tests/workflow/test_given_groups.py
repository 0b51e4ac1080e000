"""Groups of the section `groups`: what the real `snakemake` makes of them, plans and refuses."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import netCDF4
import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
CONFIG = """\
groups:
  five: {permutations: ["(1,2,3,4,5)", "(1,2)"]}
  special: {matrices: shears.npy, modulus: 3}
  klein: {table: klein.csv}
composition:
  experiments:
    a: {group: five, seeds: [0], architecture: {kind: mlp}}
    b: {group: special, seeds: [0], architecture: {kind: mlp}}
    c: {group: klein, seeds: [0], architecture: {kind: mlp}}
"""
TARGETS = [f"results/groups/{name}/irreps.nc" for name in ("five", "special", "klein")]


class Project:
    def __init__(self, folder):
        self.folder = folder

    def snakemake(self, *arguments):
        environment = os.environ | {
            "PYTHONPATH": str(self.folder / "workflow"),
            "XDG_CACHE_HOME": str(self.folder / ".cache"),
        }
        command = [sys.executable, "-m", "snakemake", "--configfile", "groups.yaml", *arguments]
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False
        )

    def plan(self):
        run = self.snakemake("--dry-run", *TARGETS)
        assert run.returncode == 0, run.stdout + run.stderr
        return set(re.findall(r"^Job \d+: (.*)$", run.stdout + run.stderr, re.MULTILINE))

    def configure(self, text):
        (self.folder / "groups.yaml").write_text(text)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("given") / "project"
    folder.mkdir()
    for name in ("workflow", "profiles"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("*.egg-info"))
    for name in ("Snakefile", "environment.yml"):
        shutil.copy2(ROOT / name, folder / name)
    np.save(folder / "shears.npy", [[[1, 1], [0, 1]], [[1, 0], [1, 1]]])
    (folder / "klein.csv").write_text("1,2,3,4\n2,1,4,3\n3,4,1,2\n4,3,2,1\n")
    project = Project(folder)
    project.configure(CONFIG)
    run = project.snakemake("--cores", "1", *TARGETS)
    assert run.returncode == 0, run.stdout + run.stderr
    return project


@pytest.fixture
def project(made, tmp_path):
    shutil.copytree(made.folder, tmp_path / "copy", symlinks=True)
    return Project(tmp_path / "copy")


@pytest.mark.parametrize(
    ("name", "order", "degrees", "labels"),
    [
        ("five", 120, [1, 1, 4, 4, 5, 5, 6], ["()", "(1 2 3 4 5)", "(1 2)"]),
        ("special", 24, [1, 1, 1, 2, 2, 2, 3], ["[1 0; 0 1]", "[1 1; 0 1]", "[1 0; 1 1]"]),
        ("klein", 4, [1, 1, 1, 1], ["1", "2", "3"]),
    ],
)
def test_tables_and_irreps_are_made(made, name, order, degrees, labels):
    folder = made.folder / "results/groups" / name
    with netCDF4.Dataset(folder / "table.nc") as table:
        assert table["product"].shape == (order, order)
        assert list(table["label"][:3]) == labels
    with netCDF4.Dataset(folder / "irreps.nc") as irreps:
        assert sorted(irreps["complex_degree"][:]) == degrees


def test_another_spelling_plans_nothing(project):
    project.configure(CONFIG.replace('"(1,2,3,4,5)", "(1,2)"', "[2, 3, 4, 5, 1], [2, 1, 3, 4, 5]"))
    assert project.plan() == set()


def test_other_generators_plan_their_group(project):
    project.configure(CONFIG.replace('"(1,2,3,4,5)"', '"(1,2,3,5,4)"'))
    assert project.plan() == {"group five", "irreps of five"}


def test_another_file_of_generators_plans_its_group(project):
    np.save(project.folder / "shears.npy", [[[1, 1], [0, 1]], [[1, 0], [2, 1]]])
    assert project.plan() == {"group special", "irreps of special"}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("klein.csv", "no.csv", "`groups.klein.table` = 'no.csv': does not exist"),
        ('"(1,2)"', '"(6,7)(1,2)", "(5,6)"', "`groups.five.permutations` = ['(1,2,3,4,5)', '(6,7)"),
        ("modulus: 3", "modulus: 1", "`groups.special.modulus` = 1"),
        ("mlp}}\n    b", "mlp}, data: {fraction: 0.00001}}\n    b", "leaves no training pairs of"),
    ],
)
def test_a_wrong_group_is_refused_before_any_job(project, old, new, message):
    project.configure(CONFIG.replace(old, new, 1))
    run = project.snakemake("--dry-run", *TARGETS)
    assert run.returncode != 0
    assert message in run.stdout + run.stderr
    assert "Job " not in run.stdout + run.stderr

"""Groups of the section `groups`: what the real `snakemake` makes of them, plans and refuses."""

import os

import netCDF4
import numpy as np
import pytest

from project import Project, output_of

FILE = "groups.yaml"
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
TARGETS = [f"results/groups/groups/{name}/irreps.nc" for name in ("five", "special", "klein")]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    project = Project.made(tmp_path_factory.mktemp("given") / "project", FILE, CONFIG)
    np.save(project.folder / "shears.npy", [[[1, 1], [0, 1]], [[1, 0], [1, 1]]])
    project.write("klein.csv", "1,2,3,4\n2,1,4,3\n3,4,1,2\n4,3,2,1\n")
    project.run(*TARGETS, cores=1)
    return project


@pytest.fixture
def project(made, tmp_path):
    return made.linked(tmp_path / "copy")


@pytest.mark.parametrize(
    ("name", "order", "degrees", "labels"),
    [
        ("five", 120, [1, 1, 4, 4, 5, 5, 6], ["()", "(1 2 3 4 5)", "(1 2)"]),
        ("special", 24, [1, 1, 1, 2, 2, 2, 3], ["[1 0; 0 1]", "[1 1; 0 1]", "[1 0; 1 1]"]),
        ("klein", 4, [1, 1, 1, 1], ["1", "2", "3"]),
    ],
)
def test_tables_and_irreps_are_made(made, name, order, degrees, labels):
    folder = made.results / "groups" / name
    with netCDF4.Dataset(folder / "table.nc") as table:
        assert table["product"].shape == (order, order)
        assert list(table["label"][:3]) == labels
    with netCDF4.Dataset(folder / "irreps.nc") as irreps:
        assert sorted(irreps["complex_degree"][:]) == degrees


def test_another_spelling_plans_nothing(project):
    project.edit(FILE, '"(1,2,3,4,5)", "(1,2)"', "[2, 3, 4, 5, 1], [2, 1, 3, 4, 5]")
    assert project.plan(*TARGETS) == set()


def test_other_generators_plan_their_group(project):
    project.edit(FILE, '"(1,2,3,4,5)"', '"(1,2,3,5,4)"')
    assert project.plan(*TARGETS) == {"group five", "irreps of five"}


@pytest.mark.parametrize("has_records", [True, False])
def test_other_files_plan_their_groups_if_they_have_the_old_time(project, has_records):
    file = project.folder / "shears.npy"
    status = file.stat()
    np.save(file, [[[1, 1], [0, 1]], [[1, 0], [2, 1]]])
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    project.edit_unseen("klein.csv", "2,1,4,3", "2,3,4,1")
    project.edit_unseen("klein.csv", "4,3,2,1", "4,1,2,3")
    if not has_records:
        project.forget()
    assert project.plan(*TARGETS) == {
        f"{job} {name}" for job in ("group", "irreps of") for name in ("special", "klein")
    }


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
    project.edit(FILE, old, new)
    run = project.tried("--dry-run", "--", *TARGETS)
    assert run.returncode != 0
    assert message in output_of(run)
    assert "Job " not in output_of(run)

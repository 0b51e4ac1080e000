"""What a newcomer meets: paths, configuration files, targets, and the last lines of a run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
import xarray as xr

from project import ROOT, Project, output_of

TINY = "config/test/tiny.yaml"
TARGET = "results/tiny/groups/S3/irreps.nc"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return Project.made(tmp_path_factory.mktemp("first") / "project", TINY)


FOLDERS = ["my clone", "user's", "a\tb", 'a "$HOME" `id`', "a&b;c|d(e)<f>", "a*[b]?#~!%", "Grüße"]


@pytest.mark.parametrize("name", ["user's clone", "".join(FOLDERS[2:]), "Grüße\taus"])
def test_jobs_run_in_any_folder_with_the_environment_in_it(tmp_path, name):
    project = Project.made(tmp_path / name, TINY)
    (project.folder / ".venv").symlink_to(sys.prefix)
    python = str(project.folder / ".venv/bin/python")
    run = project.tried("--cores", "1", "--", TARGET, python=python)
    assert run.returncode == 0, output_of(run)
    assert project.opened("groups/S3/irreps").sizes["irrep"] == 3


@pytest.mark.parametrize(
    ("where", "name"),
    [
        ("project", "a{b}"),
        ("project", "a\\b"),
        ("working directory", "{seed}"),
        ("working directory", "a}b"),
    ],
)
def test_a_folder_that_no_job_could_use_is_refused_in_one_sentence(project, tmp_path, where, name):
    folder = tmp_path / name
    folder.mkdir()
    given = [] if where == "project" else ["--directory", str(folder)]
    started = Project.made(folder, TINY) if where == "project" else project
    run = started.tried("--cores", "1", *given, "--", TARGET)
    assert run.returncode != 0
    assert f"The {where} is in a folder whose path has" in output_of(run)
    assert "rename that folder or move the project" in output_of(run)
    assert "Traceback" not in output_of(run)
    assert not (folder / "results").exists()


@pytest.mark.parametrize("goal", ["run", "test"])
@pytest.mark.parametrize("name", ["a{b", "a}b", "a\\b", "a:b", "a\nb", "b\n"])
def test_make_refuses_a_folder_before_it_installs_anything(tmp_path, name, goal):
    folder = tmp_path / name
    folder.mkdir()
    shutil.copy2(ROOT / "Makefile", folder)
    command = ["make", goal, "PYTHON=false"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert run.returncode != 0
    assert "has a colon, backslash, brace or line break; rename or move it" in run.stderr
    assert not (folder / ".venv").exists()


@pytest.mark.parametrize("name", FOLDERS)
def test_make_begins_in_any_other_folder(tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    for file in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy2(ROOT / file, folder)
    command = ["make", "--dry-run", "run", "CONFIG=it's mine.yaml"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert "-m venv .venv" in run.stdout
    assert "--configfile 'it'\\''s mine.yaml'" in run.stdout


def weights(path):
    """Write an MLP for S3 whose parameters are known."""
    rng = np.random.default_rng(0)
    shapes = {
        "W_x": (6, 8),
        "W_y": (6, 8),
        "W": (16, 12),
        "W_U": (12, 6),
    }
    tensors = {
        name: torch.tensor(rng.normal(size=shape), dtype=torch.float32)
        for name, shape in shapes.items()
    }
    path.parent.mkdir(parents=True)
    torch.save(tensors, path)
    return tensors


GIVEN = """\
groups: {{ own: {{ table: '{table}' }} }}
composition:
  defaults: {{ architecture: {{ kind: mlp, embedding: 8, hidden: 12 }}, data: {{ fraction: 0.5 }} }}
  experiments:
    theirs: {{ group: S3, seeds: [1], weights: '{weights}' }}
    ours: {{ group: own, seeds: [0] }}
induction:
  corpora:
    text: {{ kind: text, files: ['{text}'], vocabulary: 300, length: 24, sequences: 16 }}
  experiments: {{ e: {{ corpus: text, seeds: [0] }} }}
"""


@pytest.mark.parametrize(
    "name",
    ["{experiment}{x, y}run{1},lr=0.1", "{seed}open{back\\slash", "s3:/a*b"],
)
def test_given_files_are_read_whatever_their_paths(project, tmp_path, name):
    """A wildcard that the rule has would otherwise be put in its place without a word."""
    place = tmp_path / "given" / name / "x"
    written = weights(place / "m{group}.pt")
    table = np.loadtxt(ROOT / "config/test/klein.csv", dtype=str, delimiter=",")
    shutil.copy2(ROOT / "config/test/klein.csv", place / "k{group}.csv")
    (place / "t{corpus}.txt").write_text(" ".join(map(str, range(3000))))
    names = {"table": "k{group}.csv", "weights": "m{group}.pt", "text": "t{corpus}.txt"}
    paths = {key: f"{place}/.//{value}" for key, value in names.items()}
    (tmp_path / "my.yaml").write_text(GIVEN.format(**paths))
    out = tmp_path / "out"
    corpus = Project(project.folder, str(tmp_path / "my.yaml")).stored("induction")["text"]
    results = (
        "composition/theirs/seed1/checkpoints",
        "groups/own/table",
        f"induction/corpora/{corpus}",
    )
    targets = [f"results/my/{result}.nc" for result in results]
    said = project.snakemake(
        "--directory", str(out), "--cores", "2", "--", *targets,
        configuration=str(tmp_path / "my.yaml"),
    )  # fmt: skip
    found, table_of_group, corpus = (xr.load_dataset(out / target) for target in targets)
    for parameter, values in written.items():
        np.testing.assert_array_equal(found[parameter].isel(step=-1), values)
    assert list(table_of_group["label"].values) == list(table[0, 1:])
    assert corpus.sizes["sequence"] == 16
    assert "contains" not in said


COMMANDS = {
    "missing": (["--configfile", "no.yaml"], "The configuration no.yaml does not exist"),
    "folder": (["--configfile", "config"], "The configuration config is a folder; give a file"),
    "binary": (["--configfile", "binary.yaml"], "binary.yaml has a NUL byte at position 1"),
    "empty": (["--configfile", "empty.yaml"], "empty.yaml is empty; give the file itself"),
    "list": (["--configfile", "list.yaml"], "must be a mapping of sections, not ['a']"),
    "a target": (
        ["--configfile", TINY, "results/tiny/index.html"],
        f"put `--` before it: snakemake --configfile {TINY} -- results/tiny/index.html",
    ),
    "no such target": (["--configfile", TINY, "--", "results/x.png"], "No rule to produce"),
    "no such experiment": (
        ["--configfile", TINY, "--", "results/tiny/composition/none/seed0/history.nc"],
        "No rule to produce results/tiny/composition/none/seed0/history.nc",
    ),
}


@pytest.fixture(scope="module")
def odd_files(project):
    (project.folder / "binary.yaml").write_bytes(b"\xff\x00\x01")
    project.write("empty.yaml", "")
    project.write("list.yaml", "- a\n")
    return project


@pytest.mark.parametrize(
    ("start", "command"),
    [*(("snakemake", name) for name in COMMANDS), ("plan", "missing"), ("plan", "no such target")],
)
def test_a_wrong_command_is_refused_in_one_sentence(odd_files, start, command):
    arguments, said = COMMANDS[command]
    if start == "plan":
        run = subprocess.run(
            [sys.executable, "workflow/plan.py", *arguments],
            cwd=odd_files.folder,
            env=odd_files.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
    else:
        run = odd_files.tried("--dry-run", *arguments)
    assert run.returncode != 0
    assert said in output_of(run)
    assert "Traceback" not in output_of(run)


def with_environment(project):
    """Return a project as `make` leaves it, with this environment in it."""
    folder = project.folder / ".venv"
    folder.mkdir()
    for name in ("bin", "lib", "pyvenv.cfg"):
        (folder / name).symlink_to(Path(sys.prefix, name))
    (folder / "ready").touch()
    return project


def test_make_says_what_stops_it(tmp_path):
    """The lock of a killed run, which a dry run passes; then a file that is not there."""
    project = with_environment(Project.made(tmp_path / "my project", TINY))
    project.write(".snakemake/locks/0.output.lock", "results/tiny/groups/S3/table.nc\n")
    for configuration, said in (
        (TINY, "It can be removed with the --unlock argument"),
        ("no.yaml", "The configuration no.yaml does not exist"),
    ):
        run = subprocess.run(
            ["make", "run", f"CONFIG={configuration}", "CORES=1"],
            cwd=project.folder,
            env=project.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode != 0
        assert said in output_of(run)
        assert "Traceback" not in output_of(run)


@pytest.mark.parametrize("arguments", [["--lint"], ["--list-rules"]])
def test_what_is_no_run_has_no_summary(project, arguments):
    said = project.snakemake(*arguments)
    assert "networks generalised" not in said
    assert "Nothing more is said" not in said


BOTH = """\
composition:
  experiments:
    differs:
      group: S3
      architecture: { kind: mlp, embedding: 8, hidden: 6 }
      data: { fraction: 0.6, labels: difference }
      schedule: { steps: 5 }
      seeds: [0, 1]
induction:
  corpora: { p: { kind: phrases, vocabulary: 16, length: 24, sequences: 16 } }
  experiments:
    one: { corpus: p, seeds: [0], network: { layers: 1, d_model: 8, heads: 2 },
           optimiser: { batch: 4, warm_up: 2 }, schedule: { steps: 6 } }
  run_figures: none
"""
LAST = [
    "0 of 2 networks generalised.",
    "Open results/both/index.html in a browser to see what came out.",
]


def summary_of(run):
    said = run.stderr.splitlines()
    return said[said.index(LAST[0]) :] if LAST[0] in said else []


@pytest.fixture(scope="module")
def both(project, tmp_path_factory):
    """Both studies, run in a folder of their own, and what that run said."""
    folder = tmp_path_factory.mktemp("both")
    (folder / "both.yaml").write_text(BOTH)
    return folder, run_in(project, folder, "--cores", "2")


def run_in(project, folder, *arguments):
    """Run both studies in a folder."""
    return project.tried(
        *arguments, "--directory", str(folder / "out"), configuration=str(folder / "both.yaml")
    )


def test_a_run_ends_with_its_summary(project, both):
    """The first with jobs, the second with nothing to do; then what asks for no results."""
    folder, first = both
    assert first.returncode == 0, output_of(first)
    networks, claims, took, page = summary_of(first)
    assert [networks, page] == LAST
    assert claims.startswith("Claims: ")
    assert took.startswith("The run took ")
    assert (folder / "out/logs/both/progress.txt").read_text().endswith("\nFinished.\n")
    assert "Reason:" not in output_of(first)
    assert "results/both/composition/differs/seed1/history.nc" not in output_of(first)
    again = run_in(project, folder, "--cores", "2")
    assert again.returncode == 0, output_of(again)
    assert summary_of(again) == [networks, claims, page]
    for arguments in (
        ["--dry-run"],
        ["--cores", "1", "--quiet", "all"],
        ["--cores", "1", "first"],
    ):
        other = run_in(project, folder, *arguments)
        assert other.returncode == 0, output_of(other)
        assert "networks generalised" not in output_of(other)


def test_a_summary_that_cannot_be_made_fails_nothing(project, both, tmp_path):
    shutil.copytree(both[0], tmp_path, dirs_exist_ok=True)
    damaged = tmp_path / "out/results/both/induction/comparison.nc"
    before = damaged.stat()
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    os.utime(damaged, ns=(before.st_atime_ns, before.st_mtime_ns))
    run = run_in(project, tmp_path, "--cores", "2")
    assert run.returncode == 0, output_of(run)
    assert "Nothing more is said of this run: " in run.stderr

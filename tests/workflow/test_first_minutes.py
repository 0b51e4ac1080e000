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

ROOT = Path(__file__).parents[2]
TINY = "config/test/tiny.yaml"
TARGET = "results/groups/S3/irreps.nc"


def copied(folder):
    for name in ("workflow", "config", "profiles"):
        ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in ("Snakefile", "environment.yml", "Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy2(ROOT / name, folder / name)
    return folder


def snakemake(folder, *arguments, python=sys.executable):
    return subprocess.run(
        [python, "-m", "snakemake", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder / "workflow")},
        capture_output=True,
        text=True,
        check=False,
    )


def output_of(run):
    return run.stdout + run.stderr


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return copied(tmp_path_factory.mktemp("first") / "project")


FOLDERS = ["my clone", "user's", "a\tb", 'a "$HOME" `id`', "a&b;c|d(e)<f>", "a*[b]?#~!%", "Grüße"]


@pytest.mark.parametrize("name", ["user's clone", "".join(FOLDERS[2:]), "Grüße\taus"])
def test_jobs_run_in_any_folder_with_the_environment_in_it(tmp_path, name):
    folder = copied(tmp_path / name)
    (folder / ".venv").symlink_to(sys.prefix)
    python = str(folder / ".venv/bin/python")
    run = snakemake(folder, "--configfile", TINY, "--cores", "1", "--", TARGET, python=python)
    assert run.returncode == 0, output_of(run)
    assert xr.load_dataset(folder / TARGET).sizes["irrep"] == 3


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
    started = copied(folder) if where == "project" else project
    run = snakemake(started, "--configfile", TINY, "--cores", "1", *given, "--", TARGET)
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
    run = snakemake(
        project, "--configfile", str(tmp_path / "my.yaml"), "--directory", str(out), "--cores", "2",
        "--", "results/composition/theirs/seed1/checkpoints.nc", "results/groups/own/table.nc",
        "results/induction/corpora/text.nc",
    )  # fmt: skip
    assert run.returncode == 0, output_of(run)
    found = xr.load_dataset(out / "results/composition/theirs/seed1/checkpoints.nc")
    for parameter, values in written.items():
        np.testing.assert_array_equal(found[parameter].isel(step=-1), values)
    labels = xr.load_dataset(out / "results/groups/own/table.nc")["label"]
    assert list(labels.values) == list(table[0, 1:])
    assert xr.load_dataset(out / "results/induction/corpora/text.nc").sizes["sequence"] == 16
    assert "contains" not in run.stderr


COMMANDS = {
    "missing": (["--configfile", "no.yaml"], "The configuration no.yaml does not exist"),
    "folder": (["--configfile", "config"], "The configuration config is a folder; give a file"),
    "binary": (["--configfile", "binary.yaml"], "binary.yaml has a NUL byte at position 1"),
    "empty": (["--configfile", "empty.yaml"], "empty.yaml is empty; give the file itself"),
    "list": (["--configfile", "list.yaml"], "must be a mapping of sections, not ['a']"),
    "a target": (
        ["--configfile", TINY, "results/claims.html"],
        "put `--` before it: snakemake --configfile config/test/tiny.yaml -- results/claims.html",
    ),
    "no such target": (["--configfile", TINY, "--", "results/x.png"], "No rule to produce"),
    "no such experiment": (
        ["--configfile", TINY, "--", "results/composition/none/seed0/history.nc"],
        "No rule to produce results/composition/none/seed0/history.nc",
    ),
}


@pytest.fixture(scope="module")
def odd_files(project):
    (project / "binary.yaml").write_bytes(b"\xff\x00\x01")
    (project / "empty.yaml").write_bytes(b"")
    (project / "list.yaml").write_text("- a\n")
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
            cwd=odd_files,
            env=os.environ | {"PYTHONPATH": str(odd_files / "workflow")},
            capture_output=True,
            text=True,
            check=False,
        )
    else:
        run = snakemake(odd_files, "--dry-run", *arguments)
    assert run.returncode != 0
    assert said in output_of(run)
    assert "Traceback" not in output_of(run)


def made(folder):
    """Return a project as `make` leaves it, with this environment in it."""
    (folder / ".venv").mkdir()
    for name in ("bin", "lib", "pyvenv.cfg"):
        (folder / ".venv" / name).symlink_to(Path(sys.prefix, name))
    (folder / ".venv/ready").touch()
    return folder


def test_make_says_what_stops_it(tmp_path):
    """The lock of a killed run, which a dry run passes; then a file that is not there."""
    folder = made(copied(tmp_path / "my project"))
    (folder / ".snakemake/locks").mkdir(parents=True)
    (folder / ".snakemake/locks/0.output.lock").write_text("results/groups/S3/table.nc\n")
    for configuration, said in (
        (TINY, "It can be removed with the --unlock argument"),
        ("no.yaml", "The configuration no.yaml does not exist"),
    ):
        run = subprocess.run(
            ["make", "run", f"CONFIG={configuration}", "CORES=1"],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(folder / "workflow")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode != 0
        assert said in output_of(run)
        assert "Traceback" not in output_of(run)


@pytest.mark.parametrize("arguments", [["--lint"], ["--list-rules"]])
def test_what_is_no_run_has_no_summary(project, arguments):
    run = snakemake(project, "--configfile", TINY, *arguments)
    assert run.returncode == 0, output_of(run)
    assert "summary" not in run.stderr.lower()


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
COMPOSITION = [
    "composition: 0 of 2 networks generalised (test accuracy of at least 0.99 at the final "
    "checkpoint)",
    "  differs  0 of 2",
]
INDUCTION = [
    "induction: 0 of 1 networks had a phase change, in which they learned to use the context",
    "  one  0 of 1",
]


def summary_of(run):
    said = run.stderr.splitlines()
    return said[said.index(COMPOSITION[0]) :] if COMPOSITION[0] in said else []


@pytest.fixture(scope="module")
def both(project, tmp_path_factory):
    """Both studies, run in a folder of their own, and what that run said."""
    folder = tmp_path_factory.mktemp("both")
    (folder / "both.yaml").write_text(BOTH)
    return folder, snakemake(project, *in_folder(folder), "--cores", "2")


def in_folder(folder):
    return ["--configfile", str(folder / "both.yaml"), "--directory", str(folder / "out")]


def test_a_run_ends_with_its_summary(project, both):
    """The first with jobs, the second with nothing to do; then what asks for no results."""
    folder, first = both
    given = in_folder(folder)
    paths = [
        "results/claims.html",
        "results/induction/figures/corpora/p/models.png",
        "results/induction/figures/one/model.png",
    ]
    lines = [*COMPOSITION, "", *INDUCTION, "", "Look first at", *(f"  {path}" for path in paths)]
    assert first.returncode == 0, output_of(first)
    assert summary_of(first)[:-2] == lines
    assert summary_of(first)[-1].startswith("Finished in ")
    assert "Reason:" not in output_of(first)
    assert output_of(first).count("results/composition/differs/seed1/history.nc") == 0
    again = snakemake(project, *given, "--cores", "2")
    assert again.returncode == 0
    assert summary_of(again) == lines
    for arguments in (
        ["--dry-run"],
        ["--cores", "1", "--quiet", "all"],
        ["--cores", "1", "groups"],
    ):
        other = snakemake(project, "--cores", "1", *arguments, *given)
        assert other.returncode == 0, output_of(other)
        assert "networks generalised" not in output_of(other)


def test_a_summary_that_cannot_be_made_fails_nothing(project, both, tmp_path):
    shutil.copytree(both[0], tmp_path, dirs_exist_ok=True)
    damaged = tmp_path / "out/results/induction/comparison.nc"
    before = damaged.stat()
    damaged.write_bytes(damaged.read_bytes()[:-10])
    os.utime(damaged, ns=(before.st_atime_ns, before.st_mtime_ns))
    run = snakemake(project, *in_folder(tmp_path), "--cores", "2")
    assert run.returncode == 0
    assert "No summary: " in run.stderr

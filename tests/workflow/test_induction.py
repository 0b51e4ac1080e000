"""The workflow of induction heads on its tiny configuration, in a folder of its own."""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from many_openings import assert_opened_many_times

ROOT = Path(__file__).parents[2]
TINY = "config/test/induction.yaml"
RUNS = {
    "one-layer": (0,),
    "two-layers": (0, 1),
    "smeared-corpus-markov": (0,),
    "smeared-corpus-text": (0,),
}
CORPORA = {"phrases", "markov", "text"}
OF_RUN = {
    "one-layer": {"ablations", "attribution"},
    "two-layers": {"patterns", "ablations", "attribution", "evaluators"},
    "smeared-corpus-markov": {"patterns", "ablations", "attribution"},
    "smeared-corpus-text": {"patterns", "ablations", "attribution"},
}
OF_CORPUS = {"models", "paths", "context"}
RESULTS = ("checkpoints", "history", "evaluation", "measures")


class Project:
    """A copy of the workflow, with its package, in a folder."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True)
        for name in ("workflow", "config", "profiles"):
            ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        for name in ("Snakefile", "environment.yml"):
            shutil.copy2(ROOT / name, folder / name)

    def started(self, *arguments):
        environment = os.environ | {
            "PYTHONPATH": str(self.folder / "workflow"),
            "XDG_CACHE_HOME": str(self.folder / ".cache"),
        }
        command = [sys.executable, "-m", "snakemake", "--configfile", TINY, *arguments]
        return subprocess.Popen(
            command, cwd=self.folder, env=environment, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip

    def run(self, *arguments):
        process = self.started(*arguments)
        said, _ = process.communicate()
        assert process.returncode == 0, said
        return said

    def plan(self):
        said = self.run("--dry-run")
        jobs = re.findall(r"^Job \d+: (.*?)(?: \(progress in .*\))?$", said, re.MULTILINE)
        assert jobs or "Nothing to be done" in said
        return set(jobs) - {"all results"}

    def edit(self, path, old, new):
        file = self.folder / path
        text = file.read_text()
        assert old in text, (path, old)
        file.write_text(text.replace(old, new, 1))

    def digests(self, pattern="results/**/*"):
        return {
            str(path.relative_to(self.folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in self.folder.glob(pattern)
            if path.is_file() and ".state" not in path.parts
        }


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Return a finished project; what a test changes in it, it changes back."""
    found = Project(tmp_path_factory.mktemp("induction") / "project")
    found.run("--cores", "2")
    return found


def opened(project, name):
    return xr.load_dataset(project.folder / "results/induction" / f"{name}.nc")


def test_every_result_and_figure_is_there(project):
    results = project.folder / "results"
    figures = {
        *(f"{name}/seed{seeds[0]}/{each}" for name, seeds in RUNS.items() for each in OF_RUN[name]),
        *(f"{name}/model" for name in RUNS),
        *(f"corpora/{corpus}/{each}" for corpus in CORPORA for each in OF_CORPUS),
    }
    runs = [f"{name}/seed{seed}" for name, seeds in RUNS.items() for seed in seeds]
    files = {
        *(f"induction/{run}/{result}.nc" for run in runs for result in RESULTS),
        *(f"induction/corpora/{corpus}.nc" for corpus in CORPORA),
        *(f"induction/figures/{each}.{end}" for each in figures for end in ("svg", "png", "nc")),
        "induction/comparison.nc", "induction/claims.nc", "claims.nc", "claims.html",
    }  # fmt: skip
    found = {
        str(path.relative_to(results))
        for path in results.rglob("*.*")
        if path.is_file() and ".state" not in path.parts
    }
    assert found == files


def test_results_say_what_made_them(project):
    for path in sorted(project.folder.glob("results/**/*.nc")):
        if ".state" in path.parts:
            continue
        dataset = xr.load_dataset(path)
        needed = {"stage", "spec", "spec_sha256", "code_sha256", "ontogeny_version"}
        assert needed <= set(dataset.attrs), path
        for name, values in dataset.variables.items():
            assert {"long_name", "units"} <= set(values.attrs), (path, name)


def test_every_kind_of_result_can_be_opened_a_hundred_times_in_one_process(project):
    kinds = {path.name: path for path in sorted(project.folder.glob("results/**/*.nc"))}
    assert {f"{result}.nc" for result in RESULTS} < set(kinds)
    assert_opened_many_times(kinds.values())


def test_runs_hold_what_the_schedule_says(project):
    steps = [0, 8, 16, 24, 32, 40]
    for name in ("checkpoints", "history", "evaluation", "measures"):
        found = opened(project, f"two-layers/seed1/{name}")
        np.testing.assert_array_equal(found["step"], steps)
    history = opened(project, "two-layers/seed1/history")
    assert history.sizes["update"] == 40
    assert np.isfinite(history["update_loss"]).all()
    assert float(history["update_loss"][-1]) < float(history["update_loss"][0])


def test_history_and_evaluation_agree(project):
    """The evaluation set of 16 sequences is measured whole in both."""
    for name in RUNS:
        history = opened(project, f"{name}/seed0/history")
        evaluation = opened(project, f"{name}/seed0/evaluation")
        loss = history["loss"].sel(split="test")
        np.testing.assert_allclose(evaluation["loss"], loss, rtol=1e-5)


def test_nothing_runs_a_second_time(project):
    assert project.plan() == set()


def test_one_core_gives_the_same_bytes_as_two(project, tmp_path):
    other = Project(tmp_path / "other")
    other.run("--cores", "1")
    assert other.digests() == project.digests()


def test_without_the_records_of_snakemake(project):
    shutil.rmtree(project.folder / ".snakemake")
    for path in sorted((project.folder / "results").rglob("*.*"), reverse=True):
        if path.is_file():
            path.touch()
    assert project.plan() == set()


OVER_RUNS = {"comparison of all runs", "claims of induction", "claims of all studies"}
OVERVIEW = {
    *(f"figure {each} of {corpus}" for each in OF_CORPUS for corpus in CORPORA),
    *(f"figure model of {name}" for name in RUNS),
}


def of_run(name, seed=0):
    return {
        f"evaluate {name}, seed {seed}",
        f"measures of {name}, seed {seed}",
        *(
            f"figure {each} of {name}, seed {seed}"
            for each in OF_RUN[name]
            if seed == RUNS[name][0]
        ),
    }


EDITS = {
    "a figure's style": (
        TINY,
        "defaults: { resolution: 60 }",
        "defaults: { resolution: 60 }\n    paths: { width: 5 }",
        {f"figure paths of {corpus}" for corpus in CORPORA},
    ),
    "an optimiser": (
        TINY,
        "one-layer: { network: { layers: 1 } }",
        "one-layer: { network: { layers: 1 }, optimiser: { weight_decay: 0.1 } }",
        {"train one-layer, seed 0"} | of_run("one-layer") | OVER_RUNS | OVERVIEW,
    ),
    "a threshold": (
        TINY,
        "figures:\n",
        "analysis: { prefix_matching: 0.2 }\n\n  figures:\n",
        {
            job
            for name, seeds in RUNS.items()
            for seed in seeds
            for job in of_run(name, seed)
            if not job.startswith("evaluate")
        }
        | OVER_RUNS
        | OVERVIEW,
    ),
    "a comment": ("workflow/ontogeny/studies/induction/network.py", '"""', '"""A. ', set()),
    "the code of a claim": (
        "workflow/ontogeny/studies/induction/claims.py",
        "MOST = 0.5",
        "MOST = 0.4",
        {"claims of induction", "claims of all studies"},
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_exactly_what_a_change_invalidates_runs_again(project, name):
    path, old, new, expected = EDITS[name]
    project.edit(path, old, new)
    try:
        assert project.plan() == expected
    finally:
        project.edit(path, new, old)


def test_a_killed_training_goes_on_and_ends_with_the_same_bytes(project, tmp_path):
    """Both are told to save the state at every step, and one is killed in the middle."""
    target = "results/induction/two-layers/seed0/history.nc"
    script = "workflow/scripts/induction/train.py"
    digests, kills = [], 0
    for name in ("undisturbed", "killed"):
        other = Project(tmp_path / name)
        other.edit(TINY, "steps: 40", "steps: 1500")
        other.edit(script, 'running.npz"))', 'running.npz"), interval=0.0)')
        if name == "killed":
            running = other.folder / "results/induction/two-layers/seed0/.state"
            process = other.started("--cores", "1", target)
            while process.poll() is None and not list(running.glob("*/running.npz")):
                time.sleep(0.05)
            if process.poll() is None:
                time.sleep(0.5)
                os.killpg(process.pid, signal.SIGKILL)
                kills += 1
            process.communicate()
            assert not (other.folder / target).exists()
            other.run("--unlock")
        other.run("--cores", "1", "--rerun-incomplete", target)
        digests.append(other.digests("results/induction/two-layers/seed0/*.nc"))
        log = (other.folder / "logs/induction/two-layers/seed0/train.log").read_text()
        assert ("continues from step" in log) == (name == "killed")
    assert kills == 1
    assert digests[0] == digests[1]


WRONG = """\
induction:
  corpora: { phrases: { kind: phrases } }
  experiments:
    two: { corpus: phrases, seeds: [0], network: { layrs: 2 } }
"""


def test_a_wrong_configuration_is_refused_before_any_job(tmp_path):
    other = Project(tmp_path / "wrong")
    (other.folder / TINY).write_text(WRONG)
    process = other.started("--cores", "1")
    said, _ = process.communicate()
    assert process.returncode != 0
    assert "`induction.experiments.two.network.layrs` = 2: unknown key; did you mean" in said
    assert "Traceback" not in said
    assert not (other.folder / "results").exists()


def test_the_report_shows_the_study(project):
    project.run("--cores", "1", "--report", "report.html")
    page = (project.folder / "report.html").read_text(encoding="utf-8")
    assert "Induction heads" in page
    assert "model-analysis" in page

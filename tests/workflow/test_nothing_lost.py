"""Kills, a full disk, interruption and a second workflow: nothing is lost and nothing is wrong."""

import logging
import os
import resource
import runpy
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from snakemake.iocontainers import Namedlist

from ontogeny.groups import group
from ontogeny.provenance import attributes
from ontogeny.representations import irreps, real_irreps
from ontogeny.resume import finish, saved_state, state_folder
from ontogeny.storage import write, write_arrays
from ontogeny.studies.composition.catalogue.irreps import irreps_dataset
from ontogeny.studies.composition.catalogue.tables import table_dataset
from ontogeny.studies.composition.config import Training
from ontogeny.studies.composition.networks.pairs import training_rows
from ontogeny.studies.composition.networks.records import checkpoints_dataset, history_dataset
from ontogeny.studies.composition.networks.runs import train_network
from ontogeny.training import Saver, checkpoint_steps
from project import ROOT, Project, digests, output_of

CODE = "0" * 64
TABLE = group("S4").table
SPEC = Training.model_validate(
    {
        "architecture": {"kind": "mlp", "embedding": 16, "hidden": 16},
        "data": {"fraction": 0.6},
        "optimiser": {"dropout": 0.1},
        "schedule": {"steps": 1500, "checkpoints": {"per_decade": 5, "every": 100}},
        "seed": 0,
    }
)
LOGGER = logging.getLogger("test")


def job(folder, spec=SPEC, interval=0.0):
    """What the training script does, saving the state as often as it can."""
    place = state_folder(folder, spec, code=CODE, data=TABLE.tolist(), device="cpu")
    saver = Saver(partial(write_arrays, path=place / "running.npz"), interval=interval)
    state = saved_state(place, checkpoint_steps(spec.schedule), LOGGER)
    record = train_network(TABLE, spec, state=state, observe=[saver])
    about = attributes("composition_train", spec, CODE)
    write(checkpoints_dataset(record, "mlp"), folder / "checkpoints.nc", about)
    write(history_dataset(record, training_rows(spec, 24)), folder / "history.nc", about)
    finish(place, folder, saver.last)


def begun(task, *, seconds=None):
    """Begin a task in a process of its own, ended at once after some seconds; return its number.

    The alarm's default action ends a process as `kill -9` does: no handler, no cleaning up.
    """
    child = os.fork()
    if child == 0:
        try:
            torch.set_num_threads(1)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_REAL, seconds or 0.0)
            task()
            os._exit(0)
        except BaseException as error:
            os.write(2, f"{type(error).__name__}: {error}\n".encode())
            os._exit(1)
    return child


def in_child(task, *, seconds=None):
    """Run a task to its end in a process of its own; return its status."""
    return os.waitpid(begun(task, seconds=seconds), 0)[1]


def results(folder):
    """Return the digests of the results of a run."""
    return digests(folder, "*.nc")


def test_training_killed_at_thirty_moments_ends_with_the_same_bytes(tmp_path):
    job(tmp_path / "undisturbed", interval=1e9)
    rng = np.random.default_rng(0)
    folder = tmp_path / "killed"
    kills = 0
    while kills < 30:
        status = in_child(partial(job, folder), seconds=float(rng.uniform(0.02, 0.3)))
        kills += os.WIFSIGNALED(status)
        if os.WIFEXITED(status):
            assert results(folder) == results(tmp_path / "undisturbed")
            shutil.rmtree(folder)
    assert in_child(partial(job, folder)) == 0
    assert results(folder) == results(tmp_path / "undisturbed")
    assert not list(folder.rglob("running.npz"))


def test_two_copies_of_one_job_both_end_with_the_same_bytes(tmp_path):
    """As when a cluster puts a job back into the queue while its first copy still runs."""
    job(tmp_path / "undisturbed", interval=1e9)
    for number in range(2):
        folder = tmp_path / str(number)
        copies = [begun(partial(job, folder, interval=0.01)) for _ in range(2)]
        assert [os.waitpid(copy, 0)[1] for copy in copies] == [0, 0]
        assert results(folder) == results(tmp_path / "undisturbed")
        state = next((folder / ".state").iterdir())
        kept = {path.name for path in state.iterdir()}
        assert kept == {"checkpoints.nc", "history.nc", "last.npz"}
        assert saved_state(state, checkpoint_steps(SPEC.schedule), LOGGER).step == 1500


SCRIPTS = ROOT / "workflow/scripts"


def run_script(name, folder, inputs, outputs, spec):
    """Run a script of the workflow as Snakemake does, for a run in a folder."""
    below = {key: str(folder / key) + ".nc" for key in inputs}
    made = {
        key: [str(folder / file) for file in files]
        if isinstance(files, list)
        else str(folder / files)
        for key, files in outputs.items()
    }
    job = SimpleNamespace(
        rule=name,
        input=Namedlist(fromdict=below),
        output=Namedlist(fromdict=made),
        log=[str(folder / f"{name.replace('/', '_')}.log")],
        params=SimpleNamespace(spec=spec, code=CODE),
        wildcards=Namedlist(fromdict={"experiment": "a", "seed": "0"}),
        threads=1,
    )
    runpy.run_path(str(SCRIPTS / f"{name}.py"), init_globals={"snakemake": job})


RUN_FIGURES = "ontogeny.studies.composition.irreps.figures.run"
DRAWN = {
    "stage": "composition_figures_run",
    "style": "ontogeny.studies.composition.config:Style",
    "title": "a, seed 0",
    "values": {},
    "figures": [
        {"module": f"{RUN_FIGURES}.{name}", "style": {}} for name in ("learning", "progress")
    ],
}
ANALYSES = ("table", "irreps", "checkpoints", "history")
LATER = {
    "composition/analysis": (
        ANALYSES,
        {"analysis": "analysis.nc", "evaluation": "evaluation.nc"},
        {"key_similarity": 0.005},
    ),
    "figures": (
        ("history", "evaluation"),
        {
            "svg": ["learning.svg", "progress.svg"],
            "png": ["learning.png", "progress.png"],
            "numbers": ["learning.nc", "progress.nc"],
        },
        DRAWN,
    ),
}


def test_analyses_and_figures_killed_at_thirty_moments_end_with_the_same_bytes(tmp_path):
    whole, killed = tmp_path / "undisturbed", tmp_path / "killed"
    job(whole, interval=1e9)
    structure = group("S4")
    write(table_dataset(structure), whole / "table.nc")
    parts = irreps(structure), real_irreps(structure)
    write(irreps_dataset(structure, *parts), whole / "irreps.nc")
    killed.mkdir()
    for name in ANALYSES:
        shutil.copy2(whole / f"{name}.nc", killed / f"{name}.nc")
    rng = np.random.default_rng(0)
    kills = dict.fromkeys(LATER, 0)
    for name, (inputs, outputs, spec) in LATER.items():
        run_script(name, whole, inputs, outputs, spec)
        task = partial(run_script, name, killed, inputs, outputs, spec)
        begun = time.monotonic()
        assert in_child(task) == 0
        lasts = time.monotonic() - begun
        while kills[name] < 15:
            for file in np.ravel([*outputs.values()]):
                (killed / file).unlink()
            status = in_child(task, seconds=float(rng.uniform(0.01, lasts)))
            kills[name] += os.WIFSIGNALED(status)
            for file in killed.glob("*.nc"):
                assert file.read_bytes() == (whole / file.name).read_bytes()
            assert in_child(task) == 0
            assert digests(killed, "[!.]*.[nsp]*") == digests(whole, "[!.]*.[nsp]*")
    assert not list(killed.glob(".*.nc.*"))


def test_a_full_disk_is_said_and_leaves_what_was_there(tmp_path, capfd):
    job(tmp_path, interval=1e9)
    before = results(tmp_path)
    longer = SPEC.model_copy(update={"schedule": SPEC.schedule.model_copy(update={"steps": 1600})})

    def on_a_full_disk():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
        job(tmp_path, longer, interval=1e9)

    assert os.WEXITSTATUS(in_child(on_a_full_disk)) == 1
    assert capfd.readouterr().err.strip()
    assert results(tmp_path) == before
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".check")]
    assert in_child(partial(job, tmp_path, longer)) == 0
    job(tmp_path / "undisturbed", longer, interval=1e9)
    assert results(tmp_path) == results(tmp_path / "undisturbed")


CONFIG = """\
composition:
  experiments:
    a:
      group: C5
      architecture: {kind: mlp, embedding: 8, hidden: 6}
      data: {fraction: 0.6}
      schedule: {steps: 20, checkpoints: {per_decade: 1, every: 10}}
      seeds: [0]
"""


ALL = "results/**/*.*"
TARGET = "results/config/composition/figures/a/seed0/progress.svg"
"""Behind it are the group, a training, an analysis and all figures of a run."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    project = new_project(tmp_path_factory.mktemp("undisturbed") / "project")
    project.run(TARGET)
    return project


@pytest.fixture(scope="module")
def undisturbed(whole):
    return whole.digests(ALL)


@pytest.fixture
def project(tmp_path):
    return new_project(tmp_path / "project")


def new_project(folder):
    return Project.made(folder, text=CONFIG)


def stopped(project, how, seconds):
    """Start the workflow and stop all of it after some seconds; return whether it was running."""
    run = project.started("--cores", "2", TARGET)
    try:
        run.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, how)
        run.communicate()
        return True
    return False


def test_a_workflow_killed_at_any_moment_finishes_with_the_same_bytes(project, undisturbed):
    rng = np.random.default_rng(1)
    kills = 0
    for _ in range(4):
        if stopped(project, signal.SIGKILL, float(rng.uniform(3.0, 8.0))):
            project.snakemake("--unlock")
            kills += 1
    assert kills >= 2
    project.run(TARGET)
    assert project.digests(ALL) == undisturbed


def test_a_file_that_finds_no_space_is_said_last_and_a_new_start_makes_it(
    whole, undisturbed, tmp_path, monkeypatch
):
    """A limit on the size of files does to the largest ones what a full disk does."""
    project = whole.copied(tmp_path / "project")
    too_large, made_with_it = (
        f"results/config/composition/a/seed0/{name}.nc" for name in ("analysis", "evaluation")
    )
    (project.folder / too_large).unlink()
    with monkeypatch.context() as limited:
        limited.setattr(subprocess, "run", partial(subprocess.run, preexec_fn=limit_files))
        run = project.tried("--cores", "1", too_large, python=sys.executable)
    assert run.returncode != 0
    last = output_of(run).rstrip().splitlines()[-1]
    assert last.startswith(f"{too_large}: cannot be written: it is larger than a file may be; ")
    assert project.digests(ALL) == {
        path: digest
        for path, digest in undisturbed.items()
        if path not in (too_large, made_with_it)
    }
    project.run(too_large)
    assert project.digests(ALL) == undisturbed


def limit_files():
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))


def test_an_interrupted_workflow_leaves_no_lock_and_no_half_result(project, undisturbed):
    assert stopped(project, signal.SIGINT, 6.0)
    kept = project.digests("results/**/*.nc")
    assert {path: undisturbed[path] for path in kept} == kept
    project.run(TARGET)
    assert project.digests(ALL) == undisturbed


def test_a_second_workflow_in_the_same_folder_is_refused(project, undisturbed):
    first = project.started("--cores", "2", TARGET)
    for line in first.stdout:
        if line.startswith("Execute"):
            break
    second = project.tried("--cores", "2", TARGET)
    assert second.returncode != 0
    assert "Directory cannot be locked" in output_of(second)
    first.communicate()
    assert first.returncode == 0
    assert project.digests(ALL) == undisturbed


def test_two_workflows_in_two_folders_at_once_both_finish_right(tmp_path, undisturbed):
    projects = [new_project(tmp_path / name) for name in "ab"]
    runs = [project.started("--cores", "2", TARGET) for project in projects]
    said = [run.communicate()[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], said
    for project in projects:
        assert project.digests(ALL) == undisturbed

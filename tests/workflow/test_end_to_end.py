"""The real workflow on a tiny configuration, in a folder of its own."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
import xarray as xr
from safetensors.torch import save_file

from many_openings import assert_opened_many_times

ROOT = Path(__file__).parents[2]
TINY = "config/test/tiny.yaml"
RUNS = {"s3-mlp": (0, 2), "c5-transformer": (0,), "klein-bilinear": (0,)}
FIGURES = [
    "learning",
    "progress",
    "losses",
    "irreps",
    "hidden",
    "matrices",
    "neurons",
    "activations",
    "change_of_basis",
    "readout",
    "ablations",
    "components",
    "logits",
]
ONLY_CYCLIC = [
    "spectra",
    "addition_progress",
    "addition_measures",
    "addition_key_losses",
    "addition_norms",
    "addition_followups",
    "addition_spectra",
    "addition_attention",
    "addition_neurons",
    "addition_logits",
    "addition_readout",
    "addition_ablations",
    "addition_removal",
    "addition_algorithms",
]
OVER_ALL_RUNS = ["grokking", "similarity", "irreps", "order"]


def copy_project(to):
    for name in ("workflow", "config", "profiles"):
        shutil.copytree(ROOT / name, to / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("Snakefile", "environment.yml"):
        shutil.copy2(ROOT / name, to / name)
    return to


def snakemake(folder, *arguments):
    given = [] if "--configfile" in arguments else ["--configfile", TINY]
    command = [sys.executable, "-m", "snakemake", *given, *arguments]
    environment = os.environ | {
        "XDG_CACHE_HOME": str(folder / ".cache"),
        "PYTHONPATH": str(folder / "workflow"),
    }
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def output_of(run):
    return run.stdout + run.stderr


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = copy_project(tmp_path_factory.mktemp("project"))
    run = snakemake(folder, "--cores", "2")
    assert run.returncode == 0, output_of(run)
    return folder, output_of(run)


def opened(path):
    return xr.load_dataset(path)


def expected_figures():
    for experiment, seeds in RUNS.items():
        cyclic = experiment == "c5-transformer"
        names = FIGURES + ONLY_CYCLIC * cyclic
        yield from (f"{experiment}/seed{seed}/{name}" for seed in seeds for name in names)
        yield f"{experiment}/seeds"
        if cyclic:
            yield f"{experiment}/addition_phases"
    yield from (f"universality_{name}" for name in OVER_ALL_RUNS)


def test_every_figure_is_there_with_its_numbers(finished):
    folder, _ = finished
    figures = folder / "results/composition/figures"
    found = {str(path.relative_to(figures)) for path in figures.rglob("*.*")}
    endings = (".svg", ".png", ".nc")
    assert found == {name + ending for name in expected_figures() for ending in endings}


def test_progress_is_shown(finished):
    folder, said = finished
    assert "steps (100%) done" in said
    log = (folder / "logs/composition/s3-mlp/seed0/train.log").read_text()
    assert "step 40 of 40 | training loss" in log
    assert "steps/s" in log


def test_results_say_what_made_them(finished):
    folder, _ = finished
    files = sorted(folder.glob("results/**/*.nc"))
    assert len(files) > 40
    for path in files:
        dataset = opened(path)
        beside = path.with_suffix(".json")
        about = json.loads(beside.read_text()) if beside.exists() else dataset.attrs
        needed = {"stage", "spec", "spec_sha256", "code_sha256", "ontogeny_version"}
        assert needed <= set(about), path
        for name, values in dataset.variables.items():
            assert {"long_name", "units"} <= set(values.attrs), (path, name)


def test_every_kind_of_result_can_be_opened_a_hundred_times_in_one_process(finished):
    folder, _ = finished
    kinds = {path.name: path for path in sorted(folder.glob("results/**/*.nc"))}
    assert len(kinds) > 40
    assert_opened_many_times(kinds.values())


def test_runs_hold_what_the_schedule_says(finished):
    folder, _ = finished
    run = folder / "results/composition/s3-mlp/seed2"
    checkpoints, history = opened(run / "checkpoints.nc"), opened(run / "history.nc")
    np.testing.assert_array_equal(checkpoints["step"], [0, 1, 3, 10, 20, 30, 32, 40])
    np.testing.assert_array_equal(checkpoints["step"], history["step"])
    assert history.sizes["update"] == 40
    assert history.sizes["train_pair"] == 21
    assert np.isfinite(history["loss"]).all()


def test_history_and_progress_agree(finished):
    folder, _ = finished
    run = folder / "results/composition/s3-mlp/seed0"
    history, progress = opened(run / "history.nc"), opened(run / "progress.nc")
    splits = ["train", "test"]
    np.testing.assert_allclose(
        progress["loss"].sel(split=splits), history["loss"].sel(split=splits), rtol=1e-4
    )
    np.testing.assert_array_equal(
        progress["accuracy"].sel(split=splits), history["accuracy"].sel(split=splits)
    )


def test_a_group_from_a_table_file_is_analysed_like_any_other(finished):
    folder, _ = finished
    table = opened(folder / "results/groups/klein/table.nc")
    assert list(table["label"].values) == ["e", "a", "b", "c"]
    irreps = opened(folder / "results/groups/klein/irreps.nc")
    np.testing.assert_array_equal(irreps["degree"], [1, 1, 1, 1])
    assert float(irreps["violation"].max()) < 1e-9


def test_nothing_runs_a_second_time(finished):
    folder, _ = finished
    again = snakemake(folder, "--cores", "2")
    assert again.returncode == 0, output_of(again)
    assert "Nothing to be done" in output_of(again)


FOREIGN = """\
composition:
  defaults:
    group: S3
    architecture: {{ kind: mlp, embedding: 8, hidden: 12 }}
    data: {{ fraction: 0.6 }}
  run_figures: first
  experiments:
    theirs: {{ seeds: [0, 2], weights: [{0}, {1}] }}
    broken: {{ seeds: [0], weights: {2} }}
"""


def test_networks_trained_elsewhere_are_analysed_as_if_trained_here(finished):
    folder, _ = finished
    files = [folder / name for name in ("0.safetensors", "2.pt", "cut.pt")]
    for seed, file in zip((0, 2), files, strict=False):
        checkpoints = opened(folder / f"results/composition/s3-mlp/seed{seed}/checkpoints.nc")
        last = {name: torch.tensor(v.values[-1]) for name, v in checkpoints.items()}
        save_file(last, file) if file.suffix == ".safetensors" else torch.save(last, file)
    files[2].write_bytes(files[1].read_bytes()[:200])
    (folder / "foreign.yaml").write_text(FOREIGN.format(*files))
    run = snakemake(folder, "--configfile", "foreign.yaml", "--cores", "2")
    assert run.returncode != 0
    assert f"WeightsError: {files[2]}: " in output_of(run)
    for seed in (0, 2):
        theirs, ours = (
            opened(folder / f"results/composition/{name}/seed{seed}/representation.nc")
            for name in ("theirs", "s3-mlp")
        )
        xr.testing.assert_equal(theirs, ours)
    assert (folder / "results/composition/figures/theirs/seed0/logits.svg").exists()
    assert not (folder / "results/composition/figures/theirs/seed2").exists()


FOLLOWED = """\
composition:
  run_figures: first
  experiments:
    followed:
      group: C5
      architecture:
        { kind: transformer, preset: progress-measures, d_model: 8, heads: 2, d_head: 4, d_mlp: 16 }
      data: { fraction: 0.6 }
      seeds: [0]
      weights: followed
  figures:
    defaults: { resolution: 60 }
"""


def test_checkpoints_of_a_run_made_elsewhere_are_followed_along_its_steps(finished):
    folder, _ = finished
    ours = folder / "results/composition/c5-transformer/seed0"
    checkpoints = opened(ours / "checkpoints.nc")
    (folder / "followed").mkdir()
    files = [folder / f"followed/ckpt_{step:03d}.pt" for step in checkpoints["step"].values]
    for index, file in enumerate(files):
        torch.save({k: torch.tensor(v.values[index]) for k, v in checkpoints.items()}, file)
    (folder / "followed.yaml").write_text(FOLLOWED)
    run = snakemake(folder, "--configfile", "followed.yaml", "--cores", "2")
    assert run.returncode == 0, output_of(run)
    theirs = folder / "results/composition/followed/seed0"
    for name, unknown in (("progress", []), ("mechanism", []), ("measures", ["slingshots"])):
        xr.testing.assert_equal(
            opened(theirs / f"{name}.nc").drop_vars(unknown),
            opened(ours / f"{name}.nc").drop_vars(unknown),
        )
    figures = folder / "results/composition/figures"
    drawn = {
        name: {path.stem for path in (figures / name / "seed0").glob("*.svg")}
        for name in ("followed", "c5-transformer")
    }
    assert drawn["followed"] == drawn["c5-transformer"] >= {"learning", "addition_progress"}
    assert (figures / "followed/addition_phases.svg").exists()
    shutil.copy2(files[0], files[1])
    again = output_of(snakemake(folder, "--configfile", "followed.yaml", "--dry-run"))
    assert "read the weights of followed, seed 0" in again


OF_STEPS = {"progress", "measures", "key_losses", "norms", "followups"}
OF_LAST = {"spectra", "neurons", "logits", "readout", "ablations", "removal", "algorithms"}
ADDS = """\
composition:
  defaults: {{ seeds: [0], data: {{ fraction: 0.6 }}, architecture: {{ kind: mlp }} }}
  experiments:
    ours: {{ group: C7 }}
    theirs: {{ group: C7, architecture: {{ kind: transformer }}, weights: [{0}] }}
    even: {{ group: C8 }}
    differs: {{ group: C7, data: {{ labels: difference }} }}
    stops:
      group: C7
      optimiser: {{ weight_decay_schedule: [[], [{{ step: 9, weight_decay: 0 }}]] }}
    even-stops:
      group: C8
      optimiser: {{ weight_decay_schedule: [[], [{{ step: 9, weight_decay: 0 }}]] }}
    stops-or-l1:
      group: C7
      optimiser:
        {{ l1: [0, 1], weight_decay_schedule: [[], [{{ step: 9, weight_decay: 0 }}]] }}
"""


def test_only_runs_that_add_get_the_figures_of_addition(tmp_path):
    folder = copy_project(tmp_path)
    (folder / "0.pt").write_text("not read before jobs start")
    (folder / "adds.yaml").write_text(ADDS.format(folder / "0.pt"))
    run = snakemake(folder, "--dry-run", "--configfile", "adds.yaml")
    assert run.returncode == 0, output_of(run)
    found = set(re.findall(r"figure addition_(\w+) of ([\w, -]+)", output_of(run)))
    stops = {
        f"{name}-weight-decay-schedule-{schedule}"
        for name in ("stops", "stops-or-l1-l1-0", "stops-or-l1-l1-1")
        for schedule in ("empty", "step-9-weight-decay-0")
    }
    adds = {"ours", "differs"} | stops
    expected = {(name, f"{run}, seed 0") for name in OF_STEPS | OF_LAST for run in adds}
    expected |= {("phases", run) for run in adds} | {("schedule", "stops")}
    expected |= {(name, "theirs, seed 0") for name in OF_LAST | {"attention"}}
    assert found == expected


def refusal(tmp_path, text):
    """Return what is said of a wrong config/config.yaml, when no job has started."""
    folder = copy_project(tmp_path)
    (folder / "config/config.yaml").write_text(text)
    command = [sys.executable, "-m", "snakemake", "--cores", "1"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert run.returncode != 0
    assert not (folder / "results").exists()
    assert "Traceback" not in output_of(run)
    return output_of(run)


def test_a_wrong_configuration_is_refused_before_any_job(tmp_path):
    text = (
        "composition:\n  experiments:\n    x: {grup: S3, architecture: {kind: mlp}, seeds: [0]}\n"
    )
    said = refusal(tmp_path, text)
    assert "`composition.experiments.x.grup` = 'S3': unknown key; did you mean `group`?" in said
    assert "config/config.yaml" in said


def test_text_that_does_not_parse_is_refused(tmp_path):
    said = refusal(tmp_path, "composition:\n  experiments: [\n")
    assert "config/config.yaml is refused" in said
    assert "line 3, column 1: not YAML" in said


def test_the_report_is_one_page_that_needs_no_network(finished):
    folder, _ = finished
    run = snakemake(folder, "--cores", "1", "--report", "report.html")
    assert run.returncode == 0, output_of(run)
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "Group composition" in page
    assert "Progress measures" in page
    assert page.count("data:image/svg+xml") + page.count("svg") >= len(list(expected_figures()))
    assert 'src="http' not in page
    assert '<link rel="stylesheet" href="http' not in page

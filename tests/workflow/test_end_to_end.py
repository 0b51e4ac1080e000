"""The real workflow on a tiny configuration, in a folder of its own."""

import shutil

import numpy as np
import pytest
import torch
import xarray as xr
from safetensors.torch import save_file

from many_openings import assert_opened_many_times
from ontogeny.figures import drawn_together
from ontogeny.studies.composition.config import TransformerSettings
from ontogeny.studies.composition.networks.build import build
from ontogeny.studies.composition.prediction.claims import CLAIMS
from page_generator import assert_variables_are_listed
from project import Project, assert_results_say_what_made_them, output_of

TINY = "config/test/tiny.yaml"
RUNS = {"s3-mlp": (0, 2), "c5-transformer": (0,), "klein-bilinear": (0,)}
FIGURES = {
    "overview",
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
}
"""Those of a run on a group that is not cyclic."""


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    project = Project.made(tmp_path_factory.mktemp("project") / "project", TINY)
    return project, project.run()


def svg_files(project):
    """Return the paths of all figures that are there, as SVG."""
    return {
        str(path.relative_to(project.folder)) for path in project.results.glob("*/figures/**/*.svg")
    }


def test_every_figure_is_there_with_its_numbers(finished):
    project, _ = finished
    planned = project.figures()
    assert svg_files(project) == planned
    for path in planned:
        for suffix in (".png", ".nc"):
            assert (project.folder / path).with_suffix(suffix).exists(), path
    folder = project.results / "composition/figures"
    assert {path.stem for path in (folder / "s3-mlp/seed2").glob("*.svg")} == FIGURES
    cyclic = {path.stem for path in (folder / "c5-transformer/seed0").glob("*.svg")}
    assert cyclic >= FIGURES - {"activations"} | {"addition_progress", "addition_attention"}
    assert "activations" not in cyclic
    assert {path.stem for path in (folder / "c5-transformer").glob("*.svg")} == {
        "seeds",
        "prediction",
        "addition_phases",
    }
    assert (folder / "universality_grokking.svg").exists()


def test_progress_is_shown(finished):
    project, said = finished
    assert "steps (100%) done" in said
    log = (project.logs / "composition/s3-mlp/seed0/train.log").read_text()
    assert "step 40 of 40 | training loss" in log
    assert "steps/s" in log


def test_results_say_what_made_them(finished):
    project, _ = finished
    assert_results_say_what_made_them(project)


def test_every_variable_is_listed(finished):
    project, _ = finished
    folders = {name: project.results / name for name in ("groups", "composition")}
    assert_variables_are_listed(**folders)


def test_every_kind_of_result_can_be_opened_many_times_in_one_process(finished):
    project, _ = finished
    kinds = {path.name: path for path in sorted(project.results.glob("**/*.nc"))}
    assert len(kinds) > 40
    assert_opened_many_times(kinds.values())


def test_runs_hold_what_the_schedule_says(finished):
    project, _ = finished
    checkpoints, history = (
        project.opened(f"composition/s3-mlp/seed2/{name}") for name in ("checkpoints", "history")
    )
    np.testing.assert_array_equal(checkpoints["step"], [0, 1, 3, 10, 20, 30, 32, 40])
    np.testing.assert_array_equal(checkpoints["step"], history["step"])
    assert history.sizes["update"] == 40
    assert history.sizes["train_pair"] == 21
    assert np.isfinite(history["loss"]).all()


def test_history_and_evaluation_agree(finished):
    project, _ = finished
    history, evaluation = (
        project.opened(f"composition/s3-mlp/seed0/{name}") for name in ("history", "evaluation")
    )
    splits = ["train", "test"]
    np.testing.assert_allclose(
        evaluation["loss"].sel(split=splits), history["loss"].sel(split=splits), rtol=1e-4
    )
    np.testing.assert_array_equal(
        evaluation["accuracy"].sel(split=splits), history["accuracy"].sel(split=splits)
    )


def test_predictions_of_all_runs_and_the_claims_about_them_are_there(finished):
    project, _ = finished
    joined = project.opened("composition/predictions")
    runs = [(name, seed) for name, seeds in RUNS.items() for seed in seeds]
    of_run = {
        (name, int(seed)): row
        for row, (name, seed) in enumerate(
            zip(joined["experiment_of_run"].values, joined["seed_of_run"].values, strict=True)
        )
    }
    assert set(of_run) == set(runs)
    for name, seed in runs:
        prediction = project.opened(f"composition/{name}/seed{seed}/prediction")
        evaluation = project.opened(f"composition/{name}/seed{seed}/evaluation")
        np.testing.assert_array_equal(prediction["step"], evaluation["step"])
        assert prediction["network_score"].sel(step=0, score="power")[1:].min() > 0
        np.testing.assert_array_equal(
            joined["known_set_auc"].isel(run=of_run[name, seed]).sel(knowledge="weights"),
            prediction["set_auc"].sel(step=0),
        )
    claims = project.opened("composition/prediction_claims")
    assert set(claims["claim"].values) == {claim.name for claim in CLAIMS}


def test_a_group_from_a_table_file_is_analysed_like_any_other(finished):
    project, _ = finished
    table = project.opened("groups/klein/table")
    assert list(table["label"].values) == ["e", "a", "b", "c"]
    irreps = project.opened("groups/klein/irreps")
    np.testing.assert_array_equal(irreps["degree"], [1, 1, 1, 1])
    assert float(irreps["violation"].max()) < 1e-9


def test_nothing_runs_a_second_time(finished):
    project, _ = finished
    assert "Nothing to be done" in project.run()


FOREIGN = """\
composition:
  defaults:
    group: S3
    architecture: {{ kind: mlp, embedding: 8, hidden: 12 }}
    data: {{ fraction: 0.6 }}
  run_figures: first
  experiments:
    theirs: {{ seeds: [0, 2], weights: [{0}, {1}] }}
"""


def test_networks_trained_elsewhere_are_analysed_as_if_trained_here(finished):
    project, _ = finished
    files = [project.folder / name for name in ("0.safetensors", "2.pt", "cut.pt")]
    for seed, file in zip((0, 2), files, strict=False):
        checkpoints = project.opened(f"composition/s3-mlp/seed{seed}/checkpoints")
        last = {name: torch.tensor(v.values[-1]) for name, v in checkpoints.items()}
        save_file(last, file) if file.suffix == ".safetensors" else torch.save(last, file)
    files[2].write_bytes(files[1].read_bytes()[:200])
    foreign = Project(project.folder, "foreign.yaml")
    foreign.write(foreign.configuration, FOREIGN.format(files[0], files[2]))
    run = foreign.tried("--cores", "2")
    assert run.returncode != 0
    assert f"`composition.experiments.theirs.weights` = '{files[2]}': " in output_of(run)
    assert not foreign.results.exists()
    foreign.write(foreign.configuration, FOREIGN.format(*files))
    foreign.run()
    for seed in (0, 2):
        theirs = foreign.opened(f"composition/theirs/seed{seed}/analysis")
        ours = project.opened(f"composition/s3-mlp/seed{seed}/analysis")
        xr.testing.assert_equal(theirs, ours)
    figures = foreign.results / "composition/figures/theirs"
    assert (figures / "seed0/logits.svg").exists()
    assert not (figures / "seed2").exists()


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
    project, _ = finished
    checkpoints = project.opened("composition/c5-transformer/seed0/checkpoints")
    folder = project.folder / "followed"
    folder.mkdir()
    files = [folder / f"ckpt_{step:03d}.pt" for step in checkpoints["step"].values]
    for index, file in enumerate(files):
        torch.save({k: torch.tensor(v.values[index]) for k, v in checkpoints.items()}, file)
    followed = Project(project.folder, "followed.yaml")
    followed.write(followed.configuration, FOLLOWED)
    followed.run()
    for name, unknown in (
        ("evaluation", []),
        ("prediction", []),
        ("addition_analysis", ["alignment"]),
        ("addition_evaluation", ["slingshots", "alignment", "decay_time"]),
    ):
        theirs = followed.opened(f"composition/followed/seed0/{name}")
        ours = project.opened(f"composition/c5-transformer/seed0/{name}")
        assert not {"alignment", "decay_time"} & set(theirs.variables)
        xr.testing.assert_equal(theirs.drop_vars(unknown, errors="ignore"), ours.drop_vars(unknown))
    ours, theirs = (
        {path.stem for path in (each.results / "composition/figures" / run).glob("**/*.svg")}
        for each, run in ((project, "c5-transformer"), (followed, "followed"))
    )
    assert theirs == ours >= {"learning", "addition_progress", "addition_phases", "prediction"}
    shutil.copy2(files[0], files[1])
    assert "read the weights of followed, seed 0" in followed.plan()


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
    project = Project(tmp_path, "adds.yaml")
    network = build(TransformerSettings(), 7)
    tensors = {name: torch.zeros(shape) for name, shape in network.shapes().items()}
    torch.save(tensors, tmp_path / "0.pt")
    project.write(project.configuration, ADDS.format(tmp_path / "0.pt"))
    plan = project.plans()["composition"]
    found = {
        (figure.name.removeprefix("addition_"), *subject.wildcards.values())
        for together in drawn_together(plan)
        for figure in together.figures
        for subject in together.subjects.values()
        if figure.name.startswith("addition_")
    }
    stops = {
        f"{name}-weight-decay-schedule-{schedule}"
        for name in ("stops", "stops-or-l1-l1-0", "stops-or-l1-l1-1")
        for schedule in ("empty", "step-9-weight-decay-0")
    }
    adds = {"ours", "differs"} | stops
    expected = {(name, run, "0") for name in OF_STEPS | OF_LAST for run in adds}
    expected |= {("phases", run) for run in adds} | {("schedule", "stops")}
    expected |= {(name, "theirs", "0") for name in OF_LAST | {"attention"}}
    assert found == expected


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """Return a project in which nothing runs."""
    return Project.made(tmp_path_factory.mktemp("bare") / "project")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "composition:\n"
            "  experiments:\n    x: {grup: S3, architecture: {kind: mlp}, seeds: [0]}\n",
            "`composition.experiments.x.grup` = 'S3': unknown key; did you mean `group`?",
        ),
        ("composition:\n  experiments: [\n", "line 3, column 1: not YAML"),
    ],
    ids=["wrong key", "not YAML"],
)
def test_a_wrong_configuration_is_refused_before_any_job(bare, text, said):
    bare.write(bare.configuration, text)
    run = bare.tried("--cores", "1")
    assert run.returncode != 0
    assert said in output_of(run)
    assert "config/config.yaml is refused" in output_of(run)
    assert "Traceback" not in output_of(run)
    assert not (bare.folder / "results").exists()


def test_the_report_is_one_page_that_needs_no_network(finished):
    project, _ = finished
    project.snakemake("--cores", "1", "--report", "report.html")
    page = (project.folder / "report.html").read_text(encoding="utf-8")
    assert "Group composition" in page
    assert "All results" in page
    assert page.count("data:image/svg+xml") + page.count("svg") >= len(project.figures())
    assert 'src="http' not in page
    assert '<link rel="stylesheet" href="http' not in page

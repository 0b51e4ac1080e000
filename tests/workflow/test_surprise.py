"""The workflow of the study of surprise on its tiny configuration, in a folder of its own."""

import json
import platform
import shutil

import pytest

from ontogeny.studies.surprise.config import Schedule, Training
from page_generator import assert_variables_are_listed
from project import (
    CODE,
    PLUMBING,
    Project,
    assert_one_core_gives_the_same_bytes,
    assert_results_say_what_made_them,
    output_of,
)

TINY = "config/test/surprise.yaml"
STUDY = f"{CODE}/studies/surprise"
PARITY = {f"parity-width-{width}": 0 for width in (2, 4, 6, 8, 12)} | {"parity-more-width-4": 1}
MIXTURE = dict.fromkeys((f"mixture-width-{width}" for width in (2, 4, 6, 8)), 0)
PUBLISHED = ("long", "wide", "points")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Return a finished project, in which nothing is changed."""
    found = Project.made(tmp_path_factory.mktemp("surprise") / "project", TINY)
    found.run()
    return found


def test_every_result_and_figure_is_there(project):
    figures = {path.removesuffix(".svg") for path in project.figures()}
    results, stored = f"results/{project.name}", project.stored("surprise")
    of_runs = ("checkpoints", "history", "evaluation")
    files = {
        *(f"{results}/surprise/worlds/{stored[name]}.nc"
          for name in ("parity", "mixture", *PUBLISHED)),
        *(f"{results}/surprise/{name}/seed{seed}/{result}.nc"
          for name, seed in (PARITY | MIXTURE).items() for result in of_runs),
        *(f"{results}/surprise/{name}/seed0/open_ended.nc" for name in MIXTURE),
        *(f"{results}/surprise/{kind}_{result}.nc"
          for kind in ("parity", "mixture", "published") for result in ("scaling", "claims")),
        *(f"{figure}.{end}" for figure in figures for end in ("svg", "png", "nc")),
        f"{results}/claims.nc",
        *(f"{results}/index.{end}" for end in ("html", "json")),
    }  # fmt: skip
    found = {
        str(path.relative_to(project.folder))
        for path in project.results.rglob("*.*")
        if path.is_file() and {".state", ".made_on"}.isdisjoint(path.parts)
    }
    assert project.name == "tiny-surprise"
    assert found == files


def test_results_say_what_made_them(project):
    assert_results_say_what_made_them(project)


@pytest.mark.parametrize(
    ("run", "kind"), [("parity-more-width-4/seed1", "parity"), ("mixture-width-6/seed0", "mixture")]
)
def test_a_run_says_what_it_is_of(project, run, kind):
    attributes = project.opened(f"surprise/{run}/evaluation").attrs
    experiment, seed = run.split("/seed")
    assert (attributes["experiment"], attributes["seed"]) == (experiment, int(seed))
    assert (attributes["steps"], attributes["world"]) == (20, project.stored("surprise")[kind])
    assert len(attributes["data"].split()) > 1
    written = json.loads(attributes["configuration"])
    assert set(written) == {*Training.model_fields, "world"}
    assert set(written["schedule"]) == set(Schedule.model_fields)
    assert written["world"]["kind"] == kind
    words = {"parity": "4 hidden neurons", "mixture": "transformer of 1 layer of width 6"}
    assert project.opened(f"surprise/{run}/history").attrs["network"] == words[kind]


def test_every_variable_of_the_results_is_in_the_tables(project):
    assert_variables_are_listed(surprise=project.results / "surprise")


def test_a_finished_project_has_nothing_to_do(project):
    assert project.plan() == set()


def test_one_core_gives_the_same_bytes_as_two(project, tmp_path):
    assert_one_core_gives_the_same_bytes(project, tmp_path / "other")


def test_a_longer_run_goes_on_and_ends_with_the_bytes_of_one_from_the_start(project, tmp_path):
    """Of both kinds of networks."""
    runs = ("parity-width-4", "mixture-width-4")
    histories = [f"results/tiny-surprise/surprise/{run}/seed0/history.nc" for run in runs]
    longer, fresh = project.copied(tmp_path / "longer"), project.copied(tmp_path / "fresh")
    for run in runs:
        shutil.rmtree(fresh.results / "surprise" / run)
    for other in (longer, fresh):
        other.edit(TINY, "steps: 20,", "steps: 30,")
        other.run(*histories)
    for run in runs:
        log = (longer.logs / f"surprise/{run}/seed0/train.log").read_text(encoding="utf-8")
        assert "continues from step 20 of a saved state" in log
        for name in ("checkpoints", "history"):
            path = f"results/tiny-surprise/surprise/{run}/seed0/{name}.nc"
            assert longer.digests(path) == fresh.digests(path)


FIGURES = "figures of all runs of surprise"
ALL_CLAIMS = "claims of all studies"


def trained(*runs):
    """Return the jobs after a change of the training of some runs, without what joins them."""
    evaluated = {f"evaluation of {run}" for run in runs}
    probed = {f"open-ended probes of {run}" for run in runs if run.startswith("mixture")}
    drawn = {f"figures of {run}" for run in runs if run.startswith("parity")}
    return {f"train {run}" for run in runs} | evaluated | probed | drawn


def runs(seeds):
    return [f"{name}, seed {seed}" for name, seed in seeds.items()]


def joined(*kinds):
    names = {"parity": "the networks of parity", "mixture": "the transformers"}
    names["published"] = "published models"
    scaled = {f"scaling of {names[kind]}" for kind in kinds}
    return scaled | {f"claims of surprise, {kind}" for kind in kinds} | {FIGURES, ALL_CLAIMS}


UNUSED = ("\nimport numpy as np\n", "\nimport numpy as np\n\nUNUSED = 1\n")
ON_PARITY = trained(*runs(PARITY)) | joined("parity")
ON_MIXTURE = trained(*runs(MIXTURE)) | joined("mixture")
EVALUATED = {f"evaluation of {run}" for run in runs(PARITY)} | {
    f"figures of {run}" for run in runs(PARITY)
}

EDITS = {
    "plumbing": (PLUMBING, set()),
    "a default that is written out": (
        {TINY: ("order: 2 }", "order: 2, alpha: 4e-1 }")},
        set(),
    ),
    "a world without runs": (
        {TINY: ("  worlds:\n", "  worlds:\n    other: { kind: parity }\n")},
        set(),
    ),
    "a world of parity": (
        {TINY: ("bits: 8, order: 2", "bits: 8, order: 3")},
        {"world parity"} | ON_PARITY,
    ),
    "a task of the mixture": (
        {TINY: ("copy: { kind: copy, letters: 3 }", "copy: { kind: copy, letters: 2 }")},
        {"world mixture"} | ON_MIXTURE,
    ),
    "the text": (
        {"config/README.md": ("# Configuration", "# Configurations")},
        {"world mixture"} | ON_MIXTURE,
    ),
    "a published table": (
        {TINY: ("left_out: 1", "left_out: 0")},
        {"world points"} | joined("published"),
    ),
    "when an ability counts as learned": (
        {TINY: ("  defaults:\n", "  analysis: { learned: 0.8 }\n\n  defaults:\n")},
        joined("parity"),
    ),
    "what is expected of probes": (
        {TINY: ("  defaults:\n", "  expected: [longer-copy]\n\n  defaults:\n")},
        joined("mixture"),
    ),
    "a rate of learning": (
        {TINY: ("        batch: 4\n", "        batch: 4\n        learning_rate: 0.01\n")},
        ON_MIXTURE,
    ),
    "the code of the evaluation": (
        {f"{STUDY}/stages/parity_evaluation.py": UNUSED},
        EVALUATED | joined("parity"),
    ),
    "the code of the network": ({f"{STUDY}/networks/parity_network.py": UNUSED}, ON_PARITY),
    "the code of the problems": (
        {f"{STUDY}/worlds/problems.py": UNUSED},
        {"world mixture"} | ON_MIXTURE,
    ),
    "the code of the laws": (
        {f"{CODE}/scaling/_laws.py": UNUSED},
        joined("parity", "mixture", "published"),
    ),
    "checks and settings": (
        {
            f"{STUDY}/checks.py": ("\n__all__", "\nUNUSED = 1\n__all__"),
            f"{STUDY}/settings.py": ("\n__all__", "\nUNUSED = 1\n__all__"),
        },
        set(),
    ),
    "the code of claims": (
        {f"{STUDY}/claims/parity.py": ("\nCLAIMS", "\nUNUSED = 1\nCLAIMS")},
        {"claims of surprise, parity", FIGURES, ALL_CLAIMS},
    ),
}


@pytest.mark.parametrize("name", [name for name, (_, jobs) in EDITS.items() if jobs])
def test_exactly_what_a_change_invalidates_runs_again(project, tmp_path, name):
    edits, expected = EDITS[name]
    other = project.linked(tmp_path / "other")
    other.edit_all(edits)
    assert other.named("surprise", other.plan()) == expected


def test_what_changes_no_result_plans_nothing(project, tmp_path):
    other = project.linked(tmp_path / "other")
    for edits, jobs in EDITS.values():
        if not jobs:
            other.edit_all(edits)
    assert other.plan() == set()


@pytest.mark.parametrize("has_records", [True, False])
def test_a_file_with_its_old_time_is_seen_and_a_new_name_is_not(project, tmp_path, has_records):
    names = {"parity": "bits", "mixture": "blend", "long": "models", "points": "losses"}
    planned = project.planned_unseen(
        tmp_path / "other", "surprise", [("worlds", "world", names)],
        ("config/test/models-points.csv", "3.496219", "3.496218"), has_records=has_records,
    )  # fmt: skip
    assert planned == {"world losses"} | joined("parity", "mixture", "published")


def test_a_further_width_is_trained_alone(project, tmp_path):
    other = project.linked(tmp_path / "other")
    other.edit(TINY, "width: [2, 4, 6, 8, 12]", "width: [2, 4, 6, 8, 12, 16]")
    assert other.plan() == trained("parity-width-16, seed 0") | joined("parity")


WRONG = """\
surprise:
  worlds: { bits: { kind: parity, bits: 2, order: 3 } }
  experiments: { one: { world: bits, seeds: [0] } }
"""


def test_a_wrong_configuration_is_refused_before_any_job(tmp_path):
    other = Project.made(tmp_path / "wrong", TINY, WRONG)
    run = other.tried("--cores", "1")
    assert run.returncode != 0
    assert "`surprise.worlds.bits.order` = 3: must be at most the 2 `bits`" in output_of(run)
    assert "Traceback" not in output_of(run)
    assert not (other.folder / "results").exists()


DIVERGED = """\
name: diverged
surprise:
  worlds: { parity: { kind: parity, tasks: 4, bits: 4, order: 2 } }
  experiments:
    fine:
      world: parity
      network: { width: [2, 4, 6, 8] }
      schedule: { steps: 10 }
      optimiser: { batch: 16 }
      seeds: [0]
    wild:
      world: parity
      network: { width: 12 }
      schedule: { steps: 10 }
      optimiser: { batch: 16, learning_rate: 1.0e+9, weight_decay: 1 }
      seeds: [0]
"""


def test_a_run_that_diverges_keeps_its_history_and_its_family_goes_on(tmp_path):
    other = Project.made(tmp_path / "diverged", TINY, DIVERGED)
    other.run("results/diverged/surprise/parity_scaling.nc")
    log = (other.logs / "surprise/wild/seed0/train.log").read_text(encoding="utf-8")
    assert "training diverged: the loss is not finite" in log
    assert other.opened("surprise/wild/seed0/history").sizes["update"] < 10
    scaling = other.opened("surprise/parity_scaling")
    left_out = dict(zip(scaling["family"].values, scaling["left_out"].values, strict=True))
    assert left_out == {"fine, seed 0": 0, "wild, seed 0": 1}


def test_texts_of_the_standard_library_go_with_the_python(tmp_path):
    text = (
        "name: library\nsurprise:\n"
        "  worlds: { mixture: { kind: mixture, tasks: { sort: { kind: sort } } } }\n"
        "  experiments: { one: { world: mixture, seeds: [0] } }\n"
    )
    other = Project.made(tmp_path / "library", TINY, text)
    stored = f"surprise/worlds/{other.stored('surprise')['mixture']}"
    other.run(f"results/library/{stored}.nc")
    attributes = other.opened(stored).attrs
    assert json.loads(attributes["spec"])["python"] == platform.python_version()


def test_the_report_shows_the_study(project):
    project.snakemake("--cores", "1", "--report", "report.html")
    page = (project.folder / "report.html").read_text(encoding="utf-8")
    assert "Surprise" in page
    assert "parity-width-12" in page

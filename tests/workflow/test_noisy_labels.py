"""The workflow of the study of noisy labels on its tiny configuration, in a folder of its own."""

import json
import shutil

import pytest
import xarray as xr

from ontogeny.studies.noisy_labels.config import Training
from page_generator import assert_variables_are_listed
from project import (
    CODE,
    PLUMBING,
    Project,
    assert_one_core_gives_the_same_bytes,
    assert_results_say_what_made_them,
    output_of,
)

TINY = "config/test/noisy-labels.yaml"
STUDY = f"{CODE}/studies/noisy_labels"
RATED = ("naive", "one-hot", "loss-correction", "multi-head", "few-noisy", "noisy", "weighted")
SMALL = [f"small-strategy-{each}" for each in (*RATED, "relabelled", "clean", "oracle")]
TUNED = ["small-tuned"]
CORRECTED = [f"corrected-transition-{each}" for each in ("by-network", "by-group")]
PEOPLE = [f"people-rater-{each}" for each in ("annotator", "person")]
RUNS = [*SMALL, *TUNED, *CORRECTED, *PEOPLE, "read"]
CORPORA = ("annotated", "civil", "generated", "votes")
RATERS = ("annotator", "biased", "person", "reader")
SOURCES = ("generated", "comments", "votes")
RESULTS = ("checkpoints", "history", "scores")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Return a finished project, in which nothing is changed."""
    found = Project.made(tmp_path_factory.mktemp("noisy-labels") / "project", TINY)
    found.run()
    return found


def test_every_result_and_figure_is_there(project):
    figures = {path.removesuffix(".svg") for path in project.figures()}
    results = f"results/{project.name}"
    study, stored = f"{results}/noisy_labels", project.stored("noisy_labels")
    files = {
        *(f"{study}/corpora/{stored[name]}.nc" for name in CORPORA),
        *(f"{study}/raters/{stored[name]}.nc" for name in RATERS),
        *(f"{study}/{name}/seed0/{result}.nc" for name in RUNS for result in RESULTS),
        f"{study}/comparison.nc",
        *(f"{study}/{source}_claims.nc" for source in SOURCES),
        *(f"{figure}.{end}" for figure in figures for end in ("svg", "png", "nc")),
        f"{results}/claims.nc",
        *(f"{results}/index.{end}" for end in ("html", "json")),
    }  # fmt: skip
    found = {
        str(path.relative_to(project.folder))
        for path in project.results.rglob("*.*")
        if path.is_file() and {".state", ".made_on"}.isdisjoint(path.parts)
    }
    assert project.name == "tiny-noisy-labels"
    assert found == files


def test_results_say_what_made_them(project):
    assert_results_say_what_made_them(project)


@pytest.mark.parametrize("name", [SMALL[0], TUNED[0], PEOPLE[1]])
def test_a_run_says_what_it_is_of(project, name):
    attributes = project.opened(f"noisy_labels/{name}/seed0/scores").attrs
    assert (attributes["experiment"], attributes["seed"]) == (name, 0)
    written = json.loads(attributes["configuration"])
    assert set(written) == {*Training.model_fields, "corpus"}
    assert written["tuned"] == ("tuned" in name)
    assert written["corpus"]["kind"] == ("votes" if name in PEOPLE else "generated")
    assert written["strategy"] in attributes["network"]


def test_no_file_holds_a_word_of_a_comment(project):
    words = [b"nitwit", b"blockhead", b"left-handed people"]
    for path in project.folder.rglob("*"):
        made = {"results", "logs"} & set(path.relative_to(project.folder).parts)
        if made and path.is_file():
            content = path.read_bytes()
            assert not [word for word in words if word in content], path


def test_every_variable_of_the_results_is_in_the_tables(project):
    assert_variables_are_listed(noisy_labels=project.results / "noisy_labels")


def test_a_finished_project_has_nothing_to_do(project):
    assert project.plan() == set()


def test_one_core_gives_the_same_bytes_as_two(project, tmp_path):
    assert_one_core_gives_the_same_bytes(project, tmp_path / "other")


def test_a_longer_run_goes_on_and_ends_with_the_bytes_of_one_from_the_start(project, tmp_path):
    """Before tuning and after."""
    runs = ("small-strategy-multi-head", "small-tuned")
    histories = [f"results/{project.name}/noisy_labels/{run}/seed0/history.nc" for run in runs]
    longer, fresh = project.copied(tmp_path / "longer"), project.copied(tmp_path / "fresh")
    for run in runs:
        shutil.rmtree(fresh.results / "noisy_labels" / run)
    for other in (longer, fresh):
        other.edit(TINY, "tuning: { epochs: 2 }", "tuning: { epochs: 3 }")
        other.run(*histories)
    log = (longer.logs / f"noisy_labels/{runs[1]}/seed0/tune.log").read_text(encoding="utf-8")
    assert "continues from step 4 of a saved state" in log
    for run in runs:
        for name in ("checkpoints", "history"):
            path = f"results/{project.name}/noisy_labels/{run}/seed0/{name}.nc"
            assert longer.digests(path) == fresh.digests(path)


JOINED = {
    "comparison of all networks and raters of noisy labels",
    *(f"claims of noisy labels, {source}" for source in SOURCES),
    "figures of all runs of noisy_labels",
    "claims of all studies",
}
UNUSED = ("\nimport numpy as np\n", "\nimport numpy as np\n\nUNUSED = 1\n")


def made(*names):
    """Return the jobs that make runs again, with what is made of them."""
    builds_on = {*TUNED, CORRECTED[0], "small-strategy-relabelled"}
    return {
        *(f"{'tune' if name in builds_on else 'train'} {name}, seed 0" for name in names),
        *(f"scores of {name}, seed 0" for name in names),
    }


ON_BIASED = [f"small-strategy-{each}" for each in RATED] + TUNED + CORRECTED

EDITS = {
    "plumbing": (PLUMBING, set()),
    "a default that is written out": (
        {TINY: ("    clean_share: 0.2", "    strategy: naive\n    clean_share: 0.2")},
        set(),
    ),
    "a corpus that no rater labels": (
        {TINY: ("  raters:\n", "    other: { kind: generated }\n\n  raters:\n")},
        set(),
    ),
    "a rater": (
        {TINY: ("      keep: 0.5\n", "      keep: 0.4\n")},
        {"labels of rater biased", *made(*ON_BIASED), *JOINED},
    ),
    "the vote of a rater": (
        {TINY: ("{ kind: vote, corpus: votes }", "{ kind: vote, corpus: votes, seed: 1 }")},
        {"votes of rater person", *made(PEOPLE[1]), *JOINED},
    ),
    "the learning rate of tuning": (
        {TINY: ("tuning: { epochs: 2 }", "tuning: { epochs: 2, learning_rate: 0.001 }")},
        {*made(*TUNED), *JOINED},
    ),
    "the epochs on clean comments": (
        {TINY: ("clean_epochs: 3", "clean_epochs: 4")},
        {
            *made("small-strategy-clean", "small-strategy-few-noisy", "read"),
            *made("small-strategy-relabelled"),
            *JOINED,
        },
    ),
    "the least number of comments of a group": (
        {TINY: ("  defaults:\n", "  analysis: { least_comments: 3 }\n\n  defaults:\n")},
        JOINED,
    ),
    "the code of the measures": (
        {f"{CODE}/ranking/_summaries.py": UNUSED},
        JOINED - {"claims of noisy labels"},
    ),
    "the code of scores": (
        {f"{STUDY}/stages/score.py": UNUSED},
        {
            *(f"scores of {name}, seed 0" for name in RUNS),
            *JOINED,
        },
    ),
    "checks, parents and memory": (
        {
            f"{STUDY}/checks.py": ("\n__all__", "\nUNUSED = 1\n__all__"),
            f"{STUDY}/parents.py": ("\n__all__", "\nUNUSED = 1\n__all__"),
            f"{STUDY}/memory.py": ("\n__all__", "\nUNUSED = 1\n__all__"),
        },
        set(),
    ),
    "the code of claims": (
        {f"{STUDY}/claims/votes.py": ("\nCLAIMS", "\nUNUSED = 1\nCLAIMS")},
        {"claims of noisy labels, votes", "claims of all studies"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name, (_, jobs) in EDITS.items() if jobs])
def test_exactly_what_a_change_invalidates_runs_again(project, tmp_path, name):
    edits, expected = EDITS[name]
    other = project.linked(tmp_path / "other")
    other.edit_all(edits)
    assert other.named("noisy_labels", other.plan()) == expected


def test_what_changes_no_result_plans_nothing(project, tmp_path):
    other = project.linked(tmp_path / "other")
    for edits, jobs in EDITS.values():
        if not jobs:
            other.edit_all(edits)
    assert other.plan() == set()


@pytest.mark.parametrize("has_records", [True, False])
def test_a_file_with_its_old_time_is_seen_and_a_new_name_is_not(project, tmp_path, has_records):
    corpora = {"generated": "made-up", "votes": "opinions", "civil": "polite"}
    raters = {"biased": "partial", "reader": "scholar"}
    planned = project.planned_unseen(
        tmp_path / "other", "noisy_labels",
        [("corpora", "corpus", corpora), ("raters", "rater", raters)],
        ("config/test/comments.csv", "bread", "toast"), has_records=has_records,
    )  # fmt: skip
    assert planned == {
        "corpus opinions", "votes of rater person", *made(PEOPLE[1]), *JOINED
    }  # fmt: skip


def test_a_rater_that_comes_out_the_same_is_made_again(project, tmp_path):
    """More epochs change nothing where the accuracy is reached before: networks stay the same."""
    other = project.copied(tmp_path / "other")
    other.edit(TINY, "      keep: 0.5", "      epochs: 39\n      keep: 0.5")
    assert "labels of rater biased" in other.named("noisy_labels", other.plan())
    before, after = (
        f"results/{project.name}/noisy_labels/raters/{each.stored('noisy_labels')['biased']}.nc"
        for each in (project, other)
    )
    history = "noisy_labels/small-strategy-naive/seed0/history"
    other.run(after, f"results/{project.name}/{history}.nc")
    rated = [xr.load_dataset(other.folder / path)["rated"] for path in (before, after)]
    assert rated[1].identical(rated[0])
    xr.testing.assert_equal(other.opened(history), project.opened(history))


WRONG = """\
noisy_labels:
  corpora: { comments: { kind: generated } }
  raters: { person: { kind: vote, corpus: comments } }
  experiments: { one: { rater: person, seeds: [0] } }
"""


def test_a_wrong_configuration_is_refused_before_any_job(tmp_path):
    other = Project.made(tmp_path / "wrong", TINY, WRONG)
    run = other.tried("--cores", "1")
    assert run.returncode != 0
    assert "`noisy_labels.raters.person.corpus` = 'comments': has no votes" in output_of(run)
    assert "Traceback" not in output_of(run)
    assert not (other.folder / "results").exists()


NEVER = """\
name: never
noisy_labels:
  corpora:
    comments: { kind: generated, rater: 50, study: 50, development: 50, test: 50, features: 2 }
  raters: { perfect: { kind: network, corpus: comments, accuracy: 0.999, epochs: 1 } }
"""


def test_a_rater_without_its_accuracy_says_what_it_reached(tmp_path):
    other = Project.made(tmp_path / "never", TINY, NEVER)
    run = other.tried("--cores", "1")
    assert run.returncode != 0
    assert "does not reach the accuracy 0.999 in 1 epoch; the best is 0." in output_of(run)


def test_a_run_has_figures_where_they_are_asked_for(project, tmp_path):
    other = project.copied(tmp_path / "other")
    other.edit(TINY, "run_figures: none", "run_figures: first")
    assert "figures of small-strategy-clean, seed 0" in other.plan()
    folder = f"results/{project.name}/noisy_labels/figures/small-strategy-clean/seed0"
    other.run(f"{folder}/scores.png")
    assert (other.folder / folder / "scores.nc").is_file()


def test_the_report_shows_the_study(project):
    project.snakemake("--cores", "1", "--report", "report.html")
    page = (project.folder / "report.html").read_text(encoding="utf-8")
    assert "Noisy labels" in page
    assert "multi-head" in page

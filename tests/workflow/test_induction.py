"""The workflow of induction heads on its tiny configuration, in a folder of its own."""

import os
import signal
import time

import numpy as np
import pytest

from many_openings import assert_opened_many_times
from ontogeny.studies.induction.config import Training
from page_generator import assert_variables_are_listed
from project import (
    CODE,
    PLUMBING,
    Project,
    assert_files_of_a_run_say_what_they_are,
    assert_one_core_gives_the_same_bytes,
    assert_results_say_what_made_them,
    output_of,
)

TINY = "config/test/induction.yaml"
OWN = """\
  own_measures: own/sizes.py
  own_figures: { run: own/growth.py }
"""
OWN_MEASURES = '''"""How large the logits are."""


def measures(logits):
    return {"size": float(abs(logits).mean())}
'''
OWN_FIGURE = '''"""How large the logits are along training."""

from matplotlib.figure import Figure


def numbers(sizes):
    return sizes[["size"]]


def draw(numbers, title):
    drawn = Figure()
    axes = drawn.subplots()
    axes.plot(numbers["step"], numbers["size"])
    axes.set_title(title)
    return drawn
'''
RUNS = {
    "one-layer": (0,),
    "two-layers": (0, 1),
    "smeared-corpus-markov": (0,),
    "smeared-corpus-text": (0,),
}
CORPORA = {"phrases", "markov", "text"}
EVERY = {"overview", "ablations", "attribution", "growth"}
OF_RUN = {
    "one-layer": EVERY,
    "two-layers": EVERY | {"patterns", "text", "evaluators"},
    "smeared-corpus-markov": EVERY | {"patterns", "text"},
    "smeared-corpus-text": EVERY | {"patterns", "text"},
}
OF_EXPERIMENT = {"model_losses", "model_scores", "model_heads"}
"""Of those with several seeds."""

OF_CORPUS = {"models", "paths", "context"}
RESULTS = ("checkpoints", "history", "evaluation", "analysis")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Return a finished project, in which nothing is changed."""
    found = Project.made(tmp_path_factory.mktemp("induction") / "project", TINY)
    found.append(TINY, OWN)
    found.write("own/sizes.py", OWN_MEASURES)
    found.write("own/growth.py", OWN_FIGURE)
    found.run()
    return found


def test_every_result_and_figure_is_there(project):
    figures = {
        *(f"{name}/seed{seeds[0]}/{each}" for name, seeds in RUNS.items() for each in OF_RUN[name]),
        *(f"two-layers/{each}" for each in OF_EXPERIMENT),
        "corpora/phrases/side_by_side",
        *(f"corpora/{corpus}/{each}" for corpus in CORPORA for each in OF_CORPUS),
    }
    runs = [f"{name}/seed{seed}" for name, seeds in RUNS.items() for seed in seeds]
    files = {
        *(f"induction/{run}/{result}.nc" for run in runs for result in (*RESULTS, "own/sizes")),
        *(f"induction/corpora/{stored}.nc" for stored in project.stored("induction").values()),
        *(f"induction/figures/{each}.{end}" for each in figures for end in ("svg", "png", "nc")),
        "induction/comparison.nc", "induction/claims.nc", "claims.nc", "index.html", "index.json",
    }  # fmt: skip
    found = {
        str(path.relative_to(project.results))
        for path in project.results.rglob("*.*")
        if path.is_file() and {".state", ".made_on"}.isdisjoint(path.parts)
    }
    assert project.name == "tiny-induction"
    assert found == files
    assert project.figures() == {
        f"results/tiny-induction/induction/figures/{each}.svg" for each in figures
    }


def test_results_say_what_made_them(project):
    assert_results_say_what_made_them(project)


@pytest.mark.parametrize(
    ("experiment", "corpus"), [("two-layers", "phrases"), ("smeared-corpus-text", "text")]
)
def test_every_file_of_a_run_says_what_it_is(project, experiment, corpus):
    stored = project.stored("induction")[corpus]
    assert_files_of_a_run_say_what_they_are(
        project, "induction", experiment, 0, of={"corpus": stored}, training=Training
    )


def test_every_variable_is_listed(project):
    assert_variables_are_listed(induction=project.results / "induction")


def test_every_kind_of_result_can_be_opened_many_times_in_one_process(project):
    kinds = {path.name: path for path in sorted(project.results.glob("**/*.nc"))}
    assert {f"{result}.nc" for result in RESULTS} < set(kinds)
    assert_opened_many_times(kinds.values())


def test_runs_hold_what_the_schedule_says(project):
    steps = [0, 8, 16, 24, 32, 40]
    for name in RESULTS:
        found = project.opened(f"induction/two-layers/seed1/{name}")
        np.testing.assert_array_equal(found["step"], steps)
    history = project.opened("induction/two-layers/seed1/history")
    assert history.sizes["update"] == 40
    assert np.isfinite(history["update_loss"]).all()
    assert float(history["update_loss"][-1]) < float(history["update_loss"][0])


def test_history_and_evaluation_agree(project):
    """The evaluation set of 16 sequences is measured whole in both."""
    for name in RUNS:
        history = project.opened(f"induction/{name}/seed0/history")
        evaluation = project.opened(f"induction/{name}/seed0/evaluation")
        loss = history["loss"].sel(split="test")
        np.testing.assert_allclose(evaluation["loss"], loss, rtol=1e-5)


def test_one_core_gives_the_same_bytes_as_two(project, tmp_path):
    assert_one_core_gives_the_same_bytes(project, tmp_path / "other")


def test_without_the_records_of_snakemake(project, tmp_path):
    other = project.copied(tmp_path / "other", without=(".snakemake",))
    for path in sorted((other.folder / "results").rglob("*.*"), reverse=True):
        if path.is_file():
            path.touch()
    assert other.plan() == set()


OVER_RUNS = {"comparison of all runs of induction", "claims of induction", "claims of all studies"}
OVERVIEW = {
    *(f"figures of the corpus {corpus}" for corpus in CORPORA),
    *(f"figures of {name}" for name, seeds in RUNS.items() if len(seeds) > 1),
}


def analysed(name, seed=0):
    """Return the jobs of a run after a change of its analysis."""
    figures = {f"figures of {name}, seed {seed}"} if seed == RUNS[name][0] else set()
    return {f"analysis of {name}, seed {seed}"} | figures


EDITS = {
    "plumbing": (PLUMBING, set()),
    "a figure's style": (
        {
            TINY: (
                "defaults: { resolution: 60 }",
                "defaults: { resolution: 60 }\n    paths: { width: 5 }",
            )
        },
        {f"figures of the corpus {corpus}" for corpus in CORPORA},
    ),
    "an optimiser": (
        {
            TINY: (
                "one-layer: { network: { layers: 1 } }",
                "one-layer: { network: { layers: 1 }, optimiser: { weight_decay: 0.1 } }",
            )
        },
        {
            "train one-layer, seed 0",
            "evaluation of one-layer, seed 0",
            "measures sizes of one-layer, seed 0",
            "figure growth of one-layer, seed 0",
        }
        | analysed("one-layer")
        | OVER_RUNS
        | OVERVIEW,
    ),
    "a threshold": (
        {TINY: ("figures:\n", "analysis: { prefix_matching: 0.2 }\n\n  figures:\n")},
        {job for name, seeds in RUNS.items() for seed in seeds for job in analysed(name, seed)}
        | OVER_RUNS
        | OVERVIEW,
    ),
    "a comment and the code of a claim": (
        {
            f"{CODE}/networks/decoder.py": ('"""', '"""A. '),
            f"{CODE}/studies/induction/claims.py": ("MOST = 0.5", "MOST = 0.4"),
        },
        {"claims of induction", "claims of all studies"},
    ),
    "an own measure": (
        {"own/sizes.py": ("mean()", "max()")},
        {
            *(f"measures sizes of {name}, seed {seed}" for name in RUNS for seed in RUNS[name]),
            *(f"figure growth of {name}, seed 0" for name in RUNS),
        },
    ),
}


@pytest.mark.parametrize("name", [name for name, (_, jobs) in EDITS.items() if jobs])
def test_exactly_what_a_change_invalidates_runs_again(project, tmp_path, name):
    edits, expected = EDITS[name]
    other = project.linked(tmp_path / "other")
    other.edit_all(edits)
    assert other.named("induction", other.plan()) == expected


def test_what_changes_no_result_plans_nothing(project, tmp_path):
    other = project.linked(tmp_path / "other")
    for edits, jobs in EDITS.values():
        if not jobs:
            other.edit_all(edits)
    assert other.plan() == set()


@pytest.mark.parametrize("has_records", [True, False])
def test_a_file_with_its_old_time_is_seen_and_a_new_name_is_not(project, tmp_path, has_records):
    planned = project.planned_unseen(
        tmp_path / "other", "induction", [("corpora", "corpus", {"phrases": "spoken"})],
        ("config/README.md", "# Configuration", "# Configurations"), has_records=has_records,
    )  # fmt: skip
    run = "smeared-corpus-text, seed 0"
    of_run = {f"{stage} {run}" for stage in ("train", "evaluation of", "measures sizes of")}
    assert planned == {
        "corpus text", *of_run, *analysed("smeared-corpus-text"), f"figure growth of {run}",
        *OVER_RUNS, *OVERVIEW - {"figures of the corpus phrases"}, "figures of the corpus spoken",
    }  # fmt: skip


def test_a_killed_training_goes_on_and_ends_with_the_same_bytes(project, tmp_path):
    """Both are told to save the state at every step, and one is killed in the middle."""
    run = "results/tiny-induction/induction/two-layers/seed0"
    target = f"{run}/history.nc"
    digests, kills = [], 0
    for name in ("undisturbed", "killed"):
        other = Project.made(tmp_path / name, TINY)
        other.edit(TINY, "steps: 40", "steps: 1500")
        other.edit(f"{CODE}/resume.py", 'running.npz"))', 'running.npz"), interval=0.0)')
        if name == "killed":
            process = other.started("--cores", "1", "--", target)
            running = other.folder / run / ".state"
            while process.poll() is None and not list(running.glob("*/running.npz")):
                time.sleep(0.05)
            if process.poll() is None:
                time.sleep(0.5)
                os.killpg(process.pid, signal.SIGKILL)
                kills += 1
            process.communicate()
            assert not (other.folder / target).exists()
            other.snakemake("--unlock")
        other.snakemake("--cores", "1", "--rerun-incomplete", "--", target)
        digests.append(other.digests(f"{run}/*.nc"))
        log = (other.logs / "induction/two-layers/seed0/train.log").read_text()
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
    other = Project.made(tmp_path / "wrong", TINY, WRONG)
    run = other.tried("--cores", "1")
    assert run.returncode != 0
    assert "`induction.experiments.two.network.layrs` = 2: unknown key; did you mean" in output_of(
        run
    )
    assert "Traceback" not in output_of(run)
    assert not (other.folder / "results").exists()


def test_the_report_shows_the_study(project):
    project.snakemake("--cores", "1", "--report", "report.html")
    page = (project.folder / "report.html").read_text(encoding="utf-8")
    assert "Induction heads" in page
    assert "Own figures" in page
    assert "two-layers" in page

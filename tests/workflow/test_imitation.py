"""The workflow of imitation on its tiny configuration, in a folder of its own."""

import json
import platform

import pytest
import xarray as xr

from ontogeny.studies.imitation.config import Learning, Schedule
from page_generator import assert_variables_are_listed
from project import (
    CODE,
    PLUMBING,
    Project,
    assert_one_core_gives_the_same_bytes,
    assert_results_say_what_made_them,
    output_of,
)

TINY = "config/test/imitation.yaml"
LEARNERS = ("conservative", "mixture", "thompson", "most-probable", "cloning", "demonstrator")
EXACT = {"exact": (0, 1), "exact-past": (0,), "exact-without-truth": (0,)}
TRAITORS = [f"traitors-learner-{learner}" for learner in LEARNERS]
SIMULATED = ("random", "coins", "abyss", "texts", *TRAITORS)
CLASSES = {"tiny": (0, 1)} | dict.fromkeys(
    ("whole", "random", "coins", "traitors", "abyss", "texts"), (0,)
)


def pairs(seeds):
    return [(name, seed) for name, each in seeds.items() for seed in each]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Return a finished project, in which nothing is changed."""
    found = Project.made(tmp_path_factory.mktemp("imitation") / "project", TINY)
    found.run()
    return found


def test_every_result_and_figure_is_there(project):
    figures = {path.removesuffix(".svg") for path in project.figures()}
    results, stored = f"results/{project.name}", project.stored("imitation")
    files = {
        *(f"{results}/imitation/classes/{stored[name]}/seed{seed}.nc"
          for name, seed in pairs(CLASSES)),
        *(f"{results}/imitation/{name}/seed{seed}/exact.nc" for name, seed in pairs(EXACT)),
        *(f"{results}/imitation/{name}/seed0/simulation.nc" for name in SIMULATED),
        *(f"{figure}.{end}" for figure in figures for end in ("svg", "png", "nc")),
        f"{results}/imitation/comparison.nc", f"{results}/imitation/claims.nc",
        f"{results}/claims.nc",
        *(f"{results}/index.{end}" for end in ("html", "json")),
    }  # fmt: skip
    found = {
        str(path.relative_to(project.folder))
        for path in project.results.rglob("*.*")
        if path.is_file() and ".made_on" not in path.parts
    }
    assert project.name == "tiny-imitation"
    assert found == files
    of_runs = {path for path in figures if "/figures/" in path and "/seed" in path}
    assert of_runs
    assert figures - of_runs


def test_results_say_what_made_them(project):
    assert_results_say_what_made_them(project)


@pytest.mark.parametrize(
    ("run", "result", "steps", "kind"),
    [
        ("exact/seed1", "exact", 2, "enumerated"),
        ("exact-past/seed0", "exact", 2, "history"),
        ("abyss/seed0", "simulation", 20, "treacherous"),
        ("texts/seed0", "simulation", 20, "history"),
    ],
)
def test_a_run_says_what_it_is_of(project, run, result, steps, kind):
    attributes = project.opened(f"imitation/{run}/{result}").attrs
    experiment, seed = run.split("/seed")
    assert (attributes["experiment"], attributes["seed"]) == (experiment, int(seed))
    assert attributes["steps"] == steps
    assert len(attributes["data"].split()) > 1
    written = json.loads(attributes["configuration"])
    assert set(written) == {*Learning.model_fields, "class"}
    assert set(written["schedule"]) == set(Schedule.model_fields)
    assert written["class"]["kind"] == kind


def test_figures_of_a_run_say_the_same_as_its_result(project):
    found = sorted(project.results.glob("imitation/figures/*/seed*/*.nc"))
    assert found
    for path in found:
        attributes = xr.load_dataset(path).attrs
        run = f"imitation/{attributes['experiment']}/seed{attributes['seed']}"
        (result,) = (project.results / run).glob("*.nc")
        own = xr.load_dataset(result).attrs
        for name in ("data", "steps", "configuration", "class"):
            assert attributes[name] == own[name], path


def test_the_event_of_a_treacherous_class_is_in_its_runs(project):
    for name, start in (("traitors-learner-mixture", 8), ("abyss", 0)):
        attributes = project.opened(f"imitation/{name}/seed0/simulation").attrs
        event = json.loads(attributes["configuration"])["event"]
        assert event == {"action": 2, "state": 2, "start": start, "stop": None}


def test_every_variable_of_the_results_is_in_the_tables(project):
    assert_variables_are_listed(imitation=project.results / "imitation")


def test_all_runs_are_in_the_comparison(project):
    comparison = project.opened("imitation/comparison")
    runs = zip(
        comparison["experiment_of_run"].values, comparison["seed_of_run"].values, strict=True
    )
    assert {(name, int(seed)) for name, seed in runs} == {
        *pairs(EXACT),
        *((name, 0) for name in SIMULATED),
    }
    exact = comparison["experiment_of_run"].values[comparison["exact_of_run"].values]
    assert {*exact} == {*EXACT}


def test_a_finished_project_has_nothing_to_do(project):
    assert project.plan() == set()


def test_one_core_gives_the_same_bytes_as_two(project, tmp_path):
    assert_one_core_gives_the_same_bytes(project, tmp_path / "other")


def test_without_the_records_of_snakemake(project, tmp_path):
    other = project.copied(tmp_path / "other", without=(".snakemake",))
    for path in sorted((other.folder / "results").rglob("*.*"), reverse=True):
        if path.is_file():
            path.touch()
    assert other.plan() == set()


JOINED = {
    "comparison of all runs of imitation", "figures of all runs of imitation",
    "claims of imitation", "claims of all studies",
}  # fmt: skip


def repeated(*names):
    """Return the jobs after a change of some simulated runs, with those that join all runs."""
    simulated = {f"simulate {name}, seed 0" for name in names}
    return simulated | {f"figures of {name}, seed 0" for name in names} | JOINED


ENUMERATED = {f"enumerate {name}, seed {seed}" for name, seed in pairs(EXACT)}
UNUSED = ("\nimport numpy as np\n", "\nimport numpy as np\n\nUNUSED = 1\n")

EDITS = {
    "plumbing": (PLUMBING, set()),
    "a default that is written out": (
        {TINY: ("class: whole, alpha: 0.1 }", "class: whole, alpha: 1e-1, ties: last }")},
        set(),
    ),
    "an event that stops with the last step": (
        {TINY: ("action: 0, start: 5 }", "action: 0, start: 5, stop: 20 }")},
        set(),
    ),
    "a class that no experiment has": (
        {TINY: ("policies: 5 }", "policies: 5 }\n    other: { kind: random, actions: 4 }")},
        set(),
    ),
    "an alpha": (
        {TINY: ("random: { class: random, prior", "random: { class: random, alpha: 0.2, prior")},
        repeated("random"),
    ),
    "how many times are stored": (
        {
            TINY: (
                "coins: { class: coins, schedule: { steps: 20,",
                "coins: { class: coins, schedule: { times_per_decade: 3, steps: 20,",
            )
        },
        repeated("coins"),
    ),
    "a class": (
        {TINY: ("copies: 3, others: 2, betrayal: 8 }", "copies: 3, others: 1, betrayal: 8 }")},
        {"class traitors, seed 0"} | repeated(*TRAITORS),
    ),
    "how often a cloning learner asks": (
        {TINY: ("demonstrations: 5", "demonstrations: 6")},
        repeated("traitors-learner-cloning"),
    ),
    "the code of the laws": (
        {f"{CODE}/studies/imitation/analysis/laws.py": UNUSED},
        ENUMERATED | JOINED,
    ),
    "the code of the enumeration": (
        {f"{CODE}/studies/imitation/analysis/enumeration.py": UNUSED},
        ENUMERATED | JOINED,
    ),
    "the code of the simulation": (
        {f"{CODE}/studies/imitation/analysis/simulation.py": UNUSED},
        repeated(*SIMULATED),
    ),
    "the code of the comparison": (
        {f"{CODE}/studies/imitation/comparison/_seeds.py": UNUSED},
        JOINED,
    ),
    "checks": ({f"{CODE}/studies/imitation/checks.py": ("\nMOST", "\nUNUSED = 1\nMOST")}, set()),
    "a comment and the code of claims": (
        {
            f"{CODE}/studies/imitation/records.py": ('"""', '"""A. '),
            f"{CODE}/studies/imitation/claims.py": ("\nCLAIMS", "\nUNUSED = 1\nCLAIMS"),
        },
        {"claims of imitation", "claims of all studies"},
    ),
}


@pytest.mark.parametrize("name", [name for name, (_, jobs) in EDITS.items() if jobs])
def test_exactly_what_a_change_invalidates_runs_again(project, tmp_path, name):
    edits, expected = EDITS[name]
    other = project.linked(tmp_path / "other")
    other.edit_all(edits)
    assert other.named("imitation", other.plan()) == expected


def test_what_changes_no_result_plans_nothing(project, tmp_path):
    other = project.linked(tmp_path / "other")
    for edits, jobs in EDITS.values():
        if not jobs:
            other.edit_all(edits)
    assert other.plan() == set()


@pytest.mark.parametrize("has_records", [True, False])
def test_a_file_with_its_old_time_is_seen_and_a_new_name_is_not(project, tmp_path, has_records):
    names = {"tiny": "small", "random": "arbitrary", "coins": "dice", "traitors": "rebels"}
    planned = project.planned_unseen(
        tmp_path / "other", "imitation", [("classes", "class", names)],
        ("config/README.md", "# Configuration", "# Configurations"), has_records=has_records,
    )  # fmt: skip
    assert planned == {"class texts, seed 0"} | repeated("texts")


def test_another_learner_runs_alone(project, tmp_path):
    other = project.linked(tmp_path / "other")
    other.edit(
        TINY, "  figures:\n", "    more: { class: random, learner: mixture }\n\n  figures:\n"
    )
    assert other.plan() == {"simulate more, seed 0", "figures of more, seed 0"} | JOINED


def test_an_experiment_that_is_enumerated_runs_alone(project, tmp_path):
    other = project.linked(tmp_path / "other")
    other.edit(TINY, "  figures:\n", "    more: { class: tiny, alpha: 0.5 }\n\n  figures:\n")
    assert other.plan() - {"figures of more, seed 0"} == {"enumerate more, seed 0"} | JOINED


WRONG = """\
imitation:
  classes: { tiny: { kind: enumerated, steps: 30 } }
  experiments:
    one: { class: tiny, seeds: [0], alpha: 0.1 }
"""


def test_a_wrong_configuration_is_refused_before_any_job(tmp_path):
    other = Project.made(tmp_path / "wrong", TINY, WRONG)
    run = other.tried("--cores", "1")
    assert run.returncode != 0
    assert "`imitation.classes.tiny.steps` = 30: makes" in output_of(run)
    assert "Traceback" not in output_of(run)
    assert not (other.folder / "results").exists()


def test_texts_of_the_standard_library_go_with_the_python(tmp_path):
    past = "past: { kind: characters, order: 1 }"
    text = WRONG.replace("enumerated, steps: 30", f"history, policies: 2, {past}")
    other = Project.made(tmp_path / "library", TINY, f"name: library\n{text}")
    stored = f"imitation/classes/{other.stored('imitation')['tiny']}/seed0"
    other.run(f"results/library/{stored}.nc")
    attributes = other.opened(stored).attrs
    assert json.loads(attributes["spec"])["python"] == platform.python_version()


def test_the_report_shows_the_study(project):
    project.snakemake("--cores", "1", "--report", "report.html")
    page = (project.folder / "report.html").read_text(encoding="utf-8")
    assert "Imitation" in page
    assert "traitors-learner-mixture" in page

"""The workflow of the study of preference models and policies on its tiny configuration."""

import json
import shutil

import pytest

from ontogeny.studies.rlhf.config import PolicyTraining
from page_generator import assert_variables_are_listed
from project import (
    CODE,
    PLUMBING,
    Project,
    assert_one_core_gives_the_same_bytes,
    assert_results_say_what_made_them,
    output_of,
)

TINY = "config/test/rlhf.yaml"
STUDY = f"{CODE}/studies/rlhf"
WORLDS = ("conversations", "exact", "judged", "long")
POLICIES = ("start", "long")
TRANCHES = ("best", "first", "harmless", "helpful", "later", "skill")
PREFERENCES = ("fewer-pairs-10", "fewer-pairs-20", "helpful", "mixed", "online", "proxy")
RUNS = ("against-gold", "against-proxy", "long", "online")
KINDS = ("enumerated", "sequences", "pairs")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Return a finished project, in which nothing is changed."""
    found = Project.made(tmp_path_factory.mktemp("rlhf") / "project", TINY)
    found.run()
    return found


def test_every_result_and_figure_is_there(project):
    figures = {path.removesuffix(".svg") for path in project.figures()}
    results = f"results/{project.name}"
    study, stored = f"{results}/rlhf", project.stored("rlhf")
    models = {
        "policies": (POLICIES, ("checkpoints", "history", "probes", "best_of")),
        "preferences": (PREFERENCES, ("checkpoints", "history", "calibration", "measures")),
        ".": (RUNS, ("checkpoints", "history", "evaluation")),
    }
    files = {
        *(f"{study}/worlds/{stored[name]}.nc" for name in WORLDS),
        *(f"{study}/tranches/{name}/seed0.nc" for name in TRANCHES),
        *(
            f"{study}/{folder}/{name}/seed0/{result}.nc".replace("/./", "/")
            for folder, (names, stored) in models.items()
            for name in names
            for result in stored
        ),
        f"{study}/policies/long/seed0/detection.nc",
        f"{study}/pairs.nc", f"{study}/comparison.nc",
        *(f"{study}/{kind}_claims.nc" for kind in KINDS),
        *(f"{figure}.{end}" for figure in figures for end in ("svg", "png", "nc")),
        f"{results}/claims.nc",
        *(f"{results}/index.{end}" for end in ("html", "json")),
    }  # fmt: skip
    found = {
        str(path.relative_to(project.folder))
        for path in project.results.rglob("*.*")
        if path.is_file() and {".state", ".made_on"}.isdisjoint(path.parts)
    }
    assert project.name == "tiny-rlhf"
    assert found == files


def test_results_say_what_made_them(project):
    assert_results_say_what_made_them(project)


@pytest.mark.parametrize("name", RUNS)
def test_a_run_says_what_it_is_of(project, name):
    attributes = project.opened(f"rlhf/{name}/seed0/evaluation").attrs
    assert (attributes["experiment"], attributes["seed"]) == (name, 0)
    written = json.loads(attributes["configuration"])
    assert set(written) == {*PolicyTraining.model_fields, "world"}
    assert written["world"]["kind"] == ("enumerated" if "against" in name else "sequences")
    assert "policy" in attributes["network"]


def test_checkpoints_are_at_the_ends_of_iterations(project):
    for name in RUNS:
        steps = project.opened(f"rlhf/{name}/seed0/checkpoints")["step"].values.tolist()
        assert steps == [0, 4, 8, 12, 16]
        assert project.opened(f"rlhf/{name}/seed0/evaluation")["step"].values.tolist() == steps


def test_every_variable_of_the_results_is_in_the_tables(project):
    assert_variables_are_listed(rlhf=project.results / "rlhf")


def test_a_finished_project_has_nothing_to_do(project):
    assert project.plan() == set()


def test_one_core_gives_the_same_bytes_as_two(project, tmp_path):
    assert_one_core_gives_the_same_bytes(project, tmp_path / "other")


def test_a_longer_policy_goes_on_and_ends_with_the_bytes_of_one_from_the_start(project, tmp_path):
    history = f"results/{project.name}/rlhf/against-gold/seed0/history.nc"
    longer, fresh = project.copied(tmp_path / "longer"), project.copied(tmp_path / "fresh")
    shutil.rmtree(fresh.results / "rlhf/against-gold")
    for other in (longer, fresh):
        other.edit(TINY, "iterations: 4, checkpoints", "iterations: 6, checkpoints")
        other.run(history)
    log = (longer.logs / "rlhf/against-gold/seed0/train.log").read_text(encoding="utf-8")
    assert "continues from step 16 of a saved state" in log
    for name in ("checkpoints", "history"):
        path = f"results/{project.name}/rlhf/against-gold/seed0/{name}.nc"
        assert longer.digests(path) == fresh.digests(path)


COMPARED = {
    "comparison of all policies and preference models",
    *(
        f"claims of preferences, {kind}"
        for kind in ("enumerated worlds", "sequences", "real comparisons")
    ),
    "figures of all runs of rlhf",
    "claims of all studies",
}
UNUSED = ("\n__all__", "\nUNUSED = 1\n__all__")


def fitted(*names):
    """Return the jobs that fit preference models again, with what is made of them."""
    return {
        f"{what} {name}, seed 0"
        for name in names
        for what in ("preference model", "scale of", "measures of")
    }


def evaluated(*names):
    return {f"evaluation of {name}, seed 0" for name in names}


def trained(*names):
    """Return the jobs that train policies again, with what is made of them."""
    return {f"train {name}, seed 0" for name in names} | evaluated(*names)


def compared(*names):
    return {f"comparisons {name}, seed 0" for name in names}


ON_LONG = {
    *compared("best", "later"),
    *fitted("online"),
    *trained("long", "online"),
    "best of several samples of long, seed 0",
}
"""What depends on the preference model `helpful`."""

EDITS = {
    "plumbing": (PLUMBING, set()),
    "a default that is written out": (
        {TINY: ("kl_penalty: 0.3 }", "kl_penalty: 0.3, prompt: mixed }")},
        set(),
    ),
    "another judge": (
        {TINY: ("reward: proxy, opt", "reward: proxy, judges: [second], opt"),
         "second": (TINY, "\n  defaults:\n", "\n    second: { tranches: [first], epochs: 3, "
                    "network: { d_model: 8, layers: 1, heads: 2 } }\n\n  defaults:\n"),
         "same": (TINY, "judges: [second], opt", "same_tranches: true, judges: [second], opt")},
        {
            *fitted("second"),
            *evaluated("against-proxy"),
            "best of several samples of start, seed 0",
            *COMPARED,
        },
    ),
    "a judge that is there already": (
        {TINY: ("judges: [online] }", "judges: [] }")},
        {*evaluated("long"), *COMPARED},
    ),
    "how a preference model is fitted": (
        {TINY: ("tranches: [first], network", "tranches: [first], pairs: 30, network")},
        {
            *fitted("proxy"),
            *trained("against-proxy"),
            *evaluated("against-gold"),
            "best of several samples of start, seed 0",
            *COMPARED,
        },
    ),
    "the number of pairs of a set": (
        {TINY: ("helpful: { policy: long, pairs: 40", "helpful: { policy: long, pairs: 44")},
        {
            *compared("helpful"),
            *fitted("helpful", "mixed", "fewer-pairs-10", "fewer-pairs-20"),
            *ON_LONG,
            *COMPARED,
        },
    ),
    "the number of bins": (
        {TINY: ("evaluation: { samples: 32 }\n", "evaluation: { samples: 32 }\n    bins: 5\n")},
        {*(f"measures of {name}, seed 0" for name in PREFERENCES), *COMPARED},
    ),
    "the samples of evaluations": (
        {TINY: ("evaluation: { samples: 32 }", "evaluation: { samples: 33 }")},
        {*evaluated(*RUNS), *COMPARED},
    ),
    "a penalty": (
        {TINY: ("kl_penalty: 0.3", "kl_penalty: 0.4")},
        {*trained("against-gold"), *COMPARED},
    ),
    "a policy that others learn from": (
        {TINY: ("judges: [online] }", "judges: [online], kl_penalty: 0.1 }")},
        {
            *trained("long", "online"),
            *compared("later"),
            *fitted("online"),
            "best of several samples of long, seed 0",
            *COMPARED,
        },
    ),
    "the code of evaluations": (
        {f"{STUDY}/stages/evaluate.py": UNUSED},
        {*evaluated(*RUNS), *COMPARED},
    ),
    "checks and memory": (
        {
            f"{STUDY}/checks.py": ("\n__all__", "\nUNUSED = 1\n__all__"),
            f"{STUDY}/memory.py": ("\n__all__", "\nUNUSED = 1\n__all__"),
            f"{STUDY}/seeds.py": ("\n__all__", "\nUNUSED = 1\n__all__"),
        },
        set(),
    ),
    "the code of claims": (
        {f"{STUDY}/claims/sequences.py": ("\nCLAIMS", "\nUNUSED = 1\nCLAIMS")},
        {"claims of preferences, sequences", "claims of all studies"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name, (_, jobs) in EDITS.items() if jobs])
def test_exactly_what_a_change_invalidates_runs_again(project, tmp_path, name):
    edits, expected = EDITS[name]
    other = project.linked(tmp_path / "other")
    other.edit_all(edits)
    assert other.named("rlhf", other.plan()) == expected


def test_what_changes_no_result_plans_nothing(project, tmp_path):
    other = project.linked(tmp_path / "other")
    for edits, jobs in EDITS.values():
        if not jobs:
            other.edit_all(edits)
    assert other.plan() == set()


@pytest.mark.parametrize("has_records", [True, False])
def test_a_file_with_its_old_time_is_seen_and_a_new_name_is_not(project, tmp_path, has_records):
    names = {"exact": "countable", "long": "lengthy", "conversations": "talks"}
    planned = project.planned_unseen(
        tmp_path / "other", "rlhf", [("worlds", "world", names)],
        ("config/test/judged.json", "{", "{ "), has_records=has_records,
    )  # fmt: skip
    assert planned == {
        "comparisons of judged", "models of real comparisons", *COMPARED
    }  # fmt: skip


WRONG = """\
rlhf:
  worlds: { exact: { kind: enumerated, vocabulary: 30 } }
"""


def test_a_wrong_configuration_is_refused_before_any_job(tmp_path):
    other = Project.made(tmp_path / "wrong", TINY, WRONG)
    run = other.tried("--cores", "1")
    assert run.returncode != 0
    assert "`rlhf.worlds.exact.vocabulary` = 30: makes 30^4 sequences" in output_of(run)
    assert "Traceback" not in output_of(run)
    assert not (other.folder / "results").exists()


def test_a_run_has_figures_where_they_are_asked_for(project, tmp_path):
    other = project.copied(tmp_path / "other")
    other.edit(TINY, "run_figures: none", "run_figures: first")
    assert "figures of against-gold, seed 0" in other.plan()
    folder = f"results/{project.name}/rlhf/figures/against-gold/seed0"
    other.run(f"{folder}/policy.png", f"{folder}/distribution.png")
    assert (other.folder / folder / "distribution.nc").is_file()


def test_the_report_shows_the_study(project):
    project.snakemake("--cores", "1", "--report", "report.html")
    page = (project.folder / "report.html").read_text(encoding="utf-8")
    assert "Preference models and policies" in page
    assert "against-gold" in page

"""What a plan says of time and disk; whose costs it asks."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from ontogeny.config import configuration_name
from ontogeny.costs import Cost, Rates, drawing
from ontogeny.figures import drawn_together
from ontogeny.known_studies import STUDIES, studies_of
from ontogeny.plans import plans_of
from ontogeny.study import Places
from ontogeny.workflow.calibration import calibrated
from ontogeny.workflow.costing import cores_of, cost_of, estimate
from ontogeny.workflow.planning import PlannedJob, PlannedRun, read_plan, write_plan

PROJECT = Path(__file__).parents[1]
RATES = Rates(1.0, 2.0, 1e-11, 2e-10, 1e-6, 0.3)


def job(cost, *, rule="a_train", study="a"):
    return PlannedJob(rule, "train", {}, (), study=study, cost=cost)


def test_time_on_several_cores_is_the_share_of_each_or_the_longest_job():
    equal = [job(Cost(torch_starts=25, stored=1e6)) for _ in range(12)]
    (spread,) = estimate(equal, RATES, cores=4)
    assert spread == "Estimate: 10 min of processor time and 12 MB, 3 min on 4 cores."
    (alone,) = estimate(equal, RATES, cores=1)
    assert alone.endswith("10 min on 1 core.")
    (longest,) = estimate([job(Cost(torch_starts=300)), *equal], RATES, cores=100)
    assert longest.endswith("10 min on 100 cores.")


def test_each_of_several_studies_has_its_part():
    jobs = [
        job(Cost(starts=59.7, stored=5e6), study="Preference models and policies"),
        job(Cost(starts=9.7, stored=2e9), study="Noisy labels"),
    ]
    _, each = estimate(jobs, RATES, cores=1)
    assert each == (
        "By study: Preference models and policies 60 s of processor time and 5 MB; "
        "Noisy labels 10 s of processor time and 2.0 GB."
    )


def test_jobs_without_a_cost_are_named_and_not_guessed():
    unknown = [job(None, rule="a_own"), job(None, rule="a_own")]
    told = estimate([job(Cost(starts=14.7, stored=1e6)), *unknown], RATES, cores=1)
    assert told == [
        "Estimate: 20 s of processor time and 1 MB, 20 s on 1 core.",
        "Not in the estimate, as sizes alone do not say it: 2 x a_own.",
    ]
    assert estimate(unknown, RATES, cores=1) == told[1:]


def test_a_training_that_may_stop_early_is_told():
    jobs = [job(Cost(starts=1, at_most=True)), job(Cost(starts=1))]
    assert estimate(jobs, RATES, cores=1)[1:] == ["It may be less: 1 training may stop early."]


def test_the_cores_are_those_that_snakemake_is_told():
    assert cores_of(["--workflow-profile", "p", "--cores", "7"]) == 7
    assert cores_of(["--cores", "all"]) == cores_of([]) == len(os.sched_getaffinity(0))


def plans(path, monkeypatch):
    monkeypatch.chdir(PROJECT)
    raw = yaml.safe_load((PROJECT / path).read_text())
    places = Places(configuration_name(raw, [path]))
    return plans_of(raw, studies_of(raw), places)


@pytest.mark.parametrize("study", STUDIES, ids=lambda study: study.name)
def test_every_rule_of_a_study_has_a_cost_or_says_why_not(study):
    """What the rules are is read from their file; own measures are the user's."""
    text = (PROJECT / "workflow" / "rules" / f"{study.name}.smk").read_text()
    rules = {line.split()[1][:-1] for line in text.splitlines() if line.lstrip()[:5] == "rule "}
    module = __import__(f"ontogeny.studies.{study.name}.cost", fromlist=["COSTS"])
    unknown = {f"{study.name}_own_measures", "rlhf_pairs"}
    assert rules - unknown == set(module.COSTS)


def test_figures_cost_by_their_number_and_claims_as_joins(monkeypatch):
    made = plans("config/test/tiny.yaml", monkeypatch)
    found = cost_of(made)
    for each in drawn_together(made["composition"]):
        rule = f"composition_figures_{each.name}"
        assert found(rule, SimpleNamespace()) == ("Group composition", drawing(len(each.figures)))
    for rule in ("composition_addition_claims", "composition_prediction_claims", "page"):
        assert found(rule, SimpleNamespace())[1] is not None
    assert found("claims", SimpleNamespace())[0] == ""
    assert found("composition_unheard_of", SimpleNamespace()) == ("Group composition", None)
    assert found("unheard_of", SimpleNamespace()) == ("", None)


def test_calibration_gives_a_rate_of_every_kind():
    rates = calibrated()
    assert all(rate > 0 for rate in vars(rates).values())
    assert rates.starts < rates.torch_starts
    assert rates.products < rates.numbers < rates.calls < rates.figures


@pytest.mark.parametrize("path", ["config/test/tiny.yaml", "config/test/imitation.yaml"])
def test_the_plan_of_a_configuration_ends_with_its_cost(path):
    arguments = ["--workflow-profile", "profiles/default", "--cores", "2", "--configfile", path]
    run = subprocess.run(
        [sys.executable, "workflow/plan.py", *arguments, "--config", "name=never-made"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    (line,) = (line for line in run.stdout.splitlines() if line.startswith("Estimate: "))
    assert line.endswith(" on 2 cores.")
    assert "Not in the estimate" not in run.stdout


def test_costs_pass_through_the_file_of_a_plan(tmp_path):
    jobs = [job(Cost(starts=1, products=2.5)), job(None)]
    write_plan(PlannedRun("mine", 2, jobs), tmp_path / "plan.json")
    assert read_plan(tmp_path / "plan.json").jobs == jobs
    assert json.loads((tmp_path / "plan.json").read_text())["jobs"][1]["cost"] is None

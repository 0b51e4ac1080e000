import pytest

from ontogeny.workflow.plan_words import kind_of, lines, overview
from ontogeny.workflow.planning import PlannedJob, PlannedRun


def job(message, *reasons, rule="a_train", wildcards=(), **more):
    return PlannedJob(rule, message, dict(wildcards), reasons or ("missing_output",), **more)


def test_a_line_tells_what_runs_and_the_first_reason():
    jobs = [
        job("group of_one", "forced"),
        job("train e, seed 0 (progress in logs/train.log)", "input_changed", "params_changed"),
        job("comparison of all runs", "updated_input_run"),
        job("page", "updated_input_run"),
        job("tables"),
    ]
    assert lines(jobs) == [
        "group (of_one): was asked for",
        "train (e, seed 0): has other inputs than before",
        "tables: is not there yet",
        "2 steps: follow other steps",
    ]


def test_of_more_than_four_jobs_of_a_kind_the_number_is_told():
    jobs = [job(f"train e, seed {seed}") for seed in range(9)]
    assert lines(jobs[:4]) == [
        "train (e, seed 0; e, seed 1; e, seed 2; e, seed 3): is not there yet"
    ]
    assert lines(jobs) == ["train (9 times): is not there yet"]


def test_figures_of_all_rules_share_a_line_at_the_end():
    jobs = [
        *(job(f"figures of e, seed {seed}", rule=f"a_figures_run_{seed}") for seed in range(5)),
        job("figures of f", "updated_input_run", rule="b_figures_experiment_0"),
        job("comparison of all runs"),
    ]
    assert lines(jobs) == [
        "comparison (all runs): is not there yet",
        "figures (5 times): is not there yet",
        "1 step: follows another step",
    ]


def test_no_job_is_no_line():
    assert lines([]) == []


def test_a_reason_without_words_is_no_error():
    bare = PlannedJob("a_train", "train e, seed 0", {}, ())
    assert lines([bare]) == ["train (e, seed 0): for another reason of Snakemake"]


@pytest.mark.parametrize(
    ("rule", "message", "wildcards", "kind"),
    [
        ("a_tune", "tune e, seed 0 (progress in logs/a/tune.log)", {"seed": "0"}, "training"),
        ("a_read_weights", "read the weights of e, seed 0", {"seed": "0"}, "training"),
        ("a_analysis", "analysis of e, seed 0", {"seed": "0"}, "analysis"),
        ("a_figures_run", "figures of e, seed 0", {"seed": "0"}, "figures"),
        ("a_comparison", "comparison of all runs", {}, "other"),
    ],
)
def test_the_kind_of_a_step(rule, message, wildcards, kind):
    assert kind_of(rule, message, wildcards) == kind


def train(experiment, *reasons, **more):
    message = f"train {experiment}, seed 0 (progress in logs/{experiment}.log)"
    wildcards = {"experiment": experiment, "seed": "0"}
    return job(
        message, *reasons, wildcards=wildcards, study="Preference models and policies", **more
    )


FIGURES = job("figures of all runs", "updated_input_run", rule="rlhf_figures_study")


def test_a_run_from_nothing_is_counted_by_kinds():
    scores = job("scores of e, seed 0", rule="rlhf_score", wildcards={"seed": "0"})
    jobs = [train("e"), train("f"), scores, FIGURES, job("comparison", rule="rlhf_comparison")]
    assert overview(PlannedRun("mine", 5, jobs)) == (
        "5 steps: 2 trainings, 1 analysis, 1 set of figures, 1 other step; everything is new."
    )


@pytest.mark.parametrize(
    ("jobs", "why"),
    [
        (
            [train("e", "params_changed", changed=("configuration",), is_finished=True), FIGURES],
            "2 of 9 steps to do (1 training, 1 set of figures): the configuration of e "
            "(Preference models and policies) has changed.",
        ),
        (
            [train("e", "params_changed", changed=("configuration", "code"), is_finished=True)],
            "1 of 9 steps to do (1 training): the configuration and the code of e "
            "(Preference models and policies) have changed.",
        ),
        (
            [train("e"), train("f")],
            "2 of 9 steps to do (2 trainings): no results yet of e "
            "(Preference models and policies), f (Preference models and policies).",
        ),
        (
            [train(f"e{number}", "updated_input") for number in range(6)],
            "6 of 9 steps to do (6 trainings): 6 steps: an input has changed.",
        ),
    ],
)
def test_of_other_runs_the_causes_are_told_without_what_follows(jobs, why):
    assert overview(PlannedRun("mine", 9, jobs)) == why


def test_of_many_causes_some_are_told():
    reasons = ("updated_input", "forced", "input_changed", "software_stack_changed", "code_changed")
    jobs = [train(f"e{number}", reason) for number, reason in enumerate(reasons)]
    said = overview(PlannedRun("mine", 9, jobs))
    assert said.count(";") == 3
    assert said.endswith("; 2 further reasons.")

import pytest

from ontogeny.workflow.planning import PlannedJob
from ontogeny.workflow.replacements import replacements


def training(experiment, seed, reason="params_changed", rule="a_train", **more):
    return PlannedJob(
        rule,
        f"train {experiment}, seed {seed}",
        {"experiment": experiment, "seed": str(seed)},
        (reason,),
        **({"is_finished": True, "benchmark": f"{experiment}-{seed}.tsv"} | more),
    )


def took(folder, job, text):
    (folder / job.benchmark).write_text(f"s\tmax_rss\n{text}\t100\n")


def said(jobs, folder, **more):
    return replacements(jobs, folder=folder, **({"is_final": True} | more))


def test_the_number_the_time_and_the_runs_are_told(tmp_path):
    jobs = [training("C59", seed) for seed in (2, 0, 1)]
    for job in jobs:
        took(tmp_path, job, "1600.0")
    assert said(jobs, tmp_path) == [
        "replaces 3 finished trainings, which took 1 h 20 min: C59, seeds 0 to 2"
    ]


def test_nothing_is_said_of_what_is_new_or_no_training(tmp_path):
    jobs = [
        training("e", 0, "missing_output", is_finished=False),
        training("e", 1, rule="a_analysis"),
        training("e", 2, rule="retrain"),
    ]
    assert said(jobs, tmp_path) == []


@pytest.mark.parametrize("rule", ["a_train", "a_read_weights"])
def test_a_time_that_is_not_known_is_left_out(tmp_path, rule):
    job = training("e", 7, rule=rule)
    assert said([job], tmp_path) == ["replaces 1 finished training: e, seed 7"]
    took(tmp_path, job, "NA")
    assert said([job], tmp_path) == ["replaces 1 finished training: e, seed 7"]


def test_of_many_experiments_the_first_are_named(tmp_path):
    jobs = [training(f"e{number}", 0) for number in range(6)]
    assert said(jobs, tmp_path) == [
        "replaces 6 finished trainings: e0, seed 0; e1, seed 0; e2, seed 0; e3, seed 0; "
        "2 more experiments"
    ]


def test_a_longer_training_is_told_apart(tmp_path):
    jobs = [training("e", 0), training("e", 1, can_continue=True)]
    assert said(jobs, tmp_path) == [
        "replaces 1 finished training: e, seed 0",
        "continues 1 finished training, if the saved state fits the new schedule: e, seed 1",
    ]


def test_before_the_first_steps_it_is_uncertain_whether_what_follows_them_runs(tmp_path):
    jobs = [training("e", 0, "updated_input_run")]
    assert said(jobs, tmp_path, is_final=False) == [
        "replaces 1 finished training, unless the steps before give the same again: e, seed 0"
    ]
    assert said(jobs, tmp_path) == ["replaces 1 finished training: e, seed 0"]


def test_runs_are_named_by_whatever_tells_them_apart(tmp_path):
    jobs = [
        training("e", 0),
        PlannedJob(
            "a_train", "train x", {"world": "w", "agent": "x"}, ("forced",), is_finished=True
        ),
    ]
    assert said(jobs, tmp_path) == ["replaces 2 finished trainings: e, seed 0; w, x"]

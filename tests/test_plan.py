import runpy
from pathlib import Path

PLAN = runpy.run_path(str(Path(__file__).parents[1] / "workflow" / "plan.py"))

SAID = """
[Mon Nov 23 00:08:08 2026]
Job 14: train s3-mlp, seed 2 (progress in logs/train.log)
Reason: Params have changed since last execution: before: {'a': 1} now: {'a': 2}

Job 15: figure learning of s3-mlp, seed 2
Reason: Input files updated by another job: results/history.nc
Job 16: figure irreps of s3-mlp, seed 2
Reason: Missing output files: results/irreps.svg; Input files updated by another job: x.nc

localrule all:
    input: x
    reason: Input files updated by another job: x
"""


def test_steps_are_read_with_their_reasons():
    assert dict(PLAN["steps"](SAID)) == {
        ("train s3-mlp, seed 2", "its configuration or code has changed"): 1,
        ("figure learning of s3-mlp, seed 2", "follows another step"): 1,
        ("figure irreps of s3-mlp, seed 2", "is not there yet"): 1,
    }


def test_no_job_is_no_step():
    assert not PLAN["steps"]("Building DAG of jobs...\nNothing to be done\n")


def test_the_rules_that_only_collect_results_are_no_steps():
    said = "Job 0: all results\nReason: Input files updated by another job: x.nc\n"
    assert not PLAN["steps"](said)


def test_many_kinds_of_figures_are_one_line_at_the_end():
    plan = {(f"figure {kind} of e, seed 0", "is not there yet"): 1 for kind in "abcde"}
    plan["figure f of e, seed 0", "follows another step"] = 1
    plan["train e, seed 0", "is not there yet"] = 1
    assert PLAN["summary"](plan) == [
        "figure f (e, seed 0): follows another step",
        "train (e, seed 0): is not there yet",
        "figures (5 of 5 kinds): is not there yet",
    ]


def test_many_steps_of_a_kind_are_one_line():
    plan = {(f"train e, seed {seed}", "is not there yet"): 1 for seed in range(9)}
    plan[("figure learning of e, seed 1", "follows another step")] = 1
    assert PLAN["summary"](plan) == [
        "train (9 times): is not there yet",
        "figure learning (e, seed 1): follows another step",
    ]

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


def test_many_steps_of_a_kind_are_one_line():
    plan = {(f"train e, seed {seed}", "is not there yet"): 1 for seed in range(9)}
    plan[("figure learning of e, seed 1", "follows another step")] = 1
    assert PLAN["summary"](plan) == [
        "train (9 times): is not there yet",
        "figure learning (e, seed 1): follows another step",
    ]

import logging
import os

import pytest

from ontogeny.study import Places
from ontogeny.workflow.watching import Watch, progress_file

LINE = (
    "2026-01-01 00:00:00,000 step {} of 100 | training loss 0.5 | at step {}: train 0.5, "
    "test 3.2 | 4 steps/s | 61 s left\n"
)


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


class Run:
    """A run of Snakemake of two studies, as its logger tells of it."""

    def __init__(self, folder):
        self.folder = folder
        self.said, self.clock = [], Clock()
        self.watch = Watch(
            folder / "progress.txt",
            title="mine",
            total=4,
            studies={"rlhf": "Preference models and policies", "noisy_labels": "Noisy labels"},
            tell=self.said.append,
            clock=self.clock,
        )

    def tells(self, event, **parts):
        record = logging.LogRecord("snakemake", logging.INFO, "", 0, "", (), None)
        vars(record).update(event=event, **parts)
        self.watch.handle(record)

    def begins(self, number, rule, message, output=("x.nc",), **wildcards):
        self.tells(
            "job_info", jobid=number, rule_name=rule, rule_msg=message, output=[*output],
            wildcards=wildcards,
        )  # fmt: skip

    def trains(self, number, name):
        log = self.folder / f"{name}.log"
        message = f"train {name}, seed 0 (progress in {log})"
        self.begins(number, "noisy_labels_train", message, experiment=name, seed="0")
        return log

    def file(self):
        self.watch.look()
        return (self.folder / "progress.txt").read_text().splitlines()


@pytest.fixture
def run(tmp_path):
    return Run(tmp_path)


def test_the_file_has_a_line_for_each_step_that_runs(run):
    log = run.trains(1, "a")
    run.begins(2, "claims", "claims of all studies")
    run.clock.now += 65
    log.write_text(LINE.format(25, 20))
    assert run.file() == [
        "mine: 0 of 4 steps done, 1 min 5 s so far",
        "Noisy labels: train a, seed 0  step 25 of 100 (25 %), 1 min 1 s left, training loss 0.5, "
        "test loss 3.2",
        "claims of all studies          for 1 min 5 s",
    ]
    run.tells("job_finished", job_id=2)
    run.tells("job_error", jobid=1)
    assert run.file() == ["mine: 1 of 4 steps done, 1 failed, 1 min 5 s so far"]
    run.watch.end("Stopped.")
    assert run.file()[-1] == "mine: 1 of 4 steps done, 1 failed, 1 min 5 s so far"


def test_the_end_is_written(run, tmp_path):
    run.watch.end("Finished.")
    assert (tmp_path / "progress.txt").read_text().endswith("so far\nFinished.\n")


def test_the_log_of_an_earlier_run_says_nothing(run):
    log = run.folder / "a.log"
    log.write_text(LINE.format(100, 100))
    os.utime(log, (5.0, 5.0))
    assert run.trains(1, "a") == log
    assert run.file()[1].endswith("for 0 s")
    log.write_text(LINE.format(3, 0))
    assert "step 3 of 100" in run.file()[1]


def test_quarters_are_told_once_and_not_in_quick_succession(run):
    log = run.trains(1, "a")
    told = []
    for step, seconds in ((25, 20), (30, 1), (60, 1), (60, 20), (99, 20), (100, 20)):
        run.clock.now += seconds
        log.write_text(LINE.format(step, step))
        run.watch.look()
        told.append(len(run.said))
    assert told == [2, 2, 2, 3, 4, 4]
    run.tells("job_finished", job_id=1)
    assert run.said == [
        "Noisy labels: first trainings (0 of 4 steps done)",
        *(
            f"Noisy labels: train a, seed 0, step {step} of 100 ({step} %), 1 min 1 s left, "
            "training loss 0.5, test loss 3.2"
            for step in (25, 60, 99)
        ),
        "Noisy labels: train a, seed 0, done in 1 min 22 s: training loss 0.5, test loss 3.2",
    ]


def test_the_first_step_of_each_kind_is_told(run):
    for number in (1, 2):
        run.begins(number, "rlhf_score", "scores of a, seed 0", seed="0")
    run.begins(3, "rlhf_figures_run", "figures of a, seed 0", seed="0")
    run.begins(4, "rlhf_comparison", "comparison of all runs")
    run.begins(5, "claims", "claims of all studies")
    assert run.said == [
        f"{what} (0 of 4 steps done)"
        for what in (
            "Preference models and policies: first analyses of runs",
            "Preference models and policies: first figures",
            "Preference models and policies: first data and joins of runs",
            "Claims of all studies",
        )
    ]


def test_a_rule_that_only_collects_results_is_no_step(run):
    run.begins(1, "all", "all results", output=())
    run.tells("job_finished", job_id=1)
    assert run.file() == ["mine: 0 of 4 steps done, 0 s so far"]


def test_a_step_that_is_tried_again_has_not_failed(run):
    run.trains(1, "a")
    run.tells("job_error", jobid=1)
    run.trains(1, "a")
    assert "failed" not in run.file()[0]


def test_a_snakemake_that_tells_otherwise_disturbs_no_run(run, capsys):
    run.tells("job_info", jobid=1)
    assert "SnakemakeChangedError" in capsys.readouterr().err
    assert run.file() == ["mine: 0 of 4 steps done, 0 s so far"]


def test_a_file_that_cannot_be_written_disturbs_no_run(run, tmp_path):
    (tmp_path / "progress.txt").mkdir()
    run.begins(1, "claims", "claims of all studies")
    run.watch.look()
    run.watch.end("Finished.")
    assert run.said == ["Claims of all studies (0 of 4 steps done)"]
    assert [*(tmp_path / "progress.txt").iterdir()] == []


def test_the_file_is_beside_the_logs():
    assert str(progress_file(Places("mine"))) == "logs/mine/progress.txt"

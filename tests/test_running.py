"""The command that runs the workflow, with a small program in the place of Snakemake."""

import signal
import sys

import pytest

from ontogeny.workflow import running
from ontogeny.workflow.planning import PlannedJob, PlannedRun
from ontogeny.workflow.running import PlanRefusedError, dry_run, run_workflow, stages

NEW = PlannedJob("a_train", "train e, seed 0", {}, ("missing_output",))
OLD = PlannedJob("a_train", "train e, seed 0", {}, ("params_changed",), is_finished=True)
TELLS = """
import os, sys
from ontogeny.workflow.telling import teller
tell = teller(os.environ)
print("Snakemake speaks of", *sys.argv[1:])
"""
FAILS = TELLS + "sys.exit(3)"


def snakemake(monkeypatch, tmp_path, program):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(running, "_COMMAND", (sys.executable, "-c", program))


def test_what_others_wait_for_is_made_first_where_a_result_is_replaced():
    assert stages(PlannedRun("mine", 3, [NEW, OLD])) == ["first", "all"]
    assert stages(PlannedRun("mine", 3, [NEW])) == stages(PlannedRun("mine", 3, [])) == ["all"]


def test_words_are_shown_and_what_snakemake_says_is_in_a_file(monkeypatch, tmp_path, capfd):
    program = TELLS + "tell('six networks'); tell.in_passing('half way')"
    snakemake(monkeypatch, tmp_path, program)
    assert run_workflow(["--cores", "1"], PlannedRun("mine", 3, [OLD])) == 0
    assert capfd.readouterr().out.splitlines() == ["six networks", "half way"] * 2
    assert (tmp_path / "logs/mine/snakemake.log").read_text().splitlines() == [
        f"Snakemake speaks of --cores 1 -- {target}" for target in ("first", "all")
    ]


def test_a_failure_is_told_with_the_log_and_ends_the_run(monkeypatch, tmp_path, capfd):
    snakemake(monkeypatch, tmp_path, FAILS.replace("sys.exit", "tell('train e failed'); sys.exit"))
    assert run_workflow([], PlannedRun("mine", 3, [OLD])) == 3
    assert capfd.readouterr().out.splitlines() == [
        "train e failed",
        "The run has failed. What is done is kept: the same command goes on from there. All that "
        "Snakemake said is in logs/mine/snakemake.log.",
    ]


def test_a_snakemake_that_fails_without_a_word_is_quoted(monkeypatch, tmp_path, capfd):
    program = FAILS.replace("sys.exit", "print('with the --unlock argument'); sys.exit")
    snakemake(monkeypatch, tmp_path, program)
    assert run_workflow(["--configfile", "my own.yaml"], PlannedRun("mine", 3, [NEW])) == 3
    assert capfd.readouterr().out.splitlines()[:3] == [
        "Snakemake speaks of --configfile my own.yaml -- all",
        "with the --unlock argument",
        "If no other run is under way: .venv/bin/snakemake --configfile 'my own.yaml' --unlock",
    ]


def test_a_run_that_is_stopped_says_that_it_goes_on(monkeypatch, tmp_path, capfd):
    """The program ends as soon as it has stopped the command, and again for its own sake."""
    program = TELLS + f"os.kill(os.getppid(), {int(signal.SIGTERM)}); import time; time.sleep(60)"
    before = signal.getsignal(signal.SIGTERM)
    snakemake(monkeypatch, tmp_path, program)
    assert run_workflow([], PlannedRun("mine", 3, [OLD])) == 130
    assert signal.getsignal(signal.SIGTERM) == before
    assert capfd.readouterr().out == (
        "\nStopped. What is done is kept: the same command goes on from there.\n"
    )


def test_a_plan_that_is_refused_has_the_words_of_snakemake(monkeypatch, tmp_path):
    snakemake(monkeypatch, tmp_path, "import sys; sys.exit('The configuration is refused')")
    with pytest.raises(PlanRefusedError, match=r"^The configuration is refused$"):
        dry_run([])


def test_a_plan_is_read_from_where_the_workflow_writes_it(monkeypatch, tmp_path):
    plan = '{"configuration": "mine", "total": 3, "jobs": []}'
    program = f"import os; open(os.environ['ONTOGENY_PLAN'], 'w').write({plan!r})"
    snakemake(monkeypatch, tmp_path, program)
    assert dry_run([]) == PlannedRun("mine", 3, [])
    assert not [*tmp_path.iterdir()]

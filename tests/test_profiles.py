from pathlib import Path

import pytest
import yte

ROOT = Path(__file__).parents[1]
JUDGED_BY = ("rerun-incomplete", "rerun-triggers", "max-checksum-file-size", "benchmark-extended")


def profile(name, monkeypatch, *arguments):
    """Return a profile as Snakemake reads it, started with some arguments."""
    monkeypatch.setattr("sys.argv", ["snakemake", *arguments])
    text = (ROOT / "profiles" / name / "profile.yaml").read_text(encoding="utf-8")
    return yte.process_yaml(text, require_use_yte=True)


def test_what_takes_long_is_a_job_array(monkeypatch):
    named = profile("slurm", monkeypatch)["slurm-array-jobs"].split(",")
    assert named == [
        "composition_train",
        "imitation_simulate",
        "induction_train",
        "noisy_labels_train",
        "noisy_labels_tune",
        "rlhf_train",
        "surprise_parity_train",
        "surprise_mixture_train",
    ]


def test_what_only_rules_can_know_is_not_in_the_profile_of_a_cluster(monkeypatch):
    """A study that is added needs no line there."""
    assert not {"set-resources", "groups"} & set(profile("slurm", monkeypatch))


@pytest.mark.parametrize("name", ["mem_mb", "runtime"])
def test_a_job_asks_for_more_at_every_attempt(monkeypatch, name):
    asked = profile("slurm", monkeypatch)["default-resources"][name]
    assert asked.endswith("* attempt")


@pytest.mark.parametrize("name", ["slurm", "rich"])
def test_all_profiles_judge_results_alike(monkeypatch, name):
    default, other = profile("default", monkeypatch), profile(name, monkeypatch)
    assert {key: other.get(key) for key in JUDGED_BY} == {key: default[key] for key in JUDGED_BY}


@pytest.mark.parametrize("name", ["default", "rich", "slurm"])
def test_a_dry_run_alone_says_why_jobs_run(monkeypatch, name):
    assert "quiet" not in profile(name, monkeypatch, "--dry-run")
    assert "reason" in profile(name, monkeypatch)["quiet"]

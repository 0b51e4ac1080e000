import runpy
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
USAGE = runpy.run_path(str(ROOT / "workflow" / "usage.py"))
PROFILE = {
    "default-resources": {"mem_mb": "600 * attempt", "runtime": "10 * attempt"},
    "set-resources": {"train": {"mem_mb": "1500 * attempt"}},
}


def test_a_step_asks_for_its_own_or_the_default():
    assert USAGE["asked"](PROFILE, "train") == {"mem_mb": 1500, "runtime": 10}
    assert USAGE["asked"](PROFILE, "group") == {"mem_mb": 600, "runtime": 10}


def test_the_largest_use_of_each_step_counts(tmp_path):
    for seed, (seconds, memory) in enumerate([("30", "400.5"), ("120", "300"), ("0.1", "-")]):
        folder = tmp_path / f"seed{seed}"
        folder.mkdir()
        (folder / "train.tsv").write_text(f"s\tmax_rss\n{seconds}\t{memory}\n")
    assert USAGE["taken"](tmp_path) == {"train": {"mem_mb": 400.5, "runtime": 2.0}}


JOB = (
    "s\tmax_rss\tparams\tresources\n"
    "30\t{taken}\t{{'a': '\"b'}}\t{{'mem_mb': {asked}, '_cores': 1}}\n"
)


def test_the_job_nearest_to_what_its_rule_asks_for_counts(tmp_path):
    for number, (used, wanted) in enumerate([(900, 1000), (1500, 4000), (100, 800)]):
        folder = tmp_path / "logs/benchmarks" / str(number)
        folder.mkdir(parents=True)
        (folder / "induction_train.tsv").write_text(JOB.format(taken=used, asked=wanted))
    (folder / "group.tsv").write_text("s\tmax_rss\n30\t90\n")
    assert USAGE["tightest"](tmp_path) == {"induction_train": (900, 1000)}


@pytest.mark.parametrize(("used", "code"), [(1900, 0), (2100, 1)])
def test_a_step_whose_rule_says_its_memory_is_held_against_that(
    tmp_path, monkeypatch, capsys, used, code
):
    (tmp_path / "profiles/slurm").mkdir(parents=True)
    (tmp_path / "profiles/slurm/profile.yaml").write_text(yaml.safe_dump(PROFILE))
    folder = tmp_path / "logs/benchmarks"
    folder.mkdir(parents=True)
    (folder / "induction_train.tsv").write_text(JOB.format(taken=used, asked=2000))
    (folder / "train.tsv").write_text(JOB.format(taken=1000, asked=900))
    monkeypatch.setitem(USAGE["main"].__globals__, "ROOT", tmp_path)
    assert USAGE["main"]() == code
    said = capsys.readouterr().out
    assert f"induction_train: {used} of 2000 MB" in said
    assert "train: 1000 of 1500 MB" in said


@pytest.mark.parametrize("name", ["mem_mb", "runtime"])
def test_the_profile_asks_for_more_at_every_attempt(name):
    profile = yaml.safe_load((ROOT / "profiles/slurm/profile.yaml").read_text())
    for asked in (profile["default-resources"], *profile["set-resources"].values()):
        assert str(asked.get(name, "1 * attempt")).endswith("* attempt")

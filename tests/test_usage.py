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


@pytest.mark.parametrize("name", ["mem_mb", "runtime"])
def test_the_profile_asks_for_more_at_every_attempt(name):
    profile = yaml.safe_load((ROOT / "profiles/slurm/profile.yaml").read_text())
    for asked in (profile["default-resources"], *profile["set-resources"].values()):
        assert str(asked.get(name, "1 * attempt")).endswith("* attempt")

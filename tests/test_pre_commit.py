"""What runs before a commit is what `make check` runs."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]


def test_pre_commit_runs_what_make_check_runs():
    makefile = (ROOT / "Makefile").read_text()
    recipe = re.search(r"^check:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE).group(1)
    checks = [line.strip().replace("$(RUN)", ".venv/bin/python -m") for line in recipe.splitlines()]
    (repository,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert [hook["entry"] for hook in repository["hooks"]] == checks
    assert repository["repo"] == "local"
    assert not any(hook["pass_filenames"] for hook in repository["hooks"])

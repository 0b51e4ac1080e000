"""The three lists of versions agree."""

import re
import tomllib
from pathlib import Path

import yaml

import ontogeny

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCK = (ROOT / "requirements.lock").read_text().split()


def named(lines):
    pairs = (line.split("==") for line in lines)
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in pairs}


def test_the_lock_pins_every_direct_dependency_as_pyproject_does():
    direct = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"]]
    wanted, locked = named(direct), named(LOCK)
    assert len(wanted) == len(direct)
    assert {name: locked.get(name) for name in wanted} == wanted


def test_the_lock_pins_exactly_and_once():
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line) for line in LOCK)
    assert len(named(LOCK)) == len(LOCK)


def test_conda_gets_the_versions_of_the_lock():
    dependencies = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    (pip,) = [entry["pip"] for entry in dependencies if isinstance(entry, dict)]
    assert named(pip) == named(LOCK)


def test_conda_gets_the_python_that_pyproject_asks_for():
    dependencies = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    assert "python=3.11" in dependencies
    assert PROJECT["requires-python"] == ">=3.11,<3.12"


def test_the_package_says_its_version_once():
    assert ontogeny.__version__ == PROJECT["version"]

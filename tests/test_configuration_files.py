import codecs
import json

import pytest

from ontogeny.workflow.configuration_files import (
    is_dry_run,
    problem_of_command,
    problem_of_configuration,
)

GOOD = "composition:\n  experiments: {}\n"
WRONG = {
    "empty": (b"", "is empty"),
    "list": (b"- a\n- b\n", "must be a mapping of sections, not ['a', 'b']"),
    "number": (b"5\n", "must be a mapping of sections, not 5"),
    "tab": (b"a:\n\t- b\n", "line 2, column 1: not YAML"),
    "two documents": (b"a: 1\n---\nb: 2\n", "not YAML: there is a second document"),
    "object": (b"!!python/object:os.x {}\n", "not YAML"),
    "anchor in itself": (b"a: &x [*x]\n", "not YAML: an anchor contains itself"),
    "a key twice": (b"a: 1\na: 2\n", "line 2: the key `a` appears a second time"),
    "bytes": (b"a: \xc6\n", "is not UTF-8: byte 0xc6 at position 3 (line 1)"),
    "UTF-16": ("a: 1".encode("utf-16"), "is UTF-16 and not UTF-8"),
    "pointer": (b"version https://git-lfs.github.com/spec/v1\n", "is a Git LFS pointer"),
}


@pytest.mark.parametrize(("content", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_with_a_configuration_file_is_one_sentence(tmp_path, content, said):
    path = tmp_path / "my.yaml"
    path.write_bytes(content)
    problem = problem_of_configuration(path)
    assert problem.startswith(f"The configuration {path} ")
    assert said in problem
    assert "\n" not in problem


def test_a_missing_file_and_a_folder_are_called_what_they_are(tmp_path):
    missing = problem_of_configuration(tmp_path / "none.yaml")
    assert "none.yaml does not exist; correct the path" in missing
    assert "is a folder; give a file" in problem_of_configuration(tmp_path)


@pytest.mark.parametrize(
    "content", [GOOD.encode(), codecs.BOM_UTF8 + GOOD.encode(), json.dumps({"a": [1]}).encode()]
)
def test_nothing_is_wrong_with_yaml_and_json(tmp_path, content):
    path = tmp_path / "my.yaml"
    path.write_bytes(content)
    assert problem_of_configuration(path) is None


@pytest.fixture
def good(tmp_path, monkeypatch):
    (tmp_path / "my.yaml").write_text(GOOD)
    (tmp_path / "other.yml").write_text(GOOD)
    (tmp_path / "a figure.png").write_bytes(b"\x89PNG")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--cores", "2", "results/index.html"],
        ["--configfile", "my.yaml"],
        ["--configfile=my.yaml", "results/index.html"],
        ["-n", "--configfile", "my.yaml", "other.yml", "--", "results/index.html"],
        ["--configfiles", "my.yaml", "-j1", "results/index.html"],
        ["results/index.html", "--configfile", "my.yaml"],
        ["--configfile", "missing.yaml", "--configfile", "my.yaml"],
    ],
)
def test_nothing_is_wrong_with_files_that_can_be_read(good, arguments):
    """Of an option that is there twice, Snakemake takes the last."""
    assert problem_of_command(arguments) is None


@pytest.mark.parametrize("targets", [["results/x.png"], ["groups"], ["a figure.png", "all"]])
def test_a_target_behind_the_configuration_is_told_apart(good, targets):
    problem = problem_of_command(["-n", "--configfile", "my.yaml", *targets])
    assert problem.startswith(f"`{targets[0]}` is read as a second configuration file")
    quoted = " ".join(f"'{each}'" if " " in each else each for each in targets)
    assert problem.endswith(f"snakemake --configfile my.yaml -- {quoted}")


def test_the_first_file_that_cannot_be_read_is_named(good):
    problem = problem_of_command(["--configfile", "my.yaml", "missing.yaml", "-n"])
    assert problem.startswith("The configuration missing.yaml does not exist")


@pytest.mark.parametrize(
    ("arguments", "dry"),
    [
        (["-n"], True),
        (["-np"], True),
        (["-jn"], True),
        (["--dry-run"], True),
        (["--dryrun"], True),
        (["--nolock"], False),
        (["--cores", "all", "results/n.svg"], False),
    ],
)
def test_a_dry_run_is_known_by_its_option(arguments, dry):
    assert is_dry_run(arguments) == dry


def test_other_options_of_snakemake_are_left_alone():
    assert problem_of_command(["--config", "a=b", "--cores", "2"]) is None
    missing = problem_of_command(["--config", "a=b", "--configfile", "none.yaml"])
    assert "none.yaml does not exist" in missing


@pytest.mark.parametrize("target", ["results/my/groups/C5/table.json", "logs/a.json"])
def test_a_target_that_ends_like_a_configuration_is_a_target(tmp_path, target):
    (tmp_path / "my.yaml").write_text(GOOD)
    said = problem_of_command(["--configfile", str(tmp_path / "my.yaml"), target])
    assert said.startswith(f"`{target}` is read as a second configuration file")

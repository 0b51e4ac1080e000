"""Files of real comparisons: what is refused before any job starts."""

import json

import pytest

from ontogeny.studies.rlhf.pairs.checks import problems_of_pairs
from pairs_files import conversations, judged, lines, packed, spec

AT = "rlhf.worlds.mine"


def problems(path, content, form="conversations"):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(problems_of_pairs(spec(path, form), AT))


@pytest.mark.parametrize(
    ("name", "form", "text"),
    [
        ("own.jsonl", "conversations", lines(conversations(30))),
        ("OWN.JSONL.GZ", "conversations", packed(lines(conversations(30)))),
        ("own.json", "judged", json.dumps(judged(30))),
        ("own.json.gz", "judged", packed(json.dumps(judged(30)))),
    ],
)
def test_files_of_either_layout_are_taken_plain_or_packed(tmp_path, name, form, text):
    assert problems(tmp_path / name, text, form) == []


@pytest.mark.parametrize(
    ("name", "form", "content", "says"),
    [
        ("own.jsonl", "conversations", b"", ".file` = {path!r}: is empty"),
        ("own.jsonl", "conversations", b"\xfc", ".file` = {path!r}: is not UTF-8: byte"),
        ("own.jsonl.gz", "conversations", b"{}", ".file` = {path!r}: is not a whole gzip file"),
        ("own.json", "conversations", "{}", ".file` = {path!r}: the name must end in .jsonl or"),
        ("own.jsonl", "judged", "{}", ".file` = {path!r}: the name must end in .json or .json.gz"),
        ("own.jsonl", "conversations", "{}\n", "`: {path}, line 1: `chosen` is missing; give each"),
        ("own.json", "judged", "[{}]", "`: {path}, record 1: `instruction` is missing"),
        (
            "own.jsonl",
            "conversations",
            lines(conversations(30, messages=4)),
            ".file` = {path!r}: its comparisons have 4 different first messages, but models are",
        ),
        (
            "own.json",
            "judged",
            json.dumps(judged(30, messages=1)),
            ".file` = {path!r}: its comparisons have 1 different first message, but models are",
        ),
    ],
)
def test_a_wrong_file_is_refused_by_its_key(tmp_path, name, form, content, says):
    path = tmp_path / name
    (problem,) = problems(path, content, form)
    assert problem.startswith(f"`{AT}" + says.format(path=str(path)))
    assert "; " in problem


def test_a_missing_file_is_refused(tmp_path):
    (problem,) = problems_of_pairs(spec(tmp_path / "none.jsonl"), AT)
    assert problem.startswith(f"`{AT}.file` = {str(tmp_path / 'none.jsonl')!r}: does not exist")

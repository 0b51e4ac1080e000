"""Records of JSON files: each with its place, and no content in a message."""

import json

import pytest

from ontogeny.csv_rows import TableError
from ontogeny.json_records import RepeatedKey, parsed_json, read_json_lines, read_json_list

SECRET = "unspeakable"
FORM = '{"a": 1}'
RECORDS = [{"a": number, "b": ["é\n", None]} for number in range(5)]


def test_a_list_and_lines_give_the_same_records():
    one = read_json_list("\ufeff" + json.dumps(RECORDS), "own.json", form=FORM)
    text = "\ufeff" + "\n\n".join(map(json.dumps, RECORDS))
    other = read_json_lines(text, "own.jsonl", form=FORM)
    assert [each.fields for each in one] == [each.fields for each in other] == RECORDS
    assert [each.at for each in one] == [f"own.json, record {n}" for n in range(1, 6)]
    assert [each.at for each in other] == [f"own.jsonl, line {n}" for n in range(1, 10, 2)]


def test_line_separators_inside_a_text_end_no_line():
    text = '{"a": "one\u2028two\u0085three"}\n{"a": 2}'
    assert len(read_json_lines(text, "own.jsonl", form=FORM)) == 2


def test_a_repeated_key_is_known_by_its_place():
    assert parsed_json('{"a": 1, "b": 2, "a": 3}', "own.json", form=FORM) == RepeatedKey(3)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f'[\n"{SECRET}" 1]', "own, line 2, column 15: is not JSON (Expecting ',' delimiter); get"),
        ("[" * 100_000, "own: cannot be read as JSON"),
        ("[" + "1" * 5000 + "]", "own: cannot be read as JSON"),
        (f'["{SECRET}"]', "own, record 1: is not an object; give each record as"),
        (f'"{SECRET}"', "own: is not a list of records"),
        (f'[{{}}, {{"{SECRET}": 1, "{SECRET}": 2}}]', "own, record 2: key 2 has the name of an"),
    ],
)
def test_a_list_of_another_form_is_refused_with_its_place(text, says):
    with pytest.raises(TableError) as refusal:
        read_json_list(text, "own", form=FORM)
    assert str(refusal.value).startswith(says)
    assert SECRET not in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f'{{}}\n\n{{"{SECRET}" 1}}', "own, line 3, column 16: is not JSON"),
        ("{}\n" + "[" * 100_000, "own, line 2: cannot be read as JSON"),
        (f'{{}}\n"{SECRET}"', "own, line 2: is not an object; give each record as"),
        (" \n", "own: has no records; give one on each line, each"),
    ],
)
def test_lines_of_another_form_are_refused_with_their_number(text, says):
    with pytest.raises(TableError) as refusal:
        read_json_lines(text, "own", form=FORM)
    assert str(refusal.value).startswith(says)
    assert SECRET not in str(refusal.value)

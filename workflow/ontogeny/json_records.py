"""Records of a JSON file, or of one with a JSON value on each line, with places for messages.

No message quotes what is in the file.
"""

import json
from dataclasses import dataclass
from typing import Any, NamedTuple

from ontogeny.csv_rows import TableError

__all__ = ["Record", "RepeatedKey", "parsed_json", "read_json_lines", "read_json_list"]


class RepeatedKey(NamedTuple):
    """An object that has a key twice."""

    place: int
    """Of the second of the two, from 1."""


@dataclass(frozen=True)
class Record:
    """An object of a file.

    Attributes
    ----------
    at : str
        Where it is, for messages: the file, and the line or the number of the record from 1.
    fields : dict
    """

    at: str
    fields: dict[str, Any]


def read_json_list(text: str, path: str, *, form: str) -> list[Record]:
    r"""Return the objects of a JSON file that is a list of them.

    Parameters
    ----------
    text : str
        The content of the file.
    path : str
        As the configuration names the file, for messages.
    form : str
        What a record looks like, for messages.

    Raises
    ------
    TableError
        If the text is not JSON, or not a list of at least one object without repeated keys.

    Examples
    --------
    >>> read_json_list('[{"a": 1}, {"a": 2}]', "own.json", form='{"a": 1}')[1]
    Record(at='own.json, record 2', fields={'a': 2})
    """
    found = parsed_json(text, path, form=form)
    if not isinstance(found, list) or not found:
        msg = f"{path}: is not a list of records; give a list, each {form}"
        raise TableError(msg)
    return [
        _record(value, f"{path}, record {number}", form) for number, value in enumerate(found, 1)
    ]


def read_json_lines(text: str, path: str, *, form: str) -> list[Record]:
    r"""Return the objects of a file with one on each line; empty lines are skipped.

    Parameters
    ----------
    text, path, form : str
        As for `read_json_list`.

    Raises
    ------
    TableError
        If a line is not an object in JSON without repeated keys, or there is none.

    Examples
    --------
    >>> read_json_lines('{"a": 1}\n\n{"a": 2}\n', "own.jsonl", form='{"a": 1}')[1]
    Record(at='own.jsonl, line 3', fields={'a': 2})
    """
    records = [
        _record(parsed_json(line, path, form=form, line=number), f"{path}, line {number}", form)
        for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1)
        if line.strip()
    ]
    if not records:
        msg = f"{path}: has no records; give one on each line, each {form}"
        raise TableError(msg)
    return records


def parsed_json(text: str, path: str, *, form: str, line: int = 1) -> Any:
    """Return the value of a text in JSON; an object with a repeated key becomes a `RepeatedKey`.

    Parameters
    ----------
    text, path, form : str
        As for `read_json_list`.
    line : int
        Number of the line of the file that the text begins on.

    Raises
    ------
    TableError
        If the text is not JSON; the message has the line and the column.
    """
    try:
        return json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        msg = (
            f"{path}, line {line - 1 + error.lineno}, column {error.colno}: is not JSON "
            f"({error.msg}); get the whole file, or correct it there"
        )
        raise TableError(msg) from error
    except (RecursionError, ValueError) as error:
        at = path if line == 1 else f"{path}, line {line}"
        msg = f"{at}: cannot be read as JSON ({error}); give each record as {form}"
        raise TableError(msg) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any] | RepeatedKey:
    seen: set[str] = set()
    for place, (key, _) in enumerate(pairs, start=1):
        if key in seen:
            return RepeatedKey(place)
        seen.add(key)
    return dict(pairs)


def _record(value: Any, at: str, form: str) -> Record:
    if isinstance(value, RepeatedKey):
        msg = f"{at}: key {value.place} has the name of an earlier one; remove one of the two"
        raise TableError(msg)
    if not isinstance(value, dict):
        msg = f"{at}: is not an object; give each record as {form}"
        raise TableError(msg)
    return Record(at, value)

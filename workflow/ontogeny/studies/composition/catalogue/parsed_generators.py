"""Generators of groups as programs write them: from the bytes of a file to lists."""

import io
import json
import re
from typing import Any

import numpy as np
import yaml

from ontogeny.given_files import decoded

__all__ = ["parsed_generators"]

_NUMPY = b"\x93NUMPY"
_YAML = frozenset({".yaml", ".yml", ".json"})
_GROUP = re.compile(r"(?:\w+\s*:=\s*)?Group\s*\((.*)\)", re.DOTALL)  # as GAP writes a group
_CYCLES = re.compile(r"\[?\s*\([^\[\]]*\)\s*\]?", re.DOTALL)
_BETWEEN_CYCLES = re.compile(r"(?<=\))\s*,\s*(?=\()")
_QUOTED = re.compile(r"""(["'])(.*)\1""")
_POINTS = re.compile(r"\d+([\s,]+\d+)+")


def parsed_generators(content: bytes, *, depth: int, suffix: str = "") -> list[Any]:
    r"""Return the generators that the bytes of a file hold, as they stand there.

    Parameters
    ----------
    content : bytes
        An array of NumPy (``.npy``) whose first axis counts the generators; a list in YAML or
        JSON; or text with one generator in a line, or all of them in one list in brackets, also
        inside of ``Group(...);`` as GAP writes it. A line may stand in quotation marks and end in a
        comma. Blank lines and lines that begin with ``#`` are
        ignored.
    depth : int
        Nested lists of one generator: 1 of an image list, 2 of a matrix.
    suffix : str
        Of the file's name: ``.yaml``, ``.yml`` and ``.json`` are YAML or JSON.

    Returns
    -------
    list
        Cycles as str, image lists as list of int, matrices as list of lists. The entries are
        checked by `ontogeny.groups`.

    Raises
    ------
    ValueError
        The end of a sentence that begins with the name of the file.

    Examples
    --------
    >>> parsed_generators(b"# S3\n(1,2,3)\n(1,2)\n", depth=1)
    ['(1,2,3)', '(1,2)']
    >>> parsed_generators(b"[[0, 1], [1, 0]]", depth=2)
    [[[0, 1], [1, 0]]]
    >>> parsed_generators(b"Group([ (1,2,3)(4,5), (1,2) ]);", depth=1)
    ['(1,2,3)(4,5)', '(1,2)']
    """
    if content.startswith(_NUMPY):
        return _of_array(content, depth)
    if content.startswith(b"PK\x03\x04"):
        msg = "is a zip archive, such as .npz; store one array, with `numpy.save`"
        raise ValueError(msg)
    text = decoded(content)
    found = _of_yaml(text) if suffix.lower() in _YAML else _of_lines(text, depth)
    if not isinstance(found, list) or not found:
        msg = "must hold a list of generators"
        raise ValueError(msg)
    return found


def _of_array(content: bytes, depth: int) -> list[Any]:
    try:
        array = np.load(io.BytesIO(content), allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        msg = f"is not a NumPy array of numbers ({error}); store one, with `numpy.save`"
        raise ValueError(msg) from error
    if array.ndim != depth + 1 or not len(array):
        axes = ("generators", "points") if depth == 1 else ("generators", "rows", "columns")
        msg = f"holds an array of shape {array.shape}; the shape must be ({', '.join(axes)})"
        raise ValueError(msg)
    found: list[Any] = array.tolist()
    return found


def _of_yaml(text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        msg = f"is not YAML ({' '.join(str(error).split())})"
        raise ValueError(msg) from error


def _of_lines(text: str, depth: int) -> list[Any]:
    """Return the generators in the lines of a text, or in the one list that it is."""
    lines = [line.strip() for line in text.splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    whole = "\n".join(lines).removesuffix(";").rstrip()
    called = _GROUP.fullmatch(whole)
    whole = called[1].strip() if called else whole
    if _CYCLES.fullmatch(whole) and (called or whole.startswith("[")):
        return _BETWEEN_CYCLES.split(whole.strip("[] \n\t"))
    found = _of_brackets(whole)
    if found is not None and _depth(found) == depth + 1:
        return found
    return [_of_line(line) for line in lines]


def _of_line(line: str) -> str | list[Any]:
    line = line.removesuffix(",").rstrip()
    quoted = _QUOTED.fullmatch(line)
    line = quoted[2].strip() if quoted else line
    if _POINTS.fullmatch(line):
        return [int(point) for point in re.split(r"[\s,]+", line)]
    found = _of_brackets(line)
    return line if found is None else found


def _of_brackets(text: str) -> list[Any] | None:
    """Return the list that a text in brackets is; None when it is not one."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, list) else None


def _depth(value: object) -> int:
    """Return how many lists are nested at the first entry; cycles count as an image list."""
    if isinstance(value, list):
        return 1 + (_depth(value[0]) if value else 0)
    return int(isinstance(value, str))

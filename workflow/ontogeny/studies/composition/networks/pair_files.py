"""Files of training pairs: which pairs a network was or is to be trained on, as a table."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ontogeny.csv_rows import Rows, TableError, read_rows
from ontogeny.given_files import decoded, unpacked
from ontogeny.storage import read_given

__all__ = ["PairProblem", "problem_of_pairs", "read_pairs"]

_COLUMNS = ("left", "right")


def read_pairs(path: str | Path, labels: Sequence[str]) -> NDArray[np.int64]:
    """Return the rows ``a n + b`` of the training pairs ``(a, b)`` that a CSV file of the user has.

    Parameters
    ----------
    path : path
        A table with the columns ``left`` and ``right``, one row for each training pair. A cell is
        the label of an element; where not all cells are labels, each is an index from 0.
    labels : sequence of n str
        Those of the elements.

    Returns
    -------
    (N,) ndarray of int64
        Ascending.

    Raises
    ------
    StorageError, ValueError
        If the file cannot be read, has other columns, a cell that is not an element, or a pair
        twice. One sentence, which begins with the path.
    """
    content = read_given(path)
    try:
        text = decoded(unpacked(content, path))
    except ValueError as error:
        msg = f"{path}: {error}"
        raise ValueError(msg) from None
    table = read_rows(text, str(path))
    table.require(_COLUMNS)
    others = [name for name in table.header if name not in _COLUMNS]
    if others:
        msg = (
            f"{path}, line 1: has the column `{others[0]}`; give the training pairs alone, with "
            "the columns `left` and `right`"
        )
        raise TableError(msg)
    left, right = _elements(table, labels)
    rows = left * len(labels) + right
    problem = problem_of_pairs(rows)
    if problem is not None:
        place = "" if problem.row is None else f", line {table.lines[problem.row]}"
        said = problem.text(lambda row: f"line {table.lines[row]}")
        msg = f"{path}{place}: {said}"
        raise TableError(msg)
    return np.sort(rows)


@dataclass(frozen=True)
class PairProblem:
    """What is wrong with a list of training pairs.

    Attributes
    ----------
    row : int or None
        The pair that it is about; None where it is about all of them.
    text : callable
        From the function that names a pair by its row to the end of a sentence that begins with
        the list.
    """

    row: int | None
    text: Callable[[Callable[[int], str]], str]


def problem_of_pairs(rows: NDArray[np.int64]) -> PairProblem | None:
    """Return what is wrong with training pairs, if anything is.

    Parameters
    ----------
    rows : (N,) ndarray of int
        Rows ``a n + b`` of the pairs ``(a, b)``.
    """
    if not len(rows):
        return PairProblem(None, lambda _: "has no pair; give at least one training pair")
    _, first, places = np.unique(rows, return_index=True, return_inverse=True)
    again = np.flatnonzero(first[places] != np.arange(len(rows)))
    if len(again):
        row, earlier = int(again[0]), int(first[places[again[0]]])
        return PairProblem(
            row, lambda named: f"has the pair of {named(earlier)} again; give each pair once"
        )
    return None


def _elements(table: Rows, labels: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the left and the right factors of all pairs as indices."""
    cells = {name: table.column(name) for name in _COLUMNS}
    index = {label: place for place, label in enumerate(labels)}
    if all(cell in index for column in cells.values() for cell in column):
        left, right = (np.array([index[cell] for cell in cells[name]]) for name in _COLUMNS)
        return left, right
    for name, column in cells.items():
        for row, cell in enumerate(column):
            if not re.fullmatch("[0-9]{1,9}", cell) or int(cell) >= len(labels):
                table.refuse(
                    row,
                    name,
                    "is not an element: cells must all be labels of elements, or all be indices "
                    f"from 0 to {len(labels) - 1}; correct the cell or the group",
                )
    left, right = (np.array([int(cell) for cell in cells[name]]) for name in _COLUMNS)
    return left, right

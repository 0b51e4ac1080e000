"""What a cell of a table with comments must hold.

No message quotes a comment, since real ones are offensive: a cell is quoted only if it has no
letter.
"""

from collections.abc import Mapping
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from ontogeny.csv_rows import Rows, TableError

__all__ = ["LARGEST", "choices", "refuse", "shares", "whole_numbers"]

LARGEST = int(np.iinfo(np.int16).max)
"""Largest number of votes that a corpus can store."""

_QUOTED = 20


def refuse(rows: Rows, row: int, column: str, says: str) -> NoReturn:
    """Raise a `TableError` about a cell, which the message quotes if it has no letter."""
    cell = rows.column(column)[row]
    if not cell:
        shown = "the empty cell"
    elif len(cell) > _QUOTED or any(character.isalpha() for character in cell):
        shown = "the text in it"
    else:
        shown = repr(cell)
    msg = f"{rows.place(row, column)}: {shown} {says}"
    raise TableError(msg)


def whole_numbers(rows: Rows, column: str) -> NDArray[np.int16]:
    """Return the numbers of votes in a column, one for each row.

    Raises
    ------
    TableError
        If a cell is not a whole number from 0 to `LARGEST`.
    """
    cells = rows.column(column)
    whole = (cell for cell in set(cells) if cell.isascii() and cell.isdigit() and len(cell) < 6)
    found = {cell: int(cell) for cell in whole}
    for row, cell in enumerate(cells):
        if found.get(cell, LARGEST + 1) > LARGEST:
            says = f"is not a number of votes; give a whole number from 0 to {LARGEST}"
            refuse(rows, row, column, says)
    return np.array([found[cell] for cell in cells], dtype=np.int16)


def shares(rows: Rows, column: str) -> NDArray[np.float64]:
    """Return the shares of annotators in a column, one for each row, NaN where a cell is empty.

    Raises
    ------
    TableError
        If a cell is neither empty nor a number from 0 to 1.
    """
    cells = rows.column(column)
    found = {cell: _share(cell) for cell in set(cells)}
    for row, cell in enumerate(cells):
        if found[cell] is None:
            says = "is not a share of annotators; give a number from 0 to 1, or leave it empty"
            refuse(rows, row, column, says)
    return np.array([found[cell] for cell in cells], dtype=np.float64)


def _share(cell: str) -> float | None:
    """Return the number in a cell, NaN if it is empty, None if it is not a share."""
    if not cell:
        return np.nan
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if "_" not in cell and 0 <= value <= 1 else None


def choices(rows: Rows, column: str, labels: Mapping[str, bool]) -> NDArray[np.bool_]:
    """Return the labels in a column, one for each row.

    Parameters
    ----------
    rows : Rows
    column : str
    labels : mapping of str to bool
        By what a cell can be whether it says toxic.

    Raises
    ------
    TableError
        If a cell is anything else.
    """
    cells = rows.column(column)
    for row, cell in enumerate(cells):
        if cell not in labels:
            refuse(rows, row, column, f"is not a label; give {' or '.join(labels)}")
    return np.array([labels[cell] for cell in cells], dtype=bool)

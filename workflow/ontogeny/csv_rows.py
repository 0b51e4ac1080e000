"""Rows of a CSV table, each with its line in the file, so that a message can name it.

That is why tables are read with the module csv, which knows these lines: pandas drops them.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NoReturn

__all__ = ["Rows", "TableError", "read_rows"]


class TableError(ValueError):
    """A table that cannot be read: file, line, column, value, rule and remedy in one sentence."""


@dataclass(frozen=True)
class Rows:
    """The cells of a table, without blanks around them.

    Attributes
    ----------
    path : str
        As the configuration names the file, for messages.
    header : tuple of str
        An index, that is a first column without a name, has the empty name.
    lines : tuple of int
        Where each row ends in the file, counted from 1.
    cells : tuple of tuple of str
        Each row as long as the header.
    """

    path: str
    header: tuple[str, ...]
    lines: tuple[int, ...]
    cells: tuple[tuple[str, ...], ...]

    def column(self, name: str) -> tuple[str, ...]:
        """Return the cells of a column."""
        place = self.header.index(name)
        return tuple(row[place] for row in self.cells)

    def require(self, columns: Sequence[str]) -> None:
        """Raise a `TableError` unless all of these columns are there."""
        missing = [column for column in columns if column not in self.header]
        if missing:
            msg = (
                f"{self.path}, line 1: has no column `{missing[0]}`; the first line must name the "
                f"columns {', '.join(f'`{name}`' for name in columns)}, separated by commas"
            )
            raise TableError(msg)

    def place(self, row: int, column: str) -> str:
        """Return where a cell is, for messages: file, line and column."""
        return f"{self.path}, line {self.lines[row]}, column `{column}`"

    def refuse(self, row: int, column: str, says: str) -> NoReturn:
        """Raise a `TableError` about a cell, which the message quotes."""
        msg = f"{self.place(row, column)}: {self.column(column)[row]!r} {says}"
        raise TableError(msg)


def read_rows(text: str, path: str) -> Rows:
    r"""Return the cells of a table whose columns are separated by commas.

    Parameters
    ----------
    text : str
        The content of the file. The first line names the columns; a first column that is an index
        may lack a name. Empty lines are skipped.
    path : str
        As the configuration names the file, for messages.

    Raises
    ------
    TableError
        If columns are separated by semicolons or tabs, there are no rows, a column has no name or
        that of another one, a row is longer or shorter than the header, quotation marks are not
        closed, or a cell is longer than the module csv reads.

    Examples
    --------
    >>> read_rows("size,loss\n70m,4.9\n\n160m,\n", "mine.csv").cells
    (('70m', '4.9'), ('160m', ''))
    """
    text = text.removeprefix("\ufeff")
    _refuse_other_separators(text, path)
    reader = csv.reader(_lines(text), strict=True)
    lines, cells = [], []
    known: dict[str, str] = {}  # equal cells are one object: a third of the memory
    try:
        for row in reader:
            stripped = tuple(known.setdefault(cell, cell) for cell in map(str.strip, row))
            if any(stripped):
                lines.append(reader.line_num)
                cells.append(stripped)
    except csv.Error as error:
        if "field limit" in str(error):
            fault = (
                f"has a cell of more than {csv.field_size_limit():,} characters; shorten it, or "
                "close the quotation marks before it"
            )
        else:
            fault = (
                f"is not a row of a table with commas ({error}); close quotation marks, and double "
                "those inside a cell"
            )
        msg = f"{path}, line {reader.line_num}: {fault}"
        raise TableError(msg) from error
    if len(cells) < 2:
        msg = f"{path}: has {'no rows below its header' if cells else 'no rows'}; give a table"
        raise TableError(msg)
    header = cells[0]
    for place, name in enumerate(header):
        if place and (not name or name in header[:place]):
            fault = f"has the name `{name}` of another one" if name else "has no name"
            msg = f"{path}, line {lines[0]}: column {place + 1} {fault}; rename or remove it"
            raise TableError(msg)
    for line, found in zip(lines, cells, strict=True):
        if len(found) != len(header):
            msg = (
                f"{path}, line {line}: has {len(found)} cells, but the header has {len(header)} "
                "columns; leave missing cells empty, and quote cells that contain commas"
            )
            raise TableError(msg)
    return Rows(path, header, tuple(lines[1:]), tuple(cells[1:]))


def _refuse_other_separators(text: str, path: str) -> None:
    number, header = next(
        ((n, line) for n, line in enumerate(_lines(text), 1) if line.strip()), (0, "")
    )
    for separator, name in ((";", "semicolons"), ("\t", "tabs")):
        if header.strip().count(separator) > header.count(","):
            msg = (
                f"{path}, line {number}: its columns are separated by {name}; save the table with "
                "commas between its columns"
            )
            raise TableError(msg)


def _lines(text: str) -> Iterator[str]:
    """Yield lines that end in a line feed, one at a time, which spares the memory of a copy."""
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end

"""Multiplication tables as programs write them: from the bytes of a file to indices and labels.

Nothing is guessed. The format is recognised by the first bytes, the separator by the counts of
columns and lines, and the form (labels, indices from 0, indices from 1) by the entries; whatever
these leave open is refused, with what is wrong in either reading.
"""

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ontogeny.given_files import decoded
from ontogeny.unlocked import netCDF4
from ontogeny.wording import plural

__all__ = ["parsed_table"]

Table = tuple[NDArray[np.int64], tuple[str, ...]]
Numbers = NDArray[np.integer] | NDArray[np.floating]
Place = Callable[[int, int], str]  # from row and column, from 0, to words for their place
Rows = list[tuple[int, list[str]]]  # cells with the number of their line

_NETCDF = (b"CDF", b"\x89HDF\r\n\x1a\n")
_NETCDF_SUFFIXES = frozenset({".nc", ".nc4", ".cdf", ".netcdf"})
_OTHER_FORMATS = {
    b"PK\x03\x04": "is a zip archive, such as an Excel workbook; save the sheet as CSV",
    b"\xd0\xcf\x11\xe0": "is an old Excel workbook; save the sheet as CSV",
    b"\x1f\x8b": "is compressed with gzip; unpack it",
    b"\x93NUMPY": "is a NumPy array file; write CSV, for example with "
    "`numpy.savetxt(..., fmt='%d', delimiter=',')`",
    b"MATLAB": "is a MATLAB file; write CSV, for example with `writematrix`",
}
_SEPARATORS = (",", "\t", ";")
_WHOLE = re.compile(r"[+-]?\d{1,18}")
_REAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")


def parsed_table(content: bytes, suffix: str = "") -> Table:
    r"""Return the multiplication table that the bytes of a text or netCDF file hold.

    Parameters
    ----------
    content : bytes
        Text in UTF-8 whose columns are separated by commas, tabs, semicolons or blanks; a list of
        rows in brackets, as JSON and GAP write it; or netCDF with a variable
        ``product(left, right)`` of indices, or of the coordinates ``left`` and ``right`` when
        these name the elements, and, if it likes, ``label(element)``.
    suffix : str
        Of the file's name, for messages.

    Returns
    -------
    table : (n, n) ndarray of int64
        Indices from 0.
    labels : tuple of n str
        Those of the file; of a table of indices the indices as they stand there.

    Raises
    ------
    ValueError
        The end of a sentence that begins with the name of the file: what is wrong, and where.

    Notes
    -----
    A text has labels when its first line (without the corner) equals its first column and all
    other entries are among them. Otherwise its entries are indices: from 0 when any entry is 0,
    else from 1. The table of a group is never right in both readings: with labels a line has one
    of them twice, and without labels no line has the same index twice.

    Examples
    --------
    >>> parsed_table(b"1,2\n2,1\n")
    (array([[0, 1],
           [1, 0]]), ('1', '2'))
    >>> parsed_table(b"*;e;a\ne;e;a\na;a;e\n")
    (array([[0, 1],
           [1, 0]]), ('e', 'a'))
    """
    if content.startswith(_NETCDF):
        return _of_netcdf(content)
    for mark, reason in _OTHER_FORMATS.items():
        if content.startswith(mark):
            raise ValueError(reason)
    if suffix.lower() in _NETCDF_SUFFIXES:
        msg = "is not a netCDF file, as its first bytes show; a table in text must not be called so"
        raise ValueError(msg)
    text = decoded(content)
    rows = _bracketed(text)
    if rows is not None:
        return _entries(rows, lambda row, column: f"row {row + 1}, column {column + 1}")
    lines = _square(text)
    return _entries(
        [cells for _, cells in lines],
        lambda row, column: f"line {lines[row][0]}, column {column + 1}",
    )


def _bracketed(text: str) -> list[list[str]] | None:
    """Return the cells of a list of rows in brackets; None when the text is not one."""
    start = re.match(r"\s*(?:\w+\s*:=\s*)?(?=\[\s*\[)", text)  # GAP may name the list
    if start is None:
        return None
    try:
        rows = json.loads(text[start.end() :].strip().removesuffix(";"))
    except (ValueError, RecursionError) as error:
        msg = (
            f"begins as a list of rows in brackets, but cannot be read as one ({error}); write "
            "every entry out, with commas between them"
        )
        raise ValueError(msg) from error
    if not all(isinstance(row, list) for row in rows):
        msg = "begins as a list of rows in brackets, but holds other things than rows"
        raise ValueError(msg)
    widths = [len(row) for row in rows]
    if set(widths) != {len(rows)}:
        msg = f"a table has as many columns as rows; {_uneven(widths, range(1, 10**9), 'row')}"
        raise ValueError(msg)
    return [[_tidied(str(cell)) for cell in row] for row in rows]


def _square(text: str) -> Rows:
    """Return the lines of a text in cells, by the only separator that makes a square of them."""
    lines = [
        (number, line)
        for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1)
        if line.strip()
    ]
    if lines and re.fullmatch(r'"?sep=."?', lines[0][1].strip()):
        del lines[0]
    if not lines:
        msg = "holds no table, only blank lines"
        raise ValueError(msg)
    readings = [
        _split(lines, separator)
        for separator in _SEPARATORS
        if any(separator in line for _, line in lines)
    ] or [_split(lines, None)]
    squares = [square for rows in readings if (square := _as_square(rows))]
    if not squares:
        blank = _as_square(_split(lines, None))
        squares = [blank] if blank else []
    if len(squares) == 1:
        return squares[0]
    if squares:
        msg = "may be read with two separators of columns; use commas and no other"
        raise ValueError(msg)
    raise ValueError(_shape(max(readings, key=lambda rows: sum(len(cells) for _, cells in rows))))


def _split(lines: list[tuple[int, str]], separator: str | None) -> Rows:
    """Split lines into cells; empty cells at the end of a line, and lines of them, are dropped."""
    delimiter = separator or " "
    found: Rows = []
    tidy: dict[str, str] = {}
    for number, line in lines:
        text = line if separator else re.sub(r"\s+", " ", line.strip())
        try:
            cells = next(csv.reader([text], delimiter=delimiter, skipinitialspace=True))
        except csv.Error as error:
            msg = f"line {number} cannot be split into columns ({error}); look for an open quote"
            raise ValueError(msg) from error
        for cell in set(cells).difference(tidy):
            tidy[cell] = _tidied(cell)
        cells = [tidy[cell] for cell in cells]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            found.append((number, cells))
    return found


def _tidied(cell: str) -> str:
    """Strip a cell and write a whole number without its decimal point, as ``1`` for ``1.0e0``."""
    cell = cell.strip()
    if "." in cell and _REAL.fullmatch(cell) and float(cell).is_integer():
        return str(int(float(cell)))
    return cell


def _as_square(rows: Rows) -> Rows | None:
    """Return the lines that make a square; None when none do.

    Lines that begin with ``#`` are comments when the others are a square, and the corner may be
    missing, as R leaves it out.
    """
    for chosen in ([row for row in rows if not row[1][0].startswith("#")], rows):
        widths = {len(cells) for _, cells in chosen}
        if widths == {len(chosen)}:
            return chosen
        if len(chosen) > 1 and chosen[0][1] == [cells[0] for _, cells in chosen[1:]]:
            (number, first), *others = chosen
            if {len(cells) for _, cells in others} == {len(chosen)}:
                return [(number, ["", *first]), *others]
    return None


def _shape(rows: Rows) -> str:
    """Say why lines are not a square."""
    rows = [row for row in rows if not row[1][0].startswith("#")] or rows
    widths = [len(cells) for _, cells in rows]
    reason = f"a table has as many columns as lines; {_uneven(widths, [r for r, _ in rows])}"
    if len(set(widths)) > 1 and any(re.search(r"\(\d+$", cell) for _, row in rows for cell in row):
        reason += "; a label with a comma must stand in quotation marks"
    return reason


def _uneven(widths: Sequence[int], numbers: Sequence[int], line: str = "line") -> str:
    if len(set(widths)) == 1:
        reason = f"this one has {plural(len(widths), line)} of {plural(widths[0], 'column')}"
        if widths[0] == 1:
            return f"{reason}; separate the columns by commas"
        if len(widths) == widths[0] + 1:
            return f"{reason}; labels stand in the first column too, or remove the line of titles"
        return reason
    usual = len(widths) if len(widths) in widths else Counter(widths).most_common(1)[0][0]
    odd = next(place for place, width in enumerate(widths) if width != usual)
    return f"{line} {numbers[odd]} has {plural(widths[odd], 'column')} where others have {usual}"


def _entries(rows: list[list[str]], at: Place) -> Table:
    """Return what a square of cells says, by labels or by indices."""
    may_have_labels = len(rows) > 2 or (len(rows) == 2 and _whole(rows[0][0]) is None)
    not_labels = _broken_labels(rows, at) if may_have_labels else None
    if may_have_labels and not_labels is None:
        labels = rows[0][1:]
        index = {label: number for number, label in enumerate(labels)}
        table = np.array([[index[cell] for cell in row[1:]] for row in rows[1:]])
        return table.astype(np.int64), tuple(labels)
    number = {cell: _whole(cell) for cell in set().union(*rows)}
    if None in number.values():
        row, column = _first(rows, {cell for cell, whole in number.items() if whole is None})
        reason = f"{at(row, column)}: {rows[row][column]!r} is not a whole number"
    else:
        values = np.array([[number[cell] for cell in row] for row in rows], dtype=np.int64)
        outside = _outside(values)
        if outside is None:
            return _from_zero(values)
        row, column = outside
        reason = f"{at(row, column)}: {values[row, column]} {_not_an_index(values)}"
    msg = f"holds neither indices ({reason}) nor labels ({not_labels})" if not_labels else reason
    raise ValueError(msg)


def _broken_labels(rows: list[list[str]], at: Place) -> str | None:
    """Say why a square of cells is not a table with labels; None when it is one."""
    labels, first = rows[0][1:], [row[0] for row in rows[1:]]
    differing = [place for place, label in enumerate(labels) if first[place] != label]
    if differing:
        place = differing[0]
        return (
            "the first column must name the elements in the order of the first line, but "
            f"{at(place + 1, 0)} has {first[place]!r} where the first line has {labels[place]!r}"
        )
    problem = _broken_names(labels)
    if problem:
        return problem
    unknown = set().union(*(row[1:] for row in rows[1:])).difference(labels)
    if unknown:
        row, column = _first([row[1:] for row in rows[1:]], unknown)
        return (
            f"{at(row + 1, column + 1)}: the product {rows[row + 1][column + 1]!r} is the label of "
            "no element"
        )
    return None


def _broken_names(labels: Sequence[str]) -> str | None:
    if "" in labels:
        return f"the label of element {labels.index('') + 1} is empty"
    label, count = Counter(labels).most_common(1)[0]
    return f"the label {label!r} occurs there more than once" if count > 1 else None


def _first(rows: list[list[str]], wanted: set[str]) -> tuple[int, int]:
    """Return row and column of the first cell that is one of those wanted."""
    return next(
        (row, column)
        for row, cells in enumerate(rows)
        for column, cell in enumerate(cells)
        if cell in wanted
    )


def _whole(cell: str) -> int | None:
    if _WHOLE.fullmatch(cell):
        return int(cell)
    if _REAL.fullmatch(cell) and float(cell).is_integer() and abs(float(cell)) < 2**53:
        return int(float(cell))
    return None


def _base(values: Numbers) -> int:
    return 0 if (values == 0).any() else 1


def _outside(values: Numbers) -> tuple[int, int] | None:
    """Return row and column of the first entry that is not an index of a row."""
    base = _base(values)
    found = np.argwhere((values < base) | (values >= base + len(values)))
    return (int(found[0][0]), int(found[0][1])) if len(found) else None


def _not_an_index(values: Numbers) -> str:
    base = _base(values)
    why = "as an entry is 0" if base == 0 else "as no entry is 0"
    return f"is not an index from {base} to {base + len(values) - 1} (counted from {base}, {why})"


def _from_zero(values: Numbers) -> Table:
    base = _base(values)
    labels = tuple(str(base + index) for index in range(len(values)))
    return values.astype(np.int64) - base, labels


def _of_netcdf(content: bytes) -> Table:
    try:
        with netCDF4.Dataset("table", memory=content) as file:
            file.set_auto_chartostring(False)
            table, indices = _in_order(_product(file), _coordinates(file))
            return table, _labels(file, len(table)) or indices
    except (OSError, RuntimeError) as error:
        msg = f"is damaged, or netCDF that cannot be read ({error}); write it again"
        raise ValueError(msg) from error


def _in_order(entries: NDArray[Any], names: tuple[str, ...] | None) -> Table:
    """Return the products as indices, and the labels; `names` are the coordinates, if any."""
    numbers = entries.dtype.kind in "iuf"
    if names is not None:
        index = {name: number for number, name in enumerate(names)}
        cells = [[_tidied(str(entry)) for entry in row] for row in entries.tolist()]
        unknown = set().union(*cells).difference(index)
        if not unknown:
            table = np.array([[index[cell] for cell in row] for row in cells], dtype=np.int64)
            return table, names
        if not numbers or not _count_up(names):
            row, column = _first(cells, unknown)
            msg = (
                f"`product`, row {row + 1}, column {column + 1}: {cells[row][column]!r} is none of "
                "the coordinates `left` and `right`, which name the elements; write each product "
                "as one of them, or write indices without coordinates, and labels in `label`"
            )
            raise ValueError(msg)
    elif not numbers:
        msg = (
            "`product` holds no numbers; write the index of each product, and labels in `label`, "
            "or name the elements by the coordinates `left` and `right`"
        )
        raise ValueError(msg)
    outside = _outside(entries)
    if outside is not None:
        row, column = outside
        msg = (
            f"`product`, row {row + 1}, column {column + 1}: {entries[row, column]} "
            f"{_not_an_index(entries)}"
        )
        raise ValueError(msg)
    return _from_zero(entries)


def _count_up(names: Sequence[str]) -> bool:
    """Return whether names are the indices in order, from 0 or from 1."""
    return any(
        list(names) == [str(base + number) for number in range(len(names))] for base in (0, 1)
    )


def _coordinates(file: netCDF4.Dataset) -> tuple[str, ...] | None:
    """Return what the coordinates `left` and `right` call the elements; None without them."""
    found = {}
    for side in ("left", "right"):
        variable = file.variables.get(side)
        if variable is not None and variable.dimensions[:1] == (side,):
            variable.set_auto_mask(False)
            found[side] = _strings(np.asarray(variable[...]), variable)
    if not found:
        return None
    (side, names), *others = found.items()
    problem = _broken_names(names)
    if problem:
        msg = f"in the coordinate `{side}`, {problem}; name every element once"
        raise ValueError(msg)
    if not others:
        if _count_up(names):
            return None
        other = "right" if side == "left" else "left"
        msg = (
            f"has the coordinate `{side}` without `{other}`; write both, with the elements in one "
            "order"
        )
        raise ValueError(msg)
    rights = others[0][1]
    if names != rights:
        place = next(place for place, name in enumerate(names) if rights[place] != name)
        msg = (
            "the coordinate `right` has another order than `left`: element "
            f"{place + 1} is {rights[place]!r} where `left` has {names[place]!r}; write both in "
            "one order"
        )
        raise ValueError(msg)
    return tuple(names)


def _strings(values: NDArray[Any], variable: "netCDF4.Variable[Any]") -> list[str]:
    """Return the entries along the first axis as texts, characters put together."""
    if values.dtype.kind == "S":
        return [_text(np.atleast_1d(row).tobytes(), variable) for row in values]
    return [_tidied(str(value).strip("\0")) for value in values.ravel()]


def _product(file: netCDF4.Dataset) -> NDArray[Any]:
    """Return the entries of the variable `product`, left factor by right factor.

    They are whole numbers or texts.
    """
    product = file.variables.get("product")
    if product is None:
        known = ", ".join(f"`{name}`" for name in file.variables) or "none"
        msg = f"holds no variable `product(left, right)`; its variables: {known}"
        raise ValueError(msg)
    numbers = isinstance(product.dtype, np.dtype) and product.dtype.kind in "iuf"
    characters = isinstance(product.dtype, np.dtype) and product.dtype.kind == "S"
    dimensions = product.dimensions
    if characters and len(dimensions) == 3:
        dimensions = dimensions[:2]
    if len(dimensions) > 2:
        count = {3: "three", 4: "four"}.get(len(dimensions), str(len(dimensions)))
        msg = (
            f"`product({', '.join(dimensions)})` has {count} dimensions; write one table, "
            "`product(left, right)`"
        )
        raise ValueError(msg)
    if sorted(dimensions) != ["left", "right"]:
        msg = (
            f"the dimensions of `product` are ({', '.join(product.dimensions)}); call them left "
            "and right, after the left and the right factor"
        )
        raise ValueError(msg)
    if not numbers:
        product.set_auto_mask(False)
    values = np.ma.asarray(product[...])
    if not numbers:
        shape = values.shape[:2]
        plain = np.asarray(values)
        flat = plain.reshape(shape[0] * shape[1], -1) if characters else plain
        texts = np.array(_strings(flat, product), dtype=object)
        values = np.ma.asarray(texts.reshape(shape))
    if dimensions[0] == "right":
        values = values.T
    if values.shape[0] != values.shape[1] or not values.size:
        left, right = values.shape
        msg = f"`product` has {left} left and {right} right factors; a group has as many of either"
        raise ValueError(msg)
    missing = np.argwhere(np.ma.getmaskarray(values))
    if len(missing):
        row, column = map(int, missing[0])
        place = (column, row) if dimensions[0] == "right" else (row, column)
        msg = f"`product`, row {row + 1}, column {column + 1}: {_missing(product, place)}"
        raise ValueError(msg)
    entries = np.asarray(values)
    if not numbers:
        return entries
    broken = np.argwhere(~np.isfinite(entries) | (entries != np.rint(entries)))
    if len(broken):
        row, column = broken[0]
        msg = (
            f"`product`, row {row + 1}, column {column + 1}: {entries[row, column]} is not a whole "
            "number"
        )
        raise ValueError(msg)
    return entries


def _missing(product: "netCDF4.Variable[Any]", place: tuple[int, int]) -> str:
    """Say what marks the entry at a place as missing."""
    product.set_auto_maskandscale(False)
    value = product[place]
    given = {name: product.getncattr(name) for name in product.ncattrs()}
    marks = [
        f"`{name}` = {given[name]}" for name in ("_FillValue", "missing_value") if name in given
    ]
    if any(
        np.any(value == given[name]) for name in ("_FillValue", "missing_value") if name in given
    ):
        return (
            f"is a fill value, which stands for a missing number ({', '.join(marks)}); write the "
            "variable without it, in xarray with encoding={'product': {'_FillValue': None}}"
        )
    unwritten = "was never written and holds the fill value of netCDF; write every entry"
    if value == netCDF4.default_fillvals.get(value.dtype.str[1:]):
        return unwritten
    for name, limits in (
        ("valid_range", given.get("valid_range", ())),
        ("valid_min", (given.get("valid_min"), None)),
        ("valid_max", (None, given.get("valid_max"))),
    ):
        if len(limits) != 2:
            continue
        low, high = limits
        if (low is not None and value < low) or (high is not None and value > high):
            return (
                f"{value} is outside of `{name}` = {given[name]}; correct that attribute of "
                "`product`, or leave it out"
            )
    return unwritten


def _labels(file: netCDF4.Dataset, order: int) -> tuple[str, ...] | None:
    """Return the labels of the elements without their padding; None when there are none."""
    label = file.variables.get("label")
    if label is None:
        return None
    label.set_auto_mask(False)
    values = np.asarray(label[...])
    if values.dtype.kind == "S" and values.ndim == 2 and label.dimensions[1] == "element":
        values = values.T
    texts = _strings(values, label)
    if len(texts) != order or values.ndim > 1 + (values.dtype.kind == "S"):
        msg = (
            f"`label({', '.join(label.dimensions)})` must hold one label for each of "
            f"{order} elements"
        )
        raise ValueError(msg)
    problem = _broken_names(texts)
    if problem:
        msg = f"in `label`, {problem}"
        raise ValueError(msg)
    return tuple(texts)


def _text(characters: bytes, variable: "netCDF4.Variable[Any]") -> str:
    attributes = variable.ncattrs()
    encoding = str(variable.getncattr("_Encoding")) if "_Encoding" in attributes else "utf-8"
    try:
        return characters.decode(encoding).strip("\0 \t\r\n")
    except (UnicodeDecodeError, LookupError):
        msg = (
            f"`{variable.name}` holds {characters.rstrip()!r}, which is not text in {encoding}; "
            "give the variable the attribute `_Encoding`"
        )
        raise ValueError(msg) from None

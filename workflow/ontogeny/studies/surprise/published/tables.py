"""Tables of published evaluations, as text with commas.

Three formats. `long_table`: a score in each row. `wide_table`: a model in each row, a task in each
column. `points_table`: a training run in each row, with its loss. An empty cell is a missing value;
whatever else is not what its column holds is refused, with the line of the file that it is in.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ontogeny.csv_rows import Rows, TableError

__all__ = [
    "Long",
    "Points",
    "Wide",
    "long_table",
    "points_table",
    "wide_table",
]

Array = NDArray[np.float64]

LONG = ("size", "variant", "shots", "step", "task", "metric", "value")
POINTS = {"Model Size": "parameters", "Training FLOP": "compute", "loss": "loss"}
MODEL, FAMILY = "Model", "Model Family"
AMOUNTS = {
    "Model Size (B)": ("parameters", 1e9),
    "Pretraining Data Size (T)": ("tokens", 1e12),
    "FLOPs (1E21)": ("compute", 1e21),
}
"""Columns of a wide table that are not tasks: what they hold, and their unit."""

ERROR_SUFFIX = "_stderr"
RANGES = {
    "acc": (0.0, 1.0, "an accuracy is from 0 to 1; divide percentages by 100"),
    "ppl": (1.0, math.inf, "a perplexity is at least 1; correct it, or leave the cell empty"),
    "loss": (0.0, math.inf, "a loss in nat is at least 0; correct it, or leave the cell empty"),
}
"""Lowest and highest value of the metrics whose range is known, and what to do otherwise."""


@dataclass(frozen=True)
class Long:
    """Scores, one in each row.

    Attributes
    ----------
    path : str
    size, variant, shots, task, metric : tuple of R str
        As they are in the table.
    step : (R,) ndarray of int64
    value : (R,) ndarray
        NaN where it is missing.
    """

    path: str
    size: tuple[str, ...]
    variant: tuple[str, ...]
    shots: tuple[str, ...]
    step: NDArray[np.int64]
    task: tuple[str, ...]
    metric: tuple[str, ...]
    value: Array


@dataclass(frozen=True)
class Wide:
    """Models, one in each row.

    Attributes
    ----------
    rows : Rows
    name : tuple of M str
    family : tuple of M str, or None
        None where the table does not have the column.
    parameters, tokens, compute : (M,) ndarray, or None
        Compute in FLOP. NaN where the cell is empty.
    task : tuple of T str
        The other columns but an index.
    score : (M, T) ndarray
        NaN where the cell is empty.
    """

    rows: Rows
    name: tuple[str, ...]
    family: tuple[str, ...] | None
    parameters: Array | None
    tokens: Array | None
    compute: Array | None
    task: tuple[str, ...]
    score: Array


@dataclass(frozen=True)
class Points:
    """Training runs, each a point of a figure.

    Attributes
    ----------
    parameters, compute, loss : (P,) ndarray
        Compute in FLOP, loss in nat.
    """

    parameters: Array
    compute: Array
    loss: Array

    @property
    def tokens(self) -> Array:
        """Tokens seen, by compute = 6 parameters tokens, (P,)."""
        return self.compute / (6 * self.parameters)


def long_table(rows: Rows) -> Long:
    """Return the scores of a table with one in each row.

    Its columns are `LONG`: the label of the size, the variant of the network, the number of
    examples in the prompt in words, updates done, task, metric, and value. Variant and shots may
    be empty. The metric ``acc`` is from 0 to 1, ``ppl`` is a perplexity, ``loss`` a loss in nat;
    those that end in ``_stderr`` are not read. Other columns are ignored.

    Raises
    ------
    TableError
        If a column is missing, a cell is not what its column holds, or two rows give the same.
    """
    rows.require(LONG)
    text = {name: rows.column(name) for name in LONG}
    for name in ("size", "task", "metric"):
        for row, cell in enumerate(text[name]):
            if not cell:
                rows.refuse(row, name, f"is empty; give the {name} of every row, or remove it")
    first: dict[tuple[str, ...], int] = {}
    for row, key in enumerate(zip(*(text[name] for name in LONG[:-1]), strict=True)):
        earlier = first.setdefault(key, row)
        if earlier != row:
            rows.refuse(
                row,
                "size",
                f"has the {text['metric'][row]} of {text['task'][row]} of this variant, number of "
                f"shots and step in line {rows.lines[earlier]} too; remove one of the lines",
            )
    step, value = _steps(rows), _numbers(rows, "value")
    for row, metric in enumerate(text["metric"]):
        low, high, rule = RANGES.get(metric, (-math.inf, math.inf, ""))
        if value[row] < low or value[row] > high:
            rows.refuse(row, "value", f"is not a value of `{metric}`: {rule}")
    kept = [row for row, name in enumerate(text["metric"]) if not name.endswith(ERROR_SUFFIX)]
    if not kept:
        msg = f"{rows.path}, column `metric`: has only standard errors; add rows with the scores"
        raise TableError(msg)
    chosen = {name: tuple(cells[row] for row in kept) for name, cells in text.items()}
    return Long(
        path=rows.path,
        size=chosen["size"],
        variant=chosen["variant"],
        shots=chosen["shots"],
        step=step[kept],
        task=chosen["task"],
        metric=chosen["metric"],
        value=value[kept],
    )


def wide_table(rows: Rows) -> Wide:
    """Return the models of a table with one in each row.

    The column ``Model`` has their names; ``Model Family``, ``Model Size (B)``,
    ``Pretraining Data Size (T)`` and ``FLOPs (1E21)`` may be there; every other column is a task.

    Raises
    ------
    TableError
        If the column of names is missing, a name is empty or there twice, or a cell is not what its
        column holds.
    """
    rows.require((MODEL,))
    name = rows.column(MODEL)
    for row, model in enumerate(name):
        if not model:
            rows.refuse(row, MODEL, "is empty; name the model of every row, or remove the row")
        if model in name[:row]:
            line = rows.lines[name.index(model)]
            rows.refuse(row, MODEL, f"is in line {line} too; remove or rename one of them")
    amounts: dict[str, Array] = {}
    for column, (amount, unit) in AMOUNTS.items():
        if column in rows.header:
            amounts[amount] = _positive(rows, column) * unit
    known = {"", MODEL, FAMILY, *AMOUNTS}
    task = tuple(column for column in rows.header if column not in known)
    score = np.empty((len(name), len(task)))
    for place, column in enumerate(task):
        score[:, place] = _numbers(rows, column)
    return Wide(
        rows,
        name,
        rows.column(FAMILY) if FAMILY in rows.header else None,
        amounts.get("parameters"),
        amounts.get("tokens"),
        amounts.get("compute"),
        task,
        score,
    )


def points_table(rows: Rows) -> Points:
    """Return the training runs of a table with one in each row.

    Its columns are ``Model Size`` (number of parameters), ``Training FLOP`` and ``loss`` [nat].
    Other columns are ignored.

    Raises
    ------
    TableError
        If a column is missing, or a cell is empty or not a positive number.
    """
    rows.require(tuple(POINTS))
    values = {}
    for column, name in POINTS.items():
        values[name] = _positive(rows, column)
        missing = np.flatnonzero(np.isnan(values[name]))
        if missing.size:
            rows.refuse(int(missing[0]), column, "is empty; fill it, or remove the row")
    return Points(**values)


def _steps(rows: Rows) -> NDArray[np.int64]:
    cells = rows.column("step")
    for row, cell in enumerate(cells):
        if not (cell.isascii() and cell.isdigit() and len(cell) <= 18):
            rows.refuse(row, "step", "is not a whole number; give the number of updates done")
    return np.array([int(cell) for cell in cells], dtype=np.int64)


def _numbers(rows: Rows, column: str) -> Array:
    """Return the numbers of a column, NaN where a cell is empty."""
    values = np.empty(len(rows.cells))
    for row, cell in enumerate(rows.column(column)):
        try:
            values[row] = float(cell or "nan")
        except ValueError:
            values[row] = np.inf
        if cell and ("_" in cell or not np.isfinite(values[row])):
            rows.refuse(
                row, column, "is not a number; correct it, or leave the cell empty if it is missing"
            )
    return values


def _positive(rows: Rows, column: str) -> Array:
    values = _numbers(rows, column)
    wrong = np.flatnonzero(values <= 0)
    if wrong.size:
        rows.refuse(int(wrong[0]), column, "is not positive; correct it, or leave the cell empty")
    return values

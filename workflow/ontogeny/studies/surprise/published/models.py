"""Published models as arrays: what tables say of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ontogeny.csv_rows import TableError
from ontogeny.studies.surprise.published.tables import Long, Wide

__all__ = [
    "NO_MODELS",
    "LabelError",
    "Models",
    "losses_of",
    "models_of_long",
    "models_of_wide",
    "of_family",
    "scores_of",
]

Array = NDArray[np.float64]


class LabelError(ValueError):
    """A label of the configuration that does not fit the table.

    The message is the end of a sentence that begins with the key: value, rule and remedy.

    Attributes
    ----------
    key : str
        Where the label is in the description of the table.
    """

    def __init__(self, label: str, says: str, *, key: str) -> None:
        super().__init__(f" = {label!r}: {says}")
        self.key = key


@dataclass(frozen=True)
class Models:
    """Models with what is known of them; NaN where it is not known.

    Attributes
    ----------
    name : tuple of M str
    family : tuple of M str
        Models of one family differ in size alone; empty where it is not known.
    parameters, tokens, compute : (M,) ndarray
        Numbers of parameters and of tokens seen, and training compute [FLOP].
    step : (M,) ndarray
        Optimiser updates done.
    task : tuple of T str
    score : (M, T) ndarray
    loss : (M, T) ndarray
        Cross-entropy [nat]: ln(perplexity) where the table has that. A task may have a score, a
        loss, or both.
    """

    name: tuple[str, ...]
    family: tuple[str, ...]
    parameters: Array
    tokens: Array
    compute: Array
    step: Array
    task: tuple[str, ...]
    score: Array
    loss: Array


NO_MODELS = Models(
    name=(),
    family=(),
    parameters=np.empty(0),
    tokens=np.empty(0),
    compute=np.empty(0),
    step=np.empty(0),
    task=(),
    score=np.empty((0, 0)),
    loss=np.empty((0, 0)),
)


def models_of_long(
    table: Long, *, parameters: Mapping[str, int], families: Mapping[str, str], shots: str
) -> Models:
    """Return the models of a table with one score in each row.

    A model is a size of a family, at its last step in the table.

    Parameters
    ----------
    table : Long
    parameters : mapping of int
        Number of parameters by label of the size. Sizes without one are left out.
    families : mapping of str
        Family by variant. Variants without one are left out. Two variants may be one family if
        no size has both.
    shots : str
        Rows with any other number of examples in the prompt are left out.

    Returns
    -------
    Models
        Family by family in the order of `families`, each by size. A task has the accuracy ``acc``
        as its score; each other metric is a task of its own, called ``<task> <metric>``.

    Raises
    ------
    LabelError
        If the table lacks a size, a variant or the shots; if a size is in two variants of a family;
        if a family has two sizes with the same number of parameters.
    """
    for key, column, cells, asked in (
        ("parameters", "size", table.size, parameters),
        ("families", "variant", table.variant, families),
        ("shots", "shots", table.shots, (shots,)),
    ):
        for label in asked:
            if label not in cells:
                has = ", ".join(repr(each) for each in dict.fromkeys(cells))
                says = f"is not in the column `{column}` of {table.path}, which has {has}; name one"
                raise LabelError(label, says, key=key)
    of_row = {
        row: (families[table.variant[row]], size)
        for row, size in enumerate(table.size)
        if table.shots[row] == shots and size in parameters and table.variant[row] in families
    }
    last: dict[tuple[str, str], int] = {}
    variant: dict[tuple[str, str], str] = {}
    for row, model in of_row.items():
        last[model] = max(last.get(model, 0), int(table.step[row]))
        if variant.setdefault(model, table.variant[row]) != table.variant[row]:
            says = (
                f"has the variants {variant[model]!r} and {table.variant[row]!r}, which both have "
                f"the size {model[1]!r} in {table.path}; give them different families"
            )
            raise LabelError(model[0], says, key="families")
    order = list(families.values())
    models = sorted(last, key=lambda model: (order.index(model[0]), parameters[model[1]]))
    _distinct(models, parameters)
    tasks = {
        row: _task(table.task[row], table.metric[row])
        for row, model in of_row.items()
        if table.step[row] == last[model]
    }
    task = tuple(dict.fromkeys(tasks.values()))
    score = np.full((len(models), len(task)), np.nan)
    loss = score.copy()
    for row, name in tasks.items():
        place = models.index(of_row[row]), task.index(name)
        match table.metric[row]:
            case "ppl":
                loss[place] = np.log(table.value[row])
            case "loss":
                loss[place] = table.value[row]
            case _:
                score[place] = table.value[row]
    return Models(
        name=tuple(f"{family} {size}" for family, size in models),
        family=tuple(family for family, _ in models),
        parameters=np.array([parameters[size] for _, size in models], dtype=np.float64),
        tokens=np.full(len(models), np.nan),
        compute=np.full(len(models), np.nan),
        step=np.array([last[model] for model in models], dtype=np.float64),
        task=task,
        score=score,
        loss=loss,
    )


def models_of_wide(tables: Sequence[Wide]) -> Models:
    """Return the models of tables with one model in each row, joined by name.

    Parameters
    ----------
    tables : sequence of Wide
        The first one lists the models, each further one adds columns to some of them.

    Returns
    -------
    Models
        In the order of the first table. Every task is a score.

    Raises
    ------
    TableError
        If a further table has a model that the first one lacks, or a column that is there already.
    """
    first = tables[0]
    place = {name: row for row, name in enumerate(first.name)}
    seen = dict.fromkeys(first.rows.header, first.rows.path)
    for table in tables[1:]:
        for row, name in enumerate(table.name):
            if name not in place:
                table.rows.refuse(
                    row, "Model", f"is not in {first.rows.path}; add it there, or remove it here"
                )
        for column in table.rows.header:
            if column != "Model" and column in seen:
                msg = (
                    f"{table.rows.path}, line 1: has the column `{column}`, as {seen[column]} has; "
                    "remove or rename one of them"
                )
                raise TableError(msg)
            seen[column] = table.rows.path

    def gathered(table: Wide, values: Array) -> Array:
        found = np.full((len(place), *values.shape[1:]), np.nan)
        found[[place[name] for name in table.name]] = values
        return found

    def amount(name: str) -> Array:
        for table in tables:
            values = getattr(table, name)
            if values is not None:
                return gathered(table, values)
        return np.full(len(place), np.nan)

    family = dict.fromkeys(first.name, "")
    for table in tables:
        if table.family is not None:
            family |= dict(zip(table.name, table.family, strict=True))
    score = np.concatenate([gathered(table, table.score) for table in tables], axis=1)
    return Models(
        name=first.name,
        family=tuple(family.values()),
        parameters=amount("parameters"),
        tokens=amount("tokens"),
        compute=amount("compute"),
        step=np.full(len(place), np.nan),
        task=tuple(task for table in tables for task in table.task),
        score=score,
        loss=np.full(score.shape, np.nan),
    )


def of_family(models: Models, family: str) -> Models:
    """Return the models of a family whose number of parameters is known, the smallest first."""
    rows = [
        row
        for row in np.argsort(models.parameters, kind="stable")
        if models.family[row] == family and np.isfinite(models.parameters[row])
    ]
    return replace(
        models,
        name=tuple(models.name[row] for row in rows),
        family=(family,) * len(rows),
        **{
            each: getattr(models, each)[rows]
            for each in ("parameters", "tokens", "compute", "step", "score", "loss")
        },
    )


def scores_of(models: Models, tasks: Sequence[str]) -> Array:
    """Return the scores of tasks that are shares of right answers.

    Parameters
    ----------
    models : Models
    tasks : sequence of N str

    Returns
    -------
    (M, N) ndarray

    Raises
    ------
    ValueError
        If a task is not there, has no score of any model, or one outside of [0, 1].
    """
    values = models.score[:, [_place(models, task) for task in tasks]]
    for task, column in zip(tasks, values.T, strict=True):
        known = column[np.isfinite(column)]
        if not known.size:
            msg = f"the task {task!r} has a loss and no score; name another task"
            raise ValueError(msg)
        if known.min() < 0 or known.max() > 1:
            wrong = known.min() if known.min() < 0 else known.max()
            msg = (
                f"the task {task!r} has the score {wrong:g}; it must be from 0 to 1: divide "
                "percentages by 100, and do not name other kinds of scores here"
            )
            raise ValueError(msg)
    return values


def losses_of(models: Models, task: str) -> Array:
    """Return the losses of a task [nat], (M,).

    Raises
    ------
    ValueError
        If the task is not there, or no model has a loss of it.
    """
    values = models.loss[:, _place(models, task)]
    if not np.isfinite(values).any():
        msg = f"the task {task!r} has a score and no loss; name a task with a perplexity or a loss"
        raise ValueError(msg)
    return np.asarray(values)


def _place(models: Models, task: str) -> int:
    if task not in models.task:
        msg = f"there is no task {task!r}; name one of {', '.join(models.task)}"
        raise ValueError(msg)
    return models.task.index(task)


def _task(task: str, metric: str) -> str:
    return task if metric in {"acc", "ppl", "loss"} else f"{task} {metric}"


def _distinct(models: Sequence[tuple[str, str]], parameters: Mapping[str, int]) -> None:
    for (family, size), (next_family, next_size) in pairwise(models):
        if family == next_family and parameters[size] == parameters[next_size]:
            says = (
                f"has the number of parameters of {size!r}, {parameters[size]}, and both are in "
                f"the family {family!r}; sizes of a family must differ, so correct one of them"
            )
            raise LabelError(next_size, says, key="parameters")

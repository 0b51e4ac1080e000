"""From the texts of tables to what a published world holds."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np

from ontogeny.csv_rows import read_rows
from ontogeny.studies.surprise.config import LongTable, PointsTable, Published, WideTable
from ontogeny.studies.surprise.files import files_of
from ontogeny.studies.surprise.published.least import LEAST_POINTS, LEAST_SIZES
from ontogeny.studies.surprise.published.models import (
    LabelError,
    Models,
    losses_of,
    models_of_long,
    models_of_wide,
    of_family,
    scores_of,
)
from ontogeny.studies.surprise.published.tables import (
    Points,
    long_table,
    points_table,
    wide_table,
)

__all__ = ["families_of", "lacking", "read_published", "tables_of"]


def families_of(spec: Published) -> tuple[str, ...]:
    """Return the families of a world whose models are compared by size, each once."""
    match spec.table:
        case LongTable():
            return tuple(dict.fromkeys(spec.table.families.values()))
        case WideTable():
            return (spec.table.family,) if spec.table.family is not None else ()
        case PointsTable():
            return ()


def read_published(spec: Published, texts: Sequence[str]) -> Models | Points:
    """Return what a published world holds.

    Parameters
    ----------
    spec : Published
    texts : sequence of str
        The contents of its `files_of`, in that order.

    Returns
    -------
    Models or Points
        Points of a table of points, models of the others.

    Raises
    ------
    TableError
        If a table cannot be read: file, line, column, value, rule and remedy.
    ValueError
        If the tables lack what the configuration names: the key, its value, rule and remedy, of
        the first that they lack.
    """
    try:
        world = tables_of(spec, texts)
    except LabelError as error:
        msg = f"`table.{error.key}`{error}"
        raise ValueError(msg) from error
    for key, says in lacking(spec, world):
        msg = f"`{key}`{says}"
        raise ValueError(msg)
    return world


def tables_of(spec: Published, texts: Sequence[str]) -> Models | Points:
    """Return what the tables of a world hold, whatever else the configuration names.

    Raises
    ------
    TableError
        As `read_published`.
    LabelError
        As `models_of_long`.
    """
    rows = [read_rows(text, path) for text, path in zip(texts, files_of(spec), strict=True)]
    match spec.table:
        case LongTable(parameters=parameters, families=families, shots=shots):
            table = long_table(rows[0])
            return models_of_long(table, parameters=parameters, families=families, shots=shots)
        case WideTable():
            return models_of_wide([wide_table(each) for each in rows])
        case PointsTable():
            return points_table(rows[0])


def lacking(spec: Published, world: Models | Points) -> Iterator[tuple[str, str]]:
    """Say what the configuration of a world names and its tables lack.

    Yields
    ------
    key, says : str
        The key inside of the world, and the end of a sentence that begins with it: value, rule and
        remedy.
    """
    if isinstance(world, Points):
        yield from _of_points(spec, world)
        return
    named = {"loss": spec.loss, "average": spec.average, "abilities": tuple(spec.abilities)}
    if not any(named.values()):
        yield (
            "loss",
            ": nothing is predicted of this world; name a task here, or tasks in `average` or "
            "`abilities`",
        )
    if spec.loss is not None:
        yield from _refused("loss", spec.loss, lambda task: losses_of(world, task))
    for key in ("average", "abilities"):
        for task in dict.fromkeys(named[key] or ()):
            yield from _refused(key, task, lambda task: scores_of(world, [task]))
    if isinstance(spec.table, WideTable):
        yield from _of_wide(spec, spec.table, world)
    else:
        for family in families_of(spec):
            yield from _refused("table.families", family, lambda name: _sizes(world, name))


def _of_points(spec: Published, points: Points) -> Iterator[tuple[str, str]]:
    for key in ("loss", "average", "abilities"):
        if getattr(spec, key):
            yield key, ": is not read of a table of points, which has one loss; leave it out"
    if isinstance(spec.table, PointsTable):
        kept = points.loss.size - spec.table.left_out
        if kept < LEAST_POINTS:
            yield (
                "table.left_out",
                f" = {spec.table.left_out}: leaves {max(kept, 0)} of {points.loss.size} points, "
                f"and the joint fit needs at least {LEAST_POINTS}; lower it, or give more points",
            )


def _of_wide(spec: Published, table: WideTable, models: Models) -> Iterator[tuple[str, str]]:
    if table.reference is not None:
        yield from _refused(
            "table.reference", table.reference, lambda task: scores_of(models, [task])
        )
        if not spec.abilities:
            yield (
                "table.reference",
                f" = {table.reference!r}: there is nothing to compare it with; name `abilities`",
            )
        if not np.isfinite(models.compute).any():
            yield (
                "table.reference",
                f" = {table.reference!r}: no model has its compute, which tasks are compared at; "
                "add the column `FLOPs (1E21)`, or leave the reference out",
            )
    elif table.family is None:
        yield (
            "table.family",
            ": without a family nor a `reference`, nothing is concluded; name one of them",
        )
    if table.family is None:
        for key in ("loss", "average"):
            if getattr(spec, key):
                yield key, ": needs models to compare by size; name `table.family`"
    else:
        yield from _refused("table.family", table.family, lambda name: _of_family(models, name))


def _of_family(models: Models, family: str) -> None:
    """Refuse a family of a wide table that cannot be compared by size."""
    if family not in models.family:
        known = ", ".join(repr(name) for name in dict.fromkeys(models.family) if name)
        has = f"the families are {known}; name one" if known else "fill the column `Model Family`"
        msg = f"no model is of this family; {has}"
        raise ValueError(msg)
    if not np.isfinite(of_family(models, family).parameters).any():
        msg = "none of its models has a number of parameters; fill the column `Model Size (B)`"
        raise ValueError(msg)
    _sizes(models, family)


def _sizes(models: Models, family: str) -> None:
    """Refuse a family of too few sizes, or with two models of the same size."""
    found = of_family(models, family)
    for (one, size), (other, next_size) in pairwise(zip(found.name, found.parameters, strict=True)):
        if size == next_size:
            msg = (
                f"its models {one!r} and {other!r} have the same number of parameters, {size:g}; "
                "sizes of a family must differ: remove one of them from the table"
            )
            raise ValueError(msg)
    if len(found.name) < LEAST_SIZES:
        has = f"{len(found.name)} sizes: {', '.join(found.name)}" if found.name else "no sizes"
        msg = (
            f"has {has}; larger models are predicted from at least {LEAST_SIZES}, so add sizes "
            "or leave the family out"
        )
        raise ValueError(msg)


def _refused(key: str, value: str, check: Callable[[str], object]) -> Iterator[tuple[str, str]]:
    try:
        check(value)
    except ValueError as error:
        yield key, f" = {value!r}: {error}"

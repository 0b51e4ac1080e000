"""Statistics over the runs of each group and architecture.

Symbols: ``members[selection, group, architecture, run]`` says which runs a cell counts.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from ontogeny.estimates import Estimate, mean, ratio
from ontogeny.labels import text
from ontogeny.studies.composition.irreps.comparison._groups import Groups
from ontogeny.studies.composition.labels import variable

__all__ = ["SELECTIONS", "STATISTICS", "cells", "correlations", "frequencies", "summaries"]

SELECTIONS = ("all", "grokked")
STATISTICS = ("mean", "standard deviation", "median", "lower", "upper")

Array = NDArray[np.float64]
Members = NDArray[np.bool_]

_CELL = ("group", "architecture")
_CORRELATIONS = {
    "order": "rank correlation of an irrep's property and the step at which it is learned",
    "choice": "rank correlation of a small property and being key",
}


def cells(
    about: Mapping[str, xr.Variable],
    architectures: Sequence[str],
    known: Groups,
    grokked: NDArray[np.bool_],
) -> Members:
    """Return which runs each cell counts: the widest of their group and architecture.

    Parameters
    ----------
    about : mapping of str to Variable
        What the configuration says of each run.
    architectures : sequence of str
    known : Groups
    grokked : (N,) ndarray of bool

    Returns
    -------
    (2, G, A, N) ndarray of bool
        All of them, then those that have grokked.
    """
    group, architecture, width = (
        about[f"{name}_of_run"].values for name in ("group", "architecture", "width")
    )
    inside = (group == text(known.names)[:, None])[:, None] & (
        architecture == text(architectures)[:, None]
    )
    inside &= width == np.where(inside, width, 0).max(axis=-1, keepdims=True)
    return np.stack([inside, inside & grokked])


def summaries(found: Mapping[str, xr.Variable], members: Members) -> dict[str, xr.Variable]:
    """Return the statistics of all real quantities of runs in every cell."""
    cell = ("selection", *_CELL)
    summed = {"runs": variable(cell, members.sum(axis=-1), "number of runs")}
    for name, values in found.items():
        if values.dims != ("run",) or values.dtype.kind != "f":
            continue
        each = [_statistics(values.values[inside]) for inside in _flat(members)]
        summed[f"{name}_summary"] = variable(
            (*cell, "statistic"),
            np.reshape(each, (*members.shape[:3], len(STATISTICS))),
            f"{values.attrs['long_name']}, over runs",
            values.attrs["units"],
        )
    return summed


def frequencies(
    found: Mapping[str, xr.Variable], members: Members, known: Groups
) -> dict[str, xr.Variable]:
    """Return how often and when each irrep is learned, over the runs that have grokked."""
    key = found["key"].values
    order = np.where(key, found["learned_order"].values, np.nan)
    first = np.where(key, found["learned_step"].values, np.nan)
    about = {
        "key_count": "number of runs in which the irrep is key",
        "first_count": "number of runs in which the irrep is learned first",
        "mean_order": "mean place in the order of learning",
        "median_learned_step": "median step at which the irrep is learned",
    }
    each = [
        [
            key[inside].sum(axis=0),
            (order[inside] == 1).sum(axis=0),
            _by_column(np.mean, order[inside]),
            _by_column(np.median, first[inside]),
        ]
        for inside in _flat(members[1])
    ]
    values = np.reshape(each, (*members.shape[1:3], len(about), key.shape[1])).astype(float)
    absent = np.isnan(known.properties["degree"].values)[:, None, None]
    values[np.broadcast_to(absent, values.shape)] = np.nan
    return {
        name: variable((*_CELL, "irrep"), values[:, :, row], long_name)
        for row, (name, long_name) in enumerate(about.items())
    }


def correlations(found: Mapping[str, xr.Variable], members: Members) -> dict[str, xr.Variable]:
    """Return Somers' D of order and of choice in every cell, over the runs that have grokked.

    Pairs are of irreps of the same run; the counts of all runs of a cell are added.
    """
    summed = {}
    for name, about in _CORRELATIONS.items():
        agree, pairs = (found[f"{name}_{kind}"].values for kind in ("agreement", "pairs"))
        each = [
            [
                ratio(agree[inside, column], pairs[inside, column])
                for column in range(pairs.shape[1])
            ]
            for inside in _flat(members[1])
        ]
        values = np.array([[_ends(estimate) for estimate in row] for row in each])
        values = values.reshape(*members.shape[1:3], pairs.shape[1], 3)
        summed[f"{name}_correlation"] = variable((*_CELL, "predictor"), values[..., 0], about)
        summed[f"{name}_correlation_interval"] = variable(
            (*_CELL, "predictor", "end"), values[..., 1:], f"{about}, interval"
        )
    return summed


def _flat(members: Members) -> Members:
    return members.reshape(-1, members.shape[-1])


def _statistics(values: Array) -> list[float]:
    values = values[~np.isnan(values)]
    if not values.size:
        return [np.nan] * len(STATISTICS)
    found = mean(values)
    deviation = float(values.std(ddof=1)) if values.size > 1 else np.nan
    return [found.value, deviation, float(np.median(values)), found.lower, found.upper]


def _ends(found: Estimate) -> list[float]:
    return [found.value, found.lower, found.upper]


def _by_column(statistic: Callable[[Array], ArrayLike], values: Array) -> Array:
    """Return a statistic of each column without its NaN; NaN for a column of nothing else."""
    columns = [column[~np.isnan(column)] for column in values.T]
    return np.array([float(statistic(c)) if c.size else np.nan for c in columns])  # type: ignore[arg-type]

"""The runs of a sweep in one dataset: swept fields and replicates are its dimensions."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.joins._runs import Run
from ontogeny.joins.outcomes import outcomes
from ontogeny.joins.rows import columns, labels_of, stacked
from ontogeny.labels import DIMENSIONS, dataset, text

__all__ = ["sweep"]

Row = Mapping[str, xr.Variable]


def sweep(
    runs: Sequence[Run],
    *,
    result: str = "history",
    outcomes: Callable[[xr.Dataset], Row] = outcomes,
    curves: Sequence[str] = ("loss", "accuracy"),
    replicate: str = "seed",
) -> xr.Dataset:
    """Join the runs of a sweep.

    Parameters
    ----------
    runs : sequence of Run
        Each is described by its replicate and by ``values``: the value of each swept field, by its
        dotted path, as `ontogeny.sweeps` gives it. All have values for the same fields, in the
        order in which these values shall stand.
    result : str
        Name of the result of each run that is joined.
    outcomes : callable
        From that result to the numbers that say what became of the run.
    curves : sequence of str
        Variables of the result along ``step`` that are kept whole.
    replicate : str
        What tells runs with the same values apart.

    Returns
    -------
    Dataset
        Each swept field is a dimension under its dotted path: float64 for real numbers (NaN for
        null among numbers), int64 for whole numbers, booleans, and text for all else (null among
        text is ``null``, a list is JSON). Of fields that are tied, and so change in step, the first
        is the dimension, and the others are coordinates along it. The outcomes of each run, and its
        curves, ``<name>_curve``, at the steps at which any run has a checkpoint, NaN where this one
        has none.
    """
    written = {
        field: [json.dumps(run.about["values"][field]) for run in runs]
        for field in runs[0].about["values"]
    }
    tied = _tied(written)
    axes = {field: _places(written[field]) for field in written if field not in tied}
    replicates = sorted({run.about[replicate] for run in runs})
    dims = (*axes, replicate)
    shape = (*map(len, axes.values()), len(replicates))
    at = (
        *([places[value] for value in written[field]] for field, places in axes.items()),
        [replicates.index(run.about[replicate]) for run in runs],
    )
    each_result = [run.results[result] for run in runs]
    labels = _labels(each_result, curves)

    def spread(each: xr.Variable) -> xr.Variable:
        values = np.full((*shape, *each.shape[1:]), np.nan)
        values[at] = each.values
        return xr.Variable((*dims, *each.dims[1:]), values, each.attrs)

    found = columns([outcomes(each) for each in each_result]) | _curves(each_result, curves, labels)
    coordinates: dict[str, Any] = {
        field: _coordinate([json.loads(value) for value in axes[field]], field, along=field)
        for field in axes
    }
    for field, along in tied.items():
        values = dict(zip(written[along], written[field], strict=True))
        each = [json.loads(values[value]) for value in axes[along]]
        coordinates[field] = _coordinate(each, field, along=along)
    about = {"long_name": DIMENSIONS.get(replicate, replicate), "units": "1"}
    coordinates[replicate] = xr.Variable(replicate, replicates, about)
    coordinates |= labels
    joined = {name: spread(each) for name, each in found.items()}
    return dataset(joined, coordinates, title="The runs of a sweep")


def _labels(results: Sequence[xr.Dataset], curves: Sequence[str]) -> dict[str, NDArray[Any]]:
    """Return the labels that any run has along the dimensions of curves: steps sorted."""
    dims = {str(dim): None for name in curves for dim in results[0][name].dims if dim != "step"}
    found = {"step": labels_of(results, "step")} if curves else {}
    for dim in dims:
        found[dim] = text(dict.fromkeys(str(v) for each in results for v in each[dim].values))
    return found


def _curves(
    results: Sequence[xr.Dataset], names: Sequence[str], labels: Mapping[str, NDArray[Any]]
) -> dict[str, xr.Variable]:
    """Return variables along ``step`` of each run, over the labels that any of them has."""
    found = {}
    for name in names:
        dims = ("step", *(str(dim) for dim in results[0][name].dims if dim != "step"))
        along: dict[str, Any] = {dim: labels[dim] for dim in dims}
        values = stacked([each[name] for each in results], **along)
        found[f"{name}_curve"] = xr.Variable(("run", *dims), values, results[0][name].attrs)
    return found


def _tied(written: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the fields that change in step with another, with the first field that they follow.

    A field follows another whose values say which one it has. In a sweep over every combination
    none does.
    """
    fields = [field for field, values in written.items() if len(set(values)) > 1]

    def follows(field: str, other: str) -> bool:
        both = set(zip(written[other], written[field], strict=True))
        return field != other and len(both) == len(set(written[other]))

    leading = [
        field
        for place, field in enumerate(fields)
        if not any(
            follows(field, other) and (other in fields[:place] or not follows(other, field))
            for other in fields
        )
    ]
    return {
        field: next(other for other in leading if follows(field, other))
        for field in fields
        if field not in leading
    }


def _places(values: Sequence[str]) -> dict[str, int]:
    """Return the place of each different value, in the order in which they come."""
    return {value: place for place, value in enumerate(dict.fromkeys(values))}


def _coordinate(values: Sequence[Any], field: str, *, along: str) -> xr.Variable:
    """Return the values of a swept field along a dimension."""
    array, about = _as_array(values), f"value of {field}"
    is_nan = array.dtype.kind == "f" and None in values
    return xr.Variable(along, array, {"long_name": about + ", NaN for null" * is_nan, "units": "1"})


def _as_array(values: Sequence[Any]) -> NDArray[Any]:
    kinds = {type(value) for value in values}
    if kinds == {bool}:
        return np.array(values, dtype=np.bool_)
    if kinds == {int} and max(map(abs, values)) < 2**63:
        return np.array(values, dtype=np.int64)
    if kinds & {int, float} and kinds <= {int, float, type(None)}:
        return np.array(values, dtype=np.float64)
    return text(value if isinstance(value, str) else json.dumps(value) for value in values)

"""Runs as rows: what is known of each, single numbers, and arrays over labels that runs share."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from ontogeny.joins._runs import Run
from ontogeny.labels import text

__all__ = ["columns", "described", "labels_of", "stacked"]


def described(
    runs: Sequence[Run], meaning: Mapping[str, str] | None = None, *, replicate: str = "seed"
) -> dict[str, xr.Variable]:
    """Return what the configuration says of each run.

    Parameters
    ----------
    runs : sequence of Run
        All described by the same names, ``experiment`` and the replicate among them.
    meaning : mapping of str to str, optional
        Long names of what they are described by; the name itself where there is none.
    replicate : str
        What tells runs of one experiment apart.

    Returns
    -------
    dict of str to Variable
        Coordinates along ``run``: its labels, such as ``"small, seed 3"``, and ``NAME_of_run`` for
        each name.
    """
    meaning = meaning or {}
    labels = text(f"{run.about['experiment']}, {replicate} {run.about[replicate]}" for run in runs)
    long_name = f"run of the configuration: experiment and {replicate}"
    found = {"run": _row_variable(labels, long_name)}
    for name in runs[0].about:
        values = [run.about[name] for run in runs]
        array = text(values) if isinstance(values[0], str) else np.array(values)
        long_name = meaning.get(name, f"{name.replace('_', ' ')} of the run")
        found[f"{name}_of_run"] = _row_variable(array, long_name)
    return found


def columns(rows: Sequence[Mapping[str, xr.Variable]]) -> dict[str, xr.Variable]:
    """Return single values of runs along ``run``.

    Parameters
    ----------
    rows : sequence of mapping of str to Variable
        Variables without dimensions, one mapping for each run.

    Returns
    -------
    dict of str to Variable
        Float64, or text. A number that a run does not have is NaN.
    """
    found = {}
    for name in dict.fromkeys(name for row in rows for name in row):
        values: list[Any] = [row[name].values.item() if name in row else np.nan for row in rows]
        array = text(values) if isinstance(values[0], str) else np.array(values, dtype=np.float64)
        attrs = next(row[name].attrs for row in rows if name in row)
        found[name] = xr.Variable("run", array, attrs)
    return found


def labels_of(results: Iterable[xr.Dataset], dim: str) -> NDArray[Any]:
    """Return the labels that any of several results has along a dimension, sorted."""
    return np.unique(np.concatenate([result[dim].values for result in results]))


def stacked(
    arrays: Sequence[xr.DataArray],
    *,
    carried: str | None = None,
    **labels: Sequence[Any] | NDArray[Any],
) -> NDArray[np.float64]:
    """Return arrays of runs as rows, over labels that may be more than those of each.

    Parameters
    ----------
    arrays : sequence of DataArray
        Of ``N`` runs, with the same dimensions.
    carried : str, optional
        A sorted dimension along which a value holds until the next label of its run, and after the
        last.
    **labels : (n_i,) array_like
        The labels that the result has along each dimension of the arrays, in the order of its axes.

    Returns
    -------
    (N, n_1, ..., n_k) ndarray of float64
        NaN where a run has no value.

    Examples
    --------
    >>> short = xr.DataArray([1.0, 2.0], {"step": [0, 10]})
    >>> long = xr.DataArray([3.0, 4.0, 5.0], {"step": [0, 20, 30]})
    >>> stacked([short, long], step=[0, 10, 20, 30])
    array([[ 1.,  2., nan, nan],
           [ 3., nan,  4.,  5.]])
    >>> stacked([short, long], carried="step", step=[0, 10, 20, 30])
    array([[1., 2., 2., 2.],
           [3., 3., 4., 5.]])
    """
    rows = []
    for array in arrays:
        row = array.transpose(*labels)
        values = row.values.astype(np.float64)
        indexes = row.indexes
        for axis, (dim, wanted) in enumerate(labels.items()):
            if dim in indexes:
                method = "ffill" if dim == carried else None
                place = indexes[dim].get_indexer(wanted, method=method)
                known, before = place >= 0, (slice(None),) * axis
                found = np.full(
                    (*values.shape[:axis], len(place), *values.shape[axis + 1 :]), np.nan
                )
                found[(*before, known)] = values[(*before, place[known])]
                values = found
        rows.append(values)
    return np.stack(rows)


def _row_variable(values: ArrayLike, long_name: str) -> xr.Variable:
    return xr.Variable("run", values, {"long_name": long_name, "units": "1"})

"""The runs of a sweep in one dataset: swept fields and seeds are its dimensions."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.joins.outcomes import outcomes
from ontogeny.labels import dataset, variable

__all__ = ["SweptRun", "sweep"]


@dataclass(frozen=True, eq=False)
class SweptRun:
    """One run of a sweep.

    Attributes
    ----------
    values : mapping of str to object
        The value of each swept field, by its dotted path, as `ontogeny.sweeps` gives it.
    seed : int
    history : Dataset
    """

    values: Mapping[str, Any]
    seed: int
    history: xr.Dataset


def sweep(runs: Sequence[SweptRun]) -> xr.Dataset:
    """Join the runs of a sweep.

    Parameters
    ----------
    runs : sequence of SweptRun
        All with values for the same fields, in the order in which these values shall stand.

    Returns
    -------
    Dataset
        Each swept field is a dimension under its dotted path: float64 for real numbers (NaN for
        null among numbers), int64 for whole numbers, booleans, and text for all else (null among
        text is ``null``, a list is JSON). What `ontogeny.joins.outcomes` says of each
        run, and its losses and accuracies at the steps at which any run has a checkpoint, NaN where
        this one has none.
    """
    axes: dict[str, list[str]] = {
        field: list(dict.fromkeys(json.dumps(run.values[field]) for run in runs))
        for field in runs[0].values
    }
    seeds = sorted({run.seed for run in runs})
    step = np.unique(np.concatenate([run.history["step"].values for run in runs]))
    dims = (*axes, "seed")
    shape = (*(len(values) for values in axes.values()), len(seeds))
    found: dict[str, xr.Variable] = {}
    for run in runs:
        at = tuple(values.index(json.dumps(run.values[f])) for f, values in axes.items())
        at = (*at, seeds.index(run.seed))
        here = np.isin(step, run.history["step"].values)
        for name, about in outcomes(run.history).items():
            if name not in found:
                found[name] = xr.Variable(dims, np.full(shape, np.nan), about.attrs)
            found[name].values[at] = float(about)
        for name, units in (("loss", "nat"), ("accuracy", "1")):
            curves = run.history[name].sel(split=["train", "test"])
            if f"{name}_curve" not in found:
                empty = np.full((*shape, len(step), 2), np.nan)
                found[f"{name}_curve"] = variable((*dims, "step", "split"), empty, name, units)
            found[f"{name}_curve"].values[at][here] = curves.transpose("step", "split").values
    coordinates: dict[str, Any] = {
        field: variable(field, *_coordinate([json.loads(value) for value in values], field))
        for field, values in axes.items()
    }
    coordinates |= {"seed": seeds, "step": step, "split": np.array(["train", "test"], dtype=object)}
    return dataset(found, coordinates, title="The runs of a sweep")


def _coordinate(values: Sequence[Any], field: str) -> tuple[NDArray[Any], str]:
    """Return the values of a swept field as an array, and what they are."""
    about = f"value of {field}"
    kinds = {type(value) for value in values}
    if kinds == {bool}:
        return np.array(values, dtype=np.bool_), about
    if kinds == {int} and max(map(abs, values)) < 2**63:
        return np.array(values, dtype=np.int64), about
    if kinds & {int, float} and kinds <= {int, float, type(None)}:
        return np.array(values, dtype=np.float64), about + ", NaN for null" * (None in values)
    texts = [value if isinstance(value, str) else json.dumps(value) for value in values]
    return np.array(texts, dtype=object), about

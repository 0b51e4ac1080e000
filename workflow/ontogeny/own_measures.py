"""Measures of the user's own: a function that is called at every checkpoint.

The names of its parameters say what it asks for of a checkpoint; what there is depends on the
study. It returns the value of each measure by name: a number, or a `DataArray` whose dimensions
stand beside ``step`` in what is stored.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from ontogeny.labels import coordinate
from ontogeny.own_files import naming

__all__ = ["along_steps"]


def along_steps(
    function: Callable[..., Mapping[str, Any]],
    checkpoints: Iterable[tuple[int, Callable[[str], Any]]],
    *,
    file: str,
) -> xr.Dataset:
    """Return what a function measures at each checkpoint.

    Parameters
    ----------
    function : callable
        From what it asks for to the value of each measure by name.
    checkpoints : iterable
        The step of each checkpoint, and a function from a name to its value there; only
        what is asked for is computed.
    file : str
        That holds the function.

    Returns
    -------
    Dataset
        Each measure along ``step`` and its own dimensions.

    Raises
    ------
    ontogeny.config.ConfigurationError
        One line with the file and the step, if the function fails or returns something else.

    Examples
    --------
    >>> checkpoints = [(0, {"weight": 3.0}.get), (10, {"weight": 1.0}.get)]
    >>> found = along_steps(lambda weight: {"twice": 2 * weight}, checkpoints, file="mine.py")
    >>> found["twice"].values
    array([6., 2.])
    """
    asks = inspect.signature(function).parameters
    steps, each = [], []
    for step, given in checkpoints:
        steps.append(step)
        asked = {name: given(name) for name in asks}
        with naming(file, f"`measures` at step {step}"):
            each.append(_dataset(function(**asked)))
    with naming(file, "the values of `measures` at all steps"):
        joined = xr.concat(each, "step", combine_attrs="override")
    return joined.assign_coords(step=coordinate("step", steps)).assign_attrs(
        title=f"Measures of {Path(file).name}"
    )


def _dataset(values: Any) -> xr.Dataset:
    """Return what a function measured at one checkpoint, or refuse it."""
    if not isinstance(values, Mapping):
        msg = f"must return the value of each measure by name, and returns {_a(values)}"
        raise TypeError(msg)
    return xr.Dataset({name: _described(name, value) for name, value in values.items()})


def _described(name: str, value: Any) -> xr.DataArray:
    """Return a value with a name and units, those of the user where there are any."""
    found = value if isinstance(value, xr.DataArray) else xr.DataArray(_number(name, value))
    if "step" in {name, *found.dims}:
        msg = (
            f"`{name}` must have neither the name nor a dimension `step`, along which it is stored"
        )
        raise ValueError(msg)
    return found.assign_attrs({"long_name": name.replace("_", " "), "units": "1"} | found.attrs)


def _number(name: str, value: Any) -> Any:
    found = np.asarray(value)
    if found.ndim or found.dtype.kind not in "biuf":
        msg = f"`{name}` must be a number or an xarray.DataArray, and is {_a(value)}"
        raise TypeError(msg)
    return value


def _a(value: Any) -> str:
    return "None" if value is None else f"of the type `{type(value).__name__}`"

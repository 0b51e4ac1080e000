"""From arrays to labelled datasets: the names of dimensions, and a unit for every variable."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple, get_args, get_type_hints

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

__all__ = ["DIMENSIONS", "Labels", "Measure", "coordinate", "dataset", "text", "used", "variable"]

DIMENSIONS = {
    "experiment": "experiment of the configuration",
    "seed": "seed of all random draws of a run",
    "step": "optimiser updates done",
    "update": "optimiser update, counted from 0",
    "split": "set of examples: train, test, all",
    "side": "left or right",
    "head": "attention head",
    "layer": "block of attention and MLP, the first one first",
    "neuron": "hidden neuron",
    "residual": "coordinate of the residual stream",
    "key_dimension": "coordinate inside a head",
    "run": "run of the configuration: experiment and seed",
    "statistic": "mean, standard deviation, median, ends of the interval of the mean",
    "end": "end of an interval: lower, upper",
    "claim": "claim of a paper",
    "parameter": "parameter of the network",
    "word": "token of the vocabulary",
    "component": "principal component, the largest first",
    "ablation": "intervention in the network",
}
"""The dimensions that datasets of all studies share, with their meaning."""


class Measure(NamedTuple):
    """What a field of a dataclass measures, as the annotation of its type.

    `Labels.measures` makes the variable of it, which has the name of the field.

    Attributes
    ----------
    dims : sequence of str or str
    long_name, units : str
        As for `Labels.variable`.

    Examples
    --------
    >>> from typing import Annotated
    >>> @dataclass(frozen=True)
    ... class Found:
    ...     loss: Annotated[float, Measure((), "cross-entropy", "nat")]
    >>> Labels(DIMENSIONS).measures(Found(loss=0.5))["loss"].attrs["units"]
    'nat'
    """

    dims: Sequence[str] | str
    long_name: str
    units: str = "1"


@dataclass(frozen=True)
class Labels:
    """Makes labelled datasets whose dimensions are known.

    Attributes
    ----------
    dimensions : mapping of str
        The meaning of each dimension by name: those that all studies share, and a study's own.
    """

    dimensions: Mapping[str, str]

    def variable(
        self,
        dims: Sequence[str] | str,
        values: ArrayLike | float | int,
        long_name: str,
        units: str = "1",
        **attrs: Any,
    ) -> xr.Variable:
        """Return a variable with its description.

        Parameters
        ----------
        dims : sequence of str
            Names out of `dimensions`, or dotted paths of fields of the configuration.
        values : array_like
        long_name : str
            What it is, as an axis label would say it.
        units : str
            ``nat`` for cross-entropies, ``1`` for fractions, counts and steps.

        Raises
        ------
        ValueError
            If a dimension is neither.
        """
        dims = (dims,) if isinstance(dims, str) else tuple(dims)
        unknown = [dim for dim in dims if dim not in self.dimensions and "." not in dim]
        if unknown:
            msg = f"`dims` must be dimensions of this project, not {unknown!r}"
            raise ValueError(msg)
        return xr.Variable(
            dims, np.asarray(values), {"long_name": long_name, "units": units, **attrs}
        )

    def coordinate(self, dim: str, values: ArrayLike) -> xr.Variable:
        """Return the coordinate of a dimension, described by `dimensions`."""
        return self.variable(dim, values, self.dimensions[dim])

    def measures(self, found: Any) -> dict[str, xr.Variable]:
        """Return the variables of a dataclass each of whose fields has a `Measure`, by name.

        Fields that are None, which is what is not known, have no variable.
        """
        variables = {}
        types = get_type_hints(type(found), include_extras=True)
        for each in fields(found):
            parts = get_args(types[each.name])
            about = next((part for part in parts if isinstance(part, Measure)), None)
            if about is None:
                msg = f"the field `{each.name}` of {type(found).__name__} has no `Measure`"
                raise TypeError(msg)
            dims, long_name, units = about
            values = getattr(found, each.name)
            if values is not None:
                variables[each.name] = self.variable(dims, values, long_name, units)
        return variables

    def measures_along(self, dim: str, found: Sequence[Any]) -> dict[str, xr.Variable]:
        """Return the variables of several such dataclasses of one kind, with a first dimension."""
        each = [self.measures(one) for one in found]
        return {
            name: xr.Variable(
                (dim, *first.dims), np.stack([one[name].values for one in each]), first.attrs
            )
            for name, first in each[0].items()
        }

    def dataset(
        self,
        variables: Mapping[str, xr.Variable],
        coordinates: Mapping[str, ArrayLike | xr.Variable],
        *,
        title: str,
    ) -> xr.Dataset:
        """Return a dataset of described variables.

        Parameters
        ----------
        variables : mapping of str to Variable
            Made by `variable`.
        coordinates : mapping
            Values of the coordinates; those that are no `Variable` are described by `dimensions`.
        title : str
            One line about the dataset.
        """
        described = {
            name: values if isinstance(values, xr.Variable) else self.coordinate(name, values)
            for name, values in coordinates.items()
        }
        return xr.Dataset(dict(variables), described, {"title": title})


def used(coordinates: Mapping[str, Any], variables: Mapping[str, xr.Variable]) -> dict[str, Any]:
    """Return the coordinates of the dimensions that variables have."""
    dims = {dim for each in variables.values() for dim in each.dims}
    return {
        name: values
        for name, values in coordinates.items()
        if dims.issuperset(values.dims if isinstance(values, xr.Variable) else (name,))
    }


def text(values: Iterable[str]) -> NDArray[np.object_]:
    """Return texts as datasets hold them."""
    return np.array(list(values), dtype=object)


_SHARED = Labels(DIMENSIONS)
coordinate, dataset, variable = _SHARED.coordinate, _SHARED.dataset, _SHARED.variable

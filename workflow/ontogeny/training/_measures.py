"""What is measured of a network while it is trained."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import xarray as xr
from numpy.typing import NDArray

__all__ = ["Evaluation", "Quantity", "best_step"]

Evaluation = Mapping[str, NDArray[Any]]
"""Measures of a network by name; each has the same shape at every checkpoint of a run."""


@dataclass(frozen=True)
class Quantity:
    """One number of an evaluation.

    Attributes
    ----------
    measure : str
        The measure that it belongs to.
    place : tuple of int
        Where in the measure it stands; empty for a measure that is one number.
    """

    measure: str
    place: tuple[int, ...] = ()

    def of(self, evaluation: Evaluation) -> float:
        """Return the number.

        Examples
        --------
        >>> import numpy as np
        >>> Quantity("loss", (1,)).of({"loss": np.array([0.5, 2.0])})
        2.0
        """
        return float(evaluation[self.measure][self.place])


def best_step(values: xr.DataArray, *, highest: bool = False) -> int:
    """Return the step of the checkpoint with the lowest value, the first one of equals.

    Parameters
    ----------
    values : DataArray
        A measure along ``step``, for example ``history["loss"].sel(split="test")``. Checkpoints at
        which it is not a number are not chosen.
    highest : bool
        Return that with the highest value instead.

    Raises
    ------
    ValueError
        If the measure is not a number at any checkpoint.

    Examples
    --------
    >>> values = xr.DataArray([3.0, 1.0, 1.0], {"step": [0, 10, 20]})
    >>> best_step(values), best_step(values, highest=True)
    (10, 0)
    """
    if values.isnull().all():
        msg = f"{values.name or 'the measure'} is not a number at any checkpoint"
        raise ValueError(msg)
    found = values.argmax("step") if highest else values.argmin("step")
    return int(values["step"][int(found)])

"""The record of a training run, as arrays and as labelled datasets.

Symbols: ``K`` the number of checkpoints; ``T`` the number of updates.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.labels import Labels, Measure

__all__ = ["Record", "checkpoints_dataset", "history_dataset"]


@dataclass(frozen=True)
class Record:
    """What a run leaves.

    Attributes
    ----------
    step : (K,) ndarray of int64
        Updates done at each checkpoint.
    parameters : dict of str to (K, ...) ndarray
        Every parameter at each checkpoint.
    measures : dict of str to (K, ...) ndarray
        Every measure of the evaluation at each checkpoint.
    step_loss : (T,) ndarray of float64
        Training loss before each update [nat].
    """

    step: NDArray[np.int64]
    parameters: dict[str, NDArray[np.floating]]
    measures: dict[str, NDArray[Any]]
    step_loss: NDArray[np.float64]


def checkpoints_dataset(
    record: Record, dimensions: Mapping[str, tuple[str, ...]], labels: Labels
) -> xr.Dataset:
    """Return every parameter of a network along ``step``.

    Parameters
    ----------
    record : Record
    dimensions : mapping of str
        Those of each parameter, by its name; it may hold more parameters than the network has.
    labels : Labels
        Those of the study.
    """
    return labels.dataset(
        {
            name: labels.variable(("step", *dimensions[name]), values, f"parameter {name}")
            for name, values in record.parameters.items()
        },
        {"step": record.step},
        title="Parameters of a network along training",
    )


def history_dataset(
    record: Record,
    measures: Mapping[str, Measure],
    coordinates: Mapping[str, NDArray[np.generic]],
    labels: Labels,
    *,
    training_loss: str,
) -> xr.Dataset:
    """Return the measures along ``step``, and ``update_loss``, the training loss of every update.

    Parameters
    ----------
    record : Record
    measures : mapping of str to Measure
        How each measure of the record is stored.
    coordinates : mapping of str to ndarray
        Those of the dimensions of the measures.
    labels : Labels
        Those of the study.
    training_loss : str
        What the training loss is.
    """
    variables = {
        name: labels.variable(("step", *dims), record.measures[name], about, units)
        for name, (dims, about, units) in measures.items()
    }
    variables["update_loss"] = labels.variable("update", record.step_loss, training_loss, "nat")
    update = np.arange(len(record.step_loss), dtype=np.int32)
    return labels.dataset(
        variables,
        {"step": record.step, **coordinates, "update": update},
        title="History of a training run",
    )

"""The record of a training run as labelled datasets."""

import numpy as np
import xarray as xr

from ontogeny.labels import Labels, Measure
from ontogeny.networks.axes import AXES
from ontogeny.studies.surprise.labels import DIMENSIONS
from ontogeny.training import Record, checkpoints_dataset, history_dataset

__all__ = ["datasets"]

_LABELS = Labels(DIMENSIONS)
_MEASURES = {
    "loss": Measure(("split",), "cross-entropy", "nat"),
    "accuracy": Measure(("split",), "accuracy"),
}
_PARITY: dict[str, tuple[str, ...]] = {
    "W_T": ("task", "neuron"),
    "W_B": ("bit", "neuron"),
    "b_in": ("neuron",),
    "u": ("neuron",),
    "c": (),
}


def datasets(record: Record) -> dict[str, xr.Dataset]:
    """Return the checkpoints and the history of a run by name."""
    dimensions = _PARITY if "W_T" in record.parameters else AXES
    return {
        "checkpoints": checkpoints_dataset(record, dimensions, _LABELS),
        "history": history_dataset(
            record,
            _MEASURES,
            {"split": np.array(["test"], dtype=object)},
            _LABELS,
            training_loss="cross-entropy of a minibatch before the update",
        ),
    }

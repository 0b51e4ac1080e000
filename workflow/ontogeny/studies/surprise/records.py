"""The record of a training run as labelled datasets."""

import numpy as np
import xarray as xr

from ontogeny.labels import Labels, Measure
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
_TRANSFORMER: dict[str, tuple[str, ...]] = {
    "W_E": ("word", "residual"),
    "gain": ("layer", "residual"),
    "W_Q": ("layer", "head", "residual", "key_dimension"),
    "W_K": ("layer", "head", "residual", "key_dimension"),
    "W_V": ("layer", "head", "residual", "key_dimension"),
    "W_O": ("layer", "head", "key_dimension", "residual"),
    "gain_mlp": ("layer", "residual"),
    "W_in": ("layer", "residual", "neuron"),
    "b_in": ("layer", "neuron"),
    "W_out": ("layer", "neuron", "residual"),
    "b_out": ("layer", "residual"),
    "gain_final": ("residual",),
    "W_U": ("residual", "word"),
}


def datasets(record: Record) -> dict[str, xr.Dataset]:
    """Return the checkpoints and the history of a run by name."""
    dimensions = _PARITY if "W_T" in record.parameters else _TRANSFORMER
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

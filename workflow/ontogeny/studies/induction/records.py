"""The record of a training run as labelled datasets."""

import numpy as np
import xarray as xr

from ontogeny.studies.induction.labels import dataset, variable
from ontogeny.training import Record

__all__ = ["checkpoints_dataset", "history_dataset"]

_DIMENSIONS: dict[str, tuple[str, ...]] = {
    "W_E": ("word", "residual"),
    "gain": ("layer", "residual"),
    "W_Q": ("layer", "head", "residual", "key_dimension"),
    "W_K": ("layer", "head", "residual", "key_dimension"),
    "W_V": ("layer", "head", "residual", "key_dimension"),
    "W_O": ("layer", "head", "key_dimension", "residual"),
    "smear": ("layer", "head"),
    "gain_mlp": ("layer", "residual"),
    "W_in": ("layer", "residual", "neuron"),
    "b_in": ("layer", "neuron"),
    "W_out": ("layer", "neuron", "residual"),
    "b_out": ("layer", "residual"),
    "gain_final": ("residual",),
    "W_U": ("residual", "word"),
}


def checkpoints_dataset(record: Record) -> xr.Dataset:
    """Return every parameter of a network along `step`."""
    return dataset(
        {
            name: variable(("step", *_DIMENSIONS[name]), values, f"parameter {name}")
            for name, values in record.parameters.items()
        },
        {"step": record.step},
        title="Parameters of a network along training",
    )


def history_dataset(record: Record) -> xr.Dataset:
    """Return loss and accuracy along `step`, and the training loss of every update."""
    splits = list(record.loss)
    loss = np.stack([record.loss[split] for split in splits], axis=1)
    accuracy = np.stack([record.accuracy[split] for split in splits], axis=1)
    return dataset(
        {
            "loss": variable(("step", "split"), loss, "cross-entropy", "nat"),
            "accuracy": variable(("step", "split"), accuracy, "accuracy"),
            "update_loss": variable(
                "update", record.step_loss, "cross-entropy of a minibatch before the update", "nat"
            ),
        },
        {
            "step": record.step,
            "split": np.array(splits, dtype=object),
            "update": np.arange(len(record.step_loss), dtype=np.int32),
        },
        title="History of a training run",
    )

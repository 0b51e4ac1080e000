"""The record of a training run as labelled datasets."""

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.studies.composition.labels import dataset, variable
from ontogeny.studies.composition.networks.build import parameter_dimensions
from ontogeny.training import Record

__all__ = ["checkpoints_dataset", "history_dataset"]


def checkpoints_dataset(record: Record, kind: str) -> xr.Dataset:
    """Return every parameter of a network of the given kind along `step`."""
    dimensions = parameter_dimensions(kind)
    return dataset(
        {
            name: variable(("step", *dimensions[name]), values, f"parameter {name}")
            for name, values in record.parameters.items()
        },
        {"step": record.step},
        title="Parameters of a network along training",
    )


def history_dataset(record: Record, train_pairs: NDArray[np.integer]) -> xr.Dataset:
    """Return losses and accuracies along `step`, the training loss of every update, the split."""
    splits = list(record.loss)
    loss = np.stack([record.loss[split] for split in splits], axis=1)
    accuracy = np.stack([record.accuracy[split] for split in splits], axis=1)
    return dataset(
        {
            "loss": variable(("step", "split"), loss, "cross-entropy", "nat"),
            "accuracy": variable(("step", "split"), accuracy, "accuracy"),
            "update_loss": variable(
                "update", record.step_loss, "training cross-entropy before the update", "nat"
            ),
            "train_index": variable(
                "train_pair", train_pairs.astype(np.int32), "row a n + b of a training pair"
            ),
        },
        {
            "step": record.step,
            "split": np.array(splits, dtype=object),
            "update": np.arange(len(record.step_loss), dtype=np.int32),
        },
        title="History of a training run",
    )

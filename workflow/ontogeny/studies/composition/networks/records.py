"""The record of a training run as labelled datasets, and what the run was."""

import json
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.config import canonical
from ontogeny.labels import Labels, Measure
from ontogeny.records import Record, in_words
from ontogeny.records import checkpoints_dataset as shared_checkpoints
from ontogeny.records import history_dataset as shared_history
from ontogeny.studies.composition.config import Training
from ontogeny.studies.composition.labels import DIMENSIONS
from ontogeny.studies.composition.networks.build import parameter_dimensions

__all__ = ["checkpoints_dataset", "datasets", "description", "history_dataset"]

_LABELS = Labels(DIMENSIONS)
_MEASURES = {
    "loss": Measure(("split",), "cross-entropy", "nat"),
    "accuracy": Measure(("split",), "accuracy"),
}


def datasets(
    record: Record,
    kind: str,
    train_pairs: NDArray[np.integer],
) -> dict[str, xr.Dataset]:
    """Return the results of a run by name."""
    return {
        "checkpoints": checkpoints_dataset(record, kind),
        "history": history_dataset(record, train_pairs),
    }


def checkpoints_dataset(record: Record, kind: str) -> xr.Dataset:
    """Return every parameter of a network of the given kind along `step`."""
    return shared_checkpoints(record, parameter_dimensions(kind), _LABELS)


def history_dataset(record: Record, train_pairs: NDArray[np.integer]) -> xr.Dataset:
    """Return losses and accuracies along `step`, the training loss of every update, the split."""
    history = shared_history(
        record,
        _MEASURES,
        {"split": np.array(["train", "test"], dtype=object)},
        _LABELS,
        training_loss="training cross-entropy before the update",
    )
    return history.assign(
        train_index=_LABELS.variable(
            "train_pair", train_pairs.astype(np.int32), "row a n + b of a training pair"
        )
    )


def description(training: Training, *, group: str) -> dict[str, Any]:
    """Return what the results of a run say that they are of.

    Parameters
    ----------
    training : Training
    group : str
        Name of the group.

    Returns
    -------
    dict
        ``network`` and ``data`` in words, ``configuration`` as JSON, with every default.
    """
    return {
        "group": group,
        "network": in_words(training.architecture),
        "data": f"all pairs of {group}, {in_words(training.data)}",
        "configuration": json.dumps(canonical(training) | {"group": group}, sort_keys=True),
    }

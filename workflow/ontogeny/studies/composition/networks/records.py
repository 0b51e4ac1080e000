"""The record of a training run as labelled datasets, and what the run was."""

import json
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.config import canonical
from ontogeny.labels import Labels, Measure
from ontogeny.records import Record
from ontogeny.records import checkpoints_dataset as shared_checkpoints
from ontogeny.records import history_dataset as shared_history
from ontogeny.studies.composition import words
from ontogeny.studies.composition.config import Training
from ontogeny.studies.composition.labels import DIMENSIONS
from ontogeny.studies.composition.networks.build import parameter_dimensions

__all__ = ["checkpoints_dataset", "datasets", "description", "history_dataset"]

_LABELS = Labels(DIMENSIONS)
_NO_SPLIT = (
    "Losses and accuracies of training and test pairs, and `train_index`: it is not known which "
    "pairs the network was trained on."
)
_NO_TEST = "All pairs are trained on: no losses and accuracies of test pairs."
_MEASURES = {
    "loss": Measure(("split",), "cross-entropy over all outputs, = included", "nat"),
    "accuracy": Measure(("split",), "accuracy over all outputs, = included"),
}


def datasets(
    record: Record,
    kind: str,
    train_pairs: NDArray[np.integer] | None,
) -> dict[str, xr.Dataset]:
    """Return the results of a run by name."""
    return {
        "checkpoints": checkpoints_dataset(record, kind),
        "history": history_dataset(record, train_pairs),
    }


def checkpoints_dataset(record: Record, kind: str) -> xr.Dataset:
    """Return every parameter of a network of the given kind along `step`."""
    return shared_checkpoints(record, parameter_dimensions(kind), _LABELS)


def history_dataset(record: Record, train_pairs: NDArray[np.integer] | None) -> xr.Dataset:
    """Return losses and accuracies along `step`, the training loss of every update, the split.

    Parameters
    ----------
    record : Record
        Its measures are of training pairs and of test pairs, if there are any, or of all pairs
        where these are not known.
    train_pairs : (N,) ndarray of int or None
        Rows ``a n + b``; None if they are not known. The only `split` is then ``all``; it is
        ``train`` where all pairs are trained on. The attribute ``absent`` says what is not there
        and why.
    """
    known = record.measures["loss"].shape[1]
    splits = ["all"] if train_pairs is None else ["train", "test"][:known]
    history = shared_history(
        record,
        _MEASURES,
        {"split": np.array(splits, dtype=object)},
        _LABELS,
        training_loss="training cross-entropy before the update",
    )
    if train_pairs is None:
        return history.assign_attrs(absent=_NO_SPLIT)
    if known == 1:
        history = history.assign_attrs(absent=_NO_TEST)
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
        "network": words.network(training.architecture),
        "data": words.data(group, training.data),
        "configuration": json.dumps(canonical(training) | {"group": group}, sort_keys=True),
    }

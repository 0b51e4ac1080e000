"""The record of a training run as labelled datasets."""

import numpy as np
import xarray as xr

from ontogeny.labels import Labels, Measure
from ontogeny.studies.noisy_labels.labels import DIMENSIONS
from ontogeny.studies.noisy_labels.networks.labellers import PARAMETERS
from ontogeny.training import Record, checkpoints_dataset, history_dataset

__all__ = ["datasets"]

_LABELS = Labels(DIMENSIONS)
_MEASURES = {
    "loss": Measure(("split",), "cross-entropy", "nat"),
    "auc": Measure(("split",), "area under the ROC curve"),
    "error": Measure(("split",), "share of wrong decisions at a probability of 1/2"),
}


def datasets(record: Record) -> dict[str, xr.Dataset]:
    """Return the checkpoints and the history of a run by name."""
    return {
        "checkpoints": checkpoints_dataset(record, PARAMETERS, _LABELS),
        "history": history_dataset(
            record,
            _MEASURES,
            {"split": np.array(["development"], dtype=object)},
            _LABELS,
            training_loss="loss of a minibatch before the update",
        ),
    }

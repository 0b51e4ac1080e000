"""The record of a training run as labelled datasets."""

import numpy as np
import xarray as xr

from ontogeny.labels import Labels, Measure
from ontogeny.networks.axes import AXES
from ontogeny.studies.surprise.labels import DIMENSIONS
from ontogeny.studies.surprise.networks.parity_parameters import PARITY_PARAMETERS
from ontogeny.training import Record, checkpoints_dataset, history_dataset

__all__ = ["datasets"]

_LABELS = Labels(DIMENSIONS)
_MEASURES = {
    "loss": Measure(("split",), "cross-entropy", "nat"),
    "accuracy": Measure(("split",), "accuracy"),
}


def datasets(record: Record) -> dict[str, xr.Dataset]:
    """Return the checkpoints and the history of a run by name."""
    dimensions = PARITY_PARAMETERS if "W_T" in record.parameters else AXES
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

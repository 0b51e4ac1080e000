"""The records of training runs as labelled datasets."""

from collections.abc import Mapping

import numpy as np
import xarray as xr

from ontogeny.labels import Labels, Measure
from ontogeny.studies.rlhf.labels import DIMENSIONS
from ontogeny.studies.rlhf.networks.shapes import AXES
from ontogeny.training import Record, checkpoints_dataset, history_dataset

__all__ = ["of_policy", "of_preference", "of_start"]

_LABELS = Labels(DIMENSIONS)
_ACCURACY = Measure(("split",), "share of right predictions")


def of_start(record: Record) -> dict[str, xr.Dataset]:
    """Return the checkpoints and the history of a start policy by name."""
    measures = {"loss": Measure(("split",), "loss of the next token", "nat"), "accuracy": _ACCURACY}
    return _datasets(record, measures, "held out", "loss of a minibatch before the update")


def of_preference(record: Record) -> dict[str, xr.Dataset]:
    """Return the checkpoints and the history of a preference model by name."""
    measures = {"loss": Measure(("split",), "loss of a comparison", "nat"), "accuracy": _ACCURACY}
    return _datasets(record, measures, "test", "loss of a minibatch before the update")


def of_policy(record: Record) -> dict[str, xr.Dataset]:
    """Return the checkpoints and the history of a policy by name."""
    measures = {
        "score": Measure(("split",), "mean score that the policy is trained against"),
        "log_ratio": Measure(("split",), "mean log-ratio of a response to the start policy", "nat"),
        "entropy": Measure(("split",), "mean negative log-probability of a token", "nat"),
    }
    return _datasets(record, measures, "samples", "objective of a minibatch before the update")


def _datasets(
    record: Record, measures: Mapping[str, Measure], split: str, training_loss: str
) -> dict[str, xr.Dataset]:
    return {
        "checkpoints": checkpoints_dataset(record, AXES, _LABELS),
        "history": history_dataset(
            record,
            measures,
            {"split": np.array([split], dtype=object)},
            _LABELS,
            training_loss=training_loss,
        ),
    }

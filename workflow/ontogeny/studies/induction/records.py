"""The record of a training run as labelled datasets, and what the run was."""

import json
from typing import Any

import numpy as np
import xarray as xr

from ontogeny.config import canonical
from ontogeny.labels import Labels, Measure
from ontogeny.networks.axes import AXES
from ontogeny.studies.induction.config import Corpus, Training
from ontogeny.studies.induction.labels import DIMENSIONS
from ontogeny.studies.induction.words import corpus_words, network_words
from ontogeny.training import Record
from ontogeny.training import checkpoints_dataset as shared_checkpoints
from ontogeny.training import history_dataset as shared_history

__all__ = ["checkpoints_dataset", "datasets", "description", "history_dataset"]

_LABELS = Labels(DIMENSIONS)
_MEASURES = {
    "loss": Measure(("split",), "cross-entropy", "nat"),
    "accuracy": Measure(("split",), "accuracy"),
}


def datasets(record: Record) -> dict[str, xr.Dataset]:
    """Return the results of a run by name."""
    return {"checkpoints": checkpoints_dataset(record), "history": history_dataset(record)}


def checkpoints_dataset(record: Record) -> xr.Dataset:
    """Return every parameter of a network along `step`."""
    return shared_checkpoints(record, AXES, _LABELS)


def history_dataset(record: Record) -> xr.Dataset:
    """Return loss and accuracy along `step`, and the training loss of every update."""
    return shared_history(
        record,
        _MEASURES,
        {"split": np.array(["test"], dtype=object)},
        _LABELS,
        training_loss="cross-entropy of a minibatch before the update",
    )


def description(training: Training, described: Corpus, *, corpus: str) -> dict[str, Any]:
    """Return what the results of a run say that they are of.

    Parameters
    ----------
    training : Training
    described : Phrases, Markov or Text
        What the configuration says of the corpus, with the digests of its files for their names.
    corpus : str
        Its name.

    Returns
    -------
    dict
        ``network`` and ``data`` in words, ``configuration`` as JSON, with every default.
    """
    configuration = canonical(training) | {"corpus": canonical(described)}
    return {
        "corpus": corpus,
        "network": network_words(training.network),
        "data": corpus_words(described),
        "configuration": json.dumps(configuration, sort_keys=True),
    }

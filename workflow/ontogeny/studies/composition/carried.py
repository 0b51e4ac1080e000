"""What the results of a run carry with them."""

import json

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.studies.composition.config import Training
from ontogeny.studies.composition.networks.pairs import train_mask

__all__ = ["train_pairs_of", "training_of"]


def train_pairs_of(history: xr.Dataset, order: int) -> NDArray[np.bool_] | None:
    """Return which pairs a run is trained on, (n, n); None where that is not known."""
    if "train_index" not in history:
        return None
    return train_mask(history["train_index"].values, order)


def training_of(results: xr.Dataset) -> Training:
    """Return what a run depends on, from its checkpoints or its history."""
    return Training.model_validate(json.loads(results.attrs["spec"]))

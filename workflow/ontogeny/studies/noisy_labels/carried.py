"""What the results of a run carry with them."""

import json

import xarray as xr

from ontogeny.studies.noisy_labels.config import Training

__all__ = ["training_of"]


def training_of(results: xr.Dataset) -> Training:
    """Return what a run depends on apart from its files, from its checkpoints or its history."""
    return Training.model_validate(json.loads(results.attrs["spec"])["training"])

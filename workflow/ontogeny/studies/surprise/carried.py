"""What the results of a run carry with them."""

import json

import xarray as xr

from ontogeny.studies.surprise.config import Mixture, Training

__all__ = ["batch_size", "has_diverged", "mixture_of", "training_of"]


def training_of(results: xr.Dataset) -> Training:
    """Return what a run depends on apart from its world, from its checkpoints or its history."""
    return Training.model_validate(json.loads(results.attrs["spec"])["training"])


def mixture_of(results: xr.Dataset) -> Mixture:
    """Return the mixture that a transformer learned, from its checkpoints or its history.

    Raises
    ------
    pydantic.ValidationError
        If the run is on a world of another kind.
    """
    return Mixture.model_validate(json.loads(results.attrs["spec"])["world"])


def batch_size(spec: Training) -> int:
    """Return the size of the minibatches of a run, which its specification states."""
    if spec.optimiser.batch is None:
        msg = "`optimiser.batch` must be a number, as `Experiment.training` gives it"
        raise ValueError(msg)
    return spec.optimiser.batch


def has_diverged(checkpoints: xr.Dataset) -> bool:
    """Return whether the checkpoints of a run end before its training should have ended."""
    return int(checkpoints["step"][-1]) < training_of(checkpoints).schedule.steps

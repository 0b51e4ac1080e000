"""What the results of a run carry with them."""

import json

import xarray as xr
from pydantic import TypeAdapter

from ontogeny.studies.surprise.config import Training, World

__all__ = ["training_of", "world_of"]

_WORLD: TypeAdapter[World] = TypeAdapter(World)


def training_of(results: xr.Dataset) -> Training:
    """Return what a run depends on besides its world, from its checkpoints or its history."""
    return Training.model_validate(json.loads(results.attrs["spec"])["training"])


def world_of(results: xr.Dataset) -> World:
    """Return the world of a run, from its checkpoints or its history."""
    return _WORLD.validate_python(json.loads(results.attrs["spec"])["world"])

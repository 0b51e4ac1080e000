"""The record of a training run as labelled datasets, and what results are of."""

import json
from typing import Any

import numpy as np
import xarray as xr

from ontogeny.config import canonical
from ontogeny.labels import Labels, Measure
from ontogeny.studies.surprise.config import Mixture, Parity, Training
from ontogeny.studies.surprise.labels import DIMENSIONS
from ontogeny.training import Record, checkpoints_dataset, history_dataset

__all__ = ["about_run", "about_world", "datasets"]

_LABELS = Labels(DIMENSIONS)
_MEASURES = {
    "loss": Measure(("split",), "cross-entropy", "nat"),
    "accuracy": Measure(("split",), "accuracy"),
}
_PARITY: dict[str, tuple[str, ...]] = {
    "W_T": ("task", "neuron"),
    "W_B": ("bit", "neuron"),
    "b_in": ("neuron",),
    "u": ("neuron",),
    "c": (),
}
_TRANSFORMER: dict[str, tuple[str, ...]] = {
    "W_E": ("word", "residual"),
    "gain": ("layer", "residual"),
    "W_Q": ("layer", "head", "residual", "key_dimension"),
    "W_K": ("layer", "head", "residual", "key_dimension"),
    "W_V": ("layer", "head", "residual", "key_dimension"),
    "W_O": ("layer", "head", "key_dimension", "residual"),
    "gain_mlp": ("layer", "residual"),
    "W_in": ("layer", "residual", "neuron"),
    "b_in": ("layer", "neuron"),
    "W_out": ("layer", "neuron", "residual"),
    "b_out": ("layer", "residual"),
    "gain_final": ("residual",),
    "W_U": ("residual", "word"),
}


def datasets(record: Record) -> dict[str, xr.Dataset]:
    """Return the checkpoints and the history of a run by name."""
    dimensions = _PARITY if "W_T" in record.parameters else _TRANSFORMER
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


def about_world(world: Parity | Mixture) -> dict[str, Any]:
    """Return what the file of a world says that it is.

    Returns
    -------
    dict
        ``data`` in words; ``world_configuration`` as JSON, with every default.
    """
    return {
        "data": _in_words(world),
        "world_configuration": json.dumps(canonical(world), sort_keys=True),
    }


def about_run(training: Training, world: xr.Dataset) -> dict[str, Any]:
    """Return what the results of a run say that they are of.

    Parameters
    ----------
    training : Training
    world : Dataset
        As stored.

    Returns
    -------
    dict
        ``world``, its name; ``network`` and ``data`` in words; ``configuration`` as JSON, with
        every default of network and world.
    """
    of_world = json.loads(world.attrs["world_configuration"])
    layers = f", {training.network.layers} layers" if of_world["kind"] == "mixture" else ""
    return {
        "world": world.attrs["world"],
        "network": f"width {training.network.width}{layers}",
        "data": world.attrs["data"],
        "configuration": json.dumps(canonical(training) | {"world": of_world}, sort_keys=True),
    }


def _in_words(world: Parity | Mixture) -> str:
    if isinstance(world, Parity):
        bits = f"{world.order} of {world.bits} bits"
        return f"{world.tasks} parities of {bits}, frequency j^-{1 + world.alpha:g}"
    tasks = ", ".join(world.tasks)
    return f"text and the tasks {tasks}" if tasks else "text"

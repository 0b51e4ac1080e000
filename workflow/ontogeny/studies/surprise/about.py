"""What results say that they are of."""

import json
from typing import Any

import xarray as xr

from ontogeny.config import canonical
from ontogeny.studies.surprise.config import Mixture, Parity, Training

__all__ = ["about_run", "about_world"]


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
    width, layers = training.network.width, training.network.layers
    is_transformer = of_world["kind"] == "mixture"
    return {
        "world": world.attrs["world"],
        "network": f"transformer of {layers} layer{'s' * (layers > 1)} of width {width:,}"
        if is_transformer
        else f"{width:,} hidden neurons",
        "data": world.attrs["data"],
        "configuration": json.dumps(canonical(training) | {"world": of_world}, sort_keys=True),
    }


def _in_words(world: Parity | Mixture) -> str:
    if isinstance(world, Parity):
        bits = f"{world.order} of {world.bits} bits"
        return f"{world.tasks} parities of {bits}, frequency of task j: j^-{1 + world.alpha:g}"
    tasks = ", ".join(world.tasks)
    return f"text and the tasks {tasks}" if tasks else "text"

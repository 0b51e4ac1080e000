"""What results say that they are of."""

import json
from typing import Any

import xarray as xr

from ontogeny.config import Section, canonical
from ontogeny.studies.rlhf.config import Network, Pairs, World

__all__ = ["about_of", "about_run", "about_world"]

_CARRIED = ("network", "data", "configuration", "steps", "device")


def about_world(world: World) -> dict[str, Any]:
    """Return what the file of a world says that it is: ``data``, and its configuration."""
    match world:
        case Pairs():
            words = "real comparisons of responses"
        case _:
            words = f"responses of {world.length} tokens, from a vocabulary of {world.vocabulary}"
    return {"data": words, "world_configuration": json.dumps(canonical(world), sort_keys=True)}


def about_run(spec: Section, network: Network, what: str, world: xr.Dataset) -> dict[str, Any]:
    """Return what the results of a training run say that they are of.

    Parameters
    ----------
    spec : Section
        What the run depends on, in addition to its files.
    network : Network
    what : str
        In words, such as ``"start policy"``.
    world : Dataset
        As stored.

    Returns
    -------
    dict
        ``network`` and ``data`` in words; ``configuration`` as JSON, with every default of network
        and world.
    """
    of_world = json.loads(world.attrs["world_configuration"])
    layers = f"{network.layers} layer{'s' * (network.layers > 1)}"
    return {
        "network": f"{what}, {layers} of width {network.d_model}",
        "data": world.attrs["data"],
        "configuration": json.dumps(canonical(spec) | {"world": of_world}, sort_keys=True),
    }


def about_of(checkpoints: xr.Dataset) -> dict[str, Any]:
    """Return what the checkpoints of a network say that they are of.

    A stage that reads several networks hands it over with the results of one of them.
    """
    return {name: checkpoints.attrs[name] for name in _CARRIED if name in checkpoints.attrs}

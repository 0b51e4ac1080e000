"""What an experiment is, in the words of the titles of its figures."""

from collections.abc import Mapping

import xarray as xr

from ontogeny.studies.surprise.config import Network
from ontogeny.titles import made_of, titled
from ontogeny.wording import plural

__all__ = ["title", "words"]


def words(network: Network, parities: int | None) -> list[str]:
    """Return in words a world and a network.

    Parameters
    ----------
    network : Network
    parities : int or None
        Number of tasks of a world of parity; None for a mixture.
    """
    if parities is not None:
        return [f"{parities} parities", f"{network.width} neurons"]
    layers = plural(network.layers, "layer")
    return ["text and tasks", f"transformer of {layers}", f"width {network.width}"]


def title(results: Mapping[str, xr.Dataset]) -> str:
    """Return the title of the figures of a run, from its results."""
    configuration, name, seed = made_of(results)
    world = configuration["world"]
    parities = world["tasks"] if world["kind"] == "parity" else None
    network = Network.model_validate(configuration["network"])
    return titled(words(network, parities), name, seed=seed)

"""The checkpoints of a run as measures of the user's own ask for them."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import xarray as xr

from ontogeny.studies.composition.carried import train_pairs_of, training_of
from ontogeny.studies.composition.networks.build import build
from ontogeny.studies.composition.networks.reading import grid, matrices

__all__ = ["snapshots"]


def snapshots(
    table: xr.Dataset, checkpoints: xr.Dataset, history: xr.Dataset
) -> Iterator[tuple[int, Callable[[str], Any]]]:
    """Yield the step of each checkpoint, and a function from a name to its value there.

    ``step``; ``parameters``: arrays by name, as they are stored; ``logits`` (n, n, n) and
    ``hidden`` (n, n, h) by left factor, right factor and output or neuron; ``left_embedding`` and
    ``right_embedding`` (n, h), ``unembedding`` (n, h); ``product`` (n, n), indices of the elements;
    ``train_pairs`` (n, n), whether a pair is trained on, None where that is not known. All but the
    parameters are in float64.

    Parameters
    ----------
    table : Dataset
        Of the group.
    checkpoints, history : Dataset
        Of the run.
    """
    product = table["product"].values
    training = training_of(checkpoints)
    architecture = build(training.architecture, len(product))
    train_pairs = train_pairs_of(history, len(product))

    def at(index: int) -> Callable[[str], Any]:
        parameters = {str(name): each.values[index] for name, each in checkpoints.items()}

        def given(name: str) -> Any:
            match name:
                case "step":
                    return int(checkpoints["step"][index])
                case "parameters":
                    return parameters
                case "product":
                    return product
                case "train_pairs":
                    return train_pairs
                case "logits" | "hidden":
                    blocks = grid(architecture, parameters)()
                    return np.concatenate([getattr(block, name) for block in blocks])
            return getattr(matrices(architecture, parameters), name)

        return given

    for index, step in enumerate(checkpoints["step"].values):
        yield int(step), at(index)

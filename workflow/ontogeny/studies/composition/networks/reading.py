"""Networks as analyses read them: layers over all pairs, and the matrices, in float64."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.composition.irreps.analysis import Layers, Matrices, Network
from ontogeny.studies.composition.networks.architectures import Architecture
from ontogeny.studies.composition.networks.build import all_pairs_size, pair_blocks

__all__ = ["grid", "matrices"]

Array = NDArray[np.float64]

_IN_MEMORY = 2**29
_BLOCK = 2**27


def grid(architecture: Architecture, parameters: Mapping[str, NDArray[np.floating]]) -> Network:
    """Return a network, in float64, as analyses read it: layers over all pairs, block by block.

    Where all of them fit in memory they are computed once, however often they are asked for.
    Logits that follow from the hidden layer alone are computed only when they are asked for.
    """
    parameters = _doubled(parameters)
    n = architecture.order

    unembedding = architecture.readout(parameters).unembedding.T

    def layers(left: NDArray[np.int64], right: NDArray[np.int64]) -> Layers:
        if architecture.direct_path:
            found = architecture.forward(parameters, left, right)
            return block(left, found.hidden, lambda: found.logits[:, :n])
        hidden = architecture.hidden_layer(parameters, left, right)
        return block(left, hidden, lambda: hidden @ unembedding)

    def block(left: NDArray[np.int64], hidden: Array, logits: Callable[[], Array]) -> Layers:
        rows = len(left) // n
        return Layers(
            left[::n],
            hidden.reshape(rows, n, -1),
            lambda: logits().reshape(rows, n, n),
        )

    def blocks() -> Iterator[Layers]:
        return (layers(*pairs) for pairs in pair_blocks(architecture, size=_BLOCK))

    if all_pairs_size(architecture) <= _IN_MEMORY:
        whole = list(blocks())
        return lambda: iter(whole)
    return blocks


def matrices(
    architecture: Architecture, parameters: Mapping[str, NDArray[np.floating]]
) -> Matrices:
    """Return the matrices of a network that stand on group elements, in float64."""
    parameters = _doubled(parameters)
    readout = architecture.readout(parameters)
    return Matrices(
        left_embedding=readout.left_embedding,
        right_embedding=readout.right_embedding,
        unembedding=readout.unembedding,
        direct_path=architecture.direct_path,
        squared_weights=float(sum((value**2).sum() for value in parameters.values())),
    )


def _doubled(parameters: Mapping[str, NDArray[np.floating]]) -> dict[str, Array]:
    return {name: value.astype(np.float64) for name, value in parameters.items()}

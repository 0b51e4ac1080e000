"""The layers of a network over all pairs, and the means that irreps can see.

Everything that a character of ``a b c^-1`` or a matrix entry of ``rho(ab)`` can see of a network
is in the means over all pairs with the same product, and likewise for ``rho(a)`` and ``rho(b)``;
no object on pairs of pairs or on triples is needed.

Symbols: ``n`` elements, ``h`` neurons; ``a``, ``b`` the factors, ``g = a b``, ``c`` a candidate.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.composition.irreps.analysis.frame import Frame

__all__ = ["Layers", "Matrices", "Means", "Network", "group_means", "logit_slice"]

Array = NDArray[np.float64]


class Layers:
    """Hidden layer and logits for some left factors and all right factors.

    Parameters
    ----------
    left : (A,) ndarray of int
        The left factors.
    hidden : (A, n, h) ndarray
    logits : (A, n, n) ndarray, or a function that returns it
        The function is called when the logits are first asked for.
    """

    def __init__(
        self, left: NDArray[np.integer], hidden: Array, logits: Array | Callable[[], Array]
    ) -> None:
        self.left, self.hidden, self._logits = left, hidden, logits

    @cached_property
    def logits(self) -> Array:
        """Logits by left factor, right factor and candidate."""
        return self._logits() if callable(self._logits) else self._logits


@dataclass(frozen=True)
class Matrices:
    """The matrices of a network that stand on group elements.

    Attributes
    ----------
    left_embedding, right_embedding : (n, e) ndarray
    unembedding : (n, h) ndarray
        The neuron-to-logit map, one row for each candidate.
    direct_path : bool
        Whether anything reaches the logits around the hidden layer.
    squared_weights : float
        Sum of the squares of all parameters.
    """

    left_embedding: Array
    right_embedding: Array
    unembedding: Array
    direct_path: bool
    squared_weights: float


Network = Callable[[], Iterator[Layers]]
"""Yields the layers of a network block by block; may be called again."""


@dataclass(frozen=True)
class Means:
    """Sufficient statistics of a network for everything that irreps explain.

    Attributes
    ----------
    left, right, product : (n, h) ndarray
        Mean of the hidden layer over all pairs with the same left factor, right factor, product.
    square : (h,) ndarray
        Mean of its square over all pairs.
    logits : (n, n) ndarray
        ``logits[g, c]``: mean of the logits over all pairs with product ``g``.
    centred_logit_norm : float
        Euclidean norm over all triples of the logits minus their mean over ``c``.
    """

    left: Array
    right: Array
    product: Array
    square: Array
    logits: Array
    centred_logit_norm: float

    @property
    def variance(self) -> Array:
        """Variance of each neuron over all pairs, (h,)."""
        return self.square - np.square(self.product.mean(axis=0))


def group_means(network: Network, frame: Frame) -> Means:
    """Return the means of hidden layer and logits over left factor, right factor and product."""
    n = frame.order
    found: dict[str, Array] = {}
    left, norms = [], []
    for layers in network():
        by_product = frame.division[layers.left]  # (A, g): the right factor
        rows = np.arange(len(layers.left))[:, None]
        centred = layers.logits - layers.logits.mean(axis=2, keepdims=True)
        left.append(layers.hidden.mean(axis=1))
        norms.append(np.linalg.norm(centred))
        sums = {
            "right": layers.hidden.sum(axis=0) / n,
            "product": layers.hidden[rows, by_product].sum(axis=0) / n,
            "square": np.einsum("abj,abj->j", layers.hidden, layers.hidden) / n**2,
            "logits": layers.logits[rows, by_product].sum(axis=0) / n,
        }
        found = {name: found.get(name, 0.0) + value for name, value in sums.items()}
    return Means(
        left=np.concatenate(left), centred_logit_norm=float(np.linalg.norm(norms)), **found
    )


def logit_slice(network: Network, output: int) -> Array:
    """Return the logits of one output, minus the mean over outputs, for all pairs, (n, n)."""
    parts = [layers.logits[..., output] - layers.logits.mean(axis=2) for layers in network()]
    return np.concatenate(parts)

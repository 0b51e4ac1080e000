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

__all__ = [
    "Layers",
    "LogitSums",
    "Matrices",
    "Means",
    "Network",
    "group_means",
]

Array = NDArray[np.float64]


class Layers:
    """Hidden layer and logits for some left factors and all right factors.

    Parameters
    ----------
    left : (A,) ndarray of int
        The left factors.
    hidden : (A, n, h) ndarray or None
        None where a network shows its logits alone.
    logits : (A, n, n) ndarray, or a function that returns it
        The function is called when the logits are first asked for.
    """

    def __init__(
        self,
        left: NDArray[np.integer],
        hidden: Array | None,
        logits: Array | Callable[[], Array],
    ) -> None:
        self.left, self.hidden, self._logits = left, hidden, logits

    @cached_property
    def logits(self) -> Array:
        """Logits by left factor, right factor and candidate."""
        return self._logits() if callable(self._logits) else self._logits


@dataclass(frozen=True)
class Matrices:
    """The matrices of a network whose rows belong to group elements, as far as they are known.

    Attributes
    ----------
    left_embedding, right_embedding : (n, e) ndarray or None
        Both are known, or neither is.
    unembedding : (n, h) ndarray or None
        The neuron-to-logit map, one row for each candidate.
    direct_path : bool
        Whether anything reaches the logits around the hidden layer.
    squared_weights : float or None
        Sum of the squares of all parameters.
    """

    left_embedding: Array | None = None
    right_embedding: Array | None = None
    unembedding: Array | None = None
    direct_path: bool = True
    squared_weights: float | None = None

    @property
    def named(self) -> dict[str, Array]:
        """The matrices that are known, by name."""
        found = {
            "left_embedding": self.left_embedding,
            "right_embedding": self.right_embedding,
            "unembedding": self.unembedding,
        }
        return {name: matrix for name, matrix in found.items() if matrix is not None}


Network = Callable[[], Iterator[Layers]]
"""Yields the layers of a network block by block; may be called again."""


@dataclass(frozen=True)
class LogitSums:
    """What characters can see of the logits on some pairs.

    Attributes
    ----------
    by_product : (n, n) ndarray
        ``by_product[g, c]``: sum of the logits over those of the pairs whose product is ``g``.
    centred_norm : float
        Euclidean norm over these pairs and all candidates of the logits minus their mean over
        ``c``.
    pairs : int
        Number of the pairs.
    """

    by_product: Array
    centred_norm: float
    pairs: int


@dataclass(frozen=True)
class Means:
    """Sufficient statistics of a network for everything that irreps explain.

    Attributes
    ----------
    left, right, product : (n, h) ndarray
        Mean of the hidden layer over all pairs with the same left factor, right factor, product;
        without columns where no hidden layer is known.
    square : (h,) ndarray
        Mean of its square over all pairs.
    logits : (n, n) ndarray
        ``logits[g, c]``: mean of the logits over all pairs with product ``g``.
    centred_logit_norm : float
        Euclidean norm over all triples of the logits minus their mean over ``c``.
    test : LogitSums or None
        Of the test pairs alone; None where there are none, or it is not known which these are.
    """

    left: Array
    right: Array
    product: Array
    square: Array
    logits: Array
    centred_logit_norm: float
    test: LogitSums | None = None

    @property
    def variance(self) -> Array:
        """Variance of each neuron over all pairs, (h,)."""
        return self.square - np.square(self.product.mean(axis=0))


def group_means(network: Network, frame: Frame, *, train: NDArray[np.bool_] | None = None) -> Means:
    """Return the means of hidden layer and logits over left factor, right factor and product.

    Parameters
    ----------
    network : callable
    frame : Frame
    train : (n, n) ndarray of bool, optional
        The training set; where it is given, the logits of the other pairs are summed as well.
    """
    n = frame.order
    has_test_pairs = train is not None and not train.all()
    found: dict[str, Array] = {}
    left, norms, test_norms = [], [], []
    for layers in network():
        by_product = frame.division[layers.left]  # (A, g): the right factor
        rows = np.arange(len(layers.left))[:, None]
        logits = layers.logits
        hidden = np.empty((*logits.shape[:2], 0)) if layers.hidden is None else layers.hidden
        centred = logits - logits.mean(axis=2, keepdims=True)
        left.append(hidden.mean(axis=1))
        norms.append(np.linalg.norm(centred))
        sums = {
            "right": hidden.sum(axis=0) / n,
            "product": hidden[rows, by_product].sum(axis=0) / n,
            "square": np.einsum("abj,abj->j", hidden, hidden) / n**2,
            "logits": logits[rows, by_product].sum(axis=0) / n,
        }
        if train is not None and has_test_pairs:
            test = ~train[layers.left]
            chosen = np.where(test[rows, by_product][..., None], logits[rows, by_product], 0.0)
            sums["test"] = chosen.sum(axis=0)
            test_norms.append(np.linalg.norm(centred[test]))
        found = {name: found.get(name, 0.0) + value for name, value in sums.items()}
    by_test_product = found.pop("test", None)
    return Means(
        left=np.concatenate(left),
        centred_logit_norm=float(np.linalg.norm(norms)),
        test=None
        if train is None or by_test_product is None
        else LogitSums(by_test_product, float(np.linalg.norm(test_norms)), int((~train).sum())),
        **found,
    )

"""What the loss becomes when parts of the hidden layer or of the unembedding are removed.

All act on the hidden layer ``H`` and the neuron-to-logit map ``W`` alone: a direct path around the
hidden layer takes no part, neither in the ablated losses nor in the one they are compared with
(arXiv 2302.03025, ablations).

Symbols as in `ontogeny.studies.composition.irreps.analysis.means`; ``R`` real irreps, ``Q_rho`` the
orthonormal entries of one.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from ontogeny.labels import Measure
from ontogeny.studies.composition.irreps.analysis.frame import Frame
from ontogeny.studies.composition.irreps.analysis.losses import (
    Ablation,
    ablated_losses,
    restricted_losses,
)
from ontogeny.studies.composition.irreps.analysis.means import Means, Network

__all__ = ["Ablations", "ablations"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Ablations:
    """Losses [nat] of a network without some of its parts: a variable for each field.

    Attributes
    ----------
    hidden_loss : (split,) ndarray
        Of the hidden layer whole, by `splits_of` the training set.
    ablated_loss : (split, 3, R) ndarray
        By split, without the projection of the hidden layer on the entries of ``rho(a)``,
        ``rho(b)``, ``rho(ab)`` of each irrep; that of the trivial irrep is the mean.
    constructed_loss : float
        On all pairs, of a hidden layer made of the key irreps' entries of ``rho(ab)`` alone, with
        all entries of an irrep equally strong: ``sum over key rho of Q_rho(ab) C'``, where ``C'``
        is ``C = Q_rho^T M`` with rows of equal norm and the Frobenius norm of ``C``.
    unembedding_key_loss, unembedding_rest_loss : (split,) ndarray
        By split, with the unembedding projected on the span of the key irreps, or without that.
    """

    hidden_loss: Annotated[
        Array, Measure("split", "loss of the hidden layer without any other path", "nat")
    ]
    ablated_loss: Annotated[
        Array, Measure(("split", "part", "irrep"), "loss without a part of the hidden layer", "nat")
    ]
    constructed_loss: Annotated[
        float, Measure((), "loss of a hidden layer constructed from the key irreps", "nat")
    ]
    unembedding_key_loss: Annotated[
        Array, Measure("split", "loss with the key part of the unembedding", "nat")
    ]
    unembedding_rest_loss: Annotated[Array, Measure("split", "loss without that part", "nat")]


def ablations(
    network: Network,
    unembedding: Array,
    train: NDArray[np.bool_] | None,
    frame: Frame,
    *,
    means: Means,
    key: NDArray[np.bool_],
) -> Ablations:
    """Return the losses of a network without some of its parts.

    Parameters
    ----------
    network : callable
    unembedding : (n, h) ndarray
        The neuron-to-logit map.
    train : (n, n) ndarray of bool or None
        The training set; None where it is not known.
    frame : Frame
    means : Means
        Of the same network.
    key : (R,) ndarray of bool
        The key irreps.

    Returns
    -------
    Ablations
    """
    chosen = frame.basis[:, key[frame.irrep_of_entry]]
    nothing = np.zeros((1, frame.order, frame.order))
    left, right, product = (
        frame.parts(mean @ unembedding.T) for mean in (means.left, means.right, means.product)
    )
    product = np.concatenate([product, nothing])
    parts, with_key, with_rest = ablated_losses(
        network,
        [
            Ablation({"left": left, "right": right, "product": product}, "hidden"),
            Ablation({"product": nothing}, "span"),
            Ablation({"product": nothing}, "rest"),
        ],
        train,
        frame,
        unembedding=unembedding,
        span=chosen,
    )
    return Ablations(
        hidden_loss=parts["product"][:, -1],
        ablated_loss=np.stack([parts["left"], parts["right"], parts["product"][:, :-1]], axis=1),
        constructed_loss=float(restricted_losses(_constructed(means, frame, key) @ unembedding.T)),
        unembedding_key_loss=with_key["product"][:, 0],
        unembedding_rest_loss=with_rest["product"][:, 0],
    )


def _constructed(means: Means, frame: Frame, key: NDArray[np.bool_]) -> Array:
    """Return the constructed hidden layer, one row for each product, (n, h)."""
    hidden = np.zeros_like(means.product)
    for r in np.flatnonzero(key):
        entries = frame.basis[:, frame.irrep_of_entry == r]
        coefficients = entries.T @ means.product
        norms = np.linalg.norm(coefficients, axis=1, keepdims=True)
        level = np.linalg.norm(coefficients) / np.sqrt(len(coefficients))
        equal = np.divide(coefficients, norms, out=np.zeros_like(coefficients), where=norms > 0)
        hidden += entries @ (level * equal)
    return hidden

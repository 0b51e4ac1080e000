"""Measures that later papers on modular addition brought.

Symbols as in `ontogeny.studies.composition.addition.waves`; ``P_K`` the projection of the logits on
waves of ``a + b`` of the key frequencies ``K``; ``w`` all parameters.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.composition.addition.readout import component_norms
from ontogeny.studies.composition.addition.waves import cyclic_frame, project

__all__ = [
    "CIRCUITS",
    "Efficiency",
    "alignment",
    "circuit_efficiency",
    "fourier_crispness",
    "fourier_density",
]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

CIRCUITS = ("whole", "generalising", "memorising")


def fourier_density(embedding: Array, *, threshold: float = 0.5) -> float:
    """Return the Fourier frequency density (FFD): how many waves an embedding uses.

    ``1/(2 q) sum_k (1[||mu_k|| > eta max ||mu||] + 1[||nu_k|| > eta max ||nu||])`` with ``mu_k``,
    ``nu_k`` its components on cosine and sine, cosines against the largest cosine and sines against
    the largest sine [1]_: small for a few frequencies, near 1 for noise.

    Parameters
    ----------
    embedding : (p, d) ndarray
    threshold : float
        ``eta``.

    References
    ----------
    .. [1] H. Furuta et al., "Towards empirical interpretation of internal circuits and properties
       in grokked transformers on modular polynomials", arXiv 2402.16726.
    """
    norms = component_norms(embedding)[1:].reshape(-1, 2)
    return float((norms > threshold * norms.max(axis=0)).mean())


def fourier_crispness(embedding: Array) -> float:
    """Return the Fourier coefficient ratio (FCR): how alike cosine and sine are.

    ``1/q sum_k min(||mu_k||/||nu_k||, ||nu_k||/||mu_k||)``: 1 for circles, 0 if every frequency has
    one wave only [1]_. A frequency without either counts as 0.

    Parameters
    ----------
    embedding : (p, d) ndarray

    References
    ----------
    .. [1] H. Furuta et al., arXiv 2402.16726.
    """
    norms = component_norms(embedding)[1:].reshape(-1, 2)
    small, large = norms.min(axis=1), norms.max(axis=1)
    return float(np.divide(small, large, out=np.zeros_like(small), where=large > 0).mean())


@dataclass(frozen=True)
class Efficiency:
    """How much the circuits of a network do for the norm of its weights.

    Attributes
    ----------
    margin : (3,) ndarray or None [nat]
        By `CIRCUITS`, mean over training pairs of the right logit minus the mean of all: of the
        logits ``L``, of ``P_K L`` and of ``L - P_K L``. None without training pairs.
    norm : (3,) ndarray [nat]
        Root mean square over all pairs and candidates of the same logits minus the mean of each
        pair.
    share : float
        ``||P_K L||^2 / ||L||^2`` of the logits minus the mean of each pair: more than 0.95 in a
        network that only generalises [1]_.
    weights : float or None
        ``||w||``.
    """

    margin: Array | None
    norm: Array
    share: float
    weights: float | None

    @property
    def efficiency(self) -> Array | None:
        """Margin for a unit of the norm of all weights, ``margin / ||w||``, (3,)."""
        if self.margin is None or self.weights is None:
            return None
        return self.margin / self.weights


def circuit_efficiency(
    logits: Array,
    train: Mask | None,
    key: Mask,
    squared_weights: float | None,
    answer: NDArray[np.integer] | None = None,
) -> Efficiency:
    """Return how much the generalising and the memorising circuit do for the norm of the weights.

    Weight decay prefers the circuit that makes larger logits of weights of the same norm [1]_;
    which one that is depends on the number of training pairs. The two cannot be told apart in the
    weights; in the logits the generalising one is taken to be ``P_K L``, the rest memorises.

    Parameters
    ----------
    logits : (p, p, p) ndarray
    train : (p, p) ndarray of bool or None
        None where it is not known.
    key : (q,) ndarray of bool
    squared_weights : float or None
        Sum of the squares of all parameters; None where they are not known.
    answer : (p, p) ndarray of int, optional
        The right answer to each pair; ``a + b`` where none is given.

    Returns
    -------
    Efficiency

    References
    ----------
    .. [1] V. Varma et al., "Explaining grokking through circuit efficiency", arXiv 2309.02390.
    """
    whole = logits - logits.mean(axis=2, keepdims=True)
    kept = project(whole, key)
    parts = (whole, kept, whole - kept)
    right = cyclic_frame(len(logits)).product if answer is None else answer
    norms = np.array([np.sqrt(np.mean(np.square(each))) for each in parts])
    margin = None
    if train is not None:
        a, b = np.nonzero(train)
        margin = np.array([each[a, b, right[a, b]].mean() for each in parts])
    return Efficiency(
        margin=margin,
        norm=norms,
        share=float((norms[1] / norms[0]) ** 2) if norms[0] > 0 else 0.0,
        weights=None if squared_weights is None else float(np.sqrt(squared_weights)),
    )


def alignment(
    gradient: Mapping[str, NDArray[np.floating]], parameters: Mapping[str, NDArray[np.floating]]
) -> float:
    """Return how far a step against the gradient only makes the weights larger.

    ``cos(-g, w)`` over all parameters: 1 when the loss falls by scaling the weights alone, naive
    loss minimisation [1]_; then the network learns nothing new.

    Parameters
    ----------
    gradient, parameters : mapping of str to ndarray
        By the same names.

    Returns
    -------
    float
        NaN when either is 0.

    References
    ----------
    .. [1] L. Prieto et al., "Grokking at the edge of numerical stability", arXiv 2501.04697.
    """
    g, w = (
        np.concatenate([each[name].ravel() for name in parameters]).astype(np.float64)
        for each in (gradient, parameters)
    )
    norms = np.linalg.norm(g) * np.linalg.norm(w)
    return float(-(g @ w) / norms) if norms > 0 else float("nan")

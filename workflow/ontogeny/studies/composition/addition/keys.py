"""Which frequencies a network uses: four rules.

Symbols as in `ontogeny.studies.composition.addition.waves`; ``h`` neurons. A rule is applied to the
final checkpoint of a run; its answer holds for all checkpoints.
"""

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.composition.addition.waves import fourier_basis

__all__ = ["RULES", "by_ablation", "by_cluster", "by_embedding", "by_gap"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

RULES = ("gap", "embedding", "cluster", "ablation")
"""The rules; the first is the one that measures use unless another is asked for."""

EXPLAINED = 0.85
"""A neuron belongs to a frequency that explains more of its variance (arXiv 2301.05217)."""

_LEAST = 1e-12


def by_gap(shares: Array) -> Mask:
    """Return the frequencies above the largest gap between shares of the neuron-to-logit map.

    Shares are sorted; the cut is where the logarithm falls most, and what is above it is key when
    its share is more than twice the ``2/(p - 1)`` of a uniform spectrum. A fixed threshold is no
    rule: uniform shares depend on ``p``. arXiv 2301.05217 takes the rows of the map with norms that
    are not trivial (appendix C.2) and gives no number; this rule is this project's own.

    Parameters
    ----------
    shares : (q,) ndarray
        From `ontogeny.studies.composition.addition.waves.frequency_shares`.

    Returns
    -------
    (q,) ndarray of bool
        No frequency when none passes.

    Examples
    --------
    >>> by_gap(np.array([0.01, 0.5, 0.01, 0.02, 0.44, 0.02])).tolist()
    [False, True, False, False, True, False]
    >>> by_gap(np.full(56, 1 / 56)).any()
    np.False_
    """
    q = len(shares)
    order = np.argsort(-shares, kind="stable")
    logs = np.log(np.maximum(shares[order], _LEAST))
    above = np.zeros(q, dtype=bool)
    count = int(np.argmax(logs[:-1] - logs[1:])) + 1 if q > 1 else 1
    above[order[:count]] = True
    return above & (shares > 2 / q)


def by_embedding(embedding: Array, *, threshold: float = 0.25) -> Mask:
    """Return the frequencies with a wave whose norm is above a share of the largest.

    ``max(||F_2k-1 E||, ||F_2k E||) > threshold max_f ||F_f E||`` over the waves; the constant takes
    no part. In a network that has learned nothing this is every frequency. The rule of the
    demonstration in TransformerLens (Grokking_Demo).

    Parameters
    ----------
    embedding : (p, e) ndarray

    Returns
    -------
    (q,) ndarray of bool
    """
    norms = np.linalg.norm(fourier_basis(len(embedding)).matrix.T @ embedding, axis=1)
    by_frequency = norms[1:].reshape(-1, 2).max(axis=1)
    return np.asarray(by_frequency > threshold * by_frequency.max())


def by_cluster(fve: Array, *, least: float = 0.01) -> Mask:
    """Return the frequencies that explain enough neurons.

    A neuron counts for the frequency that explains most of its variance, if that is more than
    0.85; a frequency is key with at least the share `least` of all neurons. The authors of arXiv
    2301.05217 take the frequencies before the cut, where one neuron is enough.

    Parameters
    ----------
    fve : (h, q) ndarray
        Share of the variance of each neuron in the block of each frequency.

    Returns
    -------
    (q,) ndarray of bool
    """
    q = fve.shape[1]
    size = np.bincount(fve.argmax(axis=1)[fve.max(axis=1) > EXPLAINED], minlength=q)
    return np.asarray(size >= least * len(fve))


def by_ablation(loss: Array, whole: float, *, factor: float = 10.0) -> Mask:
    """Return the frequencies without which the loss is more than `factor` times as large.

    Parameters
    ----------
    loss : (q,) ndarray [nat]
        Of the network without each frequency.
    whole : float [nat]
        Of the network.

    Returns
    -------
    (q,) ndarray of bool
    """
    return np.asarray(loss > factor * whole)

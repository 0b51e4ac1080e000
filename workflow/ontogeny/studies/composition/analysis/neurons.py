"""What single neurons respond to: clusters by irrep, and how each cluster divides its variance.

Symbols: ``n`` elements, ``R`` real irreps, ``h`` neurons; ``H[a, b, j]`` the hidden layer.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.composition.analysis.frame import Frame
from ontogeny.studies.composition.analysis.means import Means, Network

__all__ = ["Clusters", "Neurons", "clusters", "neurons"]

Array = NDArray[np.float64]

OFF = 0.01
"""A neuron is off when its variance is at most this share of the mean over neurons."""


@dataclass(frozen=True)
class Neurons:
    """What each neuron responds to.

    Attributes
    ----------
    variance : (h,) ndarray
        Over all pairs.
    parts : (3, h, R) ndarray
        Share of the variance in the entries of ``rho(a)``, ``rho(b)``, ``rho(ab)``.
    block : (h, R) ndarray
        Share in all products of one entry of ``1 + rho`` at ``a`` and one at ``b``: what an
        irrep can explain of a function of both factors (for cyclic groups the fraction of
        variance of arXiv 2301.05217, degree-2 polynomials in one frequency).
    irrep : (h,) ndarray of int
        The irrep with the largest share in `block`; -1 for a neuron that is off.
    """

    variance: Array
    parts: Array
    block: Array
    irrep: NDArray[np.int64]


@dataclass(frozen=True)
class Clusters:
    """Neurons by irrep.

    Attributes
    ----------
    size : (R,) ndarray of int64
        Number of neurons.
    off : int
        Number of neurons that are off.
    parts : (3, R) ndarray
        Share of the cluster's variance in ``rho(a)``, ``rho(b)``, ``rho(ab)`` of its own irrep;
        NaN for an empty cluster. The rest is not explained by these.
    unembedding : (R,) ndarray
        Share of the cluster's columns of the neuron-to-logit map in its own irrep.
    """

    size: NDArray[np.int64]
    off: int
    parts: Array
    unembedding: Array


def neurons(network: Network, means: Means, frame: Frame) -> Neurons:
    """Return what each neuron of a network responds to.

    Parameters
    ----------
    network : callable
    means : Means
        Of the same network.
    frame : Frame

    Returns
    -------
    Neurons
    """
    hidden = np.concatenate([layers.hidden for layers in network()])  # (a, b, j)
    variance = means.variance
    total = np.where(variance > 0, variance, 1.0)
    centred = [m - m.mean(axis=0) for m in (means.left, means.right, means.product)]
    membership = np.eye(len(frame.irreps))[frame.irrep_of_entry]  # (entry, irrep)
    parts = np.stack(
        [membership.T @ np.square(frame.basis.T @ m) / (frame.order * total) for m in centred]
    ).swapaxes(1, 2)
    block = _block_power(hidden, frame, membership) / (frame.order**2 * total[:, None])
    off = variance <= OFF * variance.mean()
    return Neurons(variance, parts, block, np.where(off, -1, block.argmax(axis=1)))


def _block_power(hidden: Array, frame: Frame, membership: Array) -> Array:
    """Return the squared norm of each neuron in the block of each irrep, (h, R).

    The block of ``rho`` is spanned by ``u(a) v(b)`` with ``u``, ``v`` constant or an entry of
    ``rho``, not both constant; the trivial irrep has none.
    """
    power = np.empty((hidden.shape[2], len(frame.irreps)))
    for j in range(hidden.shape[2]):
        transform = frame.basis.T @ hidden[:, :, j] @ frame.basis
        by_irrep = membership.T @ np.square(transform) @ membership  # (irrep of a, irrep of b)
        power[j] = np.diagonal(by_irrep) + by_irrep[0] + by_irrep[:, 0]
    power[:, 0] = 0.0
    return power


def clusters(found: Neurons, unembedding: Array, frame: Frame) -> Clusters:
    """Return the neurons by irrep.

    Parameters
    ----------
    found : Neurons
    unembedding : (n, h) ndarray
        The neuron-to-logit map.
    frame : Frame

    Returns
    -------
    Clusters
    """
    count = len(frame.irreps)
    parts = np.full((3, count), np.nan)
    readout = np.full(count, np.nan)
    power = np.square(frame.basis.T @ unembedding)  # (entry, neuron)
    for r in range(count):
        members = found.irrep == r
        if members.any():
            variance = found.variance[members]
            parts[:, r] = found.parts[:, members, r] @ variance / variance.sum()
            columns = power[:, members]
            readout[r] = columns[frame.irrep_of_entry == r].sum() / columns.sum()
    size = np.bincount(found.irrep[found.irrep >= 0], minlength=count)
    return Clusters(size, int((found.irrep < 0).sum()), parts, readout)

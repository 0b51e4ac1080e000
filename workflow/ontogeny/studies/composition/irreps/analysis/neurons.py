"""What single neurons respond to: clusters by irrep, and how each cluster divides its variance.

Symbols: ``n`` elements, ``R`` real irreps, ``h`` neurons; ``H[a, b, j]`` the hidden layer.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.composition.irreps.analysis.frame import Frame
from ontogeny.studies.composition.irreps.analysis.means import Means, Network

__all__ = [
    "Clusters",
    "Neurons",
    "block_means",
    "block_power",
    "cluster_shares",
    "clusters",
    "examples",
    "neurons",
    "part_shares",
    "strongest",
    "unembedding_shares",
]

Array = NDArray[np.float64]

OFF = 0.01
"""A neuron is off when its variance is at most this share of the mean over neurons."""

EXAMPLES = 12
"""Number of neurons that are shown one by one."""

_LARGEST = 2**30


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
    tables : (h, n, n) ndarray
        Activation on all pairs; in float32 where float64 would take more than a gigabyte.
    """

    variance: Array
    parts: Array
    block: Array
    irrep: NDArray[np.int64]
    tables: NDArray[np.floating]


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
    unembedding : (R,) ndarray or None
        Share of the cluster's columns of the neuron-to-logit map in its own irrep; None where the
        map is not known.
    """

    size: NDArray[np.int64]
    off: int
    parts: Array
    unembedding: Array | None


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
    variance = means.variance
    total = np.where(variance > 0, variance, 1.0)
    tables = _by_neuron(network, means)
    power = block_power(tables, means, frame, np.arange(len(total)))
    block = power / (frame.order**2 * total[:, None])
    off = variance <= OFF * variance.mean()
    irrep = np.where(off, -1, block.argmax(axis=1))
    return Neurons(variance, part_shares(means, frame), block, irrep, tables)


def part_shares(means: Means, frame: Frame) -> Array:
    """Return the share of each neuron's variance in ``rho(a)``, ``rho(b)``, ``rho(ab)``, (3, h, R).

    With ``M`` the mean over all pairs with the same left factor (right factor, product), the share
    is ``||Q_rho^T M_j||^2 / (n variance_j)``.
    """
    total = np.where(means.variance > 0, means.variance, 1.0)
    centred = [m - m.mean(axis=0) for m in (means.left, means.right, means.product)]
    return np.stack([_by_irrep(m, frame) / (frame.order * total[:, None]) for m in centred])


def _by_irrep(values: Array, frame: Frame) -> Array:
    """Return the squared norm of functions on the group, (n, h), in each irrep, (h, R)."""
    membership = np.eye(len(frame.irreps))[frame.irrep_of_entry]  # (entry, irrep)
    return np.asarray(np.square(frame.basis.T @ values).T @ membership)


def block_power(
    tables: NDArray[np.floating], means: Means, frame: Frame, chosen: NDArray[np.integer]
) -> Array:
    """Return the squared norm of some neurons in the block of each irrep, (len(chosen), R).

    The block of ``rho`` is spanned by ``u(a) v(b)`` with ``u``, ``v`` constant or an entry of
    ``rho``, not both constant; the trivial irrep has none. The parts with one constant follow from
    the means over the other factor.

    Parameters
    ----------
    tables : (h, n, n) ndarray
        Of all neurons.
    means : Means
        Of the same network.
    frame : Frame
        Of a group on the same elements.
    chosen : ndarray of int
        The neurons that are read.
    """
    basis = frame.basis.astype(tables.dtype)
    spans = [basis[:, frame.irrep_of_entry == r] for r in range(len(frame.irreps))]
    one_sided = [_by_irrep(m[:, chosen], frame) for m in (means.left, means.right)]
    power = frame.order * (one_sided[0] + one_sided[1])
    for row, neuron in enumerate(chosen):
        for r, span in enumerate(spans):
            power[row, r] += np.square(span.T @ tables[neuron] @ span).sum()
    power[:, 0] = 0.0
    return power


def _by_neuron(network: Network, means: Means) -> NDArray[np.floating]:
    """Return the hidden layer with one table of pairs for each neuron, (h, n, n)."""
    n, h = means.left.shape
    hidden = np.empty((h, n, n), np.float64 if 8 * h * n * n <= _LARGEST else np.float32)
    for layers in network():
        if layers.hidden is None:
            msg = "`network` has no hidden layer, so it has no neurons"
            raise ValueError(msg)
        hidden[:, layers.left] = layers.hidden.transpose(2, 0, 1)
    return hidden


def clusters(found: Neurons, unembedding: Array | None, frame: Frame) -> Clusters:
    """Return the neurons by irrep.

    Parameters
    ----------
    found : Neurons
    unembedding : (n, h) ndarray or None
        The neuron-to-logit map; None where it is not known.
    frame : Frame

    Returns
    -------
    Clusters
    """
    parts, readout = cluster_shares(found, unembedding, frame)
    size = np.bincount(found.irrep[found.irrep >= 0], minlength=len(frame.irreps))
    return Clusters(size, int((found.irrep < 0).sum()), parts, readout)


def cluster_shares(
    found: Neurons, unembedding: Array | None, frame: Frame
) -> tuple[Array, Array | None]:
    """Return the fields `parts` and `unembedding` of `Clusters`."""
    count = len(frame.irreps)
    parts, readout = np.full((3, count), np.nan), np.full(count, np.nan)
    power = None if unembedding is None else _by_irrep(unembedding, frame)  # (neuron, irrep)
    for r in range(count):
        members = found.irrep == r
        if members.any():
            variance = found.variance[members]
            parts[:, r] = found.parts[:, members, r] @ variance / variance.sum()
            if power is not None:
                readout[r] = power[members, r].sum() / power[members].sum()
    return parts, None if power is None else readout


def unembedding_shares(unembedding: Array, frame: Frame) -> Array:
    """Return the share of each neuron's column of the unembedding in each irrep, (h, R)."""
    power = _by_irrep(unembedding, frame)
    total = power.sum(axis=1, keepdims=True)
    return np.divide(power, total, out=np.zeros_like(power), where=total > 0)


def block_means(found: Neurons, frame: Frame) -> Array:
    """Return the mean of neurons over the four blocks of a sign, (h, 2, 2).

    A one-dimensional real irrep takes the values 1 and -1. A neuron of its cluster is a function
    of the two signs alone, ``ReLU(alpha rho(a) + beta rho(b) + gamma)``, when ``block`` is 1: then
    these four numbers are all that it does (arXiv 2302.03025, sign neurons).

    Returns
    -------
    (h, 2, 2) ndarray
        By the sign of the left and of the right factor, 1 first; NaN for neurons of other clusters.
    """
    means = np.full((len(found.irrep), 2, 2), np.nan)
    signs = [r for r in np.unique(found.irrep) if r > 0 and np.abs(frame.character[r]).max() < 1.5]
    for r in signs:
        sides = np.stack([frame.character[r] > 0, frame.character[r] < 0]).astype(np.float64)
        counts = np.outer(sides.sum(axis=1), sides.sum(axis=1))
        for neuron in np.flatnonzero(found.irrep == r):
            means[neuron] = sides @ found.tables[neuron] @ sides.T / counts
    return means


def examples(found: Neurons) -> NDArray[np.int64]:
    """Return the neurons that stand for the clusters: those of largest variance."""
    return strongest(found.irrep, found.variance)


def strongest(irrep: NDArray[np.integer], strength: Array) -> NDArray[np.int64]:
    """Return the strongest neurons of each irrep, in turn.

    Parameters
    ----------
    irrep : (h,) ndarray of int
        The irrep of each neuron; -1 for a neuron without one, which is left out.
    strength : (h,) ndarray

    Returns
    -------
    (E,) ndarray of int64
        At most `EXAMPLES`, by irrep and in it by falling strength.
    """
    live = np.flatnonzero(irrep >= 0)
    live = live[np.lexsort((-strength[live], irrep[live]))]
    irrep = irrep[live]
    place = np.arange(len(live)) - np.searchsorted(irrep, irrep)
    chosen = np.argsort(place, kind="stable")[:EXAMPLES]
    return live[np.sort(chosen)]

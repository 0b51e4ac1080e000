"""Neurons by frequency: clusters, their readout, and the polynomials that stand for them.

Formulas of arXiv 2301.05217, section 4.3. The fraction of variance that a frequency explains of a
neuron is the field `block` of `ontogeny.studies.composition.irreps.analysis.Neurons`.

Symbols as in `ontogeny.studies.composition.addition.waves`; ``h`` neurons.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.composition.addition.keys import EXPLAINED
from ontogeny.studies.composition.addition.waves import project
from ontogeny.studies.composition.irreps.analysis import Frame, Neurons, unembedding_shares

__all__ = ["Clusters", "NeuronTable", "active_share", "clusters", "neuron_table", "surrogate"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class NeuronTable:
    """Each neuron and its frequency.

    Attributes
    ----------
    fve : (h, q) ndarray
        Share of the variance over pairs in the block of each frequency: the waves of ``a``, those
        of ``b`` and their products, 8 dimensions.
    frequency : (h,) ndarray of int64
        ``k`` with the largest share.
    best : (h,) ndarray
        That share; 0 for a neuron that is constant.
    sum_share : (h,) ndarray
        Share of the variance in the waves of ``a + b`` of that frequency. A neuron that is a wave
        of ``a`` alone has ``best`` 1 and none here.
    unembedding_share : (h,) ndarray or None
        Share of the neuron's column of the neuron-to-logit map in the two rows of that frequency;
        None where that map is not known.
    """

    fve: Array
    frequency: NDArray[np.int64]
    best: Array
    sum_share: Array
    unembedding_share: Array | None

    @property
    def explained(self) -> NDArray[np.bool_]:
        """Neurons with more than 0.85 explained by their frequency, (h,)."""
        return np.asarray(self.best > EXPLAINED)


def neuron_table(found: Neurons, unembedding: Array | None, frame: Frame) -> NeuronTable:
    """Return each neuron with its frequency.

    Parameters
    ----------
    found : Neurons
        Of the cyclic group.
    unembedding : (p, h) ndarray or None
        The neuron-to-logit map; None where it is not known.
    frame : Frame
        From `ontogeny.studies.composition.addition.waves.cyclic_frame`.

    Returns
    -------
    NeuronTable
    """
    fve = found.block[:, 1:]
    frequency = fve.argmax(axis=1) + 1
    each = np.arange(len(fve))
    shares = None if unembedding is None else unembedding_shares(unembedding, frame)
    return NeuronTable(
        fve=fve,
        frequency=frequency,
        best=fve[each, frequency - 1],
        sum_share=found.parts[2, each, frequency],
        unembedding_share=None if shares is None else shares[each, frequency],
    )


@dataclass(frozen=True)
class Clusters:
    """The neurons that are explained, by frequency.

    Attributes
    ----------
    size : (q,) ndarray of int64
        Number of neurons.
    unexplained : int
        Neurons with at most 0.85 explained by any frequency.
    fve, sum_share, unembedding_share : (q,) ndarray
        Means over the cluster; NaN for an empty one. The last is None where it is of the neurons.
    """

    size: NDArray[np.int64]
    unexplained: int
    fve: Array
    sum_share: Array
    unembedding_share: Array | None


def clusters(table: NeuronTable) -> Clusters:
    """Return the neurons that are explained, by frequency."""
    q = table.fve.shape[1]
    members = table.explained
    index = table.frequency[members] - 1
    size = np.bincount(index, minlength=q)

    def average(values: Array) -> Array:
        total = np.bincount(index, values[members], minlength=q)
        return np.divide(total, size, out=np.full(q, np.nan), where=size > 0)

    read = table.unembedding_share
    return Clusters(
        size,
        int((~members).sum()),
        average(table.best),
        average(table.sum_share),
        None if read is None else average(read),
    )


def active_share(hidden: Array) -> Array:
    """Return the share of pairs on which each neuron is above 0, (h,).

    A ReLU neuron that is active on all of them is linear (arXiv 2301.05217: most of the neurons
    that no frequency explains).
    """
    return np.asarray((hidden > 0).mean(axis=(0, 1)))


def surrogate(hidden: Array, frequency: NDArray[np.integer], members: NDArray[np.bool_]) -> Array:
    """Return the hidden layer with some neurons replaced by polynomials of degree 2.

    The best in the waves of a neuron's frequency: the mean over pairs, and the projection on the
    ``block`` of `ontogeny.studies.composition.addition.waves.project`.

    Parameters
    ----------
    hidden : (p, p, h) ndarray
    frequency : (h,) ndarray of int
        ``k`` of each neuron.
    members : (h,) ndarray of bool
        The neurons that are replaced; the others are untouched.

    Returns
    -------
    (p, p, h) ndarray
    """
    q = (len(hidden) - 1) // 2
    out = hidden.copy()
    for k in np.unique(frequency[members]):
        cluster = members & (frequency == k)
        own = hidden[..., cluster]
        out[..., cluster] = own.mean(axis=(0, 1)) + project(own, np.arange(1, q + 1) == k, "block")
    return out

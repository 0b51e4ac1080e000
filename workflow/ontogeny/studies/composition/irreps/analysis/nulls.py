"""What fractions are worth: the same measures of the same network under scrambled groups.

A permutation of the elements makes of a group an isomorphic copy whose elements have other places:
``product'(x, y) = pi^-1(pi(x) pi(y))``. A network that multiplies in the group knows nothing of
the copy, so what irreps of the copy explain of it is what fractions of this size are worth.

Symbols: ``P`` relabellings; otherwise as in `ontogeny.studies.composition.irreps.analysis.means`.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.composition.irreps.analysis.frame import Frame
from ontogeny.studies.composition.irreps.analysis.means import Matrices, Means, Network
from ontogeny.studies.composition.irreps.analysis.neurons import (
    Neurons,
    block_power,
    cluster_shares,
    part_shares,
    unembedding_shares,
)
from ontogeny.studies.composition.irreps.analysis.shares import (
    hidden_shares,
    logit_similarity,
    matrix_shares,
)

__all__ = ["nulls", "relabelled", "relabelled_means"]

Array = NDArray[np.float64]

_READ = 128
"""Number of neurons whose blocks are read."""


def relabelled(frame: Frame, place: NDArray[np.integer]) -> Frame:
    """Return the frame of the copy of a group whose element ``x`` is ``place[x]`` of the group."""
    inverse = np.argsort(place)
    at = np.ix_(place, place)
    return replace(
        frame,
        product=inverse[frame.product[at]],
        division=inverse[frame.division[at]],
        basis=frame.basis[place],
        character=frame.character[:, place],
    )


def relabelled_means(network: Network, means: Means, frames: list[Frame]) -> list[Means]:
    """Return the means of a network over products, in each of several groups on its elements.

    Means over left and right factors do not depend on the group. One product of a sparse matrix
    with the layers of a block gathers the pairs of all groups.

    Parameters
    ----------
    network : callable
    means : Means
        Of the same network.
    frames : list of Frame

    Returns
    -------
    list of Means
    """
    n = frames[0].order
    hidden, logits = np.zeros_like(means.product), np.zeros_like(means.logits)
    hidden, logits = (np.zeros((len(frames) * n, m.shape[1])) for m in (hidden, logits))
    from scipy.sparse import csr_array  # measures along training do without it

    for layers in network():
        rows = np.arange(len(layers.left))
        pairs = np.concatenate([(rows[:, None] * n + f.division[layers.left]).T for f in frames])
        gather = csr_array(
            (
                np.full(pairs.size, 1.0 / n),
                pairs.ravel(),
                np.arange(0, pairs.size + 1, len(rows)),
            ),
            shape=(len(pairs), len(rows) * n),
        )
        if layers.hidden is not None:
            hidden += gather @ layers.hidden.reshape(len(rows) * n, -1)
        logits += gather @ layers.logits.reshape(len(rows) * n, -1)
    return [
        replace(means, product=h, logits=z)
        for h, z in zip(np.split(hidden, len(frames)), np.split(logits, len(frames)), strict=True)
    ]


def nulls(
    network: Network,
    means: Means,
    matrices: Matrices,
    found: Neurons | None,
    frame: Frame,
    *,
    count: int = 20,
    seed: int = 0,
) -> dict[str, Array]:
    """Return fractions of a network under random relabellings of its group.

    Parameters
    ----------
    network : callable
    means : Means
        Of the same network.
    matrices : Matrices
    found : Neurons or None
        Of the same network; clusters keep their neurons. None without a hidden layer.
    frame : Frame
    count : int
        Number of relabellings.
    seed : int
        Of the relabellings.

    Returns
    -------
    dict of str to (P, ...) ndarray
        By the name of the measure, of those that the network shows. ``neuron_fve``,
        ``neuron_part_fve`` and ``neuron_unembedding_fve`` are means over neurons; for
        ``neuron_fve`` each neuron is analysed under one of the relabellings in turn, and no more
        than `_READ` of them.
    """
    rng = np.random.default_rng(seed)
    frames = [relabelled(frame, rng.permutation(frame.order)) for _ in range(count)]
    each = list(zip(frames, relabelled_means(network, means, frames), strict=True))
    similarity = np.stack([logit_similarity(m, f) for f, m in each])
    values = {
        "logit_similarity": similarity,
        "logit_fve": similarity**2,
        "logit_fve_total": (similarity[:, 1:] ** 2).sum(axis=1),
    }
    left, right, unembedding = (
        matrices.left_embedding,
        matrices.right_embedding,
        matrices.unembedding,
    )
    if left is not None and right is not None:
        values["embedding_fve"] = np.stack(
            [[matrix_shares(matrix, f) for matrix in (left, right)] for f in frames]
        )
    if unembedding is not None:
        values["unembedding_fve"] = np.stack([matrix_shares(unembedding, f) for f in frames])
        values["neuron_unembedding_fve"] = np.stack(
            [unembedding_shares(unembedding, f).mean(axis=0) for f in frames]
        )
    if found is not None:
        values["hidden_fve"] = np.stack([hidden_shares(m, f) for f, m in each])
        values |= _neuron_nulls(found, means, each, unembedding)
    return values


def _neuron_nulls(
    found: Neurons, means: Means, each: list[tuple[Frame, Means]], unembedding: Array | None
) -> dict[str, Array]:
    """Return fractions of neurons and clusters under each relabelling."""
    frames = [f for f, _ in each]
    parts = [part_shares(m, f) for f, m in each]
    shares = [
        cluster_shares(replace(found, parts=p), unembedding, f)
        for p, f in zip(parts, frames, strict=True)
    ]
    readouts = [readout for _, readout in shares if readout is not None]
    values = {
        "neuron_part_fve": np.stack([p.mean(axis=1) for p in parts]),
        "cluster_fve": np.stack([inside for inside, _ in shares]),
        "neuron_fve": _neuron_null(found, means, frames),
    }
    return values | ({"cluster_unembedding_fve": np.stack(readouts)} if readouts else {})


def _neuron_null(found: Neurons, means: Means, frames: list[Frame]) -> Array:
    """Return the mean block share of some neurons, each under one relabelling, (P, R)."""
    variance = np.where(means.variance > 0, means.variance, 1.0)
    values = np.full((len(frames), len(frames[0].irreps)), np.nan)
    for start, frame in enumerate(frames):
        turn = np.arange(start, min(len(variance), _READ), len(frames))
        if len(turn):
            power = block_power(found.tables, means, frame, turn)
            values[start] = (power / (frame.order**2 * variance[turn, None])).mean(axis=0)
    return values

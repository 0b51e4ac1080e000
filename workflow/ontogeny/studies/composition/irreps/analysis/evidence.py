"""All measures of one network that follow the irreps of its group.

Formulas of arXiv 2302.03025 (logit attribution, embeddings, hidden layer, restricted and excluded
loss) and of arXiv 2301.05217 (restricted and excluded loss on the logits, Gini coefficient).

Symbols as in `ontogeny.studies.composition.irreps.analysis.means`; ``R`` real irreps.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.composition.irreps.analysis.frame import Frame
from ontogeny.studies.composition.irreps.analysis.losses import (
    SPLITS,
    Ablation,
    ablated_losses,
    losses,
    restricted_losses,
)
from ontogeny.studies.composition.irreps.analysis.means import Matrices, Means, Network
from ontogeny.studies.composition.irreps.analysis.shares import (
    entry_gini,
    hidden_shares,
    logit_similarity,
    matrix_shares,
)

__all__ = ["Evidence", "Losses", "evidence"]

Array = NDArray[np.float64]

_TRAIN = SPLITS.index("train")


@dataclass(frozen=True)
class Losses:
    """Cross-entropies [nat] and accuracies of a network.

    Attributes
    ----------
    loss, accuracy : dict of str to float
        By split.
    excluded : (R,) ndarray
        Without the part of the hidden layer in the entries of ``rho(ab)``, on training pairs.
    excluded_total : float
        Without those of all key irreps.
    excluded_logits, excluded_logits_total
        The same with the parts taken out of the logits (arXiv 2301.05217).
    """

    loss: dict[str, float]
    accuracy: dict[str, float]
    excluded: Array
    excluded_total: float
    excluded_logits: Array
    excluded_logits_total: float


@dataclass(frozen=True)
class Evidence:
    """Every irrep-based measure of one network.

    Attributes
    ----------
    logit_similarity : (R,) ndarray
        Cosine between the centred logits and ``chi_rho(a b c^-1)`` over all triples.
    embedding : (2, R) ndarray
        Share of the left and the right embedding in the span of each irrep.
    unembedding : (R,) ndarray
    hidden : (3, R) ndarray
        Share of the variance of the hidden layer in the entries of ``rho(a)``, ``rho(b)``,
        ``rho(ab)``.
    restricted, restricted_logits : (R,) ndarray
        Loss of each irrep's part alone [nat]; the second on logits with their mean kept.
    restricted_total, restricted_logits_total : float
        Loss of the parts of all key irreps together [nat].
    losses : Losses
    gini : (3,) ndarray
        Of the entry norms of left embedding, right embedding, unembedding.
    squared_weights : float
    """

    logit_similarity: Array
    embedding: Array
    unembedding: Array
    hidden: Array
    restricted: Array
    restricted_total: float
    restricted_logits: Array
    restricted_logits_total: float
    losses: Losses
    gini: Array
    squared_weights: float


def evidence(
    network: Network,
    matrices: Matrices,
    train: NDArray[np.bool_],
    frame: Frame,
    *,
    means: Means,
    key: NDArray[np.bool_],
) -> Evidence:
    """Compute every irrep-based measure of one network.

    Restricted and excluded losses use the hidden layer and the neuron-to-logit map, without the
    mean of the hidden layer and without any direct path around it (arXiv 2302.03025); those
    called ``logits`` project the logits themselves and keep their mean (arXiv 2301.05217).

    Parameters
    ----------
    network : callable
        Layers of the network, block by block.
    matrices : Matrices
    train : (n, n) ndarray of bool
        The training set.
    frame : Frame
    means : Means
        Of the same network.
    key : (R,) ndarray of bool
        The key irreps of the final checkpoint of the run.

    Returns
    -------
    Evidence
    """
    from_hidden = _with_total(frame.parts(means.product @ matrices.unembedding.T), key)
    from_logits = _with_total(frame.parts(means.logits), key)
    rest = means.logits - from_logits
    restricted = restricted_losses(from_hidden)
    restricted_logits = restricted_losses(from_logits + rest.mean(axis=1, keepdims=True))
    ablations = [Ablation({"product": from_logits})]
    if matrices.direct_path:
        ablations.append(Ablation({"product": from_hidden}, "hidden"))
    without = ablated_losses(network, ablations, train, frame, unembedding=matrices.unembedding)
    excluded_logits, excluded = (found["product"][_TRAIN] for found in (without[0], without[-1]))
    loss, accuracy = losses(network, train, frame)
    embeddings = (matrices.left_embedding, matrices.right_embedding)
    return Evidence(
        logit_similarity=logit_similarity(means, frame),
        embedding=np.stack([matrix_shares(matrix, frame) for matrix in embeddings]),
        unembedding=matrix_shares(matrices.unembedding, frame),
        hidden=hidden_shares(means, frame),
        restricted=restricted[:-1],
        restricted_total=float(restricted[-1]),
        restricted_logits=restricted_logits[:-1],
        restricted_logits_total=float(restricted_logits[-1]),
        losses=Losses(
            loss,
            accuracy,
            excluded=excluded[:-1],
            excluded_total=float(excluded[-1]),
            excluded_logits=excluded_logits[:-1],
            excluded_logits_total=float(excluded_logits[-1]),
        ),
        gini=np.array(
            [entry_gini(matrix, frame) for matrix in (*embeddings, matrices.unembedding)]
        ),
        squared_weights=matrices.squared_weights,
    )


def _with_total(parts: Array, key: NDArray[np.bool_]) -> Array:
    """Return the parts of all irreps, (R, g, c), and behind them the sum over the key ones."""
    return np.concatenate([parts, parts[key].sum(axis=0, keepdims=True)])

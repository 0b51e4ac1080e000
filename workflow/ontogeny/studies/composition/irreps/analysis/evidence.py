"""All measures of one network that follow the irreps of its group.

Formulas of arXiv 2302.03025 (logit attribution, embeddings, hidden layer, restricted and excluded
loss) and of arXiv 2301.05217 (restricted and excluded loss on the logits, Gini coefficient).

Symbols as in `ontogeny.studies.composition.irreps.analysis.means`; ``R`` real irreps.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from ontogeny.labels import Measure
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

__all__ = ["Evidence", "evidence"]

Array = NDArray[np.float64]

_TRAIN = SPLITS.index("train")


@dataclass(frozen=True)
class Evidence:
    """Every irrep-based measure of one network: a variable for each field.

    Attributes
    ----------
    logit_similarity : (R,) ndarray
        Cosine between the centred logits and ``chi_rho(a b c^-1)`` over all triples.
    logit_fve : (R,) ndarray
        Its square.
    logit_fve_total : float
    embedding_fve : (2, R) ndarray
        Share of the left and the right embedding in the span of each irrep.
    unembedding_fve : (R,) ndarray
    hidden_fve : (3, R) ndarray
        Share of the variance of the hidden layer in the entries of ``rho(a)``, ``rho(b)``,
        ``rho(ab)``.
    gini : (3,) ndarray
        Of the entry norms of left embedding, right embedding, unembedding.
    squared_weights : float
    loss, accuracy : (3,) ndarray
        By `SPLITS`.
    restricted_loss_by_irrep, restricted_logit_loss_by_irrep : (R,) ndarray
        Loss of each irrep's part alone [nat]; the second on logits with their mean kept
        (arXiv 2301.05217).
    excluded_loss_by_irrep, excluded_logit_loss_by_irrep : (R,) ndarray
        Loss without the part of the hidden layer, or of the logits, in the entries of ``rho(ab)``,
        on training pairs [nat].
    restricted_loss, restricted_logit_loss, excluded_loss, excluded_logit_loss : float
        The same with the parts of all key irreps together [nat].
    """

    logit_similarity: Annotated[Array, Measure("irrep", "logit similarity")]
    logit_fve: Annotated[Array, Measure("irrep", "share of the logits explained")]
    logit_fve_total: Annotated[
        float, Measure((), "share of the logits explained by all non-trivial irreps")
    ]
    embedding_fve: Annotated[Array, Measure(("side", "irrep"), "share of the embedding explained")]
    unembedding_fve: Annotated[Array, Measure("irrep", "share of the unembedding explained")]
    hidden_fve: Annotated[
        Array, Measure(("part", "irrep"), "share of the hidden variance explained")
    ]
    gini: Annotated[Array, Measure("matrix", "Gini coefficient of the component norms")]
    squared_weights: Annotated[float, Measure((), "sum of squared weights")]
    loss: Annotated[Array, Measure("split", "cross-entropy", "nat")]
    accuracy: Annotated[Array, Measure("split", "accuracy")]
    restricted_loss_by_irrep: Annotated[Array, Measure("irrep", "restricted loss", "nat")]
    excluded_loss_by_irrep: Annotated[Array, Measure("irrep", "excluded loss", "nat")]
    restricted_logit_loss_by_irrep: Annotated[
        Array, Measure("irrep", "restricted logit loss", "nat")
    ]
    excluded_logit_loss_by_irrep: Annotated[Array, Measure("irrep", "excluded logit loss", "nat")]
    restricted_loss: Annotated[float, Measure((), "restricted loss", "nat")]
    excluded_loss: Annotated[float, Measure((), "excluded loss", "nat")]
    restricted_logit_loss: Annotated[float, Measure((), "restricted logit loss", "nat")]
    excluded_logit_loss: Annotated[float, Measure((), "excluded logit loss", "nat")]


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
    similarity = logit_similarity(means, frame)
    fve = np.square(similarity)
    return Evidence(
        logit_similarity=similarity,
        logit_fve=fve,
        logit_fve_total=float(fve[1:].sum()),
        embedding_fve=np.stack([matrix_shares(matrix, frame) for matrix in embeddings]),
        unembedding_fve=matrix_shares(matrices.unembedding, frame),
        hidden_fve=hidden_shares(means, frame),
        gini=np.array(
            [entry_gini(matrix, frame) for matrix in (*embeddings, matrices.unembedding)]
        ),
        squared_weights=matrices.squared_weights,
        loss=np.array([loss[split] for split in SPLITS]),
        accuracy=np.array([accuracy[split] for split in SPLITS]),
        restricted_loss_by_irrep=restricted[:-1],
        restricted_loss=float(restricted[-1]),
        restricted_logit_loss_by_irrep=restricted_logits[:-1],
        restricted_logit_loss=float(restricted_logits[-1]),
        excluded_loss_by_irrep=excluded[:-1],
        excluded_loss=float(excluded[-1]),
        excluded_logit_loss_by_irrep=excluded_logits[:-1],
        excluded_logit_loss=float(excluded_logits[-1]),
    )


def _with_total(parts: Array, key: NDArray[np.bool_]) -> Array:
    """Return the parts of all irreps, (R, g, c), and behind them the sum over the key ones."""
    return np.concatenate([parts, parts[key].sum(axis=0, keepdims=True)])

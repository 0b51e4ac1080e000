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
    Ablation,
    ablated_losses,
    losses,
    restricted_losses,
    splits_of,
)
from ontogeny.studies.composition.irreps.analysis.means import Matrices, Means, Network
from ontogeny.studies.composition.irreps.analysis.shares import (
    entry_gini,
    hidden_shares,
    logit_similarity,
    logit_similarity_on_test_pairs,
    matrix_shares,
)

__all__ = ["Evidence", "evidence"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Evidence:
    """Every irrep-based measure of one network: a variable for each field that is not None.

    None is what a network does not show: see `evidence`.

    Attributes
    ----------
    logit_similarity : (R,) ndarray
        Cosine between the centred logits and ``chi_rho(a b c^-1)`` over all triples.
    test_logit_similarity : (R,) ndarray or None
        The same over the triples of test pairs.
    logit_fve : (R,) ndarray
        Square of the first.
    logit_fve_total : float
    embedding_fve : (2, R) ndarray or None
        Share of the left and the right embedding in the span of each irrep.
    unembedding_fve : (R,) ndarray or None
    hidden_fve : (3, R) ndarray or None
        Share of the variance of the hidden layer in the entries of ``rho(a)``, ``rho(b)``,
        ``rho(ab)``.
    gini : (M,) ndarray or None
        Of the entry norms of the matrices that are known, in the order left embedding, right
        embedding, unembedding.
    squared_weights : float or None
    loss, accuracy : (split,) ndarray
        By `ontogeny.studies.composition.irreps.analysis.losses.splits_of`; the loss in nat.
    restricted_hidden_loss_by_irrep : (R,) ndarray or None
        Loss on all pairs of what each irrep's part of the hidden layer in the entries of
        ``rho(ab)`` alone makes of the logits, without mean and direct path [nat].
    excluded_hidden_loss_by_irrep : (R,) ndarray or None
        Loss on training pairs of what is left of the hidden layer without that part, without
        direct path [nat].
    restricted_logit_loss_by_irrep, excluded_logit_loss_by_irrep : (R,) ndarray or None
        The same of the logits themselves, direct path included, and with the mean of the logits
        put back in the restricted loss [nat] (arXiv 2301.05217).
    restricted_hidden_loss, excluded_hidden_loss, restricted_logit_loss, excluded_logit_loss : float
        The same with the parts of all key irreps together [nat].
    """

    logit_similarity: Annotated[Array, Measure("irrep", "logit similarity")]
    test_logit_similarity: Annotated[
        Array | None, Measure("irrep", "logit similarity on test pairs")
    ]
    logit_fve: Annotated[Array, Measure("irrep", "share of the logits explained")]
    logit_fve_total: Annotated[
        float, Measure((), "share of the logits explained by all non-trivial irreps")
    ]
    embedding_fve: Annotated[
        Array | None, Measure(("side", "irrep"), "share of the embedding explained")
    ]
    unembedding_fve: Annotated[Array | None, Measure("irrep", "share of the unembedding explained")]
    hidden_fve: Annotated[
        Array | None, Measure(("part", "irrep"), "share of the hidden variance explained")
    ]
    gini: Annotated[Array | None, Measure("matrix", "Gini coefficient of the component norms")]
    squared_weights: Annotated[float | None, Measure((), "sum of squared weights")]
    loss: Annotated[Array, Measure("split", "cross-entropy", "nat")]
    accuracy: Annotated[Array, Measure("split", "accuracy")]
    restricted_hidden_loss_by_irrep: Annotated[
        Array | None, Measure("irrep", "restricted loss of the hidden layer", "nat")
    ]
    excluded_hidden_loss_by_irrep: Annotated[
        Array | None, Measure("irrep", "excluded loss of the hidden layer", "nat")
    ]
    restricted_logit_loss_by_irrep: Annotated[
        Array, Measure("irrep", "restricted loss of the logits", "nat")
    ]
    excluded_logit_loss_by_irrep: Annotated[
        Array | None, Measure("irrep", "excluded loss of the logits", "nat")
    ]
    restricted_hidden_loss: Annotated[
        float | None, Measure((), "restricted loss of the hidden layer", "nat")
    ]
    excluded_hidden_loss: Annotated[
        float | None, Measure((), "excluded loss of the hidden layer", "nat")
    ]
    restricted_logit_loss: Annotated[float, Measure((), "restricted loss of the logits", "nat")]
    excluded_logit_loss: Annotated[float | None, Measure((), "excluded loss of the logits", "nat")]


def evidence(
    network: Network,
    matrices: Matrices,
    train: NDArray[np.bool_] | None,
    frame: Frame,
    *,
    means: Means,
    key: NDArray[np.bool_],
) -> Evidence:
    """Compute every irrep-based measure that a network shows.

    Logits alone show their similarities and restricted losses; the hidden layer its shares; with
    the unembedding, the losses of its parts (arXiv 2302.03025); the embeddings theirs. Excluded
    losses are losses on training pairs, and need to know these.

    Parameters
    ----------
    network : callable
        Layers of the network, block by block.
    matrices : Matrices
        Those that are known.
    train : (n, n) ndarray of bool or None
        The training set; None where it is not known.
    frame : Frame
    means : Means
        Of the same network and training set.
    key : (R,) ndarray of bool
        The key irreps of the final checkpoint of the run.

    Returns
    -------
    Evidence
    """
    has_hidden = means.product.shape[1] > 0
    from_logits = _with_total(frame.parts(means.logits), key)
    rest = means.logits - from_logits
    restricted_logits = restricted_losses(from_logits + rest.mean(axis=1, keepdims=True))
    restricted = from_hidden = None
    if has_hidden and matrices.unembedding is not None:
        from_hidden = _with_total(frame.parts(means.product @ matrices.unembedding.T), key)
        restricted = restricted_losses(from_hidden)
    excluded, excluded_logits = _excluded(network, matrices, train, frame, from_hidden, from_logits)
    loss, accuracy = losses(network, train, frame)
    named = matrices.named
    embeddings = [named[side] for side in ("left_embedding", "right_embedding") if side in named]
    unembedding = matrices.unembedding
    similarity = logit_similarity(means, frame)
    fve = np.square(similarity)
    return Evidence(
        logit_similarity=similarity,
        test_logit_similarity=(
            None if means.test is None else logit_similarity_on_test_pairs(means, frame)
        ),
        logit_fve=fve,
        logit_fve_total=float(fve[1:].sum()),
        embedding_fve=(
            np.stack([matrix_shares(matrix, frame) for matrix in embeddings])
            if embeddings
            else None
        ),
        unembedding_fve=None if unembedding is None else matrix_shares(unembedding, frame),
        hidden_fve=hidden_shares(means, frame) if has_hidden else None,
        gini=(
            np.array([entry_gini(matrix, frame) for matrix in named.values()]) if named else None
        ),
        squared_weights=matrices.squared_weights,
        loss=np.array([loss[split] for split in splits_of(train)]),
        accuracy=np.array([accuracy[split] for split in splits_of(train)]),
        restricted_hidden_loss_by_irrep=_by_irrep(restricted),
        restricted_hidden_loss=_of_key(restricted),
        restricted_logit_loss_by_irrep=restricted_logits[:-1],
        restricted_logit_loss=float(restricted_logits[-1]),
        excluded_hidden_loss_by_irrep=_by_irrep(excluded),
        excluded_hidden_loss=_of_key(excluded),
        excluded_logit_loss_by_irrep=_by_irrep(excluded_logits),
        excluded_logit_loss=_of_key(excluded_logits),
    )


def _excluded(
    network: Network,
    matrices: Matrices,
    train: NDArray[np.bool_] | None,
    frame: Frame,
    from_hidden: Array | None,
    from_logits: Array,
) -> tuple[Array | None, Array | None]:
    """Return the excluded losses of the hidden layer and of the logits, (R + 1,) each.

    Without a direct path they are the same numbers, and are computed once.
    """
    if train is None:
        return None, None
    ablations = [Ablation({"product": from_logits})]
    if from_hidden is not None and matrices.direct_path:
        ablations.append(Ablation({"product": from_hidden}, "hidden"))
    found = ablated_losses(network, ablations, train, frame, unembedding=matrices.unembedding)
    on_train = [each["product"][splits_of(train).index("train")] for each in found]
    return (None if from_hidden is None else on_train[-1]), on_train[0]


def _by_irrep(losses: Array | None) -> Array | None:
    return None if losses is None else losses[:-1]


def _of_key(losses: Array | None) -> float | None:
    return None if losses is None else float(losses[-1])


def _with_total(parts: Array, key: NDArray[np.bool_]) -> Array:
    """Return the parts of all irreps, (R, g, c), and behind them the sum over the key ones."""
    return np.concatenate([parts, parts[key].sum(axis=0, keepdims=True)])

"""Cross-entropies of a network, with and without the parts that irreps explain.

Symbols as in `ontogeny.studies.composition.analysis.means`.
"""

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.composition.analysis.frame import Frame
from ontogeny.studies.composition.analysis.means import Layers, Network

__all__ = ["excluded_losses", "losses", "restricted_losses"]

Array = NDArray[np.float64]

_LARGEST_EXPONENT = 600.0


def restricted_losses(logits: Array) -> Array:
    """Return the mean cross-entropy of logits that depend on the product alone [nat].

    Parameters
    ----------
    logits : (..., n, n) ndarray
        ``logits[..., g, c]``; the right answer in row ``g`` is ``c = g``.

    Returns
    -------
    (...) ndarray
    """
    return np.asarray(_cross_entropy(logits)[0].mean(axis=-1))


def _cross_entropy(logits: Array) -> tuple[Array, Array]:
    """Return loss and margin of logits ``(..., g, c)`` whose right answer is ``c = g``.

    ``loss = log(1 + sum over c != g of exp(z_c - z_g))`` keeps its relative precision however
    confident the logits are; the margin is ``z_g`` minus the largest wrong logit.
    """
    correct = np.diagonal(logits, axis1=-2, axis2=-1)  # (..., g)
    wrong = logits.copy()
    n = logits.shape[-1]
    wrong[..., np.arange(n), np.arange(n)] = -np.inf
    largest = wrong.max(axis=-1)
    excess = largest - correct
    wrong -= largest[..., None]
    total = np.exp(wrong, out=wrong).sum(axis=-1)
    return np.logaddexp(0.0, excess + np.log(total)), -excess


def _excluded(logits: Array, tables: Array) -> Array:
    r"""Return the loss of logits minus each table, for pairs ordered by product.

    With ``E = exp(z - max z)`` over wrong answers and ``F_t = exp(min t - t)`` for table ``t``,
    ``sum over c != g of exp(z_c - t_c)`` is a product of matrices, ``E F_t``, up to known factors:
    one exponential for each logit and one for each entry of a table, not one for each of both.

    Parameters
    ----------
    logits : (n, A, n) ndarray
        ``logits[g, i, c]``: the i-th pair with product ``g``.
    tables : (T, n, n) ndarray
        ``tables[t, g, c]``.

    Returns
    -------
    (T, n, A) ndarray
    """
    n = len(logits)
    each = np.arange(n)
    least = tables.min(axis=2)  # (T, g)
    if (tables.max(axis=2) - least).max(initial=0.0) > _LARGEST_EXPONENT:
        return np.stack([_loss_by_product(logits - table[:, None]) for table in tables])
    correct = logits[each, :, each]  # (g, A)
    wrong = logits.copy()
    wrong[each, :, each] = -np.inf
    largest = wrong.max(axis=2)  # (g, A)
    wrong -= largest[..., None]
    factors = np.exp(least[..., None] - tables)  # (T, g, c)
    sums = np.exp(wrong, out=wrong) @ factors.transpose(1, 2, 0)  # (g, A, T)
    shift = tables[:, each, each] - least  # (T, g)
    excess = np.log(sums.transpose(2, 0, 1)) + (largest - correct) + shift[..., None]
    return np.logaddexp(0.0, excess)


def _loss_by_product(logits: Array) -> Array:
    """Return the loss of ``logits[g, i, c]`` for the right answer ``c = g``, (n, A)."""
    return _cross_entropy(logits.swapaxes(0, 1))[0].swapaxes(0, 1)


def losses(
    network: Network, train: NDArray[np.bool_], frame: Frame
) -> tuple[dict[str, float], dict[str, float]]:
    """Return loss [nat] and accuracy of a network by split.

    Parameters
    ----------
    network : callable
    train : (n, n) ndarray of bool
        Which pairs ``(a, b)`` are in the training set.
    frame : Frame

    Returns
    -------
    loss, accuracy : dict of str to float
        For ``train``, ``test``, ``all``; a pair counts as right when the logit of its product is
        larger than every other. NaN for an empty split.
    """
    by_pair = [_pair_losses(layers, frame) for layers in network()]
    pair_loss = np.concatenate([loss for loss, _ in by_pair])
    right = np.concatenate([margin > 0 for _, margin in by_pair])
    splits = {"train": train, "test": ~train, "all": np.ones_like(train)}
    return (
        {name: _mean(pair_loss[chosen]) for name, chosen in splits.items()},
        {name: _mean(right[chosen]) for name, chosen in splits.items()},
    )


def _pair_losses(layers: Layers, frame: Frame) -> tuple[Array, Array]:
    """Return loss and margin of each pair of a block, (A, n) each, by left and right factor."""
    rows = np.arange(len(layers.left))[:, None]
    by_product = frame.division[layers.left]  # (A, g): the right factor
    loss, margin = np.empty((2, *by_product.shape))
    loss[rows, by_product], margin[rows, by_product] = _cross_entropy(
        layers.logits[rows, by_product]
    )
    return loss, margin


def excluded_losses(
    network: Network,
    tables: Array,
    train: NDArray[np.bool_],
    frame: Frame,
    *,
    unembedding: Array | None = None,
) -> Array:
    """Return the training loss of a network whose logits lack each table [nat].

    Parameters
    ----------
    network : callable
    tables : (T, n, n) ndarray
        ``tables[t, g, c]`` is subtracted from the logits of every pair with product ``g``.
    train : (n, n) ndarray of bool
        Which pairs ``(a, b)`` are in the training set.
    frame : Frame
    unembedding : (n, h) ndarray, optional
        If given, the logits are those of the hidden layer alone through this map, without any
        other path.

    Returns
    -------
    (T,) ndarray
        NaN for an empty training set.
    """
    if not train.any():
        return np.full(len(tables), np.nan)
    total = np.zeros(len(tables))
    for layers in network():
        by_product = frame.division[layers.left].T  # (g, A): the right factor
        rows = np.arange(len(layers.left))
        logits = layers.logits if unembedding is None else layers.hidden @ unembedding.T
        member = train[layers.left[rows], by_product]  # (g, A)
        total += _excluded(logits[rows, by_product], tables)[:, member].sum(axis=1)
    return total / train.sum()


def _mean(values: NDArray[np.generic]) -> float:
    return float(values.mean()) if values.size else float("nan")

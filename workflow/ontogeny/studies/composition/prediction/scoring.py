"""How well scores predict the winners of neurons and the set of strong irreps.

Symbols: ``R`` irreps, the trivial one first; ``h`` neurons, ``M`` of them with a winner; ``N``
runs. The trivial irrep never competes, whatever its score. Ties count half.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "SEED",
    "NeuronAuc",
    "auc_table",
    "mean_unlike",
    "neuron_auc",
    "neuron_top",
    "p_of_exchanged",
    "permutations_of",
    "ranks",
    "set_auc",
    "set_auc_table",
]

SEED = 0
"""Seed of the permutations behind p values."""

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class NeuronAuc:
    """AUC of neurons, and what it is when neurons are exchanged.

    Attributes
    ----------
    value : float
        Mean over neurons of the share of other irreps with a smaller score than the winner.
    null, deviation : float
        Mean and standard deviation of the value over all permutations of the winners among the
        neurons.
    """

    value: float
    null: float
    deviation: float


def ranks(values: Array) -> Array:
    """Return ranks along the last axis, from 1; ties share their mean rank.

    Parameters
    ----------
    values : (..., R) ndarray

    Returns
    -------
    (..., R) ndarray
        NaN in rows with a value that is NaN.
    """
    rows = values.reshape(-1, values.shape[-1])
    found = pd.DataFrame(rows).rank(axis=1).to_numpy(dtype=np.float64)
    known = ~np.isnan(rows).any(axis=1, keepdims=True)
    return np.where(known, found, np.nan).reshape(values.shape)


def auc_table(scores: ArrayLike) -> Array:
    """Return the share of the other non-trivial irreps with a smaller score than each irrep.

    The AUC of a score for the irrep that wins, were it this one: with rank s of its score among
    the R - 1 non-trivial irreps, ties sharing their mean rank, it is (s - 1) / (R - 2).

    Parameters
    ----------
    scores : (..., R) array_like

    Returns
    -------
    (..., R) ndarray
        NaN for the trivial irrep, in rows with a score that is NaN, and where fewer than two
        irreps compete.
    """
    values = np.asarray(scores, dtype=np.float64)
    table = np.full(values.shape, np.nan)
    others = values.shape[-1] - 2
    if others >= 1 and values.size:
        table[..., 1:] = (ranks(values[..., 1:]) - 1) / others
    return table


def neuron_auc(
    scores: ArrayLike, winner: ArrayLike, *, among: ArrayLike | None = None
) -> NeuronAuc:
    r"""Return the mean AUC of neurons for their winners, with its exact null.

    With A[m, w] the AUC of neuron m were w its winner, the mean over uniform permutations of the
    winners is :math:`M^{-2} \sum_{m, m'} A[m, w(m')]`, and the variance of the mean AUC is
    :math:`\sum_{m, m'} d_{m m'}^2 / ((M - 1) M^2)` with d the doubly centred entries [1]_. The null
    keeps all that a network or an irrep says of winners and loses what a neuron says.

    Parameters
    ----------
    scores : (h, R) array_like
        Neurons in which a score is NaN are left out.
    winner : (h,) array_like of int
        Index of the irrep that each neuron ends with; -1 for a neuron without a winner, which is
        left out.
    among : (R,) array_like of bool, optional
        The irreps that compete; neurons with another winner are left out. All when not given.

    Returns
    -------
    NeuronAuc
        NaN when no neuron is left or fewer than two irreps compete; the deviation is 0 for a
        single neuron.

    References
    ----------
    .. [1] W. Hoeffding, Annals of Mathematical Statistics 22 (1951) 558-566.

    Examples
    --------
    >>> neuron_auc([[0, 3, 2, 1], [0, 1, 2, 3]], [1, 3])
    NeuronAuc(value=1.0, null=0.5, deviation=0.5)
    """
    values, won = _restricted(scores, winner, among)
    table = auc_table(values)[:, 1:]
    known = (won > 0) & ~np.isnan(table).any(axis=1)
    count = int(known.sum())
    if not count or not table.shape[1]:
        return NeuronAuc(np.nan, np.nan, np.nan)
    table, place = table[known], won[known] - 1
    weight = np.bincount(place, minlength=table.shape[1]) / count
    of_neuron = table @ weight
    null = float(of_neuron.mean())
    centred = table - of_neuron[:, None] - table.mean(axis=0) + null
    squares = float(((centred**2) @ weight).sum()) * count
    deviation = np.sqrt(squares / (max(count - 1, 1) * count**2))
    return NeuronAuc(float(table[np.arange(count), place].mean()), null, float(deviation))


def neuron_top(scores: ArrayLike, winner: ArrayLike) -> float:
    """Return the share of neurons whose winner has the largest score; k equal ones count 1/k.

    Parameters
    ----------
    scores : (h, R) array_like
        Neurons in which a score is NaN are left out.
    winner : (h,) array_like of int
        As for `neuron_auc`.

    Examples
    --------
    >>> neuron_top([[9, 3, 2, 1], [9, 2, 2, 1]], [1, 1])
    0.75
    """
    values, won = _restricted(scores, winner, None)
    known = (won > 0) & ~np.isnan(values[:, 1:]).any(axis=1)
    if not known.any():
        return np.nan
    values, place = values[known, 1:], won[known] - 1
    largest = values == values.max(axis=1, keepdims=True)
    return float((largest[np.arange(len(place)), place] / largest.sum(axis=1)).mean())


def set_auc(score: ArrayLike, strong: ArrayLike) -> float:
    """Return the AUC of a score of irreps for those that are strong.

    The Mann-Whitney statistic of strong against other non-trivial irreps over the number of pairs.

    Parameters
    ----------
    score : (R,) array_like
    strong : (R,) array_like of bool

    Returns
    -------
    float
        NaN when all or none are strong, or a score is NaN.

    Examples
    --------
    >>> set_auc([9.0, 0.9, 0.1, 0.4], [False, True, False, False])
    1.0
    """
    return float(set_auc_table(np.asarray(score)[None], np.asarray(strong)[None])[0, 0])


def set_auc_table(scores: ArrayLike, strong: ArrayLike) -> Array:
    """Return the AUC of the scores of each run for the strong irreps of each run.

    With ranks s among the R - 1 non-trivial irreps, of which k are strong, the AUC is
    (sum of s over strong irreps - k (k + 1) / 2) / (k (R - 1 - k)).

    Parameters
    ----------
    scores : (N, R) array_like
    strong : (N, R) array_like of bool

    Returns
    -------
    (N, N) ndarray
        By run whose strong irreps are predicted, and run whose scores predict them; NaN as in
        `set_auc`.
    """
    values, chosen = np.asarray(scores, dtype=np.float64), np.asarray(strong, dtype=np.float64)
    places = ranks(values[:, 1:])
    count = chosen[:, 1:].sum(axis=1)
    pairs = count * (chosen.shape[1] - 1 - count)
    above = chosen[:, 1:] @ places.T - (count * (count + 1) / 2)[:, None]
    return np.divide(
        above, pairs[:, None], out=np.full(above.shape, np.nan), where=pairs[:, None] > 0
    )


def mean_unlike(table: ArrayLike, unlike: ArrayLike) -> Array:
    """Return for each run the mean over the runs unlike it of the AUC of their scores.

    Parameters
    ----------
    table : (N, N) array_like
        Of `set_auc_table`.
    unlike : (N, N) array_like of bool
        Whether the scores of the second run are a control for the first.

    Returns
    -------
    (N,) ndarray
        NaN for a run without controls.
    """
    values = np.asarray(table, dtype=np.float64)
    counted = np.asarray(unlike, dtype=np.bool_) & ~np.isnan(values)
    count = counted.sum(axis=1)
    total = np.where(counted, values, 0.0).sum(axis=1)
    return np.divide(total, count, out=np.full(len(values), np.nan), where=count > 0)


def permutations_of(count: int, permutations: int) -> Indices:
    """Return random permutations of runs, one a row, the same for the same arguments."""
    order = np.tile(np.arange(count), (permutations, 1))
    return np.random.default_rng(SEED).permuted(order, axis=1)


def p_of_exchanged(table: ArrayLike, permutations: int) -> float:
    """Return the p value of the scores of runs for their own strong irreps, by permutation of runs.

    One-sided, (1 + number of permutations with at least the same mean AUC) / (1 + permutations).

    Parameters
    ----------
    table : (N, N) array_like
        Of `set_auc_table`.
    permutations : int

    Returns
    -------
    float
        NaN for a table with NaN, or of fewer than three runs.
    """
    values = np.asarray(table, dtype=np.float64)
    count = len(values)
    if count < 3 or np.isnan(values).any():
        return np.nan
    exchanged = values[np.arange(count), permutations_of(count, permutations)].mean(axis=1)
    found = np.diagonal(values).mean()
    return float((1 + (exchanged >= found - 1e-12).sum()) / (1 + permutations))


def _restricted(
    scores: ArrayLike, winner: ArrayLike, among: ArrayLike | None
) -> tuple[Array, Indices]:
    """Return the scores of the irreps that compete, the trivial one before them, and winners."""
    values, won = np.asarray(scores, dtype=np.float64), np.asarray(winner, dtype=np.int64)
    if among is None:
        return values, won
    kept = np.asarray(among, dtype=np.bool_).copy()
    kept[0] = True
    place = np.where(kept, np.cumsum(kept) - 1, -1)
    return values[:, kept], np.where(won > 0, place[won], -1)

"""How well scores predict when irreps appear.

An irrep appears at the first checkpoint at which the network has learned it; NaN is never. All
numbers have one sign: positive says that the irreps with the higher scores appear earlier.

Symbols: ``R`` irreps, the trivial one first, which never counts; ``N`` runs of one setting.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ontogeny.estimates import agreement
from ontogeny.studies.composition.prediction.probabilities import FEWEST_OTHERS
from ontogeny.studies.composition.prediction.scoring import permutations_of, ranks

__all__ = ["left_out_steps", "order_counts", "rank_correlation", "within_irreps"]

Array = NDArray[np.float64]


def order_counts(
    score: ArrayLike, appearance: ArrayLike, strong: ArrayLike, degree: ArrayLike
) -> tuple[int, int]:
    """Count in a run how often the irrep with the higher score appears earlier.

    Over pairs of strong irreps of the same degree, so that no degree can be behind it. The quotient
    of the two numbers is Somers' D of order and score.

    Parameters
    ----------
    score, appearance, degree : (R,) array_like
        A strong irrep that never appears is later than all others.
    strong : (R,) array_like of bool

    Returns
    -------
    agreement, pairs : int
        Pairs with the higher score earlier less those with the higher score later, and pairs whose
        scores differ. No pairs where a score of a strong irrep is NaN.

    Examples
    --------
    >>> order_counts([9, 3, 2, 1], [0, 10, 20, 30], [False, True, True, True], [1, 2, 2, 2])
    (3, 3)
    """
    counted = _counted(strong)
    values = np.asarray(score, dtype=np.float64)[counted]
    if np.isnan(values).any():
        return 0, 0
    when = np.nan_to_num(np.asarray(appearance, dtype=np.float64)[counted], nan=np.inf)
    degrees = np.asarray(degree)[counted]
    return agreement(values, -when, among=degrees[:, None] == degrees)


def within_irreps(
    score: ArrayLike, appearance: ArrayLike, strong: ArrayLike, *, permutations: int
) -> tuple[float, float]:
    r"""Return how well scores predict in which runs an irrep appears early.

    Spearman's rank correlation of :math:`s_{i \rho} - \bar s_\rho` and
    :math:`\overline{\ln t_\rho} - \ln t_{i \rho}` over runs i and irreps ρ, with means over the
    runs in which the irrep is strong and appears: what all runs have in common does not enter. The
    p value is one-sided, by permutations of the runs that scores come from.

    Parameters
    ----------
    score : (N, R) array_like
    appearance : (N, R) array_like [step]
        Step 0 counts as step 1.
    strong : (N, R) array_like of bool
    permutations : int

    Returns
    -------
    correlation, p : float
        NaN when a score is NaN, no irrep varies over runs, or there are fewer than three runs.
    """
    values = np.asarray(score, dtype=np.float64)
    when = np.asarray(appearance, dtype=np.float64)
    counted = _counted(strong) & np.isfinite(when)
    counted &= counted.sum(axis=0) > 1
    if len(values) < 3 or not counted.any() or np.isnan(values[:, 1:]).any():
        return np.nan, np.nan
    early = -np.log(np.maximum(np.where(counted, when, 1.0), 1.0))
    order = np.concatenate(
        [np.arange(len(values))[None], permutations_of(len(values), permutations)]
    )
    targets = _normalised_ranks(_centred(early[None], counted))
    found = _normalised_ranks(_centred(values[order], counted)) @ targets[0]
    if np.isnan(found[0]):
        return np.nan, np.nan
    as_large = (found[1:] >= found[0] - 1e-12).sum()
    return float(found[0]), float((1 + as_large) / (1 + permutations))


def left_out_steps(score: ArrayLike | None, appearance: ArrayLike, seed: ArrayLike) -> Array:
    """Return ln of the step at which each irrep appears, as fitted to other runs.

    The least-squares line ln t = a + b s over all irreps that appear in the runs with other seeds.

    Parameters
    ----------
    score : (N, R) array_like, optional
        When left out, a alone is fitted.
    appearance : (N, R) array_like [step]
        NaN for an irrep that does not count. Step 0 counts as step 1.
    seed : (N,) array_like of int

    Returns
    -------
    (N, R) ndarray
        NaN for irreps that do not count, and where fewer than `FEWEST_OTHERS` runs with other
        seeds have irreps that do.
    """
    when = np.asarray(appearance, dtype=np.float64)
    values = np.zeros(when.shape) if score is None else np.asarray(score, dtype=np.float64)
    counted = np.isfinite(when) & np.isfinite(values)
    logarithm = np.log(np.maximum(np.where(counted, when, 1.0), 1.0))
    seeds = np.asarray(seed)
    found = np.full(when.shape, np.nan)
    for one in np.unique(seeds):
        own = seeds == one
        others = counted & ~own[:, None]
        if others.any(axis=1).sum() < FEWEST_OTHERS:
            continue
        x, y = values[others], logarithm[others]
        centred = x - x.mean()
        spread = float(centred @ centred)
        slope = float(centred @ y) / spread if spread > 0 else 0.0
        found[own] = y.mean() + slope * (values[own] - x.mean())
    return np.where(counted, found, np.nan)


def rank_correlation(x: ArrayLike, y: ArrayLike) -> float:
    """Return Spearman's rank correlation over pairs without NaN.

    NaN for fewer than three pairs, or where all values of one kind are the same.

    Examples
    --------
    >>> round(rank_correlation([1, 2, 3, float("nan")], [1, 4, 9, 0]), 12)
    1.0
    """
    each = np.stack([np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)])
    each = each[:, np.isfinite(each).all(axis=0)]
    if each.shape[1] < 3:
        return np.nan
    first, second = _normalised_ranks(each)
    return float(first @ second)


def _counted(strong: ArrayLike) -> NDArray[np.bool_]:
    counted = np.array(strong, dtype=np.bool_)
    counted[..., 0] = False
    return counted


def _centred(values: Array, counted: NDArray[np.bool_]) -> Array:
    """Return what counts of each table (P, N, R) less the mean of its column, (P, n)."""
    means = np.where(counted, values, 0.0).sum(axis=1) / np.maximum(counted.sum(axis=0), 1)
    return (values - means[:, None])[:, counted]


def _normalised_ranks(values: Array) -> Array:
    """Return ranks along the last axis, centred and of norm 1; NaN where all are the same.

    Values that differ by rounding alone have the same rank.
    """
    scale = np.abs(values).max(axis=-1, keepdims=True)
    rounded = np.round(values / np.where(scale > 0, scale, 1.0), 12)
    places = ranks(rounded)
    centred = places - places.mean(axis=-1, keepdims=True)
    norm = np.linalg.norm(centred, axis=-1, keepdims=True)
    return np.divide(centred, norm, out=np.full(centred.shape, np.nan), where=norm > 0)

"""What a number of runs says: a value with the interval of 95 % that belongs to it.

The run is the unit that is drawn anew: whatever is counted within a run stays together. Random
draws come from `SEED`, so the same runs give the same interval.

Symbols: ``N`` runs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import binomtest, bootstrap, norm

__all__ = [
    "CONFIDENCE",
    "FEWEST",
    "RESAMPLES",
    "SEED",
    "Estimate",
    "agreement",
    "difference",
    "difference_of_shares",
    "exponent",
    "mean",
    "ratio",
    "runs_to_exclude",
    "share",
    "slope",
    "stratified_mean",
]

CONFIDENCE = 0.95
"""Level of every interval."""

RESAMPLES = 5000
"""Number of bootstrap samples."""

SEED = 0
"""Seed of the bootstrap samples."""

FEWEST = 3
"""A bootstrap interval of fewer runs is NaN."""

_MOST_DRAWN = 20_000_000
"""Runs that are drawn at a time, which bounds the memory."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A value measured on runs.

    Attributes
    ----------
    value, lower, upper : float
        The ends of the interval are NaN when there are too few runs.
    runs : int
        How many runs it rests on.
    is_share : bool
        Whether it is a share of runs with Wilson's interval; see `runs_to_exclude`.
    """

    value: float
    lower: float
    upper: float
    runs: int
    is_share: bool = False


def runs_to_exclude(found: Estimate, threshold: float) -> float:
    """Return how many runs in all would put a threshold outside the interval, if the value stays.

    Of a share p, Wilson's interval is that of the score test: it excludes t from
    ``z^2 t (1 - t) / (p - t)^2`` runs on, with z = 1.96. Of all other values, the end of the
    interval that is nearer to t is taken to approach the value like ``1 / sqrt(N)``, so that t is
    excluded from ``N (value - end)^2 / (value - t)^2`` runs on.

    Parameters
    ----------
    found : Estimate
    threshold : float

    Returns
    -------
    float
        The least whole number of runs. NaN without a value or an interval, infinite where the value
        is the threshold.

    Examples
    --------
    >>> runs_to_exclude(share([True, True, True]), 0.75)
    12.0
    """
    distance = abs(found.value - threshold)
    end = found.lower if found.value > threshold else found.upper
    if not np.isfinite([found.value, end]).all():
        return float("nan")
    if distance == 0:
        return float("inf")
    if found.is_share:
        z = norm.ppf((1 + CONFIDENCE) / 2)
        fewest = threshold * (1 - threshold) * (z / distance) ** 2
    else:
        fewest = found.runs * ((found.value - end) / distance) ** 2
    return float(np.floor(fewest) + 1)


def share(succeeded: ArrayLike) -> Estimate:
    """Return the share of runs in which something holds, with Wilson's score interval.

    Parameters
    ----------
    succeeded : (N,) array_like of bool

    Returns
    -------
    Estimate

    Examples
    --------
    >>> share([True, True, True, False])
    Estimate(value=0.75, lower=0.300..., upper=0.954..., runs=4, is_share=True)
    """
    each = np.asarray(succeeded, dtype=np.bool_)
    if not each.size:
        return _nothing(0)
    interval = _wilson(int(each.sum()), each.size)
    return Estimate(float(each.mean()), *interval, each.size, is_share=True)


def difference_of_shares(
    first: tuple[int, int], second: tuple[int, int], *, confidence: float = CONFIDENCE
) -> Estimate:
    """Return by how much a share exceeds another, of things drawn independently.

    Parameters
    ----------
    first, second : tuple of int
        How many things there are of what is counted, and how many there are in all, at least 1.
    confidence : float
        Level of the interval.

    Returns
    -------
    Estimate
        With the interval of Newcombe [1]_ from two of Wilson's; its runs are the things of the
        first share.

    References
    ----------
    .. [1] R. G. Newcombe, Statistics in Medicine 17 (1998) 873-890, method 10.

    Examples
    --------
    >>> difference_of_shares((56, 70), (48, 80))
    Estimate(value=0.2..., lower=0.0524..., upper=0.3338..., runs=70, is_share=False)
    """
    (a, b) = (count / total for count, total in (first, second))
    (a_low, a_high), (b_low, b_high) = (_wilson(*each, confidence) for each in (first, second))
    lower, upper = a - b - np.hypot(a - a_low, b_high - b), a - b + np.hypot(a_high - a, b - b_low)
    return Estimate(a - b, float(lower), float(upper), first[1])


def _wilson(count: int, total: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    found = binomtest(count, total).proportion_ci(confidence, method="wilson")
    return float(found.low), float(found.high)


def mean(values: ArrayLike) -> Estimate:
    """Return the mean over runs, with the percentile bootstrap interval; NaN is left out."""
    each = np.asarray(values, dtype=np.float64)
    each = each[~np.isnan(each)]
    return _bootstrapped([each], np.mean, runs=each.size)


def ratio(numerator: ArrayLike, denominator: ArrayLike) -> Estimate:
    """Return ``sum numerator / sum denominator``, with the percentile bootstrap interval over runs.

    Runs whose denominator is 0 say nothing and are left out.

    Parameters
    ----------
    numerator, denominator : (N,) array_like

    Returns
    -------
    Estimate
    """
    below = np.asarray(denominator, dtype=np.float64)
    counted = below != 0
    above = np.asarray(numerator, dtype=np.float64)[counted]

    def quotient(above: Array, below: Array, axis: int) -> Any:
        return above.sum(axis) / below.sum(axis)

    return _bootstrapped([above, below[counted]], quotient, paired=True, runs=above.size)


def difference(strata: Sequence[tuple[ArrayLike, ArrayLike]]) -> Estimate:
    """Return how much the first kind of run exceeds the second, averaged over strata.

    The value is the mean over strata of ``mean first - mean second``; runs are drawn anew within
    each kind of each stratum. A stratum in which a kind has no run is left out.

    Parameters
    ----------
    strata : sequence of pair of (N_i,), (M_i,) array_like

    Returns
    -------
    Estimate
    """
    pairs = [
        (np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64))
        for first, second in strata
        if np.size(first) and np.size(second)
    ]
    samples = [sample for pair in pairs for sample in pair]

    def excess(*samples: Array, axis: int) -> Any:
        means = [sample.mean(axis) for sample in samples]
        return np.mean([a - b for a, b in zip(means[::2], means[1::2], strict=True)], axis=0)

    return _bootstrapped(samples, excess, runs=sum(sample.size for sample in samples))


def stratified_mean(strata: Sequence[ArrayLike]) -> Estimate:
    """Return the mean over strata of the mean over their runs, so that each stratum counts alike.

    Runs are drawn anew within each stratum; NaN is left out, and so is a stratum without runs.

    Parameters
    ----------
    strata : sequence of (N_i,) array_like

    Returns
    -------
    Estimate

    Examples
    --------
    >>> stratified_mean([[1.0, 1.0, 1.0, 1.0], [3.0, 3.0]])
    Estimate(value=2.0, lower=2.0, upper=2.0, runs=6, is_share=False)
    """
    each = [np.asarray(stratum, dtype=np.float64) for stratum in strata]
    samples = [sample for one in each if (sample := one[~np.isnan(one)]).size]

    def average(*samples: Array, axis: int) -> Any:
        return np.mean([sample.mean(axis) for sample in samples], axis=0)

    return _bootstrapped(samples, average, runs=sum(sample.size for sample in samples))


def slope(x: ArrayLike, y: ArrayLike) -> Estimate:
    """Return the slope of the least-squares line, with the percentile bootstrap interval over runs.

    Runs of which either number is missing are left out, and so are bootstrap samples in which all
    `x` are the same.

    Parameters
    ----------
    x, y : (N,) array_like

    Returns
    -------
    Estimate
        In units of `y` over those of `x`; NaN when all `x` are the same.

    Examples
    --------
    >>> slope([0, 1, 2, 3], [1.0, 3.0, 5.0, 7.0])
    Estimate(value=2.0, lower=2.0..., upper=2.0..., runs=4, is_share=False)
    """
    across, up = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    known = np.isfinite(across) & np.isfinite(up)
    across, up = across[known], up[known]
    value = float(_slopes(across, up))
    if across.size < FEWEST or np.isnan(value):
        return Estimate(value, np.nan, np.nan, across.size)
    drawn = np.random.default_rng(SEED).integers(across.size, size=(RESAMPLES, across.size))
    tail = (1 - CONFIDENCE) / 2
    lower, upper = np.nanquantile(_slopes(across[drawn], up[drawn]), [tail, 1 - tail])
    return Estimate(value, float(lower), float(upper), across.size)


def exponent(x: ArrayLike, y: ArrayLike) -> Estimate:
    """Return the exponent b of the power law y = a x^b: the `slope` of ln y over ln x.

    Parameters
    ----------
    x, y : (N,) array_like
        Runs in which either number is not positive are left out.

    Returns
    -------
    Estimate

    Examples
    --------
    >>> round(exponent([1, 10, 100], [5.0, 0.5, 0.05]).value, 6)
    -1.0
    """
    pair = [np.asarray(each, dtype=np.float64) for each in (x, y)]
    logarithms = [np.log(each, where=each > 0, out=np.full(each.shape, np.nan)) for each in pair]
    return slope(*logarithms)


def _slopes(x: Array, y: Array) -> Array:
    """Return slopes of least-squares lines along the last axis; NaN where all x are the same."""
    if not x.size:
        return np.array(np.nan)
    across = x - x.mean(axis=-1, keepdims=True)
    spread = (across**2).sum(axis=-1)
    varies = np.ptp(x, axis=-1) > 0
    return np.asarray((across * y).sum(axis=-1) / np.where(varies, spread, np.nan))


def agreement(
    x: ArrayLike, y: ArrayLike, *, among: NDArray[np.bool_] | None = None
) -> tuple[int, int]:
    """Return how often two quantities put pairs of things in the same order.

    Over all pairs whose `x` differ, ``sum sign(x_i - x_j) sign(y_i - y_j)`` and the number of such
    pairs. Their quotient is Somers' D of y with respect to x [1]_; the sums of several runs may be
    added before dividing.

    Parameters
    ----------
    x, y : (m,) array_like of float
        Infinity is larger than every number and equal to itself.
    among : (m, m) ndarray of bool, optional
        The pairs that count, symmetric; all when left out.

    Returns
    -------
    agreement, pairs : int

    References
    ----------
    .. [1] R. H. Somers, American Sociological Review 27 (1962) 799-811.

    Examples
    --------
    >>> agreement([1, 2, 2], [10, 30, 20])
    (2, 2)
    """
    order_x, order_y = _order(x), _order(y)
    if among is not None:
        order_x = order_x * among
    return int((order_x * order_y).sum()) // 2, int(np.abs(order_x).sum()) // 2


def _order(values: ArrayLike) -> NDArray[np.int64]:
    each = np.asarray(values, dtype=np.float64)
    above = each[:, None] > each
    return above.astype(np.int64) - above.T


def _bootstrapped(
    samples: Sequence[Array], statistic: Callable[..., Any], *, runs: int, paired: bool = False
) -> Estimate:
    if not samples or not samples[0].size:
        return _nothing(0)
    value = float(statistic(*samples, axis=0))
    if runs < FEWEST or min(sample.size for sample in samples) < 2:
        return Estimate(value, np.nan, np.nan, runs)
    interval = bootstrap(
        tuple(samples),
        statistic,
        paired=paired,
        vectorized=True,
        n_resamples=RESAMPLES,
        batch=max(1, min(RESAMPLES, _MOST_DRAWN // samples[0].size)),
        confidence_level=CONFIDENCE,
        method="percentile",
        rng=np.random.default_rng(SEED),
    ).confidence_interval
    return Estimate(value, float(interval.low), float(interval.high), runs)


def _nothing(runs: int) -> Estimate:
    return Estimate(np.nan, np.nan, np.nan, runs)

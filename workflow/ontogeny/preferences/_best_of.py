"""Best of n samples: in a finite world exactly, and from scored samples without bias."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln

from ontogeny.preferences._arrays import Array, World, numbers_of, same_length, world


def best_of(start: ArrayLike, score: ArrayLike, n: int) -> Array:
    """Return the probability of each sequence to be the best of n samples of the start policy.

    A class c of sequences with the same score has ``P(c) = F(c)^n - F(c-)^n``, where F(c) is the
    start policy's probability of scores up to that of c and F(c-) that of lower ones; within a
    class, in proportion to p0.

    Parameters
    ----------
    start : (N,) array_like
        Probabilities p0 of all sequences under the start policy.
    score : (N,) array_like
        Their scores.
    n : int
        At least 1; 1 gives p0.

    Returns
    -------
    (N,) ndarray

    Raises
    ------
    ValueError
        When lengths differ, values are not finite, `start` is not a distribution, or n < 1.
    """
    of = world(start, score)
    return of.start * np.exp(_log_ratio(of, n))


def best_of_kl(start: ArrayLike, score: ArrayLike, n: int) -> float:
    """Return the KL of best-of-n sampling to the start policy, ``KL(best of n || p0)``.

    For n > 1 it is below `best_of_bound`, since the scores of a finite world are discrete.

    Parameters
    ----------
    start : (N,) array_like
        Probabilities of all sequences under the start policy.
    score : (N,) array_like
        Their scores.
    n : int
        At least 1.

    Returns
    -------
    float
        In nats.

    Raises
    ------
    ValueError
        As `best_of` does.
    """
    of = world(start, score)
    ratio = _log_ratio(of, n)
    likely = np.isfinite(ratio)
    return float((of.start * np.exp(ratio))[likely] @ ratio[likely])


def best_of_bound(n: ArrayLike | int) -> Array:
    """Return ``ln n - (n - 1) / n``, the KL of the best of n when no two samples score the same.

    Bai et al. 2022 draw best of n at ln n, which is more.

    Parameters
    ----------
    n : (...) array_like of int

    Returns
    -------
    (...) ndarray
        In nats.
    """
    compared = np.asarray(n, dtype=np.float64)
    return np.asarray(np.log(compared) - (compared - 1) / compared)


def best_of_samples(selector: ArrayLike, judge: ArrayLike, n: ArrayLike | int) -> Array:
    """Return the mean score, by a judge, of the sample that a selector scores highest of n.

    The mean over all sets of n of the N samples, which is without bias: in ascending order of the
    selector's score the i-th is the best of ``C(i - 1, n - 1)`` of the ``C(N, n)`` sets. Samples
    that the selector scores the same share evenly.

    Parameters
    ----------
    selector, judge : (N,) array_like
        Two scores of independent samples; they may be the same.
    n : (...) array_like of int
        At least 1, at most N.

    Returns
    -------
    (...) ndarray

    Raises
    ------
    ValueError
        When lengths differ, a score is not finite, or an n is below 1 or above N.
    """
    selected, judged = numbers_of("selector", selector), numbers_of("judge", judge)
    same_length(selector=selected, judge=judged)
    compared = np.asarray(n, dtype=np.int64)
    if ((compared < 1) | (compared > selected.size)).any():
        msg = (
            f"n {compared.tolist()}: expected at least 1 and at most the number of samples, "
            f"{selected.size}"
        )
        raise ValueError(msg)
    _, place, size = np.unique(selected, return_inverse=True, return_counts=True)
    means = np.bincount(place, judged) / size
    in_order = np.repeat(means, size)
    rank = np.arange(1, selected.size + 1)

    def mean(number: int) -> float:
        of = rank[number - 1 :]
        log_weight = gammaln(of) - gammaln(of - number + 1)
        weight = np.exp(log_weight - log_weight[-1])
        return float(np.average(in_order[number - 1 :], weights=weight))

    return np.array([mean(int(each)) for each in compared.ravel()]).reshape(compared.shape)


def _log_ratio(of: World, n: int) -> Array:
    """Return ln P(c) - ln p0(c) of the class of each sequence; -inf where P(c) is too small."""
    if n < 1:
        msg = f"n {n}: expected at least 1"
        raise ValueError(msg)
    _, place = np.unique(of.score, return_inverse=True)
    mass = np.bincount(place, of.start)
    up_to = np.minimum(np.cumsum(mass), 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.minimum(mass / up_to, 1)
        ratio = n * np.log(up_to) + np.log(-np.expm1(n * np.log1p(-share))) - np.log(mass)
    return np.where(mass > 0, ratio, -np.inf)[place]

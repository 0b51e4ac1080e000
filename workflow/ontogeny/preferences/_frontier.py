"""The greatest expected score at a given KL, and the optimum at a given penalty.

Of all policies p with ``KL(p || p0) = K`` a tilted one, ``p0 exp(beta r) / Z``, has the greatest
expected score r: for any p, ``beta E_p[r] - KL(p || p0) = ln Z - KL(p || p0 exp(beta r) / Z)``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from ontogeny.preferences._arrays import Array, World, numbers_of, world

UNRESOLVED = 4.0
"""Nats below ln(samples) from which weighted samples tell nothing: too few have weight."""

RESOLUTION = 1e-12
"""What rounding hides: nats of KL, and differences from the highest score in units of the range."""


@dataclass(frozen=True)
class Optimum:
    """The best policy at a given penalty.

    Attributes
    ----------
    objective : float
        ``E[r] - penalty KL``, the greatest of all policies.
    kl : float
    score : float
        Expected score ``E[r]``.
    probability : (N,) ndarray
    """

    objective: float
    kl: float
    score: float
    probability: Array


def closed_optimum(start: ArrayLike, score: ArrayLike, penalty: float) -> Optimum:
    """Return the policy that maximises ``E[r] - penalty KL(p || p0)``.

    It is ``p0 exp(r / penalty) / Z``, and its objective ``penalty ln Z``.

    Parameters
    ----------
    start : (N,) array_like
        Probabilities of all sequences under the start policy.
    score : (N,) array_like
        Their rewards.
    penalty : float
        lambda, above 0; a number without unit, as rewards and KL are both in nats.

    Returns
    -------
    Optimum

    Raises
    ------
    ValueError
        When lengths differ, values are not finite, `start` is not a distribution, or the penalty
        is not above 0.
    """
    if not penalty > 0:
        msg = f"penalty {penalty}: expected above 0"
        raise ValueError(msg)
    of = world(start, score)
    probability, kl, mean = _tilt(of, 1 / penalty)
    return Optimum(mean - penalty * kl, kl, mean, probability)


def frontier(start: ArrayLike, score: ArrayLike, kl: ArrayLike | float) -> Array:
    """Return the greatest expected score of all policies with a KL of at most K.

    ``E_beta[r]`` at the beta where ``KL_beta = K``, found by bracketing. At K = 0 it is the mean
    under the start policy; from ``K = -ln p0(best)`` on, where p0(best) is the probability of all
    sequences with the highest score, it is that score.

    Parameters
    ----------
    start : (N,) array_like
        Probabilities of all sequences under the start policy.
    score : (N,) array_like
        Their scores; those of sequences without probability do not count.
    kl : (...) array_like
        K, in nats.

    Returns
    -------
    (...) ndarray
        NaN where K is NaN.

    Raises
    ------
    ValueError
        When lengths differ, values are not finite, `start` is not a distribution, or a K is below 0
        by more than rounding, 1e-9.
    """
    of = world(start, score)
    possible = of.start > 0
    return _frontier(World(of.start[possible], of.score[possible]), kl)


def frontier_of_samples(score: ArrayLike, kl: ArrayLike | float) -> Array:
    """Return `frontier` from samples of the start policy, each with the same weight.

    Parameters
    ----------
    score : (N,) array_like
        Scores of independent samples.
    kl : (...) array_like
        K, in nats.

    Returns
    -------
    (...) ndarray
        NaN where ``K > ln(N) - 4``: few samples would have all the weight.

    Raises
    ------
    ValueError
        As `frontier` does, and without samples.
    """
    scores, limits = numbers_of("score", score), np.asarray(kl, dtype=np.float64)
    if not scores.size:
        msg = "score: no samples"
        raise ValueError(msg)
    resolved = limits <= np.log(scores.size) - UNRESOLVED
    weight = np.full(scores.size, 1 / scores.size)
    return _frontier(World(weight, scores), np.where(resolved, limits, np.nan))


def small_kl_frontier(s_d: float, third_moment: float, kl: ArrayLike | float) -> Array:
    """Return the frontier's gain over the start policy for small KL, to the first order in K.

    ``s sqrt(2 K) + kappa_3 / (3 s^2) K``, from the expansion of ``ln Z`` in beta. The first term
    alone is not a bound when kappa_3 is above 0. No stage calls this function: it is the law that
    the exact frontier is tested against, and that tells how far the line of the paper is from it.

    Parameters
    ----------
    s_d : float
        Standard deviation s of the score under the start policy, above 0.
    third_moment : float
        Its third central moment kappa_3.
    kl : (...) array_like
        K, in nats.

    Returns
    -------
    (...) ndarray
        Expected score - that of the start policy.
    """
    limits = np.asarray(kl, dtype=np.float64)
    return np.asarray(s_d * np.sqrt(2 * limits) + third_moment / (3 * s_d**2) * limits)


def _tilt(of: World, beta: float) -> tuple[Array, float, float]:
    """Return tilted probabilities, their KL and their expected score."""
    possible = of.start > 0
    # From the score that counts most, so that no exponential overflows and ln Z is near 0.
    top = of.score[possible].max() if beta > 0 else of.score[possible].min()
    exponent = np.where(possible, beta * (of.score - top), 0)
    weight = of.start * np.exp(exponent)
    total = weight.sum()
    probability = weight / total
    kl = float((probability * exponent).sum() - np.log(total))
    return probability, max(kl, 0.0), float((probability * of.score).sum())


def _frontier(of: World, kl: ArrayLike | float) -> Array:
    limits = np.asarray(kl, dtype=np.float64)
    if (limits < -1e-9).any():
        msg = f"kl {np.nanmin(limits)}: expected 0 or above"
        raise ValueError(msg)
    best, span = float(of.score.max()), float(np.ptp(of.score))
    if span == 0:
        return np.where(np.isnan(limits), np.nan, best)
    unit = (of.score - best) / span
    unit[unit > -RESOLUTION] = 0
    scaled = World(of.start, unit)
    farthest = -float(np.log(of.start[unit == 0].sum()))
    mean = float(of.start @ unit)
    s_d = float(np.sqrt(of.start @ (unit - mean) ** 2))

    def greatest(limit: float) -> float:
        """Return the score between -1 and 0."""
        if np.isnan(limit):
            return np.nan
        if limit >= farthest - RESOLUTION:
            return 0.0
        if limit < RESOLUTION:
            return mean + s_d * np.sqrt(2 * max(limit, 0.0))

        def excess(log_beta: float) -> float:
            return _tilt(scaled, np.exp(log_beta))[1] - limit

        high = 0.0
        while excess(high) < 0:
            high += 1
        low = high - 1
        while excess(low) > 0:
            low -= 1
        return _tilt(scaled, np.exp(brentq(excess, low, high, xtol=1e-13)))[2]

    found = np.array([greatest(float(each)) for each in limits.ravel()], dtype=np.float64)
    return np.asarray(best + span * found.reshape(limits.shape))

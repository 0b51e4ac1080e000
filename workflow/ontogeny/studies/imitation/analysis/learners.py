"""Learners: their query probability, and how they act when they do not ask.

The conservative learner of arXiv 2102.08686 keeps a posterior over policies, learns from queried
steps alone, and acts by the least probability among the plausible policies, Top. With what is left
of the total probability it asks the demonstrator. The others lack one of its ingredients.

Symbols: ``R`` histories; ``N`` policies; ``A`` actions; ``w_t`` posterior weights at step t;
``alpha`` the threshold of Top; ``theta`` the query probability.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import rel_entr

__all__ = [
    "LEARNERS",
    "View",
    "cautious",
    "drawn",
    "kl_divergence",
    "mixture",
    "normalised",
    "posterior",
    "root_ratios",
    "top_set",
    "updated",
]

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

TOLERANCE = 1e-15
"""Relative error that cumulative weights may have."""


def normalised(log_weights: Array) -> Array:
    """Return log-weights less their maximum along the last axis."""
    return log_weights - log_weights.max(axis=-1, keepdims=True)


def posterior(log_weights: Array) -> Array:
    """Return weights whose sum along the last axis is 1."""
    weights = np.exp(normalised(log_weights))
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True))


def root_ratios(log_weights: Array, truth: int) -> Array:
    """Return ``sqrt(Z)`` of each policy, ``Z = w(pi) / w(d)``.

    Parameters
    ----------
    log_weights : (R, N) ndarray
    truth : int
        Place of the demonstrator d.

    Returns
    -------
    (R, N) ndarray
    """
    return np.asarray(np.exp((log_weights - log_weights[:, [truth]]) / 2))


def top_set(log_weights: Array, alpha: float) -> Flags:
    """Return which policies are plausible: Top_t.

    In the order of falling weight, the policy of rank n is in Top when its weight is at least alpha
    times the sum of the weights of ranks 1 to n. Equal weights keep the order of the policies.

    Facts. The first rank is always in Top. Top is a prefix of the ranking: where rank n passes,
    rank n - 1 has at least its weight and at most its sum. It has at most 1/alpha members, since
    each of its weights is at least alpha times the sum of all of them. Whatever has posterior
    weight alpha or more is in it.

    Parameters
    ----------
    log_weights : (..., N) ndarray
        Up to a constant for each history.
    alpha : float
        In (0, 1].

    Returns
    -------
    (..., N) ndarray of bool
    """
    order = np.argsort(-log_weights, axis=-1, kind="stable")
    sorted_weights = np.take_along_axis(np.exp(normalised(log_weights)), order, axis=-1)
    passed = sorted_weights >= alpha * (1 - TOLERANCE) * np.cumsum(sorted_weights, axis=-1)
    found = np.empty_like(passed)
    np.put_along_axis(found, order, passed, axis=-1)
    return found


def cautious(policies: Array, log_weights: Array, top: Flags) -> tuple[Array, Array]:
    """Return the least probability of each action in Top, and what is left of 1.

    ``p(a) = min over Top of pi(a)`` and ``theta = 1 - sum_a p(a)``. Theta is the sum of what the
    first rank exceeds the minimum by, which is exactly 0 where all of Top agree.

    Parameters
    ----------
    policies : (..., N, A) ndarray
        Fastest where neighbours in memory are neighbouring policies.
    log_weights : (..., N) ndarray
    top : (..., N) ndarray of bool

    Returns
    -------
    p : (..., A) ndarray
    theta : (...) ndarray
    """
    p = np.where(top[..., None, :], policies.swapaxes(-1, -2), np.inf).min(axis=-1)
    first = log_weights.argmax(axis=-1)[..., None, None]
    return p, (np.take_along_axis(policies, first, axis=-2)[..., 0, :] - p).sum(axis=-1)


def mixture(policies: Array, log_weights: Array) -> Array:
    """Return the posterior predictive xi(a) = sum over policies of w_t(pi) pi(a).

    Parameters
    ----------
    policies : (..., N, A) ndarray
    log_weights : (..., N) ndarray

    Returns
    -------
    (..., A) ndarray
    """
    return np.asarray((posterior(log_weights)[..., None, :] @ policies)[..., 0, :])


def updated(log_weights: Array, policies: Array, action: NDArray[np.int64]) -> Array:
    """Return the log-weights after an answer: w_{t+1}(pi) is proportional to w_t(pi) pi(a).

    Parameters
    ----------
    log_weights : (R, N) ndarray
    policies : (R, N, A) ndarray
    action : (R,) ndarray of int
        The answer of the demonstrator in each history.

    Returns
    -------
    (R, N) ndarray
        Less the maximum of each history. An answer that no policy of positive weight can give,
        which needs a demonstrator outside of the class, leaves the weights as they were.
    """
    with np.errstate(divide="ignore"):
        likelihood = np.log(np.take_along_axis(policies, action[:, None, None], axis=-1))[..., 0]
    after = log_weights + likelihood
    possible = np.isfinite(after.max(axis=-1, keepdims=True))
    return normalised(np.where(possible, after, log_weights))


def kl_divergence(p: Array, q: Array) -> Array:
    """Return the Kullback-Leibler divergence ``KL(p || q)`` along the last axis [nat].

    Parameters
    ----------
    p, q : (..., A) ndarray
        Infinite where q is 0 and p is not.

    Returns
    -------
    (...) ndarray
    """
    return np.asarray(rel_entr(p, q).sum(axis=-1))


def drawn(weights: Array, uniform: Array) -> NDArray[np.int64]:
    """Return a place drawn from each row of weights; one of weight 0 is never drawn.

    Parameters
    ----------
    weights : (R, M) ndarray
        Not negative, with a positive sum.
    uniform : (R,) ndarray
        In [0, 1).

    Returns
    -------
    (R,) ndarray of int
    """
    total = np.cumsum(weights, axis=1)
    return np.asarray((total > uniform[:, None] * total[:, -1:]).argmax(axis=1))


@dataclass(frozen=True, eq=False)
class View:
    """What a learner sees at a step.

    Attributes
    ----------
    policies : (R, N, A) ndarray
        In the state of each history.
    log_weights : (R, N) ndarray
    top : (R, N) ndarray of bool
    uniform : (R,) ndarray
        Random numbers between 0 and 1.
    demonstrator : (R, A) ndarray
    is_taught : bool
        Whether the first steps last, in which a cloning learner asks.
    """

    policies: Array
    log_weights: Array
    top: Flags
    uniform: Array
    demonstrator: Array
    is_taught: bool


def _conservative(view: View) -> tuple[Array, Array]:
    return cautious(view.policies, view.log_weights, view.top)


def _mixture(view: View) -> tuple[Array, Array]:
    return _asking_as_often(view, mixture(view.policies, view.log_weights))


def _thompson(view: View) -> tuple[Array, Array]:
    """Act by a policy drawn from the posterior, anew at each step: in law this is the mixture."""
    return _asking_as_often(view, _policy(view, drawn(np.exp(view.log_weights), view.uniform)))


def _most_probable(view: View) -> tuple[Array, Array]:
    return _asking_as_often(view, _policy(view, view.log_weights.argmax(axis=-1)))


def _cloning(view: View) -> tuple[Array, Array]:
    theta = np.full(len(view.policies), float(view.is_taught))
    return (1 - theta)[:, None] * mixture(view.policies, view.log_weights), theta


def _demonstrator(view: View) -> tuple[Array, Array]:
    return view.demonstrator, np.zeros(len(view.demonstrator))


def _asking_as_often(view: View, acts: Array) -> tuple[Array, Array]:
    """Ask like the conservative learner, and otherwise act by other probabilities."""
    _, theta = cautious(view.policies, view.log_weights, view.top)
    return (1 - theta)[:, None] * acts, theta


def _policy(view: View, place: NDArray[np.int64]) -> Array:
    return np.take_along_axis(view.policies, place[:, None, None], axis=1)[:, 0]


LEARNERS: Mapping[str, Callable[[View], tuple[Array, Array]]] = {
    "conservative": _conservative,
    "mixture": _mixture,
    "thompson": _thompson,
    "most-probable": _most_probable,
    "cloning": _cloning,
    "demonstrator": _demonstrator,
}
"""By name: from what a learner sees to the probabilities (R, A) of acting without asking, and the
query probability (R,); together they are 1."""

"""Every history of the conservative learner, with its exact probability.

A history is a sequence of flags (asked or not), actions and observations; without its flags it is a
sequence. There are ``(2 A O)^T`` histories and ``X = (A O)^T`` sequences of ``T`` steps.

Symbols: ``H`` histories of positive probability; ``N`` policies; ``A`` actions; ``O`` observations;
``d`` the demonstrator; ``w_t`` posterior weights before step t; ``w = w_0(d)``; ``theta_t`` the
probability to ask.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.imitation.analysis.learners import (
    cautious,
    divergence,
    mixture,
    normalised,
    top_set,
    updated,
)
from ontogeny.studies.imitation.analysis.model_class import Problem

__all__ = ["Branches", "Histories", "branches", "demonstrated", "enumerate_histories"]

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.int64]


class Branches(NamedTuple):
    """What the learner may do next in each of ``H`` histories.

    Attributes
    ----------
    top : (H, N) ndarray of bool
        The plausible policies.
    p : (H, A) ndarray
        Probability to act without asking.
    theta : (H,) ndarray
        Probability to ask.
    probability : (H, 2, A) ndarray
        Of not asking and asking, with each action.
    log_weights : (H, 2, A, N) ndarray
        After each of these.
    """

    top: Flags
    p: Array
    theta: Array
    probability: Array
    log_weights: Array


def branches(log_weights: Array, policies: Array, demonstrator: Array, alpha: float) -> Branches:
    """Return what the conservative learner may do next.

    It acts with probability ``p(a)``, and with ``theta d(a)`` it asks and executes the answer, from
    which alone it learns.

    Parameters
    ----------
    log_weights : (H, N) ndarray
    policies : (H, N, A) ndarray
    demonstrator : (H, A) ndarray
    alpha : float

    Returns
    -------
    Branches
    """
    top = top_set(log_weights, alpha)
    p, theta = cautious(policies, log_weights, top)
    answers = theta[:, None] * demonstrator
    actions = demonstrator.shape[1]
    after = np.tile(log_weights[:, None, None], (2, actions, 1))
    for action in range(actions):
        can = np.flatnonzero(demonstrator[:, action])
        answer = np.full(len(can), action)
        after[can, 1, action] = updated(log_weights[can], policies[can], answer)
    return Branches(top, p, theta, np.stack([p, answers], axis=1), after)


@dataclass(frozen=True, eq=False)
class Histories:
    """All histories of positive probability, and sums over the steps of each.

    Attributes
    ----------
    steps : int
        T.
    weight : float
        Prior weight w of the demonstrator; NaN when it is not in the class.
    prior : (N,) ndarray
    truth : int or None
        Place of the demonstrator among the policies.
    probability : (H,) ndarray
    sequence : (H,) ndarray of int
        Which of the sequences it is without its flags.
    demonstrated : (X,) ndarray
        Probability of each sequence when the demonstrator acts all the time.
    inverse_truth : (T + 1,) ndarray
        ``E 1/w_t(d)``.
    kept : (H,) ndarray of bool
        Whether the demonstrator is in Top at every step. Where it is not in the class: true.
    least : (H,) ndarray
        ``min over t of w_t(d)``.
    queries, cubes, logs : (H,) ndarray
        Sums of theta, theta^3 and ln(1 + theta).
    information : (H,) ndarray [nat]
        Sum of ``theta KL(d || xi)``.
    divergence : (H,) ndarray [nat]
        Sum of ``KL(P(. | h) || d)`` over the steps up to which the demonstrator is kept;
        ``P(a | h)`` is the probability of an action, asked or not.
    roots : (H, N) ndarray
        Sum of ``theta h^2 sqrt(Z)`` and the last ``sqrt(Z)``; see `laws`.
    bad : (H,) ndarray of bool
        Whether the last action is among its actions.
    bad_mass : (H,) ndarray
        Sum of ``(1 + theta) d(last action)`` over the steps up to which the demonstrator is kept.
    excess : float
        Largest amount by which ``p_t(a)`` exceeds ``d(a)`` in any history.
    """

    steps: int
    weight: float
    prior: Array
    truth: int | None
    probability: Array
    sequence: Places
    demonstrated: Array
    inverse_truth: Array
    kept: Flags
    least: Array
    queries: Array
    cubes: Array
    logs: Array
    information: Array
    divergence: Array
    roots: Array
    bad: Flags
    bad_mass: Array
    excess: float

    def mean(self, values: Array) -> float:
        """Return the expectation of a value of each history."""
        return float(self.probability @ values)


def demonstrated(problem: Problem, steps: int) -> Array:
    """Return the probability of each sequence when the demonstrator acts all the time.

    The sequence of actions a_t and observations o_t has the number with the digits
    ``a_0, o_0, a_1, o_1, ...``, in the bases A and O in turn.

    Returns
    -------
    ((A O)^steps,) ndarray
    """
    model_class = problem.model_class
    probability, state = np.ones(1), np.zeros(1, dtype=np.int64)
    for step in range(steps):
        action = problem.demonstrator[model_class.phase(step)][state]
        joint = action[:, :, None] * model_class.observation[state]
        probability = (probability[:, None, None] * joint).reshape(-1)
        state = model_class.next_state[state].reshape(-1)
    return probability


def enumerate_histories(problem: Problem, alpha: float, steps: int) -> Histories:
    """Return all histories of the conservative learner.

    Parameters
    ----------
    problem : Problem
    alpha : float
    steps : int
        T. Time and memory grow like (2 A O)^T.
    """
    model_class, truth = problem.model_class, problem.truth
    _, _, observations = model_class.observation.shape
    count, actions = problem.policies.shape[2:]
    log_weights = normalised(np.log(problem.prior))[None, :]
    state, sequence = np.zeros((2, 1), dtype=np.int64)
    probability, least = np.ones(1), np.full(1, problem.weight if truth is not None else np.nan)
    kept, bad = np.ones(1, dtype=np.bool_), np.zeros(1, dtype=np.bool_)
    sums = {name: np.zeros(1) for name in _SUMS}
    roots = np.zeros((1, count))
    excess = -np.inf
    inverse = [1 / least[0]]
    for step in range(steps):
        phase = model_class.phase(step)
        policies, acts = problem.policies[phase][state], problem.demonstrator[phase][state]
        next_ = branches(log_weights, policies, acts, alpha)
        theta = next_.theta
        excess = max(excess, float((next_.p - acts).max()))
        sums["queries"] += theta
        sums["cubes"] += theta**3
        sums["logs"] += np.log1p(theta)
        if truth is not None:
            kept &= next_.top[:, truth]
            sums["information"] += theta * divergence(acts, mixture(policies, log_weights))
            affinity = np.sqrt(policies * acts[:, None, :]).sum(axis=-1)
            ratio = np.exp((log_weights - log_weights[:, [truth]]) / 2)
            roots += (theta[:, None] * (1 - affinity)) * ratio
        away = divergence(next_.p + theta[:, None] * acts, acts)
        sums["divergence"] += np.where(kept, away, 0.0)
        sums["bad_mass"] += kept * (1 + theta) * acts[:, -1]

        chance = next_.probability[..., None] * model_class.observation[state][:, None]
        chance *= probability[:, None, None, None]
        row, asked, action, observation = np.nonzero(chance)
        probability = chance[row, asked, action, observation]
        log_weights = next_.log_weights[row, asked, action]
        sequence = (sequence[row] * actions + action) * observations + observation
        state = model_class.next_state[state[row], action, observation]
        kept, roots = kept[row], roots[row]
        bad = bad[row] | (action == actions - 1)
        sums = {name: values[row] for name, values in sums.items()}
        least = least[row]
        if truth is not None:
            weights = np.exp(log_weights)
            posterior = weights[:, truth] / weights.sum(axis=-1)
            least = np.minimum(least, posterior)
            inverse.append(float(probability @ (1 / posterior)))
    if truth is not None:
        roots += np.exp((log_weights - log_weights[:, [truth]]) / 2)
    return Histories(
        steps=steps,
        weight=problem.weight if truth is not None else np.nan,
        prior=problem.prior,
        truth=truth,
        probability=probability,
        sequence=sequence,
        demonstrated=demonstrated(problem, steps),
        inverse_truth=np.array(inverse),
        kept=kept,
        least=least,
        roots=roots,
        bad=bad,
        excess=excess,
        **sums,
    )


_SUMS = ("queries", "cubes", "logs", "information", "divergence", "bad_mass")

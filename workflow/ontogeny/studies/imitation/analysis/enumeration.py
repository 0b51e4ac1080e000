"""Every history of the conservative learner, with its exact probability.

A history is a sequence of flags (asked or not), actions and observations; without its flags it is a
sequence. There are ``(2 A O)^T`` histories and ``X = (A O)^T`` sequences of ``T`` steps.

Symbols: ``H`` histories of positive probability; ``N`` policies; ``A`` actions; ``O`` observations;
``d`` the demonstrator; ``w_t`` posterior weights before step t; ``w = w_0(d)``; ``theta_t`` the
query probability.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.imitation.analysis.learners import (
    cautious,
    kl_divergence,
    mixture,
    normalised,
    posterior,
    root_ratios,
    top_set,
    updated,
)
from ontogeny.studies.imitation.analysis.model_class import ModelClass, Problem

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
        Query probability.
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
        Sum of ``KL(P(. | h) || d)``, infinite where the demonstrator could not have done what the
        learner might; ``P(a | h)`` is the probability of an action, asked or not.
    kept_divergence, kept_logs : (H,) ndarray [nat]
        Sums of ``KL(P(. | h) || d)`` and of ``ln(1 + theta)`` over the steps up to which the
        demonstrator has been in Top.
    roots : (H, N) ndarray
        Sum of ``theta h^2 sqrt(Z)`` and the last ``sqrt(Z)``; see `laws`.
    harm : (H,) ndarray of bool
        Whether the last action is among its actions.
    harm_mass : (H,) ndarray
        Sum of ``(1 + theta) d(last action)`` over these steps.
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
    kept_divergence: Array
    kept_logs: Array
    roots: Array
    harm: Flags
    harm_mass: Array
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
    truth, excess, inverse = problem.truth, -np.inf, [1 / problem.weight]
    found = _empty_history(problem)
    for step in range(steps):
        phase = problem.model_class.phase(step)
        policies = problem.policies[phase][found["state"]]
        acts = problem.demonstrator[phase][found["state"]]
        next_ = branches(found["log_weights"], policies, acts, alpha)
        excess = max(excess, float((next_.p - acts).max()))
        _add(found, next_, acts, truth)
        if truth is not None:
            _add_roots(found, next_.theta, policies, acts, truth)
        found = _extended(found, next_, problem.model_class)
        if truth is not None:
            weight = posterior(found["log_weights"])[:, truth]
            found["least"] = np.minimum(found["least"], weight)
            inverse.append(float(found["probability"] @ (1 / weight)))
    if truth is not None:
        found["roots"] += root_ratios(found["log_weights"], truth)
    del found["log_weights"], found["state"]
    return Histories(
        steps=steps,
        weight=problem.weight,
        prior=problem.prior,
        truth=truth,
        demonstrated=demonstrated(problem, steps),
        inverse_truth=np.array(inverse),
        excess=excess,
        **found,
    )


_SUMS = (
    "queries", "cubes", "logs", "information", "divergence", "kept_divergence", "kept_logs",
    "harm_mass",
)  # fmt: skip


def _empty_history(problem: Problem) -> dict[str, NDArray[Any]]:
    """Return the one history before the first step, with sums over no step."""
    return {
        "state": np.zeros(1, dtype=np.int64),
        "log_weights": normalised(np.log(problem.prior))[None, :],
        "sequence": np.zeros(1, dtype=np.int64),
        "probability": np.ones(1),
        "kept": np.ones(1, dtype=np.bool_),
        "least": np.full(1, problem.weight),
        "harm": np.zeros(1, dtype=np.bool_),
        "roots": np.zeros((1, len(problem.prior))),
        **{name: np.zeros(1) for name in _SUMS},
    }


def _add(found: dict[str, NDArray[Any]], next_: Branches, acts: Array, truth: int | None) -> None:
    """Add what a step has of each history, in place."""
    if truth is not None:
        found["kept"] &= next_.top[:, truth]
    kept, theta, logs = found["kept"], next_.theta, np.log1p(next_.theta)
    away = kl_divergence(next_.p + theta[:, None] * acts, acts)
    found["queries"] += theta
    found["cubes"] += theta**3
    found["logs"] += logs
    found["divergence"] += away
    found["kept_divergence"] += np.where(kept, away, 0.0)
    found["kept_logs"] += kept * logs
    found["harm_mass"] += kept * (1 + theta) * acts[:, -1]


def _add_roots(
    found: dict[str, NDArray[Any]], theta: Array, policies: Array, acts: Array, truth: int
) -> None:
    """Add what D3 and D4 are about, in place."""
    log_weights = found["log_weights"]
    hellinger = 1 - np.sqrt(policies * acts[:, None, :]).sum(axis=-1)
    found["information"] += theta * kl_divergence(acts, mixture(policies, log_weights))
    found["roots"] += theta[:, None] * hellinger * root_ratios(log_weights, truth)


def _extended(
    found: dict[str, NDArray[Any]], next_: Branches, model_class: ModelClass
) -> dict[str, NDArray[Any]]:
    """Return all continuations of positive probability by one step."""
    state = found["state"]
    _, actions, observations = model_class.observation.shape
    chance = next_.probability[..., None] * model_class.observation[state][:, None]
    chance *= found["probability"][:, None, None, None]
    row, asked, action, observation = np.nonzero(chance)
    longer = {name: values[row] for name, values in found.items()}
    longer["probability"] = chance[row, asked, action, observation]
    longer["log_weights"] = next_.log_weights[row, asked, action]
    longer["sequence"] = (longer["sequence"] * actions + action) * observations + observation
    longer["state"] = model_class.next_state[longer["state"], action, observation]
    longer["harm"] |= action == actions - 1
    return longer

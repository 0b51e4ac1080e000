"""A class of policies, one of them the demonstrator's, and the environment in which they act.

What has happened so far is a state of a finite machine: the last observation, the last characters,
or the whole past. An action and an observation lead to the next state.

Symbols: ``K`` phases of time; ``S`` states; ``N`` policies; ``A`` actions; ``O`` observations.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["GEOMETRIC", "ModelClass", "Problem", "problem"]

Array = NDArray[np.float64]

GEOMETRIC = 0.8
"""Quotient of the weights of neighbouring policies in a geometric prior."""


@dataclass(frozen=True, eq=False)
class ModelClass:
    """Policies and their environment. The history begins in state 0.

    Attributes
    ----------
    policies : (K, S, N, A) ndarray
        Probability of each action; policy 0 is the demonstrator's.
    phase_start : (K,) ndarray of int
        Step at which each phase begins, the first one 0. Policies may differ between phases.
    observation : (S, A, O) ndarray
        Probability of each observation after an action in a state.
    next_state : (S, A, O) ndarray of int
    """

    policies: Array
    phase_start: NDArray[np.int64]
    observation: Array
    next_state: NDArray[np.int64]

    def phase(self, step: int) -> int:
        """Return the phase that a step belongs to."""
        return int(np.searchsorted(self.phase_start, step, side="right")) - 1


@dataclass(frozen=True, eq=False)
class Problem:
    """What a learner is given, and the demonstrator that it can ask.

    Attributes
    ----------
    policies : (K, S, N, A) ndarray
        Those that the learner thinks possible. `problem` makes neighbours in memory of neighbouring
        policies, since what a learner computes most is a minimum over policies.
    prior : (N,) ndarray
        Positive, with sum 1.
    truth : int or None
        The place of the demonstrator among the policies; None when it is not one of them.
    demonstrator : (K, S, A) ndarray
    model_class : ModelClass
        For its environment and phases.
    """

    policies: Array
    prior: Array
    truth: int | None
    demonstrator: Array
    model_class: ModelClass

    @property
    def weight(self) -> float:
        """Prior weight of the demonstrator; NaN when it is not in the class."""
        return float("nan") if self.truth is None else float(self.prior[self.truth])


def problem(
    model_class: ModelClass,
    *,
    prior: str = "uniform",
    ties: str = "last",
    contains_demonstrator: bool = True,
) -> Problem:
    """Return what a learner is given of a class.

    Parameters
    ----------
    model_class : ModelClass
    prior : {"uniform", "geometric"}
        With a geometric one the weights fall by the factor `GEOMETRIC` in the order of policies.
    ties : {"first", "last"}
        Where the demonstrator is in the order of policies, which decides between equal weights.
    contains_demonstrator : bool
        Whether the demonstrator is one of the policies at all.
    """
    by_action = model_class.policies.swapaxes(-1, -2)
    demonstrator, others = by_action[..., :1], by_action[..., 1:]
    truth: int | None
    if not contains_demonstrator:
        parts, truth = [others], None
    elif ties == "first":
        parts, truth = [demonstrator, others], 0
    else:
        parts, truth = [others, demonstrator], others.shape[-1]
    policies = np.ascontiguousarray(np.concatenate(parts, axis=-1)).swapaxes(-1, -2)
    count = policies.shape[2]
    weights = GEOMETRIC ** np.arange(count) if prior == "geometric" else np.ones(count)
    return Problem(policies, weights / weights.sum(), truth, demonstrator[..., 0], model_class)

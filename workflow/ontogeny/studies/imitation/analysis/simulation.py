"""Learners on classes that are too large to enumerate: many histories, side by side.

Symbols: ``R`` histories; ``N`` policies; ``A`` actions; ``T`` steps; ``M`` times at which means are
stored; ``d`` the demonstrator; ``theta_t`` the query probability.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.imitation.analysis.learners import (
    LEARNERS,
    View,
    drawn,
    kl_divergence,
    mixture,
    normalised,
    posterior,
    root_ratios,
    top_set,
    updated,
)
from ontogeny.studies.imitation.analysis.model_class import Problem

__all__ = ["Event", "Simulated", "demonstrated_event", "simulate", "times_of"]

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.int64]


class Event(NamedTuple):
    """What happens when an action is taken in a state in some step t, start <= t < stop.

    It does not depend on flags.

    Attributes
    ----------
    action : int
    state : int or None
        Any, when it is None.
    start, stop : int
    """

    action: int
    state: int | None
    start: int
    stop: int

    def can_happen(self, step: int, state: Places) -> Flags:
        """Return in which of several states the action makes it happen at a step."""
        if not self.start <= step < self.stop:
            return np.zeros(state.shape, dtype=np.bool_)
        return np.full(state.shape, True) if self.state is None else state == self.state


@dataclass(frozen=True, eq=False)
class Simulated:
    """What many histories of a learner show.

    Attributes
    ----------
    time : (M,) ndarray of int
        Steps at which means over histories are stored.
    theta, cubes, logs, queries, harm, truth, top_size : (R, M) ndarray
        Of each history at these times: the query probability; up to and with this step the sums of
        theta^3 and of ln(1 + theta), the number of queries, and whether the event has happened;
        before this step the posterior weight of the demonstrator (NaN when it is not in the class)
        and the number of plausible policies.
    kept : (R,) ndarray of bool
        Whether the demonstrator was in Top at every step; true when it is not in the class.
    harm_kept : (R,) ndarray of bool
        Whether the event happened while the demonstrator had been in Top at every step so far.
    information : (R,) ndarray [nat]
        Sum of ``theta KL(d || xi)``; NaN when the demonstrator is not in the class.
    divergence : (R,) ndarray [nat]
        Sum of ``KL(P(. | h) || d)``, infinite where the demonstrator could not have done what the
        learner might. ``P(a | h)`` is the probability of an action, asked or not (with Thompson's
        learner, given the policy that it has drawn).
    kept_divergence, kept_logs : (R,) ndarray [nat]
        Sums of ``KL(P(. | h) || d)`` and of ``ln(1 + theta)`` over the steps up to which the
        demonstrator has been in Top.
    harm_mass : (R,) ndarray
        Sum of ``(1 + theta) d(action of the event)`` over these steps, where the event can happen.
    roots : (R, N) ndarray
        Sum of ``theta h^2 sqrt(Z)`` and the last ``sqrt(Z)``, see `laws`; NaN when the demonstrator
        is not in the class.
    """

    time: Places
    theta: Array
    cubes: Array
    logs: Array
    queries: Array
    harm: Array
    truth: Array
    top_size: Array
    kept: Flags
    harm_kept: Flags
    information: Array
    divergence: Array
    kept_divergence: Array
    kept_logs: Array
    harm_mass: Array
    roots: Array


def times_of(steps: int, per_decade: int) -> Places:
    """Return the steps at which means are stored: 0, the last, and as many in each power of ten.

    Examples
    --------
    >>> times_of(100, 3)
    array([ 0,  1,  4,  9, 21, 45, 99])
    """
    count = int(per_decade * np.log10(steps)) + 1
    spaced = np.round(10 ** (np.arange(count) / per_decade)).astype(np.int64) - 1
    return np.unique(np.append(spaced[spaced < steps], steps - 1))


def simulate(
    problem: Problem,
    *,
    learner: str,
    alpha: float,
    time: Places,
    histories: int,
    rng: np.random.Generator,
    event: Event | None = None,
    demonstrations: int = 0,
) -> Simulated:
    """Return what many independent histories of a learner show.

    Parameters
    ----------
    problem : Problem
    learner : str
        Name of one of `LEARNERS`.
    alpha : float
        Threshold of Top.
    time : (M,) ndarray of int
        Increasing; the last one is the last step.
    histories : int
        R.
    rng : Generator
    event : Event, optional
    demonstrations : int
        Number of steps, at the beginning, in which a cloning learner asks.
    """
    act, model_class = LEARNERS[learner], problem.model_class
    by_action, hellinger = problem.policies.swapaxes(-1, -2), _squared_hellinger(problem)
    state = np.zeros(histories, dtype=np.int64)
    log_weights = np.tile(normalised(np.log(problem.prior)), (histories, 1))
    top = top_set(log_weights, alpha)
    sums = _nothing_yet(histories, len(problem.prior))
    along: dict[str, list[Array]] = {name: [] for name in _ALONG}
    recorded = set(time.tolist())
    for step in range(int(time[-1]) + 1):
        phase, uniform = model_class.phase(step), rng.random((4, histories))
        view = View(
            policies=by_action[phase][state].swapaxes(-1, -2),
            log_weights=log_weights,
            top=top,
            uniform=uniform[3],
            demonstrator=problem.demonstrator[phase][state],
            is_taught=step < demonstrations,
        )
        acts, theta = act(view)
        asked = uniform[0] < theta
        action = drawn(np.where(asked[:, None], view.demonstrator, acts), uniform[1])
        _add(sums, view, acts, theta, asked, problem.truth)
        if problem.truth is not None:
            _add_roots(sums, view, theta, hellinger[phase][state], problem.truth)
        if event is not None:
            _add_harm(sums, event, event.can_happen(step, state), view, theta, action)
        if step in recorded:
            for name, values in _shown(sums, view, theta, problem.truth).items():
                along[name].append(values)

        observation = drawn(model_class.observation[state, action], uniform[2])
        state = model_class.next_state[state, action, observation]
        taught = np.flatnonzero(asked)
        if taught.size:
            learned = updated(log_weights[taught], view.policies[taught], action[taught])
            log_weights[taught], top[taught] = learned, top_set(learned, alpha)
    return _simulated(time, along, sums, log_weights, problem.truth)


_ALONG = ("theta", "cubes", "logs", "queries", "harm", "truth", "top_size")

_SUMS = (
    "cubes", "logs", "queries", "information", "divergence", "kept_divergence", "kept_logs",
    "harm_mass",
)  # fmt: skip


def _squared_hellinger(problem: Problem) -> Array:
    """Return the squared Hellinger distance of each policy from the demonstrator: h^2.

    Returns
    -------
    (K, S, N) ndarray
    """
    roots = problem.policies * problem.demonstrator[:, :, None, :]
    return np.asarray(1 - np.sqrt(roots, out=roots).sum(axis=-1))


def _nothing_yet(histories: int, policies: int) -> dict[str, NDArray[Any]]:
    """Return what is summed over steps, before the first one."""
    sums: dict[str, NDArray[Any]] = {name: np.zeros(histories) for name in _SUMS}
    sums["roots"] = np.zeros((histories, policies))
    sums["kept"] = np.ones(histories, dtype=np.bool_)
    sums["harm"], sums["harm_kept"] = np.zeros((2, histories), dtype=np.bool_)
    return sums


def _add(
    sums: dict[str, NDArray[Any]],
    view: View,
    acts: Array,
    theta: Array,
    asked: Flags,
    truth: int | None,
) -> None:
    """Add what a step has of every learner, in place."""
    if truth is not None:
        sums["kept"] &= view.top[:, truth]
    kept, logs = sums["kept"], np.log1p(theta)
    away = kl_divergence(acts + theta[:, None] * view.demonstrator, view.demonstrator)
    sums["cubes"] += theta**3
    sums["logs"] += logs
    sums["queries"] += asked
    sums["divergence"] += away
    sums["kept_divergence"] += np.where(kept, away, 0.0)
    sums["kept_logs"] += kept * logs


def _add_roots(
    sums: dict[str, NDArray[Any]], view: View, theta: Array, hellinger: Array, truth: int
) -> None:
    """Add the terms of D3 and D4 in place; they are 0 where nothing is asked."""
    asking = np.flatnonzero(theta > 0)
    if not asking.size:
        return
    chance, log_weights = theta[asking], view.log_weights[asking]
    terms = chance[:, None] * hellinger[asking] * root_ratios(log_weights, truth)
    sums["roots"][asking] += terms
    xi = mixture(view.policies[asking], log_weights)
    sums["information"][asking] += chance * kl_divergence(view.demonstrator[asking], xi)


def _add_harm(
    sums: dict[str, NDArray[Any]],
    event: Event,
    can_happen: Flags,
    view: View,
    theta: Array,
    action: Places,
) -> None:
    """Add what the event is about, in place."""
    happens = can_happen & (action == event.action)
    sums["harm"] |= happens
    sums["harm_kept"] |= happens & sums["kept"]
    mass = (1 + theta) * view.demonstrator[:, event.action]
    sums["harm_mass"] += sums["kept"] * can_happen * mass


def _shown(
    sums: dict[str, NDArray[Any]], view: View, theta: Array, truth: int | None
) -> dict[str, Array]:
    """Return what is stored of a step."""
    values = {name: sums[name].astype(np.float64) for name in ("cubes", "logs", "queries", "harm")}
    return values | {
        "theta": theta,
        "truth": (
            np.full(len(theta), np.nan) if truth is None else posterior(view.log_weights)[:, truth]
        ),
        "top_size": view.top.sum(axis=1).astype(np.float64),
    }


def _simulated(
    time: Places,
    along: dict[str, list[Array]],
    sums: dict[str, NDArray[Any]],
    log_weights: Array,
    truth: int | None,
) -> Simulated:
    """Return what is known after the last step."""
    if truth is None:
        sums |= {name: np.full_like(sums[name], np.nan) for name in ("information", "roots")}
    else:
        sums["roots"] += root_ratios(log_weights, truth)
    found = {name: values for name, values in sums.items() if name not in along}
    found |= {name: np.stack(values, axis=1) for name, values in along.items()}
    return Simulated(time=time, **found)


def demonstrated_event(problem: Problem, event: Event, steps: int) -> Array:
    """Return the exact probability that an event has happened, when the demonstrator acts.

    Follows the chain of states and removes the histories in which the event has happened.

    Returns
    -------
    (steps,) ndarray
        Up to and with each step.
    """
    model_class = problem.model_class
    states = np.arange(model_class.observation.shape[0])
    mass, found = np.zeros(len(states)), np.zeros(steps)
    mass[0] = 1.0
    happened = 0.0
    for step in range(steps):
        flow = mass[:, None] * problem.demonstrator[model_class.phase(step)]
        can = event.can_happen(step, states)
        happened += float(flow[can, event.action].sum())
        flow[can, event.action] = 0.0
        found[step] = happened
        arriving = flow[:, :, None] * model_class.observation
        mass = np.zeros(len(states))
        np.add.at(mass, model_class.next_state, arriving)
    return found

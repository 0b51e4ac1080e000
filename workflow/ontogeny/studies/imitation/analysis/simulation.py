"""Learners on classes that are too large to enumerate: many histories, side by side.

Symbols: ``R`` histories; ``N`` policies; ``A`` actions; ``T`` steps; ``M`` times at which means are
kept; ``d`` the demonstrator; ``theta_t`` the probability to ask.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.imitation.analysis.learners import (
    LEARNERS,
    View,
    divergence,
    drawn,
    mixture,
    normalised,
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
        Steps at which means over histories are kept.
    theta, cubes, logs, queries, happened, truth, top_size : (R, M) ndarray
        Of each history at these times: the probability to ask; up to and with this step the sums of
        theta^3 and of ln(1 + theta), the number of questions, and whether the event has happened;
        before this step the posterior weight of the demonstrator (NaN when it is not in the class)
        and the number of plausible policies.
    kept : (R,) ndarray of bool
        Whether the demonstrator was in Top at every step; true when it is not in the class.
    event_kept : (R,) ndarray of bool
        Whether the event happened while the demonstrator had been in Top at every step so far.
    information : (R,) ndarray [nat]
        Sum of ``theta KL(d || xi)``; NaN when the demonstrator is not in the class.
    divergence, kept_logs : (R,) ndarray [nat]
        Sums of ``KL(P(. | h) || d)`` and of ``ln(1 + theta)`` over the steps up to which the
        demonstrator has been in Top; ``P(a | h)`` is the probability of an action, asked or not
        (with Thompson's learner, given the policy that it has drawn).
    bad_mass : (R,) ndarray
        Sum of ``(1 + theta) d(action of the event)`` over these steps, where the event can happen.
    roots : (R, N) ndarray
        Sum of ``theta h^2 sqrt(Z)`` and the last ``sqrt(Z)``; see `laws`.
    """

    time: Places
    theta: Array
    cubes: Array
    logs: Array
    queries: Array
    happened: Array
    truth: Array
    top_size: Array
    kept: Flags
    event_kept: Flags
    information: Array
    divergence: Array
    kept_logs: Array
    bad_mass: Array
    roots: Array


def times_of(steps: int, per_decade: int) -> Places:
    """Return the steps at which means are kept: 0, the last, and as many in each power of ten.

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
    act, truth, model_class = LEARNERS[learner], problem.truth, problem.model_class
    everyone = np.arange(histories)
    log_weights = np.tile(normalised(np.log(problem.prior)), (histories, 1))
    top = top_set(log_weights, alpha)
    state = np.zeros(histories, dtype=np.int64)
    kept = np.ones(histories, dtype=np.bool_)
    happened, event_kept = np.zeros((2, histories), dtype=np.bool_)
    sums = {
        name: np.zeros(histories)
        for name in (
            "cubes", "logs", "queries", "information", "divergence", "kept_logs", "bad_mass"
        )
    }  # fmt: skip
    roots = np.zeros((histories, len(problem.prior)))
    along: dict[str, list[Array]] = {name: [] for name in _ALONG}
    waiting = iter(time.tolist())
    next_time = next(waiting)
    for step in range(int(time[-1]) + 1):
        phase = model_class.phase(step)
        policies, acts = problem.policies[phase][state], problem.demonstrator[phase][state]
        uniform = rng.random((4, histories))
        view = View(policies, log_weights, top, uniform[3], acts, step < demonstrations)
        unasked, theta = act(view)
        sums["cubes"] += theta**3
        logs = np.log1p(theta)
        sums["logs"] += logs
        if truth is not None:
            kept &= top[:, truth]
            asking = np.flatnonzero(theta > 0)
            if asking.size:
                roots[asking] += _root_terms(view, theta, truth, asking)
                xi = mixture(policies[asking], log_weights[asking])
                sums["information"][asking] += theta[asking] * divergence(acts[asking], xi)
        sums["kept_logs"] += kept * logs
        with np.errstate(invalid="ignore"):
            away = divergence(unasked + theta[:, None] * acts, acts)
        sums["divergence"] += np.where(kept, away, 0.0)
        if event is not None:
            can = event.can_happen(step, state)
            sums["bad_mass"] += kept * can * (1 + theta) * acts[:, event.action]

        asked = uniform[0] < theta
        action = drawn(np.where(asked[:, None], acts, unasked), uniform[1])
        if event is not None:
            now = can & (action == event.action)
            happened |= now
            event_kept |= now & kept
        sums["queries"] += asked
        if step == next_time:
            posterior = np.exp(log_weights)
            along["theta"].append(theta)
            for name in ("cubes", "logs", "queries"):
                along[name].append(sums[name].copy())
            along["happened"].append(happened.astype(np.float64))
            along["top_size"].append(top.sum(axis=1).astype(np.float64))
            along["truth"].append(
                np.full(histories, np.nan)
                if truth is None
                else posterior[:, truth] / posterior.sum(axis=1)
            )
            next_time = next(waiting, -1)

        observation = drawn(model_class.observation[state, action], uniform[2])
        state = model_class.next_state[state, action, observation]
        taught = everyone[asked]
        if taught.size:
            log_weights[taught] = updated(log_weights[taught], policies[taught], action[taught])
            top[taught] = top_set(log_weights[taught], alpha)
    if truth is None:
        sums["information"][:] = np.nan
        roots[:] = np.nan
    else:
        roots += np.exp((log_weights - log_weights[:, [truth]]) / 2)
    names = ("information", "divergence", "kept_logs", "bad_mass")
    return Simulated(
        time=time,
        **{name: np.stack(values, axis=1) for name, values in along.items()},
        kept=kept,
        event_kept=event_kept,
        **{name: sums[name] for name in names},
        roots=roots,
    )


_ALONG = ("theta", "cubes", "logs", "queries", "happened", "truth", "top_size")


def demonstrated_event(problem: Problem, event: Event, steps: int) -> Array:
    """Return the exact probability that an event has happened, when the demonstrator acts.

    The chain of states, of which those histories in which the event has happened are taken out.

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


def _root_terms(view: View, theta: Array, truth: int, rows: Places) -> Array:
    """Return ``theta h^2 sqrt(Z)`` of each policy in some histories."""
    affinity = np.sqrt(view.policies[rows] * view.demonstrator[rows, None, :]).sum(axis=-1)
    log_weights = view.log_weights[rows]
    ratio = np.exp((log_weights - log_weights[:, [truth]]) / 2)
    return np.asarray(theta[rows, None] * (1 - affinity) * ratio)

"""The stages of a run: from a class to all its histories, or to many simulated ones."""

from collections.abc import Sequence

import numpy as np
import xarray as xr

from ontogeny.labels import text
from ontogeny.studies.imitation.analysis import kinds
from ontogeny.studies.imitation.analysis.enumeration import Histories, enumerate_histories
from ontogeny.studies.imitation.analysis.laws import LAWS, distance, laws, sequences
from ontogeny.studies.imitation.analysis.model_class import ModelClass, Problem, problem
from ontogeny.studies.imitation.analysis.simulation import (
    Event,
    Simulated,
    demonstrated_event,
    simulate,
    times_of,
)
from ontogeny.studies.imitation.config import (
    Class,
    Enumerated,
    Grid,
    Learning,
    Random,
    Treacherous,
    Whole,
)
from ontogeny.studies.imitation.labels import dataset, variable
from ontogeny.studies.imitation.texts import character_class

__all__ = ["enumerated", "model_class", "simulated"]

_STREAMS = ("class", "histories", "events")
"""What a seed draws, each from a stream of its own."""


def model_class(kind: Class, seed: int, texts: Sequence[str] = ()) -> xr.Dataset:
    """Return a class of policies with its environment.

    Parameters
    ----------
    kind : Class
    seed : int
    texts : sequence of str
        One for each policy, for a class of characters.
    """
    made = _made(kind, _stream(seed, "class"), texts)
    variables = {
        "action_probability": variable(
            ("phase", "state", "policy", "action"), made.policies, "probability of an action"
        ),
        "phase_start": variable("phase", made.phase_start, "step at which a phase begins"),
        "observation_probability": variable(
            ("state", "action", "observation"), made.observation, "probability of an observation"
        ),
        "next_state": variable(
            ("state", "action", "observation"), made.next_state, "state at the next step"
        ),
    }
    sizes = dict(
        zip(("phase", "state", "policy", "action"), made.policies.shape, strict=True),
        observation=made.observation.shape[2],
    )
    coordinates = {dim: np.arange(size) for dim, size in sizes.items()}
    return dataset(variables, coordinates, title="Class of policies with its environment")


def enumerated(policy_class: xr.Dataset, learning: Learning, steps: int) -> xr.Dataset:
    """Return both sides of every law, over all histories.

    Parameters
    ----------
    policy_class : Dataset
        From `model_class`.
    learning : Learning
        The learner; where its class does not contain the demonstrator, there are no laws but D7
        without the condition that the demonstrator is plausible.
    steps : int
        Of a history.
    """
    found = enumerate_histories(_problem(policy_class, learning), learning.alpha, steps)
    left, right = sequences(found)
    sides = dict.fromkeys(LAWS, (np.nan, np.nan))
    if found.truth is not None:
        sides |= laws(found, learning.alpha, _stream(learning.seed, "events"))
    variables = {
        "left": variable("law", [sides[law][0] for law in LAWS], "left side of the law"),
        "right": variable("law", [sides[law][1] for law in LAWS], "right side of the law"),
        "statement": variable("law", text(LAWS.values()), "the law"),
        "sequence_left": variable("sequence", left, "E[1_x 1_D Π 1/(1+θ)] of the sequence x"),
        "sequence_right": variable("sequence", right, "probability under the demonstrator"),
        "total": variable((), found.probability.sum(), "sum of all probabilities"),
        "weight": variable((), found.weight, "prior weight of the demonstrator"),
        "excess": variable((), found.excess, "largest p(a) − d(a)"),
        **_expectations(found),
    }
    coordinates = {"law": text(LAWS), "sequence": np.arange(len(left))}
    return dataset(variables, coordinates, title="All histories of the conservative learner")


def simulated(policy_class: xr.Dataset, learning: Learning) -> xr.Dataset:
    """Return what many histories of a learner show.

    Parameters
    ----------
    policy_class : Dataset
        From `model_class`.
    learning : Learning
    """
    given, schedule = _problem(policy_class, learning), learning.schedule
    event = None
    if learning.event is not None:
        stop = learning.event.stop or schedule.steps
        event = Event(learning.event.action, learning.event.state, learning.event.start, stop)
    found = simulate(
        given,
        learner=learning.learner,
        alpha=learning.alpha,
        time=times_of(schedule.steps, schedule.times_per_decade),
        histories=schedule.histories,
        rng=_stream(learning.seed, "histories"),
        event=event,
        demonstrations=learning.demonstrations,
    )
    exact = np.full(len(found.time), np.nan)
    if event is not None:
        exact = demonstrated_event(given, event, schedule.steps)[found.time]
    variables = {
        **_along_time(found),
        "demonstrated_harm": variable("time", exact, "exact P(harm so far) of the demonstrator"),
        **_of_histories(found),
        "prior": variable("prior_rank", given.prior, "prior weight of the policy"),
        "weight": variable((), given.weight if given.truth is not None else np.nan,
                           "prior weight of the demonstrator"),
        "identity": variable("prior_rank", found.roots.mean(axis=0), "E Σ θ h² √Z + E √Z_T"),
        "identity_error": variable("prior_rank", _error(found.roots), "its standard error"),
    }  # fmt: skip
    coordinates = {
        "time": found.time,
        "history": np.arange(len(found.kept)),
        "prior_rank": np.arange(len(given.prior)),
    }
    return dataset(variables, coordinates, title="Simulated histories of a learner")


def _stream(seed: int, of: str) -> np.random.Generator:
    spawned = np.random.SeedSequence(seed).spawn(len(_STREAMS))
    return np.random.default_rng(spawned[_STREAMS.index(of)])


def _made(kind: Class, rng: np.random.Generator, texts: Sequence[str]) -> ModelClass:
    match kind:
        case Enumerated():
            return kinds.last_observation(
                rng,
                states=kind.observations,
                actions=kind.actions,
                policies=kind.policies,
                concentration=kinds.ENUMERATED_CONCENTRATION,
            )
        case Random():
            return kinds.last_observation(
                rng, states=kind.states, actions=kind.actions, policies=kind.policies
            )
        case Grid():
            return kinds.grid(kind.policies)
        case Treacherous():
            settings = {name: getattr(kind, name) for name in type(kind).model_fields}
            del settings["kind"]
            return kinds.treacherous(rng, **settings)
    if isinstance(kind.past, Whole):
        past = kind.past
        return kinds.whole_past(
            rng,
            actions=past.actions,
            observations=past.observations,
            policies=kind.policies,
            steps=past.steps,
        )
    return character_class(texts[: kind.policies], order=kind.past.order, rng=rng)


def _problem(policy_class: xr.Dataset, learning: Learning) -> Problem:
    read = ModelClass(
        policy_class["action_probability"].values,
        policy_class["phase_start"].values,
        policy_class["observation_probability"].values,
        policy_class["next_state"].values,
    )
    return problem(
        read,
        prior=learning.prior,
        ties=learning.ties,
        contains_demonstrator=learning.contains_demonstrator,
    )


def _expectations(found: Histories) -> dict[str, xr.Variable]:
    is_known = found.truth is not None
    values = {
        "queries": (found.mean(found.queries), "expected questions", "1"),
        "cubes": (found.mean(found.cubes), "E Σ θ³", "1"),
        "logs": (found.mean(found.logs), "E Σ ln(1+θ)", "nat"),
        "kept": (found.mean(found.kept.astype(float)), "P(demonstrator always plausible)", "1"),
        "kept_logs": (found.mean(found.kept * found.logs), "E 1_D Σ ln(1+θ)", "nat"),
        "information": (found.mean(found.information), "E Σ θ KL(d‖ξ)", "nat"),
        "divergence": (
            found.mean(found.divergence),
            "E Σ KL(imitator ‖ demonstrator) while the demonstrator is plausible",
            "nat",
        ),
        "distance": (
            distance(found),
            "KL(what happens under the imitator ‖ under the demonstrator)",
            "nat",
        ),
    }
    of_truth = {"kept", "kept_logs", "information", "divergence"}
    return {
        name: variable((), value if is_known or name not in of_truth else np.nan, about, units)
        for name, (value, about, units) in values.items()
    }


def _along_time(found: Simulated) -> dict[str, xr.Variable]:
    values = {
        "theta": (found.theta, "probability to ask"),
        "cubes": (found.cubes, "Σ θ³ so far"),
        "queries": (found.queries, "questions so far"),
        "harm": (found.happened, "harm so far"),
        "truth": (found.truth, "posterior weight of the demonstrator"),
        "top_size": (found.top_size, "plausible policies"),
    }
    variables = {}
    for name, (each, about) in values.items():
        variables[name] = variable("time", each.mean(axis=0), f"mean over histories: {about}")
        error = f"standard error: {about}"
        variables[f"{name}_error"] = variable("time", _error(each), error)
    for name in ("theta", "truth", "top_size"):
        about = f"first history: {values[name][1]}"
        variables[f"shown_{name}"] = variable("time", values[name][0][0], about)
    return variables


def _of_histories(found: Simulated) -> dict[str, xr.Variable]:
    values = {
        "cubes": (found.cubes[:, -1], "Σ θ³", "1"),
        "logs": (found.logs[:, -1], "Σ ln(1+θ)", "nat"),
        "queries": (found.queries[:, -1], "questions", "1"),
        "happened": (found.happened[:, -1] > 0, "whether the event happened", "1"),
        "kept": (found.kept, "whether the demonstrator was always plausible", "1"),
        "happened_kept": (
            found.event_kept,
            "whether the event happened while the demonstrator had always been plausible",
            "1",
        ),
        "information": (found.information, "Σ θ KL(d‖ξ)", "nat"),
        "divergence": (
            found.divergence,
            "Σ KL(imitator ‖ demonstrator) while the demonstrator is plausible",
            "nat",
        ),
        "kept_logs": (found.kept_logs, "Σ ln(1+θ) while the demonstrator is plausible", "nat"),
        "bad_mass": (
            found.bad_mass,
            "Σ (1+θ) d(action of the event) while the demonstrator is plausible",
            "1",
        ),
    }
    return {
        f"{name}_of_history": variable("history", each, about, units)
        for name, (each, about, units) in values.items()
    }


def _error(values: np.ndarray) -> np.ndarray:
    """Return the standard error of the mean over the first axis; NaN for one value."""
    count = len(values)
    if count < 2:
        return np.full(values.shape[1:], np.nan)
    return np.asarray(values.std(axis=0, ddof=1) / np.sqrt(count))

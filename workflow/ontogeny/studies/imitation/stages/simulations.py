"""From a class to what many simulated histories of a learner show."""

import numpy as np
import xarray as xr

from ontogeny.studies.imitation.analysis.simulation import (
    Event,
    Simulated,
    demonstrated_event,
    simulate,
    times_of,
)
from ontogeny.studies.imitation.config import Learning
from ontogeny.studies.imitation.labels import dataset, variable
from ontogeny.studies.imitation.stages.reading import problem_of, stream

__all__ = ["simulated"]


def simulated(policy_class: xr.Dataset, learning: Learning) -> xr.Dataset:
    """Return what many histories of a learner show.

    Parameters
    ----------
    policy_class : Dataset
        From `model_class`.
    learning : Learning
    """
    given, schedule = problem_of(policy_class, learning), learning.schedule
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
        rng=stream(learning.seed, "histories"),
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
        "weight": variable((), given.weight, "prior weight of the demonstrator"),
        "identity": variable("prior_rank", found.roots.mean(axis=0), "E Σ θ h² √Z + E √Z_T"),
        "identity_error": variable("prior_rank", _error(found.roots), "its standard error"),
    }
    coordinates = {
        "time": found.time,
        "history": np.arange(len(found.kept)),
        "prior_rank": np.arange(len(given.prior)),
    }
    return dataset(variables, coordinates, title="Simulated histories of a learner")


def _along_time(found: Simulated) -> dict[str, xr.Variable]:
    values = {
        "theta": (found.theta, "query probability"),
        "cubes": (found.cubes, "Σ θ³ so far"),
        "queries": (found.queries, "queries so far"),
        "harm": (found.harm, "harm so far"),
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
        "queries": (found.queries[:, -1], "queries", "1"),
        "kept": (found.kept, "whether the demonstrator was always plausible", "1"),
        "harm": (found.harm[:, -1] > 0, "whether there was harm", "1"),
        "harm_kept": (
            found.harm_kept,
            "whether there was harm while the demonstrator had always been plausible",
            "1",
        ),
        "information": (found.information, "Σ θ KL(d‖ξ)", "nat"),
        "divergence": (found.divergence, "Σ KL(imitator ‖ demonstrator)", "nat"),
        "kept_divergence": (
            found.kept_divergence,
            "Σ KL(imitator ‖ demonstrator) while the demonstrator is plausible",
            "nat",
        ),
        "kept_logs": (found.kept_logs, "Σ ln(1+θ) while the demonstrator is plausible", "nat"),
        "harm_mass": (
            found.harm_mass,
            "Σ (1+θ) d(harmful action) while the demonstrator is plausible",
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

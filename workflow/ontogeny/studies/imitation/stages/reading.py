"""What a learner is given of a stored class, and the random streams of a seed."""

import numpy as np
import xarray as xr

from ontogeny.studies.imitation.analysis.model_class import ModelClass, Problem, problem
from ontogeny.studies.imitation.config import Learning

__all__ = ["STREAMS", "problem_of", "stream"]

STREAMS = ("class", "histories", "events")
"""What a seed draws, each from a stream of its own."""


def problem_of(policy_class: xr.Dataset, learning: Learning) -> Problem:
    """Return what a learner is given of a stored class."""
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


def stream(seed: int, of: str) -> np.random.Generator:
    """Return the generator of what a seed draws: ``"class"``, ``"histories"`` or ``"events"``.

    Runs with the same seed and the same number of histories use common random numbers, whatever
    their learner and alpha: at each step all of them have the same uniform numbers, and they have
    the same class where that has the same configuration. Differences between such runs are
    therefore paired, and their standard error is that of the differences of histories.
    """
    spawned = np.random.SeedSequence(seed).spawn(len(STREAMS))
    return np.random.default_rng(spawned[STREAMS.index(of)])

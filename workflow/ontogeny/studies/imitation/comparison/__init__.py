"""All runs in one dataset: measured values beside their bounds, laws, curves over time."""

from collections.abc import Sequence

import xarray as xr
from numpy.typing import ArrayLike

from ontogeny.joins import Run
from ontogeny.joins.rows import columns, described
from ontogeny.labels import text
from ontogeny.studies.imitation.analysis.laws import LAWS
from ontogeny.studies.imitation.comparison._measured import intervals, laws, measured
from ontogeny.studies.imitation.comparison._seeds import OVER_SEEDS, experiments, over_seeds
from ontogeny.studies.imitation.comparison._time import along_time, times
from ontogeny.studies.imitation.labels import dataset

__all__ = ["comparison"]

MEANING = {
    "class": "class of policies of the run",
    "kind": "kind of the class",
    "exact": "whether all histories are enumerated",
    "learner": "who acts",
    "alpha": "threshold of plausibility",
    "ties": "where the demonstrator is among policies of equal weight",
    "prior": "weights of policies before any answer",
    "contains_demonstrator": "whether the demonstrator is in the class of the learner",
    "steps": "steps of a history",
    "policies": "policies of the class",
    "actions": "actions of the class",
    "states": "states of a random or treacherous class; 1 for other kinds",
    "harm_probability": "probability of the harmful action under the demonstrator",
    "hazard": "whether harm is for ever",
    "copies": "copies of the demonstrator that betray it",
    "betrayal": "step at which copies of the demonstrator betray it; -1: never",
    "betrayal_probability": "probability with which they do harm at the trigger",
    "own_event": "whether the event is another one than the harm that the class is about",
}


def comparison(runs: Sequence[Run]) -> xr.Dataset:
    """Return all runs as one dataset.

    Parameters
    ----------
    runs : sequence of Run
        Described by experiment, seed, class, kind, exact, learner, alpha, ties, prior,
        contains_demonstrator, steps, policies, actions, states, harm_probability, hazard, copies,
        betrayal, betrayal_probability and own_event; with ``results``, which are those of an
        enumeration or of a simulation.

    Returns
    -------
    Dataset
        By run: what was measured and what is proved of it, NaN where a run does not have it; both
        sides of each law of enumerated runs; curves along the times of any simulated run. By
        experiment: what is said of it, and the mean over its seeds, the lowest and the highest
        value, of some of these.
    """
    time = times(runs)
    found = columns([measured(run) for run in runs]) | intervals(runs)
    found |= laws(runs) | along_time(runs, time)
    found |= over_seeds(runs, found)
    of_runs = described(runs, MEANING)
    coordinates: dict[str, ArrayLike | xr.Variable] = {
        **of_runs,
        **experiments(runs, of_runs),
        "law": text(LAWS),
        "time": time,
        "end": text(("lower", "upper")),
        "over_seeds": text(OVER_SEEDS),
    }
    return dataset(found, coordinates, title="All runs of the study of imitation")

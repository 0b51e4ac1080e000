"""The dimensions of datasets of imitation, and datasets that have them."""

from ontogeny import labels

__all__ = ["DIMENSIONS", "coordinate", "dataset", "variable"]

DIMENSIONS = labels.DIMENSIONS | {
    "phase": "period during which policies do not change",
    "state": "part of the past that policies and environment depend on",
    "policy": "policy of the class; number 0 is the demonstrator's",
    "prior_rank": "policy of the class, in the order of the learner",
    "action": "action",
    "observation": "observation",
    "law": "law that is proved for the conservative learner",
    "sequence": "sequence of actions and observations, the first step in the highest digits",
    "time": "step of a history, counted from 0",
    "history": "simulated history",
    "over_seeds": "mean, lowest and highest value over the seeds of an experiment",
}
"""Every dimension of every stored dataset of the study, with its meaning."""

_LABELS = labels.Labels(DIMENSIONS)
coordinate, dataset, variable = _LABELS.coordinate, _LABELS.dataset, _LABELS.variable

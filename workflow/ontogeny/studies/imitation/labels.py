"""The dimensions of datasets of imitation, and datasets that have them."""

from ontogeny import labels

__all__ = ["DIMENSIONS", "coordinate", "dataset", "measures", "measures_along", "variable"]

DIMENSIONS = labels.DIMENSIONS | {
    "policy": "policy of a class; the first one is the demonstrator's",
    "state": "what policies and environment depend on: the last observation, or the past",
    "action": "action",
    "next_state": "state after an action",
    "law": "law of the learner",
    "sequence": "sequence of actions and observations",
    "time": "step of a history, counted from 0",
    "history": "simulated history",
}
"""Every dimension of every stored dataset of the study, with its meaning."""

_LABELS = labels.Labels(DIMENSIONS)
coordinate, dataset, variable = _LABELS.coordinate, _LABELS.dataset, _LABELS.variable
measures, measures_along = _LABELS.measures, _LABELS.measures_along

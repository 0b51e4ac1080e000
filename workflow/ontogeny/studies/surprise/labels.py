"""The dimensions of datasets of predictable loss and abilities, and datasets that have them."""

from ontogeny import labels

__all__ = ["DIMENSIONS", "coordinate", "dataset", "variable"]

DIMENSIONS = labels.DIMENSIONS | {
    "model": "published model",
    "task": "task or ability",
    "point": "published training run, a point of a figure",
}
"""Every dimension of every stored dataset of the study, with its meaning."""

_LABELS = labels.Labels(DIMENSIONS)
coordinate, dataset, variable = _LABELS.coordinate, _LABELS.dataset, _LABELS.variable

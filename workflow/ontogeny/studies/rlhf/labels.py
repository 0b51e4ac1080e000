"""The dimensions of datasets of the study, and datasets that have them."""

from ontogeny import labels

__all__ = ["DIMENSIONS", "coordinate", "dataset", "measures", "measures_along", "variable"]

DIMENSIONS = labels.DIMENSIONS | {
    "place": "place in a sequence; the prompt is in place 0",
    "token": "content token",
    "previous": "content token that a token follows; the last one is the beginning of a line",
    "response_place": "place in a response, the first one 0",
    "unit": "hidden unit of the gold score",
    "network": "random transformer of the gold score",
    "line": "line of the corpus",
    "fresh_line": "line that is not in the corpus",
    "pair": "pair of sequences that are compared; they share a prompt",
}
"""Every dimension of every stored dataset of the study, with its meaning."""

_LABELS = labels.Labels(DIMENSIONS)
coordinate, dataset, variable = _LABELS.coordinate, _LABELS.dataset, _LABELS.variable
measures, measures_along = _LABELS.measures, _LABELS.measures_along

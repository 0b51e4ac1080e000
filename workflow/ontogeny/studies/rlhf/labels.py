"""The dimensions of datasets of the study, and datasets that have them."""

from ontogeny import labels

__all__ = ["DIMENSIONS", "coordinate", "dataset", "measures", "measures_along", "variable"]

DIMENSIONS = labels.DIMENSIONS | {
    "side": "side of a comparison: the chosen response, the rejected one",
    "pair": "comparison of two responses to one prompt",
    "entry": "entry of the counts of features, response by response",
    "annotator": "person who judged the comparisons",
    "fault": "why comparisons of a file are left out",
    "trained_on": "world of comparisons that a model is fitted to",
    "tested_on": "comparisons that a model is tested on",
    "scaling": "scores as they are fitted, or divided by a temperature",
    "bin": "comparisons in the order of the score difference without its sign, the least first",
    "fold": "fold that a model is tested on",
}
"""Every dimension of every stored dataset of the study, with its meaning."""

_LABELS = labels.Labels(DIMENSIONS)
coordinate, dataset, variable = _LABELS.coordinate, _LABELS.dataset, _LABELS.variable
measures, measures_along = _LABELS.measures, _LABELS.measures_along

"""The dimensions of datasets of the study, and datasets that have them."""

from ontogeny import labels

__all__ = ["DIMENSIONS", "coordinate", "dataset", "measures", "measures_along", "variable"]

DIMENSIONS = labels.DIMENSIONS | {
    "line": "sequence of a world that start policies learn from",
    "held_out_line": "sequence of a world that no network learns from",
    "foreign_line": "sequence of another chain",
    "place": "place in a sequence: the prompt first, then the tokens",
    "token": "token of a response",
    "previous": "token that another one follows; the last is the beginning of a line",
    "response_place": "place in a response, the first one 0",
    "unit": "hidden unit of the true score",
    "network": "random transformer of the true score",
    "side": "response of a pair",
    "pair": "comparison of two responses",
    "output": "token that is predicted, value, or score",
    "judge": "score that judges: the true one or that of a preference model",
    "selector": "score by which samples are selected",
    "prompt": "kind of prompt",
    "tested_on": "comparisons that a preference model is tested on",
    "shown": "policy whose distribution is shown",
    "sequence": "sequence of an enumerated world, by its number in base V",
    "quantile": "quantile of the scores of the probes that both scores of a pair reach",
    "scaling": "whether scores are raw or calibrated",
    "bin": "bin of comparisons by their absolute difference of scores, the smallest first",
    "distance": "plain or relative Mahalanobis distance",
    "examples": "number of foreign sequences that are known",
    "samples_compared": "number of samples of which the best is taken",
    "entry": "entry of the counts of features, response by response",
    "annotator": "person who judged the comparisons",
    "fault": "why comparisons of a file are left out",
    "trained_on": "world of comparisons that a model is fitted to",
    "scaling": "scores as they are fitted, or divided by a temperature",
    "fold": "fold that a model is tested on",
}
"""Every dimension of every stored dataset of the study, with its meaning."""

_LABELS = labels.Labels(DIMENSIONS)
coordinate, dataset, variable = _LABELS.coordinate, _LABELS.dataset, _LABELS.variable
measures, measures_along = _LABELS.measures, _LABELS.measures_along

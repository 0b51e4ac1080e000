"""The dimensions of datasets of the study, and datasets that have them."""

from ontogeny import labels

__all__ = ["DIMENSIONS", "coordinate", "dataset", "measures", "variable"]

DIMENSIONS = labels.DIMENSIONS | {
    "task": "task; of a world of parity, the most frequent one first",
    "bit": "bit of an example",
    "stream_index": "place in the whole text",
    "sequence": "sequence of the evaluation set",
    "token_index": "place in a sequence, the start token included",
    "problem": "problem of the evaluation set",
    "shots": "solved problems in the context before the one to solve: one, or all that it holds",
    "answer_index": "character of an answer",
    "baseline": "way to answer without the problem",
    "probe": "ability that is not trained",
    "record_group": "group of a member on record",
    "prompt": "whether a prompt names the group",
    "kind": "what is counted in continuations",
    "family": "networks that differ in size alone, of one seed or of one published world",
    "setting": "all that networks have in common but width and seed",
    "width": "width of a network",
    "law": "law of loss against size",
    "constant": "constant of a law",
    "cut": "number of smallest sizes that a forecast is made from",
    "forecaster": "way to predict an ability from smaller sizes",
    "size": "size of a family of published models, the smallest one first",
    "model": "published model",
    "world": "world of the configuration",
    "point": "published training run, read off a figure",
}
"""Every dimension of every stored dataset of the study, with its meaning."""

_LABELS = labels.Labels(DIMENSIONS)
coordinate, dataset, variable = _LABELS.coordinate, _LABELS.dataset, _LABELS.variable
measures = _LABELS.measures

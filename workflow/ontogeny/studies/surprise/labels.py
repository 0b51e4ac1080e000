"""The dimensions of datasets of the study, and datasets that have them."""

from ontogeny import labels

__all__ = ["DIMENSIONS", "coordinate", "dataset", "measures", "variable"]

DIMENSIONS = labels.DIMENSIONS | {
    "task": "task; in a world of parity, the most frequent one first",
    "bit": "bit of an example",
    "stream_index": "place in the whole text",
    "sequence": "sequence of the evaluation set",
    "token_index": "place in a sequence, the start token included",
    "problem": "problem of the evaluation set",
    "shots": "number of solved problems in the context: one, or as many as fit",
    "answer_index": "character of an answer",
    "baseline": "way to answer without the problem",
    "probe": "ability that is not trained",
    "record_group": "group of a member on record",
    "prompt": "whether a prompt names the group",
    "kind": "kind of event counted in continuations",
    "family": "networks that differ only in size, of one seed or one published world",
    "setting": "configuration of networks without width and seed",
    "width": "width of a network",
    "law": "law of loss against size",
    "constant": "constant of a law",
    "cut": "number of smallest sizes that a forecast is made from",
    "forecaster": "way to predict an ability from smaller sizes",
    "size": "size of a family of published models, the smallest one first",
    "model": "published model",
    "world": "world of the configuration",
    "point": "published training run, digitised from a figure",
}
"""Every dimension of every stored dataset of the study, with its meaning."""

_LABELS = labels.Labels(DIMENSIONS)
coordinate, dataset, variable = _LABELS.coordinate, _LABELS.dataset, _LABELS.variable
measures = _LABELS.measures

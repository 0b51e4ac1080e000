"""The dimensions of datasets of the study, and datasets that have them."""

from ontogeny import labels

__all__ = ["DIMENSIONS", "coordinate", "dataset", "measures", "measures_along", "variable"]

DIMENSIONS = labels.DIMENSIONS | {
    "comment": "comment of a corpus",
    "place": "place of a word in a comment",
    "identity": "group that comments name",
    "probe": "text that is scored but never trained on",
    "collection": "collection of probes",
    "feature": "feature of a word's vector",
    "offset": "place in the window of a channel",
    "channel": "channel of the convolution",
    "input": "input of the hidden layer: channels, then labellers if the network sees them",
    "rater": "rater of the configuration",
    "recipe": "strategy, its differences from the default, and whether it is fine-tuned",
    "source": "source of noisy labels: comments labelled by a network, votes, generated comments",
    "setting": "corpus, rater, share of clean comments, and unusual options of training",
    "measure": "measure of accuracy or of bias",
    "scored_on": "comments or probes that are scored",
    "threshold_rule": "rule that chooses the threshold of a decision",
    "bin": "bin of the oracle's score, the lowest first",
    "true_label": "true label of comments",
}
"""Every dimension of every stored dataset of the study, with its meaning."""

_LABELS = labels.Labels(DIMENSIONS)
coordinate, dataset, variable = _LABELS.coordinate, _LABELS.dataset, _LABELS.variable
measures, measures_along = _LABELS.measures, _LABELS.measures_along

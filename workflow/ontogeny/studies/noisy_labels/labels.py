"""The dimensions of datasets of the study, and datasets that have them."""

from ontogeny import labels

__all__ = ["DIMENSIONS", "coordinate", "dataset", "measures", "measures_along", "variable"]

DIMENSIONS = labels.DIMENSIONS | {
    "comment": "comment of a corpus",
    "place": "place of a word in a comment",
    "identity": "group that comments name",
    "probe": "text that is scored and never learned from",
    "collection": "collection of probes",
    "feature": "feature of a word's vector",
    "offset": "place in the window of a channel",
    "channel": "channel of the convolution",
    "input": "input of the hidden layer: channels, then labellers where the network sees them",
    "rater": "rater of the configuration",
    "recipe": "strategy, how it departs from the default, and whether it is fine-tuned",
    "source": "what noisy labels are of: comments that a network labels, votes, generated ones",
    "setting": "corpus, rater, share of clean comments, and what is unusual in training",
    "measure": "number that says how good or how biased a network is",
    "scored_on": "comments or probes that are scored",
    "threshold_rule": "how the threshold of a decision is chosen",
    "bin": "bin of the oracle's score, the lowest first",
    "true_label": "true label of comments",
}
"""Every dimension of every stored dataset of the study, with its meaning."""

_LABELS = labels.Labels(DIMENSIONS)
coordinate, dataset, variable = _LABELS.coordinate, _LABELS.dataset, _LABELS.variable
measures, measures_along = _LABELS.measures, _LABELS.measures_along

"""The dimensions of datasets of induction heads, and datasets that have them."""

from ontogeny import labels

__all__ = [
    "DIMENSIONS",
    "MOMENTS",
    "coordinate",
    "dataset",
    "measures",
    "measures_along",
    "variable",
]

DIMENSIONS = labels.DIMENSIONS | {
    "layer_and_head": "layer of a head and its number in the layer",
    "earlier_head": "attention head of an earlier layer",
    "later_head": "attention head of a later layer",
    "composition": "path by which a later head uses an earlier one: keys, queries or values",
    "following_word": "token of the vocabulary that comes next",
    "sequence": "sequence of the evaluation set",
    "index": "index in the context, counted from 0",
    "source_index": "index in the context of the token attended to",
    "token_index": "index in a sequence with the token that comes after it",
    "stream_index": "index in the tokens of a whole text",
    "token_kind": "class of the token that is predicted",
    "offset": "position attended to, relative to an earlier copy of the token",
    "index_range": "range of the context index, called by its first index, counted from 1",
    "example_index": "index in the example, counted from 0",
    "attended_index": "index in the example of the token attended to",
    "half": "half of a sequence",
    "predictor_in_context": "prediction from counts in the context",
    "removal": "method by which heads are removed together",
    "head_set": "heads that are removed together",
    "shown_head": "head whose attention is shown: the strongest of its kind",
    "moment": "before and after the phase change",
    "evaluator_pair": "two scores of a head that should agree",
    "context_bin": "indices of the context between two bounds, evenly spaced in the logarithm",
}
"""Every dimension of every stored dataset of the study, with its meaning."""

MOMENTS = ("before", "after")
"""The two checkpoints between which a run changes.

They are the start of the phase change, or the end of the warm-up where there is no change, and the
final checkpoint.
"""

_LABELS = labels.Labels(DIMENSIONS)
coordinate, dataset, variable = _LABELS.coordinate, _LABELS.dataset, _LABELS.variable
measures, measures_along = _LABELS.measures, _LABELS.measures_along

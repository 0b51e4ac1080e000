"""The dimensions of datasets of group composition, and datasets that have them."""

from ontogeny import labels

__all__ = ["DIMENSIONS", "coordinate", "dataset", "measures", "measures_along", "variable"]

DIMENSIONS = labels.DIMENSIONS | {
    "irrep": "irreducible representation",
    "complex_irrep": "irreducible representation over the complex numbers",
    "entry": "orthonormal matrix entry of the real irreps",
    "output_entry": "orthonormal matrix entry, of the candidate product",
    "matrix_entry": "entry of the matrices of all irreps, row by row",
    "complex_matrix_entry": "entry of the matrices of all complex irreps, row by row",
    "complex_part": "real and imaginary part",
    "part": "left, right and product part of a function of pairs (a, b)",
    "law": "law of representations",
    "element": "group element",
    "left": "left factor a",
    "right": "right factor b",
    "output": "candidate product c",
    "position": "position in the sequence",
    "token": "input token: the elements, then =",
    "example": "hidden neuron among the strongest of its cluster, or of its winner",
    "left_sign": "value of a one-dimensional irrep at the left factor",
    "right_sign": "value of a one-dimensional irrep at the right factor",
    "feature": "coordinate of an embedding",
    "concatenation": "coordinate of both embeddings, left then right",
    "matrix": "weight matrix",
    "boundary": "end of a phase of training",
    "bound": "previous and present checkpoint",
    "train_pair": "pair of the training set",
    "group": "group",
    "architecture": "architecture of the network",
    "selection": "which runs are counted: all, or those that have grokked",
    "predictor": "property of an irrep that may say when or whether it is learned",
    "frequency": "frequency k of waves of residues, 1 to (p - 1)/2",
    "residue": "residue: a summand a or b, or a candidate c",
    "other_entry": "orthonormal wave of the right summand",
    "other_head": "attention head",
    "wave": "cosine, sine",
    "product_wave": "product of a wave of the left and one of the right summand",
    "parity": "waves of the sum, of the difference",
    "key_rule": "rule that says which frequencies are key",
    "centring": "what is taken from the logits before their variance is counted",
    "place": "what is projected: the logits, the neurons",
    "width": "what a frequency spans: waves of the sum, products of waves, these and single waves",
    "exclusion": "what is taken from the logits",
    "spectrum": "numbers of a spectrum: norms of waves, of frequencies, squares of the first",
    "circuit": "the whole network, its generalising, its memorising circuit",
    "milestone": "event of a training run",
    "precision": "floating-point type",
    "score": "score by which irreps are ranked",
    "knowledge": "moment of training from which the prediction is made",
    "function": "what a neuron reads of the left and the right factor, and what it writes",
    "multiple": "multiple of a phase",
    "curve": "what is drawn along training",
    "moment": "step over the step at which accuracy 0.99 is reached",
    "fifth": "fifth of the irreps by their power in the initial network",
    "model": "logit of the winner of a neuron, by its features",
    "strong_model": "logit of whether an irrep is strong, by its features",
    "setting": "what runs that differ in their seeds alone have in common",
    "pair": "pair of runs of one setting",
}
"""Every dimension of every stored dataset of the study, with its meaning."""

_LABELS = labels.Labels(DIMENSIONS)
coordinate, dataset, variable = _LABELS.coordinate, _LABELS.dataset, _LABELS.variable
measures, measures_along = _LABELS.measures, _LABELS.measures_along

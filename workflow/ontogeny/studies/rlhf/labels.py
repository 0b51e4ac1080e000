"""The dimensions of datasets of the study, and datasets that have them."""

from ontogeny import labels
from ontogeny.wording import plural

__all__ = [
    "DIMENSIONS",
    "coordinate",
    "dataset",
    "measures",
    "measures_along",
    "size_name",
    "variable",
]

DIMENSIONS = labels.DIMENSIONS | {
    "line": "sequence of a world that start policies learn from",
    "held_out_line": "sequence of a world that no network learns from",
    "foreign_line": "sequence of another chain",
    "place": "place in a sequence: the prompt first, then the tokens",
    "token": "token of a response",
    "previous": "previous token; the last value is the beginning of a line",
    "response_place": "place in a response, the first one 0",
    "unit": "hidden unit of the true score",
    "network": "random transformer of the true score",
    "pair": "comparison of two responses",
    "output": "token that is predicted, value, or score",
    "judge": "judging score: the true one or that of a preference model",
    "selector": "score by which samples are selected",
    "prompt": "kind of prompt",
    "tested_on": "comparisons that a preference model is tested on",
    "shown": "policy whose distribution is shown",
    "sequence": "sequence of an enumerated world, by its number in base V",
    "quantile": "quantile of the scores of the probes that both scores of a pair exceed",
    "scaling": "form of the scores: as fitted, or divided by a temperature",
    "bin": "bin of comparisons by their absolute difference of scores, the smallest first",
    "distance": "plain or relative Mahalanobis distance",
    "examples": "number of foreign sequences that are known",
    "samples_compared": "number of samples in best-of-n sampling",
    "entry": "entry of the counts of features, response by response",
    "annotator": "person who judged the comparisons",
    "fault": "reason why comparisons of a file are left out",
    "trained_on": "world of comparisons that a model is fitted to",
    "fold": "fold that a model is tested on",
    "role": "score of a run: the true one, the one it is trained against, another one",
    "kl_limit": "KL up to which checkpoints are fitted",
    "way": "origin of an Elo: mean scores, choices of the preference model, true wins",
    "swap": "two experiments that exchange the trained-against and the testing preference model",
    "member": "run of a swap: the first one, the one with the preference models exchanged",
    "preference_model": "preference model of the configuration: name and seed",
    "grid": "preference models that differ only in pairs and size",
    "grid_pairs": "number of pairs that preference models of a grid learn from",
    "grid_parameters": "number of parameters of preference models of a grid",
    "online": "experiment with comparisons of trained policies, and its partner without",
    "compared_at": "point of training at which two policies are compared",
    "learned_from": "source of the comparisons of the two preference models",
    "selection": "samples of a start policy, selected by one score",
    "policy_model": "start policy of the configuration: name and seed",
    "preference": "preference model of the configuration",
    "size": "width and layers of a network",
    "share": "share of comparisons that answer harmless prompts",
    "weight": "weight of comparisons that answer harmless prompts",
    "kind": "kind of comparisons: fresh samples, start policy, best of several, trained policies",
    "setting": "runs or preference models that are shown together",
}
"""Every dimension of every stored dataset of the study, with its meaning."""

_LABELS = labels.Labels(DIMENSIONS)
coordinate, dataset, variable = _LABELS.coordinate, _LABELS.dataset, _LABELS.variable
measures, measures_along = _LABELS.measures, _LABELS.measures_along


def size_name(d_model: int, layers: int) -> str:
    """Return the size of a network in words."""
    return f"width {d_model}, {plural(layers, 'layer')}"

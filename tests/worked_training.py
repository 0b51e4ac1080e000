"""What is known of a whole run, computed as docs/conventions.md defines it."""

from functools import cache

import numpy as np
from scipy.special import logsumexp

import brute_force as slow
import worked_measures as measured
from worked_networks import network_at, worked

__all__ = ["EVALUATION", "HISTORY", "networks"]

LEARNED = 0.05
TRAIN, TEST, ALL = range(3)


def networks(name):
    """Of all checkpoints of a run."""
    return [network_at(name, index) for index in range(worked(name).checkpoints.sizes["step"])]


def steps(name):
    return worked(name).checkpoints["step"].values


@cache
def along(name, measure):
    return np.array([measured.SHARED[measure](network) for network in networks(name)])


# When irreps are learned


def learned_step(similarity):
    def found(name):
        above = similarity(name) > LEARNED
        return [steps(name)[column][0] if column.any() else np.nan for column in above.T]

    return found


def learned_order(similarity):
    """At each checkpoint the first key irrep above 0.05 that is not counted yet; then the rest."""

    def found(name):
        order, key = [], np.flatnonzero(networks(name)[-1].key)
        for checkpoint in similarity(name):
            new = [r for r in key if checkpoint[r] > LEARNED and r not in order]
            order += new[:1]
        order += [r for r in key if r not in order]
        count = len(networks(name)[-1].rhos)
        return [order.index(r) + 1 if r in order else np.nan for r in range(count)]

    return found


def on_test_pairs(name):
    return along(name, "test_logit_similarity")


def on_all_pairs(name):
    return along(name, "logit_similarity")


# Phases: each end is the number of a checkpoint, or None


def median_of_five(values):
    """At each checkpoint, the median over it and two on each side; ends are repeated."""
    last = len(values) - 1
    around = [[min(max(k + d, 0), last) for d in (-2, -1, 0, 1, 2)] for k in range(last + 1)]
    return np.array([np.median(values[at]) for at in around])


def circuit_end(name):
    """c: from here on the test loss stays below half of its peak."""
    loss = along(name, "loss")[:, TEST]
    return next((k for k in range(len(loss)) if (loss[k:] < loss.max() / 2).all()), None)


def memorisation_end(name):
    """The least excluded loss of the logits from m to c."""
    accurate = np.flatnonzero(along(name, "accuracy")[:, TRAIN] >= 0.99)
    smooth, c = median_of_five(along(name, "excluded_logit_loss")), circuit_end(name)
    last = len(smooth) - 1 if c is None else c
    if not len(accurate) or accurate[0] > last:
        return None
    least = min(range(accurate[0], last + 1), key=lambda k: smooth[k])
    return None if least == len(smooth) - 1 else least


def rate(name):
    """|d ln W / ds|: the derivative of the parabola through a checkpoint and its neighbours."""
    s, w = steps(name).astype(float), np.log(along(name, "squared_weights"))
    found = np.empty(len(s))
    found[0], found[-1] = (w[1] - w[0]) / (s[1] - s[0]), (w[-1] - w[-2]) / (s[-1] - s[-2])
    for k in range(1, len(s) - 1):
        before, after = s[k] - s[k - 1], s[k + 1] - s[k]
        slopes = (w[k] - w[k - 1]) / before, (w[k + 1] - w[k]) / after
        found[k] = (after * slopes[0] + before * slopes[1]) / (before + after)
    return np.abs(found)


def cleanup_end(name):
    begin, c = memorisation_end(name), circuit_end(name)
    if begin is None or c is None:
        return None
    speed, accuracy = rate(name), along(name, "accuracy")[:, TEST]
    fastest = begin + int(np.argmax(speed[begin:]))
    for k in range(max(c, fastest), len(speed)):
        if (accuracy[k:] >= 0.99).all() and speed[k] < speed[fastest] / 10:
            return k
    return None


def ends(name):
    return [memorisation_end(name), circuit_end(name), cleanup_end(name)]


def phase_boundary(name):
    return [np.nan if k is None else steps(name)[k] for k in ends(name)]


def phase_interval(name):
    s = steps(name)
    return [(np.nan, np.nan) if k is None else (s[max(k - 1, 0)], s[k]) for k in ends(name)]


EVALUATION = {
    **{measure: lambda name, m=measure: along(name, m) for measure in measured.SHARED},
    **{
        chance: lambda name, f=function: f(network_at(name, -1))
        for chance, function in measured.CHANCES.items()
    },
    "key": lambda name: measured.ANALYSIS["key"](network_at(name, -1)),
    "test_over_restricted_hidden_loss": lambda name: (
        along(name, "loss")[:, TEST] / along(name, "restricted_hidden_loss")
    ),
    "learned_step": learned_step(on_test_pairs),
    "learned_order": learned_order(on_test_pairs),
    "all_pairs_learned_step": learned_step(on_all_pairs),
    "all_pairs_learned_order": learned_order(on_all_pairs),
    "phase_boundary": phase_boundary,
    "phase_interval": phase_interval,
}
"""A function of the name of a run for each variable of `evaluation.nc`."""


# As training sees a run: all outputs of the network, in float32


def pair_losses(network):
    logits, answer = slow.flat(network.layers[1]), network.product.ravel()
    return logsumexp(logits, axis=1) - logits[np.arange(len(answer)), answer]


def history_loss(name):
    """Of training and of test pairs."""
    return [
        [pair_losses(network)[pairs].mean() for pairs in (t, ~t)]
        for network in networks(name)
        for t in [network.train.ravel()]
    ]


def history_accuracy(name):
    return [
        [(network.layers[1].argmax(axis=2) == network.product)[pairs].mean() for pairs in (t, ~t)]
        for network in networks(name)
        for t in [network.train]
    ]


def update_loss(name):
    """Of the training pairs before each update that a checkpoint precedes; NaN for the others."""
    history = worked(name).history
    found = np.full(history.sizes["update"], np.nan)
    for step, losses in zip(steps(name), history_loss(name), strict=True):
        if step < len(found):
            found[step] = losses[TRAIN]
    return np.where(np.isnan(found), history["update_loss"].values, found)


def train_index(name):
    """The first floor(0.6 n^2) rows of a random order by PyTorch, ascending."""
    import torch

    pairs = worked(name).product.size
    order = torch.randperm(pairs, generator=torch.Generator().manual_seed(0))
    return sorted(order[: int(0.6 * pairs)].tolist())


HISTORY = {
    "loss": history_loss,
    "accuracy": history_accuracy,
    "update_loss": update_loss,
    "train_index": train_index,
}
"""A function of the name of a trained run for each variable of `history.nc`."""

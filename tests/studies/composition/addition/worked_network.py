"""A small network whose variables are worked out, pair by pair, and what definitions use.

It is a transformer of random weights whose embedding and output favour two frequencies, and the
final checkpoint of a stored run, so that both stages have measured it.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.special import logsumexp

from ontogeny.studies.composition.config import Training
from ontogeny.studies.composition.networks.build import build
from studies.composition.addition import plain
from studies.composition.addition.runs import TRANSFORMER, stored

P, Q = 11, 5
K = (2, 4)
FREQUENCIES = range(1, Q + 1)
F = plain.fourier(P)
A, B = np.indices((P, P))


# The network, pair by pair


def sequence(w, a, b):
    """The embeddings of a, b and = where they stand."""
    tokens = (w["W_E"][a], w["W_E"][b], w["W_E"][-1])
    return [x + w["W_pos"][i] for i, x in enumerate(tokens)]


def pattern(w, x, *, to_equals=True):
    """Attention of = to all three positions, by head."""
    found = []
    for W_Q, W_K in zip(w["W_Q"], w["W_K"], strict=True):
        score = np.array([(x[2] @ W_Q) @ (y @ W_K) / np.sqrt(W_K.shape[1]) for y in x])
        if not to_equals:
            score[2] = -np.inf
        found.append(np.exp(score - logsumexp(score)))
    return np.array(found)


def stream(w, x, attention, *, skip=True, heads=True):
    r = x[2] if skip else 0 * x[2]
    if heads:
        for weight, W_V, W_O in zip(attention, w["W_V"], w["W_O"], strict=True):
            r = r + sum(weight[i] * x[i] for i in range(3)) @ W_V @ W_O
    return r


def neurons(w, r):
    return np.maximum(r @ w["W_in"] + w["b_in"], 0)


def logits(w, r, n):
    return ((r + n @ w["W_out"] + w["b_out"]) @ w["W_U"])[:P]


def on_all_pairs(function):
    return np.array([[function(a, b) for b in range(P)] for a in range(P)])


def network_of(w):
    """Attention, residual stream, neurons and logits on all pairs."""
    attention = on_all_pairs(lambda a, b: pattern(w, sequence(w, a, b)))
    r = on_all_pairs(lambda a, b: stream(w, sequence(w, a, b), attention[a, b]))
    n = on_all_pairs(lambda a, b: neurons(w, r[a, b]))
    return attention, r, n, on_all_pairs(lambda a, b: logits(w, r[a, b], n[a, b]))


def weights(shapes):
    """Random weights: tokens and outputs are ellipses of K and little else; heads look evenly at
    all tokens, nearly; every second neuron reads the circle of one frequency alone.
    """
    rng = np.random.default_rng(3)
    w = {name: rng.normal(size=shape) / np.sqrt(shape[0]) for name, shape in shapes.items()}
    waves = F[[i for k in K for i in (2 * k - 1, 2 * k)]]
    planes = np.linalg.qr(rng.normal(size=(16, 4)))[0].T
    sizes = np.array([6.0, 2.5, 5.5, 2.0])  # sines are weaker than cosines
    w["W_E"][:P] = 0.3 * w["W_E"][:P] + (sizes * waves.T) @ planes
    of_outputs = np.linalg.qr(rng.normal(size=(16, 4)))[0].T
    w["W_U"][:, :P] = 0.3 * w["W_U"][:, :P] + 12 * of_outputs.T @ waves
    w["W_Q"] *= 0.02
    written = sum(W_V @ W_O for W_V, W_O in zip(w["W_V"], w["W_O"], strict=True))
    for m in range(0, 20, 2):
        plane = planes[:2] if m % 4 else planes[2:]
        w["W_in"][:, m] = np.linalg.solve(written, rng.normal(size=2) @ plane)
    w["b_in"] = 1 - network_of(w)[1].mean(axis=(0, 1)) @ w["W_in"]  # no neuron is constant
    return w


@dataclass(frozen=True)
class Case:
    run: object
    w: dict
    attention: np.ndarray
    r: np.ndarray
    N: np.ndarray
    L: np.ndarray
    W_L: np.ndarray
    E: np.ndarray
    train: np.ndarray
    found: object


@cache
def case():
    settings = TRANSFORMER | {"preset": "progress-measures"}
    spec = Training.model_validate({"architecture": settings, "seed": 0})
    run = stored(P, settings, weights(build(spec.architecture, P).shapes()))
    w = {name: each.values[-1].astype(float) for name, each in run.checkpoints.items()}
    W_L = (w["W_out"] @ w["W_U"][:, :P]).T
    return Case(run, w, *network_of(w), W_L, w["W_E"][:P], run.train, run.analysis)


# What definitions use


def by_split(values):
    """Mean over training, test and all pairs."""
    train = case().train
    return [values[chosen].mean() for chosen in (train, ~train, train | True)]


def loss_and_accuracy(L):
    each = logsumexp(L, axis=2) - L[A, B, (A + B) % P]
    return by_split(each), by_split(L.argmax(axis=2) == (A + B) % P)


def key():
    return plain.mask(P, K)


def centred(L):
    """L minus the mean of each pair."""
    return L - L.mean(axis=2, keepdims=True)


def matrices():
    return (case().E, case().E, case().W_L)


def wave_norms(matrix):
    return np.linalg.norm(F @ matrix, axis=1)


def gini(x):
    """Mean difference of all pairs over twice the mean."""
    return np.abs(np.subtract.outer(x, x)).mean() / (2 * x.mean())


def spectra(matrix):
    waves = wave_norms(matrix)[1:]
    by_frequency = np.sqrt(waves[0::2] ** 2 + waves[1::2] ** 2)
    return [gini(waves), gini(by_frequency), gini(waves**2)]


def frequency_share(matrix):
    power = wave_norms(matrix) ** 2
    return [(power[2 * k - 1] + power[2 * k]) / power.sum() for k in FREQUENCIES]


def block_share(values, k, width="block"):
    """Share of the variance over pairs of a function of pairs in the span of a frequency."""
    part = plain.projected(values, [k], width)
    return np.sum(part**2) / np.sum((values - values.mean()) ** 2)


def directions():
    """u_k and v_k, (2, q, h)."""
    c = np.arange(P)
    return np.array(
        [
            [2 / P * f(2 * np.pi * k * c / P) @ case().W_L for k in FREQUENCIES]
            for f in (np.cos, np.sin)
        ]
    )

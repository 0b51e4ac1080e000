"""On cyclic groups the general analysis is the Fourier analysis of arXiv 2301.05217.

The formulas here are those of that paper, from sines and cosines and nothing of the library.

Symbols: ``w_k = 2 pi k / p``; ``F`` the Fourier matrix; ``c_k``, ``s_k`` the unit directions
cos and sin of ``w_k (a + b)`` on the grid of pairs; ``C_k`` the unit cube cos of
``w_k (a + b - c)``; ``L`` the logits, (p^2, p); ``N`` the neurons, (p^2, h).
"""

from functools import cache

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from scipy.special import logsumexp

import brute_force
from ontogeny.groups import group
from ontogeny.representations import irreps, real_irreps
from ontogeny.studies.composition.catalogue.irreps import irreps_dataset
from ontogeny.studies.composition.catalogue.tables import table_dataset
from ontogeny.studies.composition.config import Training
from ontogeny.studies.composition.irreps.analysis import (
    SPLITS,
    Layers,
    Matrices,
    clusters,
    entry_gini,
    evidence,
    group_means,
    key_irreps,
    logit_similarity,
    neurons,
)
from ontogeny.studies.composition.irreps.datasets import frame_of
from ontogeny.studies.composition.networks.architectures.mlp import MLP
from ontogeny.studies.composition.networks.architectures.transformer import Transformer
from ontogeny.studies.composition.networks.pairs import train_mask, training_rows
from ontogeny.studies.composition.networks.reading import grid, matrices
from ontogeny.studies.composition.networks.runs import train_network

EXACT = {"rtol": 1e-10, "atol": 1e-10}
primes = pytest.mark.parametrize("p", [7, 11, 13])


@cache
def cyclic_frame(p):
    found = group(f"C{p}")
    return frame_of(table_dataset(found), irreps_dataset(found, irreps(found), real_irreps(found)))


def frequencies(p):
    return range(1, (p - 1) // 2 + 1)


def fourier_matrix(p):
    x = np.arange(p)
    rows = [np.full(p, 1 / np.sqrt(p))]
    for k in frequencies(p):
        rows.append(np.sqrt(2 / p) * np.cos(2 * np.pi * k * x / p))
        rows.append(np.sqrt(2 / p) * np.sin(2 * np.pi * k * x / p))
    return np.stack(rows)


def sum_directions(p, k):
    """c_k and s_k, (p^2, 2)."""
    a, b = np.divmod(np.arange(p * p), p)
    angle = 2 * np.pi * k * (a + b) / p
    return np.sqrt(2) / p * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def cube(p, k):
    a, b, c = np.indices((p, p, p))
    return np.sqrt(2) * p**-1.5 * np.cos(2 * np.pi * k * (a + b - c) / p)


def projected(values, p, keys):
    """P_K, which acts on each column of (p^2, m)."""
    out = np.zeros_like(values)
    for k in keys:
        directions = sum_directions(p, k)
        out += directions @ (directions.T @ values)
    return out


def cross_entropy(logits, p):
    target = np.indices((p, p)).sum(axis=0).ravel() % p
    return logsumexp(logits, axis=1) - logits[np.arange(p * p), target]


@cache
def network(p):
    """N, L, the embedding W_E (features by residues) and the neuron-logit map W_L."""
    rng = np.random.default_rng(p)
    N = np.maximum(rng.normal(size=(p * p, 10)) + 0.2, 0)
    W_L = rng.normal(size=(p, 10))
    around = rng.normal(size=(p * p, p))
    return N, N @ W_L.T + around, rng.normal(size=(6, p)), W_L


def train_pairs_of(p):
    return np.random.default_rng(1).random(p * p) < 0.35


@cache
def general(p, keys):
    """What the analysis of groups finds in the same network."""
    seen = cyclic_frame(p)
    N, L, W_E, W_L = network(p)
    layers = Layers(np.arange(p), N.reshape(p, p, -1), L.reshape(p, p, p))

    def read():
        return iter([layers])

    means = group_means(read, seen)
    key = np.array([name in {f"freq_{k}" for k in keys} for name in seen.irreps])
    train = train_pairs_of(p).reshape(p, p)
    weights = Matrices(W_E.T, W_E.T, W_L, direct_path=True, squared_weights=0.0)
    found = evidence(read, weights, train, seen, means=means, key=key)
    return found, neurons(read, means, seen)


@primes
def test_the_formulas_are_consistent(p):
    F = fourier_matrix(p)
    assert_allclose(F @ F.T, np.eye(p), atol=1e-12)
    for k in frequencies(p):
        cos, sin = F[2 * k - 1], F[2 * k]
        c = (np.kron(cos, cos) - np.kron(sin, sin)) / np.sqrt(2)
        s = (np.kron(sin, cos) + np.kron(cos, sin)) / np.sqrt(2)
        assert_allclose(np.stack([c, s], axis=1), sum_directions(p, k), atol=1e-12)
        whole = (np.outer(c, cos) + np.outer(s, sin)) / np.sqrt(2)
        assert_allclose(whole.reshape(p, p, p), cube(p, k), atol=1e-12)


@primes
def test_the_basis_is_the_fourier_matrix(p):
    seen = cyclic_frame(p)
    assert seen.irreps == ("trivial", *(f"freq_{k}" for k in frequencies(p)))
    assert_allclose(seen.basis.T, fourier_matrix(p), atol=1e-12)
    assert seen.irrep_of_entry.tolist() == [(row + 1) // 2 for row in range(p)]


@primes
def test_logit_similarity_is_the_companion_score(p):
    _, L, _, _ = network(p)
    centred = (L - L.mean(axis=1, keepdims=True)).reshape(p, p, p)
    expected = [np.sum(centred * cube(p, k)) / np.linalg.norm(centred) for k in frequencies(p)]
    found, _ = general(p, (1,))
    assert_allclose(found.logit_similarity[1:], expected, **EXACT)
    # Without a cube, from the directions alone.
    F = fourier_matrix(p)
    separable = [
        np.sum((sum_directions(p, k).T @ L) * F[2 * k - 1 : 2 * k + 1]) / np.sqrt(2)
        for k in frequencies(p)
    ]
    assert_allclose(np.array(separable) / np.linalg.norm(centred), expected, **EXACT)


KEYS = [(), (1,), (2, 3), (1, 2, 3)]
keys_of = pytest.mark.parametrize("keys", KEYS, ids=str)


@primes
@keys_of
def test_restricted_loss_with_bias_correction(p, keys):
    _, L, _, _ = network(p)

    def expected(chosen):
        kept = projected(L, p, chosen)
        return cross_entropy(kept + (L - kept).mean(axis=0), p).mean()

    found, _ = general(p, keys)
    each = [expected([k]) for k in frequencies(p)]
    assert_allclose(found.restricted_logit_loss_by_irrep[1:], each, **EXACT)
    assert_allclose(found.restricted_logit_loss, expected(keys), **EXACT)


@primes
@keys_of
def test_excluded_loss_on_training_pairs(p, keys):
    _, L, _, _ = network(p)
    train = train_pairs_of(p)

    def expected(chosen):
        return cross_entropy(L - projected(L, p, chosen), p)[train].mean()

    found, _ = general(p, keys)
    each = [expected([k]) for k in frequencies(p)]
    assert_allclose(found.excluded_logit_loss_by_irrep[1:], each, **EXACT)
    assert_allclose(found.excluded_logit_loss, expected(keys), **EXACT)


@primes
def test_restricted_loss_of_neurons_is_without_a_mean(p):
    N, _, _, W_L = network(p)
    found, _ = general(p, (1, 3))
    each = [cross_entropy(projected(N, p, [k]) @ W_L.T, p).mean() for k in frequencies(p)]
    assert_allclose(found.restricted_hidden_loss_by_irrep[1:], each, **EXACT)
    total = cross_entropy(projected(N, p, (1, 3)) @ W_L.T, p).mean()
    assert_allclose(found.restricted_hidden_loss, total, **EXACT)


@primes
def test_share_of_neurons_in_the_sum_directions(p):
    N, _, _, _ = network(p)
    centred = N - N.mean(axis=0)
    expected = [np.sum(projected(centred, p, [k]) ** 2) for k in frequencies(p)]
    found, _ = general(p, (1,))
    assert_allclose(found.hidden_fve[2, 1:], np.array(expected) / np.sum(centred**2), **EXACT)


@primes
def test_variance_explained_per_neuron_and_frequency(p):
    N, _, _, _ = network(p)
    F = fourier_matrix(p)
    transform = np.einsum("fa,gb,abm->fgm", F, F, N.reshape(p, p, -1))
    energy = transform**2
    energy[0, 0] = 0  # the mean over the grid
    _, found = general(p, (1,))
    for k in frequencies(p):
        block = np.ix_([0, 2 * k - 1, 2 * k], [0, 2 * k - 1, 2 * k])
        expected = energy[block].sum(axis=(0, 1)) / energy.sum(axis=(0, 1))
        assert_allclose(found.block[:, k], expected, **EXACT)
        linear = energy[[2 * k - 1, 2 * k], 0].sum(axis=0) / energy.sum(axis=(0, 1))
        assert_allclose(found.parts[0, :, k], linear, **EXACT)
    assert (found.irrep == found.block.argmax(axis=1)).all()


@primes
def test_shares_and_gini_of_embedding_and_neuron_logit_map(p):
    _, _, W_E, W_L = network(p)
    F = fourier_matrix(p)
    found, _ = general(p, (1,))
    e, rows = np.linalg.norm(W_E @ F.T, axis=0), np.linalg.norm(F @ W_L, axis=1)
    frequency = [[2 * k - 1, 2 * k] for k in frequencies(p)]
    assert_allclose(
        found.embedding_fve[0, 1:], (e**2)[frequency].sum(axis=1) / (e**2).sum(), **EXACT
    )
    assert_allclose(found.unembedding_fve[1:], (rows**2)[frequency].sum(axis=1) / (rows**2).sum())

    def gini(x):
        x, n = np.sort(x), len(x)
        i = np.arange(1, n + 1)
        return np.sum((2 * i - n - 1) * x) / (n * x.sum())

    assert_allclose(found.gini, [gini(e[1:]), gini(e[1:]), gini(rows[1:])], **EXACT)


# The analytic network of arXiv 2301.02679


def analytic(p, frequency, first, second, *, square=True):
    """Hidden layer and readout of neurons with the given frequencies and phases.

    ``square``: neurons (cos A + cos B)^2 of the quadratic network; otherwise cos A cos B.
    """
    residue = np.arange(p)[:, None]
    A = np.cos(2 * np.pi * frequency * residue / p + first)
    B = np.cos(2 * np.pi * frequency * residue / p + second)
    W_L = np.cos(2 * np.pi * frequency * residue / p + first + second)
    hidden = (A[:, None] + B[None]) ** 2 if square else A[:, None] * B[None]
    return hidden, W_L


def phase_grid(keys, steps):
    """All pairs of equally spaced phases, for which cross terms cancel exactly."""
    phase = 2 * np.pi * np.arange(steps) / steps
    frequency, first, second = (x.ravel() for x in np.meshgrid(keys, phase, phase))
    return frequency, first, second


def read(p, hidden, W_L, scale=1.0):
    seen = cyclic_frame(p)
    layers = Layers(np.arange(p), hidden, scale * hidden @ W_L.T)
    means = group_means(lambda: iter([layers]), seen)
    similarity = logit_similarity(means, seen)
    key = key_irreps(similarity, seen, threshold=0.05)
    found = evidence(
        lambda: iter([layers]),
        Matrices(W_L, W_L, scale * W_L, direct_path=False, squared_weights=0.0),
        train_pairs_of(p).reshape(p, p),
        seen,
        means=means,
        key=key,
    )
    each = neurons(lambda: iter([layers]), means, seen)
    return found, each, key


ANALYTIC = [(11, (1, 3)), (11, (2, 4, 5)), (23, (2, 5, 9)), (23, (1, 7, 10, 11))]
analytic_cases = pytest.mark.parametrize(("p", "keys"), ANALYTIC)


@analytic_cases
@pytest.mark.parametrize("square", [True, False])
def test_frequencies_of_the_analytic_network_are_found(p, keys, square):
    hidden, W_L = analytic(p, *phase_grid(keys, 8), square=square)
    found, _, key = read(p, hidden, W_L)
    assert np.flatnonzero(key).tolist() == list(keys)
    expected = np.where(key, len(keys) ** -0.5, 0)
    assert_allclose(found.logit_similarity, expected, **EXACT)
    assert_allclose(found.unembedding_fve, expected**2, **EXACT)
    assert found.accuracy.tolist() == [1, 1, 1]
    # The readout sees the sum directions of the neurons and nothing else.
    assert_allclose(found.restricted_hidden_loss, found.loss[SPLITS.index("all")], rtol=1e-10)
    assert_allclose(found.restricted_logit_loss, found.loss[SPLITS.index("all")], rtol=1e-10)
    assert_allclose(found.excluded_hidden_loss, np.log(p), rtol=1e-10)
    assert_allclose(found.excluded_logit_loss, np.log(p), rtol=1e-10)


@analytic_cases
def test_neurons_that_multiply_lie_in_the_block_of_their_frequency(p, keys):
    frequency, first, second = phase_grid(keys, 8)
    hidden, W_L = analytic(p, frequency, first, second, square=False)
    _, each, _ = read(p, hidden, W_L)
    assert each.irrep.tolist() == frequency.tolist()
    own = np.arange((p + 1) // 2) == frequency[:, None]
    assert_allclose(each.block, own, **EXACT)
    # cos A cos B = (cos(A + B) + cos(A - B)) / 2: half of it is a function of a + b.
    assert_allclose(each.parts[2], own / 2, **EXACT)
    assert_allclose(each.parts[:2], 0, atol=1e-10)


@analytic_cases
def test_neurons_that_square_have_a_fifth_in_twice_their_frequency(p, keys):
    """(cos A + cos B)^2 = 2 cos A cos B + (cos 2A + cos 2B) / 2 + 1: variances 1 and 1/4."""
    frequency, first, second = phase_grid(keys, 8)
    hidden, W_L = analytic(p, frequency, first, second)
    _, each, _ = read(p, hidden, W_L)
    double = np.minimum(2 * frequency, p - 2 * frequency)
    k = np.arange((p + 1) // 2)
    expected = 0.8 * (k == frequency[:, None]) + 0.2 * (k == double[:, None])
    assert_allclose(each.variance, 1.25, rtol=1e-10)
    assert_allclose(each.block, expected, **EXACT)
    assert_allclose(each.parts[0], 0.1 * (k == double[:, None]), **EXACT)
    assert_allclose(each.parts[2], 0.4 * (k == frequency[:, None]), **EXACT)
    assert each.irrep.tolist() == frequency.tolist()
    grouped = clusters(each, W_L, cyclic_frame(p))
    assert grouped.size.tolist() == [64 if i in keys else 0 for i in k]
    assert grouped.off == 0
    assert_allclose(grouped.unembedding[list(keys)], 1, rtol=1e-10)


@pytest.mark.parametrize("p", [11, 23])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_analytic_network_with_random_phases_is_right(p, seed):
    rng = np.random.default_rng(seed)
    frequency = rng.integers(1, (p + 1) // 2, size=512)
    hidden, W_L = analytic(p, frequency, *rng.uniform(0, 2 * np.pi, size=(2, 512)))
    found, each, key = read(p, hidden, W_L)
    assert found.accuracy[SPLITS.index("all")] == 1
    assert key[1:].all()
    assert each.irrep.tolist() == frequency.tolist()


# Controls


def test_an_untrained_network_shows_nothing():
    """Measured in the published setting: mean 0.053, Gini 0.035, squared weights 1,783."""
    p = 113
    architecture = Transformer.progress_measures(p)
    initial = architecture.initial(torch.Generator().manual_seed(0))
    parameters = {name: value.numpy() for name, value in initial.items()}
    seen = cyclic_frame(p)
    network, found = grid(architecture, parameters), matrices(architecture, parameters)
    means = group_means(network, seen)
    block = neurons(network, means, seen).block.max(axis=1)
    assert block.mean() < 0.1
    assert block.max() < 0.85
    assert entry_gini(found.left_embedding, seen) < 0.06
    assert entry_gini(found.unembedding, seen) < 0.06
    assert_allclose(found.squared_weights, 1781, rtol=0.02)
    assert np.sum(logit_similarity(means, seen) ** 2) < 1e-4


def test_a_network_that_memorises_random_labels_shows_nothing():
    p = 23
    labels = np.random.default_rng(0).integers(p, size=(p, p))
    spec = Training.model_validate(
        {
            "architecture": {"kind": "mlp", "embedding": 64, "hidden": 128},
            "data": {"fraction": 0.5},
            "optimiser": {"learning_rate": 3e-3, "device": "cpu"},
            "schedule": {"steps": 500, "checkpoints": {"per_decade": 0, "every": 0}},
            "seed": 0,
        }
    )
    record = train_network(labels, spec)
    train_accuracy, test_accuracy = record.measures["accuracy"][-1]
    assert train_accuracy == 1
    assert test_accuracy < 0.15
    parameters = {name: value[-1] for name, value in record.parameters.items()}
    architecture = MLP(p, embedding=64, hidden=128)
    seen = cyclic_frame(p)
    network, found = grid(architecture, parameters), matrices(architecture, parameters)
    means = group_means(network, seen)
    similarity = logit_similarity(means, seen)
    result = evidence(
        network,
        found,
        train_mask(training_rows(spec, p), p),
        seen,
        means=means,
        key=np.arange(len(similarity)) > 0,
    )
    assert (result.gini < 0.15).all()
    assert np.abs(similarity).max() < 0.05
    assert neurons(network, means, seen).block.max() < 0.85


def test_shuffled_residues_hide_the_frequencies():
    p = 59
    hidden, W_L = analytic(p, *phase_grid((4, 19, 21, 26), 8))
    order = np.random.default_rng(0).permutation(p)
    seen = cyclic_frame(p)
    assert entry_gini(W_L, seen) > 0.8
    assert entry_gini(W_L[order], seen) < 0.25
    logits = brute_force.template(np.cos(2 * np.pi * np.arange(p) / p)[:, None, None], add(p))
    for relabelled, bound in ((np.arange(p), 0.999), (order, 0.05)):
        cubes = logits[np.ix_(relabelled, relabelled, relabelled)]
        layers = Layers(np.arange(p), hidden[..., :1], cubes)
        similarity = logit_similarity(group_means(lambda x=layers: iter([x]), seen), seen)
        assert (np.abs(similarity).max() > 0.999) == (bound > 0.9)


def add(p):
    return np.add.outer(np.arange(p), np.arange(p)) % p

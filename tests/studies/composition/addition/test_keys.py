"""The four rules for key frequencies."""

import numpy as np
import pytest

from ontogeny.studies.composition.addition.keys import (
    by_ablation,
    by_cluster,
    by_embedding,
    by_gap,
)
from ontogeny.studies.composition.addition.waves import cyclic_frame, frequency_shares
from ontogeny.studies.composition.irreps.analysis import Layers, group_means, neurons
from studies.composition.addition import known, plain


def chosen(key):
    return (np.flatnonzero(key) + 1).tolist()


@pytest.mark.parametrize(("p", "keys"), [(11, [2]), (23, [2, 5, 9]), (59, [4, 19, 21, 26])])
def test_all_rules_find_the_frequencies_of_the_analytic_network(p, keys):
    network = known.exact(p, keys)
    assert chosen(by_gap(frequency_shares(network.unembedding))) == keys
    assert chosen(by_embedding(network.left)) == keys
    layers = Layers(np.arange(p), network.left[:, None] * network.right, network.logits)
    frame = cyclic_frame(p)
    found = neurons(
        lambda: iter([layers]), group_means(lambda: iter([layers]), frame), frame
    ).block[:, 1:]
    assert chosen(by_cluster(found)) == keys


MEASURED = [(0.36, 0.26, 0.23, 0.15), (0.153,) * 4 + (0.205,), (0.99,)]


@pytest.mark.parametrize("shares", MEASURED, ids=str)
def test_the_gap_of_trained_networks_is_found_wherever_it_is(shares):
    rng = np.random.default_rng(0)
    q = 29
    spectrum = rng.uniform(5e-4, 1e-3, size=q)
    places = rng.permutation(q)[: len(shares)]
    spectrum[places] = shares
    assert chosen(by_gap(spectrum)) == sorted(places + 1)


@pytest.mark.parametrize("p", [5, 7, 59, 113])
def test_noise_has_no_gap(p):
    for seed in range(5):
        noise = np.random.default_rng(seed).normal(size=(p, 512))
        assert not by_gap(frequency_shares(noise)).any()


def test_what_lies_above_the_gap_must_be_twice_the_uniform_share():
    # Two groups of ten: a gap, and no share above 2/20.
    assert not by_gap(np.repeat([0.09, 0.01], 10)).any()
    assert chosen(by_gap(np.repeat([0.18, 0.0066], [5, 15]))) == [1, 2, 3, 4, 5]
    # A share above twice the uniform one that lies below the gap is none.
    assert chosen(by_gap(np.array([0.85, *0.06 * 0.5 ** np.arange(49)]))) == [1]
    assert chosen(by_gap(np.array([0.9, 0.0, 0.0, 0.0]))) == [1]
    assert not by_gap(np.zeros(4)).any()
    assert not by_gap(np.array([1.0])).any()


def test_one_large_wave_of_the_embedding_is_enough():
    p = 11
    F = plain.fourier(p)
    rng = np.random.default_rng(0)
    scale = np.full(p, 0.01)
    scale[[2 * 3 - 1, 2 * 5, 2 * 4]] = 1, 0.3, 0.2
    directions, _ = np.linalg.qr(rng.normal(size=(p, p)))
    embedding = F.T @ (scale[:, None] * directions) + 50.0
    assert chosen(by_embedding(embedding)) == [3, 5]
    assert chosen(by_embedding(embedding, threshold=0.1)) == [3, 4, 5]
    assert by_embedding(rng.normal(size=(p, 100))).all()
    assert not by_embedding(np.ones((p, 3)) * 0).any()


def test_stray_neurons_make_no_cluster():
    fve = np.zeros((300, 4))
    fve[:200, 1] = 0.9
    fve[200:202, 2] = 0.95
    fve[202:290, 0] = 0.8
    assert chosen(by_cluster(fve)) == [2]
    assert chosen(by_cluster(fve, least=0.005)) == [2, 3]
    assert not by_cluster(np.zeros((10, 4))).any()
    assert chosen(by_cluster(np.array([[0.9, 0.0]]))) == [1]


def test_a_frequency_that_the_loss_needs_is_key():
    loss = np.array([2e-6, 9e-6, 1.1e-5, 3.0])
    assert chosen(by_ablation(loss, 1e-6)) == [3, 4]
    assert chosen(by_ablation(loss, 1e-6, factor=1.5)) == [1, 2, 3, 4]

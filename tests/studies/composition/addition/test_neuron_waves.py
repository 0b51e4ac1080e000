"""Neurons by frequency, on random neurons and on the analytic network."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from ontogeny.studies.composition.addition.neuron_waves import (
    active_share,
    clusters,
    neuron_table,
    surrogate,
)
from ontogeny.studies.composition.addition.waves import cyclic_frame
from ontogeny.studies.composition.irreps.analysis import Layers, group_means
from ontogeny.studies.composition.irreps.analysis import neurons as group_neurons
from studies.composition.addition import known, plain

EXACT = {"rtol": 1e-10, "atol": 1e-10}


def table_of(hidden, W_L):
    p = len(hidden)
    frame, layers = cyclic_frame(p), Layers(np.arange(p), hidden, hidden @ W_L.T)

    def network():
        return iter([layers])

    return neuron_table(group_neurons(network, group_means(network, frame), frame), W_L, frame)


def some(p, h=9):
    rng = np.random.default_rng(p)
    return np.maximum(rng.normal(size=(p, p, h)) + 0.3, 0), rng.normal(size=(p, h)) + 0.5


def variance(values):
    return np.square(values - values.mean(axis=(0, 1))).sum(axis=(0, 1))


@pytest.mark.parametrize("p", [7, 11])
def test_shares_of_neurons(p):
    hidden, W_L = some(p)
    found = table_of(hidden, W_L)
    centred = hidden - hidden.mean(axis=(0, 1))
    power = plain.fourier(p) @ W_L
    for m in range(9):
        k = found.frequency[m]
        shares = [
            np.sum(plain.projected(centred[..., m], [j], "block") ** 2) / variance(hidden)[m]
            for j in plain.frequencies(p)
        ]
        assert_allclose(found.fve[m], shares, **EXACT)
        assert k == np.argmax(shares) + 1
        assert_allclose(found.best[m], max(shares), **EXACT)
        own = np.sum(plain.projected(centred[..., m], [k], "sum") ** 2) / variance(hidden)[m]
        assert_allclose(found.sum_share[m], own, **EXACT)
        column = power[:, m] ** 2
        assert_allclose(
            found.unembedding_share[m], column[2 * k - 1 : 2 * k + 1].sum() / column.sum(), **EXACT
        )


@pytest.mark.parametrize("p", [7, 11])
def test_a_surrogate_leaves_the_variance_that_is_not_explained(p):
    """One code path for shares, another for projections: they agree."""
    hidden, W_L = some(p)
    found = table_of(hidden, W_L)
    everyone = np.ones(9, dtype=bool)
    left = variance(hidden - surrogate(hidden, found.frequency, everyone)) / variance(hidden)
    assert_allclose(1 - left, found.best, **EXACT)


def test_a_surrogate_is_a_mean_and_a_projection_of_its_members():
    p = 11
    hidden, _ = some(p)
    frequency = np.array([1, 2, 5, 1, 3, 4, 2, 2, 5])
    members = np.arange(9) % 2 == 0
    found = surrogate(hidden, frequency, members)
    assert (found[..., ~members] == hidden[..., ~members]).all()
    for m in np.flatnonzero(members):
        own = hidden[..., m]
        expected = own.mean() + plain.projected(own, [frequency[m]], "block")
        assert_allclose(found[..., m], expected, **EXACT)
    assert (surrogate(hidden, frequency, np.zeros(9, dtype=bool)) == hidden).all()


def test_the_quadratic_network_has_a_fifth_in_twice_the_frequency():
    """(cos A + cos B)^2: variance 1 in the products, 1/4 in waves of 2A and 2B."""
    p, keys = 23, (2, 5, 9)
    network = known.exact(p, keys)
    found = table_of(network.hidden, network.unembedding)
    assert (found.frequency == network.frequency).all()
    assert_allclose(found.best, 0.8, rtol=1e-10)
    assert_allclose(found.sum_share, 0.4, rtol=1e-10)
    assert_allclose(found.unembedding_share, 1, rtol=1e-10)
    grouped = clusters(found)
    assert grouped.unexplained == len(network.frequency)
    assert np.isnan(grouped.fve).all()


def test_neurons_that_multiply_make_clusters():
    p, keys = 23, (2, 5, 9)
    network = known.exact(p, keys)
    hidden = network.left[:, None] * network.right
    hidden[..., 3] = np.random.default_rng(0).normal(size=(p, p))
    hidden[..., 4] = 1.0
    found = table_of(hidden, network.unembedding)
    assert found.best[4] < 0.85
    grouped = clusters(found)
    own = plain.mask(p, keys)
    assert grouped.size.tolist() == [{2: 62, 5: 64, 9: 64}.get(k, 0) for k in range(1, 12)]
    assert grouped.unexplained == 2
    for values, expected in (
        (grouped.fve, 1),
        (grouped.sum_share, 0.5),
        (grouped.unembedding_share, 1),
    ):
        assert_allclose(values[own], expected, rtol=1e-10)
        assert np.isnan(values[~own]).all()


def test_a_line_is_explained_but_not_by_the_sum():
    p = 11
    wave = np.cos(2 * np.pi * 3 * np.arange(p) / p)
    hidden = np.repeat(wave[:, None, None], p, axis=1) + 2
    found = table_of(hidden, np.ones((p, 1)))
    assert found.frequency.tolist() == [3]
    assert_allclose(found.best, 1, rtol=1e-10)
    assert_allclose(found.sum_share, 0, atol=1e-12)


def test_active_share():
    hidden = np.zeros((3, 3, 2))
    hidden[0, :2, 0] = 1
    hidden[..., 1] = 5
    assert_allclose(active_share(hidden), [2 / 9, 1])

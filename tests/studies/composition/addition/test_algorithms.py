"""Clock and pizza: networks that are the one or the other."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from ontogeny.studies.composition.addition import forward
from ontogeny.studies.composition.addition.algorithms import (
    circularity,
    distance_irrelevance,
    gradient_symmetricity,
    hidden_gradients,
    isolate_circle,
    logit_models,
)
from ontogeny.studies.composition.networks.architectures.transformer import Transformer
from studies.composition.addition import known, plain
from studies.composition.addition.test_forward import SMALL, random_parameters

EXACT = {"rtol": 1e-9, "atol": 1e-10}
P = 11
a, b, c = np.indices((P, P, P))


def clock(k):
    return np.cos(2 * np.pi * k * (a + b - c) / P)


def pizza(k):
    return np.abs(np.cos(np.pi * k * (a - b) / P)) * clock(k)


def share(logits, form):
    centred = logits - logits.mean(axis=2, keepdims=True)
    centred = centred - centred.mean(axis=(0, 1))
    return np.sum(logits * form) ** 2 / np.sum(form**2) / np.sum(centred**2)


def test_shares_of_both_forms():
    logits = np.random.default_rng(0).normal(size=(P, P, P)) + 3 + np.arange(P)
    found = logit_models(logits)
    for k in plain.frequencies(P):
        assert_allclose(found.clock[k - 1], share(logits, clock(k)), **EXACT)
        assert_allclose(found.pizza[k - 1], share(logits, pizza(k)), **EXACT)


def test_each_form_is_its_own():
    keys = plain.mask(P, (2, 5))
    of_clock = logit_models(3 * clock(2) + 3 * clock(5) + 1)
    assert_allclose(of_clock.clock, keys / 2, **EXACT)
    assert_allclose(of_clock.pizza[keys] * 2, 8 / np.pi**2, rtol=0.01)
    of_pizza = logit_models(3 * pizza(2) + 3 * pizza(5) + 1)
    assert_allclose(of_pizza.pizza, keys / 2, **EXACT)
    assert_allclose(of_pizza.clock[keys] * 2, 8 / np.pi**2, rtol=0.01)
    assert (logit_models(np.ones((P, P, P))).clock == 0).all()


def test_a_clock_does_not_see_the_distance():
    with_pairs = clock(2) + 0.1 * np.random.default_rng(0).normal(size=(P, P, 1))
    # Without a dependence on the difference both deviations are the same, up to sampling.
    assert distance_irrelevance(with_pairs) > 0.9
    assert distance_irrelevance(pizza(2)) < 1e-8
    assert np.isnan(distance_irrelevance(np.ones((P, P, P))))
    logits = np.random.default_rng(1).normal(size=(P, P, P))
    rows = [[logits[i, (i + d) % P, (2 * i + d) % P] for i in range(P)] for d in range(P)]
    expected = np.mean([np.std(row) for row in rows]) / np.std(rows)
    assert_allclose(distance_irrelevance(logits), expected, **EXACT)


def test_circles():
    x = np.arange(P)
    waves = [f(2 * np.pi * k * x / P) for k in (2, 5) for f in (np.cos, np.sin)]
    rng = np.random.default_rng(0)
    turned, _ = np.linalg.qr(rng.normal(size=(6, 4)))
    embedding = (np.stack(waves, axis=1) * [3, 3, 1, 1]) @ turned.T + 7
    assert_allclose(circularity(embedding), 1, rtol=1e-10)
    noise = rng.normal(size=(P, 6))
    u, s, _ = np.linalg.svd(noise - noise.mean(axis=0))
    expected = 0
    for l in range(4):
        v = u[:, l] * s[l]
        each = [np.abs(v @ np.exp(2j * np.pi * k * x / P)) ** 2 for k in plain.frequencies(P)]
        expected += max(each) * 2 / (P * np.sum(v**2)) / 4
    assert_allclose(circularity(noise), expected, **EXACT)
    # Two components only: the other two count as nothing.
    assert_allclose(circularity(embedding @ turned[:, :2]), 0.5, rtol=1e-10)


def test_an_isolated_circle_is_a_plane_of_one_frequency():
    x = np.arange(P)
    rng = np.random.default_rng(0)
    directions, _ = np.linalg.qr(rng.normal(size=(7, 7)))
    angles = 2 * np.pi * np.outer(x, (2, 5)) / P
    parts = [np.cos(angles[:, 0]), np.sin(angles[:, 0]), np.cos(angles[:, 1]), np.sin(angles[:, 1])]
    embedding = 3 + sum(np.outer(v, u) for v, u in zip(parts, directions[:4], strict=True))
    expected = 3 + sum(np.outer(v, u) for v, u in zip(parts[2:], directions[2:4], strict=True))
    assert_allclose(isolate_circle(embedding, 5), expected, **EXACT)
    noise = rng.normal(size=(P, 7))
    found = isolate_circle(noise, 3)
    assert np.linalg.matrix_rank(found - found.mean(axis=0)) == 2
    assert_allclose(isolate_circle(found, 3), found, **EXACT)
    waves = plain.fourier(P)[[5, 6]]
    assert_allclose(waves @ found, waves @ noise, **EXACT)


def test_summands_that_enter_by_their_sum_are_symmetric():
    parameters = random_parameters(Transformer.universality(P, **SMALL))
    parameters["W_pos"][1] = parameters["W_pos"][0]
    even = parameters | {"W_Q": 0 * parameters["W_Q"]}
    drawn = np.random.default_rng(3).integers(P, size=(3, 20))
    # Without queries attention is uniform, and the stream depends on x_0 + x_1.
    assert_allclose(gradient_symmetricity(*forward.gradients(even, *drawn)), 1, rtol=1e-10)
    left, right = forward.gradients(parameters, *drawn)
    found = gradient_symmetricity(left, right)
    assert found < 0.999
    cosines = [
        u @ v / np.linalg.norm(u) / np.linalg.norm(v) for u, v in zip(left, right, strict=True)
    ]
    assert_allclose(found, np.mean(cosines), **EXACT)


@pytest.mark.parametrize("joined", ["sum", "product"])
def test_gradients_of_networks_without_attention(joined):
    rng = np.random.default_rng(0)
    X, Y, W_L = rng.normal(size=(3, P, 6))
    triples = rng.integers(P, size=(3, 20))
    found = hidden_gradients(X, Y, W_L, triples, joined=joined)
    for n, (a, b, c) in enumerate(triples.T):
        x, y = (torch.tensor(each, requires_grad=True) for each in (X[a], Y[b]))
        hidden = (x + y).relu() if joined == "sum" else x * y
        expected = torch.autograd.grad(hidden @ torch.tensor(W_L[c]), (x, y))
        for gradient, of_autograd in zip(found, expected, strict=True):
            assert_allclose(gradient[n], of_autograd, **EXACT)
    symmetricity = gradient_symmetricity(*found)
    assert symmetricity < 0.9 if joined == "product" else abs(symmetricity - 1) < 1e-12


@pytest.mark.parametrize("p", [11, 23])
def test_the_analytic_network_is_a_clock(p):
    keys = (2, 5)
    network = known.exact(p, keys)
    found = logit_models(network.logits)
    assert_allclose(found.clock.sum(), 1, rtol=1e-9)
    assert found.pizza.sum() < 0.9
    # Two frequencies of the same strength share their components; of different ones they do not.
    assert circularity(network.left) < 0.9
    assert_allclose(circularity(network.left * network.frequency), 1, rtol=1e-9)

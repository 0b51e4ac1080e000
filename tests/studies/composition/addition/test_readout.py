"""The neuron-to-logit map and the fit of the logits."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from ontogeny.studies.composition.addition.readout import (
    PRODUCTS,
    component_norms,
    direction_fit,
    directions,
    logit_fit,
    parity_energy,
    residual,
)
from studies.composition.addition import known, plain

EXACT = {"rtol": 1e-10, "atol": 1e-10}
moduli = pytest.mark.parametrize("p", [7, 11])


def some(p):
    rng = np.random.default_rng(p)
    hidden = np.maximum(rng.normal(size=(p, p, 6)) + 0.3, 0)
    return hidden, rng.normal(size=(p, 6)) + 0.5


@moduli
def test_directions_and_norms_of_the_map(p):
    _, W_L = some(p)
    c = np.arange(p)
    u, v = directions(W_L)
    rows = plain.fourier(p) @ W_L
    assert_allclose(component_norms(W_L), np.linalg.norm(rows, axis=1), **EXACT)
    whole = np.tile(W_L.mean(axis=0), (p, 1))
    for k in plain.frequencies(p):
        w = 2 * np.pi * k / p
        assert_allclose(u[k - 1], 2 / p * np.cos(w * c) @ W_L, **EXACT)
        assert_allclose(v[k - 1], 2 / p * np.sin(w * c) @ W_L, **EXACT)
        whole += np.outer(np.cos(w * c), u[k - 1]) + np.outer(np.sin(w * c), v[k - 1])
    assert_allclose(whole, W_L, **EXACT)
    keys = [1, 3]
    kept = sum(
        np.outer(np.cos(2 * np.pi * k * c / p), u[k - 1])
        + np.outer(np.sin(2 * np.pi * k * c / p), v[k - 1])
        for k in keys
    )
    ratio = np.linalg.norm(W_L - kept) / np.linalg.norm(W_L)
    assert_allclose(residual(W_L, plain.mask(p, keys)), [ratio, ratio**2], **EXACT)
    assert_allclose(residual(W_L, plain.mask(p, [])), [1, 1], **EXACT)
    assert residual(np.zeros((p, 2)), plain.mask(p, keys)) == (0, 0)


@moduli
def test_fit_of_the_directions(p):
    hidden, W_L = some(p)
    found = direction_fit(hidden, W_L)
    F = plain.fourier(p)
    for k in plain.frequencies(p):
        cos, sin = F[[2 * k - 1, 2 * k]]
        waves = {"cos": cos, "sin": sin}
        for i, (name, wave) in enumerate(waves.items()):
            g = hidden @ (np.sqrt(2 / p) * wave @ W_L)
            own = plain.directions(p, k)[i]
            variance = np.sum((g - g.mean()) ** 2)
            assert_allclose(found.coordinate[i, k - 1], np.sum(own * g), **EXACT)
            assert_allclose(found.fve[i, k - 1], np.sum(own * g) ** 2 / variance, **EXACT)
            for j, product in enumerate(PRODUCTS):
                of_a, of_b = (waves[factor] for factor in product.split())
                assert_allclose(found.products[i, k - 1, j], of_a @ g @ of_b, **EXACT)
            pair = found.products[i, k - 1][[0, 1] if name == "cos" else [2, 3]]
            assert_allclose(found.ratio[i, k - 1], abs(pair[0] / pair[1]), **EXACT)
            plain_wave = (np.cos, np.sin)[i](2 * np.pi * k * np.add.outer(*[np.arange(p)] * 2) / p)
            best = np.sum(plain_wave * g) / np.sum(plain_wave**2)
            assert_allclose(found.amplitude()[i, k - 1], best, **EXACT)


def test_the_analytic_network_reads_waves_of_the_sum():
    """The neurons of a frequency, weighed by its waves, leave h/2 cos(w (a + b)) alone."""
    p, keys = 23, (2, 5, 9)
    network = known.exact(p, keys)
    found = direction_fit(network.hidden, network.unembedding)
    own = [k - 1 for k in keys]
    assert_allclose(found.fve[:, own], 1, rtol=1e-10)
    assert_allclose(found.ratio[:, own], 1, rtol=1e-8)
    assert_allclose(found.amplitude()[:, own], 32, rtol=1e-10)
    assert_allclose(found.products[0, own, 0], -found.products[0, own, 1], rtol=1e-10)
    assert_allclose(found.products[1, own, 2], found.products[1, own, 3], rtol=1e-10)
    norm, energy = residual(network.unembedding, plain.mask(p, keys))
    assert norm < 1e-7
    assert energy < 1e-14


def test_neurons_that_are_constant_explain_nothing():
    found = direction_fit(np.ones((5, 5, 2)), np.ones((5, 2)))
    assert (found.fve < 1e-12).all()
    assert not np.isinf(found.ratio).any()


@moduli
def test_fit_of_the_logits(p):
    rng = np.random.default_rng(p)
    logits = rng.normal(size=(p, p, p)) + 2 + rng.normal(size=p) + rng.normal(size=(p, p, 1))
    cubes = [plain.cube(p, k).ravel() for k in plain.frequencies(p)]
    found = logit_fit(logits)
    waves = np.stack([c / (np.sqrt(2) * p**-1.5) for c in cubes], axis=1)
    best = np.linalg.lstsq(waves, logits.ravel(), rcond=None)[0]
    assert_allclose(found.amplitude, best, **EXACT)
    assert_allclose(found.coefficient, [c @ logits.ravel() for c in cubes], **EXACT)
    assert_allclose(found.cosine, found.coefficient / np.linalg.norm(logits), **EXACT)
    plane = logits - logits.mean()
    softmax = logits - logits.mean(axis=(0, 1))
    softmax = softmax - softmax.mean(axis=2, keepdims=True)
    for row, centred in zip(found.fve, (logits, plane, softmax), strict=True):
        left = centred.ravel() - waves @ best
        assert_allclose(row.sum(), 1 - left @ left / np.sum(centred**2), **EXACT)
        assert_allclose(row, found.coefficient**2 / np.sum(centred**2), **EXACT)


def test_the_analytic_network_is_its_cubes():
    p, keys = 11, (1, 3)
    found = logit_fit(known.exact(p, keys).logits)
    own = plain.mask(p, keys)
    assert_allclose(found.amplitude, np.where(own, 32, 0), atol=1e-9)
    assert_allclose(found.fve, np.tile(own / 2, (3, 1)), atol=1e-12)
    assert (logit_fit(np.zeros((p, p, p))).fve == 0).all()
    assert (logit_fit(np.zeros((p, p, p))).cosine == 0).all()


@moduli
def test_energy_of_sums_and_differences(p):
    logits = np.random.default_rng(p).normal(size=(p, p, 4))
    expected = [
        [
            np.sum(np.tensordot(plain.directions(p, k, s), logits, 2) ** 2)
            for k in plain.frequencies(p)
        ]
        for s in (1, -1)
    ]
    assert_allclose(parity_energy(logits), expected, **EXACT)
    a, b = np.indices((p, p))
    wave = np.cos(2 * np.pi * np.arange(p) / p)
    first = np.eye(p // 2)[0] * p**2 / 2
    assert_allclose(parity_energy(wave[(a + b) % p]), [first, 0 * first], atol=1e-9)
    assert_allclose(parity_energy(wave[(a - b) % p]), [0 * first, first], atol=1e-9)
    assert_allclose(parity_energy(np.outer(wave, wave)), [first / 4] * 2, atol=1e-9)

"""Measures of later papers."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from ontogeny.studies.composition.addition.followups import (
    alignment,
    circuit_efficiency,
    fourier_crispness,
    fourier_density,
)
from studies.composition.addition import known, plain

P = 11


def test_density_and_crispness_of_known_spectra():
    F = plain.fourier(P)
    cos, sin = np.array([4.0, 1.9, 0.1, 2.1, 1.0]), np.array([0.99, 2.0, 0.21, 0.9, 0.0])
    norms = np.concatenate([[9.0], np.stack([cos, sin], axis=1).ravel()])
    directions, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(P, P)))
    embedding = F.T @ (norms[:, None] * directions)
    # Cosines above 2: two; sines above 1: one.
    assert_allclose(fourier_density(embedding), 3 / 10)
    assert_allclose(fourier_density(embedding, threshold=0.2), 7 / 10)
    expected = np.mean([0.99 / 4, 1.9 / 2, 0.1 / 0.21, 0.9 / 2.1, 0])
    assert_allclose(fourier_crispness(embedding), expected, rtol=1e-10)


def test_density_and_crispness_at_the_ends():
    noise = np.random.default_rng(0).normal(size=(113, 128))
    assert fourier_density(noise) == 1
    assert fourier_crispness(noise) > 0.9
    network = known.exact(23, (2, 5))
    assert_allclose(fourier_density(network.left), 2 / 11)
    cosines = plain.fourier(P)[1::2].sum(axis=0)[:, None]
    assert fourier_crispness(cosines) < 1e-10
    assert fourier_crispness(np.zeros((P, 2))) == fourier_density(np.zeros((P, 2))) == 0


def test_efficiency_splits_the_logits():
    rng = np.random.default_rng(0)
    logits, train = rng.normal(size=(P, P, P)) + 5, rng.random((P, P)) < 0.4
    keys = (2, 5)
    found = circuit_efficiency(logits, train, plain.mask(P, keys), 16.0)
    centred = logits - logits.mean(axis=2, keepdims=True)
    kept = plain.projected(centred, keys)
    parts = (centred, kept, centred - kept)
    right = [[z[a, b, (a + b) % P] for a, b in zip(*np.nonzero(train), strict=True)] for z in parts]
    assert_allclose(found.margin, np.mean(right, axis=1), rtol=1e-10)
    assert_allclose(found.norm, [np.sqrt(np.mean(z**2)) for z in parts], rtol=1e-10)
    assert_allclose(found.share, np.sum(kept**2) / np.sum(centred**2), rtol=1e-10)
    assert found.weights == 4
    assert_allclose(found.efficiency, found.margin / 4)
    # Both circuits add up, and are orthogonal.
    assert_allclose(found.margin[0], found.margin[1:].sum(), rtol=1e-10)
    assert_allclose(found.norm[0] ** 2, np.square(found.norm[1:]).sum(), rtol=1e-10)


def test_the_analytic_network_only_generalises():
    keys = (2, 5)
    logits = known.exact(P, keys).logits
    everywhere = np.ones((P, P), dtype=bool)
    found = circuit_efficiency(logits, everywhere, plain.mask(P, keys), 1.0)
    assert_allclose(found.share, 1, rtol=1e-10)
    assert_allclose(found.margin, [64, 64, 0], atol=1e-8)
    assert circuit_efficiency(0 * logits, everywhere, plain.mask(P, keys), 1.0).share == 0


@pytest.mark.parametrize("scale", [1.0, 1e-9])
def test_alignment(scale):
    w = {"A": np.array([[1.0, 2.0]]), "b": np.array([2.0])}
    along = {name: -scale * value for name, value in w.items()}
    assert_allclose(alignment(along, w), 1)
    assert_allclose(alignment(w, w), -1)
    assert alignment({"A": np.array([[2.0, -1.0]]), "b": np.zeros(1)}, w) == 0
    assert_allclose(alignment({"b": np.array([-scale]), "A": np.zeros((1, 2))}, w), 2 / 3)
    assert np.isnan(alignment({name: 0 * value for name, value in w.items()}, w))

"""Progress measures against their definitions, and against the analysis of groups."""

from functools import cache

import numpy as np
import pytest
from numpy.testing import assert_allclose

from ontogeny.studies.composition.addition.key_losses import excluded, restricted
from ontogeny.studies.composition.addition.measures import spectrum_gini, squared_weights
from ontogeny.studies.composition.addition.split_losses import split_losses
from ontogeny.studies.composition.addition.waves import WIDTHS, cyclic_frame
from ontogeny.studies.composition.irreps.analysis import Layers, Matrices, evidence, group_means
from studies.composition.addition import known, plain

EXACT = {"rtol": 1e-9, "atol": 1e-10}
P = 11
TRAIN = np.random.default_rng(1).random((P, P)) < 0.35
KEYS = [(), (1,), (2, 5), (1, 2, 3, 4, 5)]
keys_of = pytest.mark.parametrize("keys", KEYS, ids=str)


@cache
def some():
    rng = np.random.default_rng(4)
    hidden = np.maximum(rng.normal(size=(P, P, 7)) + 0.3, 0)
    W_L = rng.normal(size=(P, 7)) + 0.2
    return hidden, W_L, hidden @ W_L.T + rng.normal(size=(P, P, P)) + rng.normal(size=P)


def by_split(logits):
    each = plain.cross_entropy(logits)
    a, b = np.indices((P, P))
    right = logits.argmax(axis=2) == (a + b) % P
    splits = (TRAIN, ~TRAIN, TRAIN | True)
    return [each[s].mean() for s in splits], [right[s].mean() for s in splits]


@keys_of
def test_restricted_losses(keys):
    """Neurons are projected one by one, and missing means of the logits put back."""
    hidden, W_L, logits = some()
    found = restricted(logits, hidden @ W_L.T, TRAIN, plain.mask(P, keys))
    for j, width in enumerate(WIDTHS):
        of_logits = plain.projected(logits, keys, width)
        of_neurons = plain.projected(hidden, keys, width) @ W_L.T
        for i, kept in enumerate((of_logits, of_neurons)):
            loss, accuracy = by_split(kept + (logits - kept).mean(axis=(0, 1)))
            assert_allclose(found.loss[i, j], loss, **EXACT)
            assert_allclose(found.accuracy[i, j], accuracy, **EXACT)


@keys_of
def test_excluded_losses(keys):
    hidden, W_L, logits = some()
    found = excluded(logits, hidden @ W_L.T, TRAIN, plain.mask(P, keys))
    cubes = sum((np.sum(logits * plain.cube(P, k)) * plain.cube(P, k) for k in keys), 0 * logits)
    taken = (plain.projected(logits, keys), plain.projected(hidden, keys) @ W_L.T, cubes)
    for i, part in enumerate(taken):
        loss, accuracy = by_split(logits - part)
        assert_allclose(found.loss[i], loss[0], **EXACT)
        assert_allclose(found.accuracy[i], accuracy[0], **EXACT)
    each = [by_split(logits - plain.projected(logits, [k])) for k in plain.frequencies(P)]
    assert_allclose(found.by_frequency, [loss[0] for loss, _ in each], **EXACT)
    accuracy = [each[k - 1][1][0] if k in keys else np.nan for k in plain.frequencies(P)]
    assert_allclose(found.accuracy_by_frequency, accuracy, **EXACT)


@keys_of
def test_they_are_those_of_the_analysis_of_groups(keys):
    hidden, W_L, logits = some()
    frame, key = cyclic_frame(P), plain.mask(P, keys)
    embedding = np.random.default_rng(0).normal(size=(P, 4))

    def network():
        return iter([Layers(np.arange(P), hidden, logits)])

    general = evidence(
        network,
        Matrices(embedding, embedding, W_L, direct_path=True, squared_weights=0.0),
        TRAIN,
        frame,
        means=group_means(network, frame),
        key=np.concatenate([[False], key]),
    )
    kept = restricted(logits, hidden @ W_L.T, TRAIN, key)
    without = excluded(logits, hidden @ W_L.T, TRAIN, key)
    near = {"rtol": 1e-6, "atol": 1e-9}
    assert_allclose(kept.loss[0, 0, 2], general.restricted_logit_loss, **near)
    assert_allclose(without.loss[0], general.excluded_logit_loss, **near)
    assert_allclose(without.by_frequency, general.excluded_logit_loss_by_irrep[1:], **near)
    assert_allclose(spectrum_gini(embedding)[0], general.gini[0], **near)
    assert_allclose(spectrum_gini(W_L)[0], general.gini[2], **near)
    # Without a path around them, neurons alone are the same circuit.
    through = hidden @ W_L.T
    alone = restricted(through, through, TRAIN, key)
    assert_allclose(alone.loss[0], alone.loss[1], **near)


def test_what_the_analytic_network_computes_is_restricted_to_its_frequencies():
    keys = (2, 5)
    logits = 0.2 * known.exact(P, keys).logits
    whole = split_losses(logits, TRAIN)
    kept = restricted(logits, logits, TRAIN, plain.mask(P, keys))
    assert_allclose(kept.loss, np.broadcast_to(whole.loss, (2, 3, 3)), rtol=1e-8)
    assert (kept.accuracy == 1).all()
    without = excluded(logits, logits, TRAIN, plain.mask(P, keys))
    assert_allclose(without.loss, np.log(P), rtol=1e-9)
    own = plain.mask(P, keys)
    assert_allclose(without.by_frequency[~own], whole.loss[0], rtol=1e-8)
    cosine = np.cos(2 * np.pi * np.arange(P) / P)
    one = np.log(np.exp(0.2 * 32 * (cosine - 1)).sum())
    assert_allclose(without.by_frequency[own], one, rtol=1e-8)
    missed = restricted(logits, logits, TRAIN, plain.mask(P, (1,)))
    assert_allclose(missed.loss, np.log(P), rtol=1e-9)


def test_a_network_that_knows_its_training_pairs_by_heart_loses_nothing():
    """Random labels: all that is excluded is noise, and nothing is left of it when restricted."""
    p = 23
    rng = np.random.default_rng(0)
    train = rng.random((p, p)) < 0.3
    logits = rng.normal(size=(p, p, p))
    a, b = np.nonzero(train)
    logits[a, b, (a + b) % p] += 30
    a, b = np.nonzero(~train)
    logits[a, b, rng.integers(p, size=len(a))] += 30
    key = plain.mask(p, (3, 7))
    whole = split_losses(logits, train)
    without = excluded(logits, logits, train, key)
    assert whole.loss[0] < 1e-8
    assert without.loss[0] < 1e-6
    assert (without.by_frequency < 1e-6).all()
    assert restricted(logits, logits, train, key).loss[0, 0, 1] > 2


def test_gini_of_spectra():
    p = 113
    x = np.arange(p)
    keys = [14, 35, 41, 42, 52]
    waves = [f(2 * np.pi * k * x / p) for k in keys for f in (np.cos, np.sin)]
    five = np.stack(waves, axis=1)
    of_waves, of_frequencies, of_energies = spectrum_gini(five)
    assert_allclose([of_waves, of_energies], 1 - 10 / 112, rtol=1e-6)
    assert_allclose(of_frequencies, 1 - 5 / 56, rtol=1e-6)
    noise = spectrum_gini(np.random.default_rng(0).normal(size=(p, 128)))
    assert_allclose(noise[0], 0.035, atol=0.01)
    assert noise[2] > 1.8 * noise[0]
    assert_allclose(spectrum_gini(five + 100.0), spectrum_gini(five), rtol=1e-6)
    shuffled = np.random.default_rng(1).permutation(p)
    assert spectrum_gini(five[shuffled])[0] < 0.25


def test_squared_weights():
    found = squared_weights({"W": np.array([[1.0, 2.0]], dtype=np.float32), "b": np.array([3.0])})
    assert found == {"W": 5.0, "b": 9.0}

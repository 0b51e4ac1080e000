"""Interventions, on random networks against their definition and on networks known to be right."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from ontogeny.studies.composition.addition.interventions import (
    LOGIT_INTERVENTIONS,
    NEURON_INTERVENTIONS,
    TRANSFORMER_INTERVENTIONS,
    along,
    cubes,
    keep,
    logit_interventions,
    neuron_interventions,
    remove,
    removed_losses,
    transformer_interventions,
)
from ontogeny.studies.composition.addition.split_losses import split_losses
from ontogeny.studies.composition.addition.waves import WIDTHS
from ontogeny.studies.composition.networks.architectures.transformer import Transformer
from studies.composition.addition import known, plain
from studies.composition.addition.test_forward import SMALL, random_parameters

EXACT = {"rtol": 1e-9, "atol": 1e-9}
P, KEYS = 11, (2, 5)
KEY = plain.mask(P, KEYS)
everywhere = np.ones((P, P), dtype=bool)


def some():
    rng = np.random.default_rng(3)
    hidden = np.maximum(rng.normal(size=(P, P, 8)) + 0.3, 0)
    W_L = rng.normal(size=(P, 8)) + 0.2
    return hidden, W_L, hidden @ W_L.T + rng.normal(size=(P, P, P))


@pytest.mark.parametrize("width", WIDTHS)
def test_keeping_and_removing(width):
    hidden, _, logits = some()
    for values in (hidden, logits):
        part = plain.projected(values, KEYS, width)
        assert_allclose(remove(values, KEY, width), values - part, **EXACT)
        assert_allclose(keep(values, KEY, width, mean=False), part, **EXACT)
        assert_allclose(keep(values, KEY, width), part + values.mean(axis=(0, 1)), **EXACT)
        nothing = plain.mask(P, ())
        assert_allclose(remove(values, nothing, width), values, **EXACT)


def test_the_span_of_directions():
    hidden, _, _ = some()
    rng = np.random.default_rng(0)
    span = rng.normal(size=(3, 8))
    found = along(hidden, np.concatenate([span, span[:1] - 2 * span[1:2]]))
    fit = np.linalg.lstsq(span.T, hidden.reshape(-1, 8).T, rcond=None)[0]
    assert_allclose(found.reshape(-1, 8), (span.T @ fit).T, **EXACT)
    assert_allclose(along(found, span), found, **EXACT)
    assert (along(hidden, np.zeros((0, 8))) == 0).all()


def test_ablations_of_logits():
    _, _, logits = some()
    found = dict(logit_interventions(logits, KEY))
    assert tuple(found) == LOGIT_INTERVENTIONS
    block = plain.projected(logits, KEYS, "block")
    best = sum(np.sum(logits * plain.cube(P, k)) * plain.cube(P, k) for k in KEYS)
    expected = (block + logits.mean(axis=(0, 1)), logits - block, best)
    for name, values in zip(LOGIT_INTERVENTIONS, expected, strict=True):
        assert_allclose(found[name], values, **EXACT, err_msg=name)
    assert_allclose(cubes(logits, KEY), best, **EXACT)
    mean = logits.mean(axis=(0, 1))
    assert_allclose(cubes(logits, KEY, mean=True), best + mean, **EXACT)
    assert_allclose(remove(logits, KEY, mean=False), logits - block - mean, **EXACT)


def test_ablations_of_neurons():
    hidden, W_L, logits = some()
    frequency = np.array([2, 5, 2, 1, 3, 4, 5, 2])
    explained = np.arange(8) < 5
    found = dict(neuron_interventions(logits, hidden, W_L, KEY, frequency, explained))
    assert tuple(found) == NEURON_INTERVENTIONS
    around = logits - hidden @ W_L.T
    blocks = hidden.copy()
    for m in range(5):
        own = hidden[..., m]
        blocks[..., m] = own.mean() + plain.projected(own, [frequency[m]], "block")
    sums = hidden.mean(axis=(0, 1)) + plain.projected(hidden, KEYS, "sum")
    c = np.arange(P)
    span = [f(2 * np.pi * k * c / P) @ W_L for k in KEYS for f in (np.cos, np.sin)]
    Q, _ = np.linalg.qr(np.stack(span, axis=1))
    read = hidden @ Q @ Q.T
    for name, N in zip(NEURON_INTERVENTIONS, (blocks, sums, read, hidden - read), strict=True):
        assert_allclose(found[name], around + N @ W_L.T, **EXACT, err_msg=name)


@pytest.mark.parametrize("make", [Transformer.progress_measures, Transformer.universality])
def test_ablations_of_the_transformer(make):
    """With torch, from the formulas at the head of the architecture."""
    architecture = make(P, **SMALL)
    parameters = random_parameters(architecture)
    found = dict(transformer_interventions(parameters))
    assert tuple(found) == TRANSFORMER_INTERVENTIONS
    w = {name: torch.as_tensor(value) for name, value in parameters.items()}
    a, b = (torch.as_tensor(i.ravel()) for i in np.indices((P, P)))
    tokens = torch.stack([a, b, torch.full_like(a, P)], dim=1)
    x = w["W_E"][tokens] + w["W_pos"]  # (pair, position, d)
    query = x[:, 2] @ w["W_Q"]  # (head, pair, e)
    score = torch.einsum("hne,nid,hde->hni", query, x, w["W_K"]) / SMALL["d_head"] ** 0.5
    value = torch.einsum("nid,hde,hef->hnif", x, w["W_V"], w["W_O"])

    def heads(pattern):
        return torch.einsum("hni,hnif->nf", pattern, value)

    def neurons(r):
        return torch.relu(r @ w["W_in"] + w.get("b_in", torch.zeros(())))

    def end(r, n):
        return (r + n @ w["W_out"] + w.get("b_out", torch.zeros(()))) @ w["W_U"]

    def whole(r):
        return end(r, neurons(r))

    pattern, x2 = score.softmax(dim=2), x[:, 2]
    masked = score.clone()
    masked[:, :, 2] = -torch.inf
    linear = pattern.clone()
    for j in range(SMALL["heads"]):
        fits = []
        for k in plain.frequencies(P):
            angle = 2 * torch.pi * k * tokens[:, :2].double() / P
            X = torch.stack(
                [
                    torch.ones(P * P),
                    angle[:, 0].cos() - angle[:, 1].cos(),
                    angle[:, 0].sin() - angle[:, 1].sin(),
                ],
                dim=1,
            )
            fits.append(X @ torch.linalg.lstsq(X, pattern[j]).solution)
        left = [float(((fit - pattern[j])[:, 0] ** 2).sum()) for fit in fits]
        linear[j] = fits[int(np.argmin(left))]
    linear[..., 2] = pattern[..., 2].mean(dim=1, keepdim=True)
    r = x2 + heads(pattern)
    expected = [
        whole(x2 + heads(masked.softmax(dim=2))),
        end(torch.zeros_like(r), neurons(r)),
        end(r.mean(dim=0), neurons(r)),
        whole(x2),
        whole(heads(pattern)),
        whole(x2 + heads(linear)),
    ]
    for name, values in zip(TRANSFORMER_INTERVENTIONS, expected, strict=True):
        values = values[:, :P].reshape(P, P, P).numpy()
        assert_allclose(found[name], values, rtol=1e-8, atol=1e-8, err_msg=name)


def test_losses_without_each_frequency():
    hidden, W_L, logits = some()
    train = np.random.default_rng(1).random((P, P)) < 0.4
    found = removed_losses(logits, logits, train)
    of_neurons = removed_losses(logits, hidden @ W_L.T, train, "sum")
    for k in plain.frequencies(P):
        changed = logits - plain.projected(logits, [k], "block")
        assert_allclose(found[k - 1], split_losses(changed, train).loss, **EXACT)
        N = hidden - plain.projected(hidden, [k], "sum")
        changed = logits + (N - hidden) @ W_L.T
        assert_allclose(of_neurons[k - 1], split_losses(changed, train).loss, **EXACT)


def test_the_analytic_network_needs_its_frequencies_and_nothing_else():
    network = known.exact(P, KEYS)
    logits, hidden, W_L = 0.3 * network.logits, network.hidden, 0.3 * network.unembedding
    whole = split_losses(logits, everywhere).loss[-1]
    none = np.zeros(len(network.frequency), dtype=bool)
    names = dict(logit_interventions(logits, KEY)) | dict(
        neuron_interventions(logits, hidden, W_L, KEY, network.frequency, ~none)
    )
    for name, changed in names.items():
        loss = split_losses(changed, everywhere).loss[-1]
        expected = np.log(P) if ": without " in name else whole
        assert_allclose(loss, expected, rtol=1e-6, err_msg=name)
    without = removed_losses(logits, logits, everywhere)[:, -1]
    assert_allclose(without[~KEY], whole, rtol=1e-8)
    assert (without[KEY] > 1e3 * whole).all()

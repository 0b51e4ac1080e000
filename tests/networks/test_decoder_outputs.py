"""A decoder with outputs of its own, with and without causality, against loops over places."""

import math

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal

from ontogeny.networks.decoder import Transformer

NETWORKS = {
    f"{'causal' if causal else 'both ways'}, outputs {outputs}": Transformer(
        7, layers=2, d_model=6, heads=2, d_mlp=5, outputs=outputs, causal=causal
    )
    for causal in (True, False)
    for outputs in (0, 1, 9)
}
networks = pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
TOKENS = torch.from_numpy(np.random.default_rng(0).integers(0, 7, (3, 5)))


def parameters_of(network):
    """Return float64 parameters of which none is at its initial constant."""
    generator = torch.Generator().manual_seed(1)
    return {
        name: value.double() + 0.3 * torch.randn(value.shape, generator=generator)
        for name, value in network.initial(generator).items()
    }


def by_loops(network, parameters, tokens):
    """Return the logits of one sequence by the definition, a place and a head at a time."""
    p = {name: value.numpy() for name, value in parameters.items()}
    d, e = network.d_model, network.d_head

    def normal(x, gain):
        return gain * (x - x.mean()) / math.sqrt(x.var() + 1e-5)

    def position(t):
        rates = [10_000.0 ** (-2 * k / d) for k in range(d // 2)]
        return np.array([f(t * w) for w in rates for f in (math.sin, math.cos)])

    stream = [p["W_E"][token] for token in tokens]
    for layer in range(network.layers):
        n = [normal(x, p["gain"][layer]) for x in stream]
        placed = [x + position(t) for t, x in enumerate(n)]
        added = [np.zeros(d) for _ in stream]
        for head in range(network.heads):
            for i, x in enumerate(placed):
                seen = range(i + 1) if network.causal else range(len(stream))
                query = x @ p["W_Q"][layer, head]
                scores = [query @ (placed[j] @ p["W_K"][layer, head]) / math.sqrt(e) for j in seen]
                weights = np.exp(scores) / np.exp(scores).sum()
                mixed = sum(
                    w * (n[j] @ p["W_V"][layer, head]) for w, j in zip(weights, seen, strict=True)
                )
                added[i] += mixed @ p["W_O"][layer, head]
        stream = [x + a for x, a in zip(stream, added, strict=True)]
        for t, x in enumerate(stream):
            hidden = normal(x, p["gain_mlp"][layer]) @ p["W_in"][layer] + p["b_in"][layer]
            stream[t] = x + hidden.clip(0) @ p["W_out"][layer] + p["b_out"][layer]
    return np.stack([normal(x, p["gain_final"]) @ p["W_U"] for x in stream])


@networks
def test_logits_are_those_of_loops_over_the_definition(network):
    parameters = parameters_of(network)
    expected = [by_loops(network, parameters, sequence) for sequence in TOKENS.numpy()]
    assert_allclose(network.logits(parameters, TOKENS), expected, atol=1e-6)
    assert_allclose(network.forward(parameters, TOKENS).logits, expected, atol=1e-6)


@networks
def test_there_are_as_many_outputs_as_are_asked_for(network):
    width = network.outputs or network.vocabulary
    assert network.shapes()["W_U"] == (network.d_model, width)
    assert network.initial(torch.Generator().manual_seed(0))["W_U"].shape == (6, width)
    assert network.logits(parameters_of(network), TOKENS).shape == (3, 5, width)
    assert network.numbers_of_pass(5) == 2 * 2 * 5**2 + 5 * width


@networks
def test_a_place_sees_those_before_it_and_without_causality_all(network):
    parameters = parameters_of(network)
    before = network.logits(parameters, TOKENS)
    for changed in range(5):
        tokens = TOKENS.clone()
        tokens[:, changed] = (tokens[:, changed] + 1) % 7
        differs = (network.logits(parameters, tokens) != before).any(dim=2)
        expected = torch.ones(5, dtype=torch.bool)
        expected[:changed] = not network.causal
        assert_array_equal(differs, expected.expand(3, 5))


@networks
def test_patterns_are_shares_of_what_is_seen(network):
    for pattern in network.forward(parameters_of(network), TOKENS).patterns:
        assert_allclose(pattern.sum(dim=3), np.ones(pattern.shape[:3]), rtol=1e-12)
        seen = np.tri(5, dtype=bool) if network.causal else np.ones((5, 5), dtype=bool)
        assert_array_equal(pattern > 0, np.broadcast_to(seen, pattern.shape))


def test_initial_parameters_but_the_last_matrix_do_not_depend_on_the_outputs():
    """So a start policy and one with a value head can share theirs."""
    plain = Transformer(7, layers=2, d_model=6, heads=2, d_mlp=5)
    valued = Transformer(7, layers=2, d_model=6, heads=2, d_mlp=5, outputs=8)
    first, other = (each.initial(torch.Generator().manual_seed(0)) for each in (plain, valued))
    assert list(first) == list(other)
    for name in first:
        if name != "W_U":
            assert_array_equal(first[name], other[name])

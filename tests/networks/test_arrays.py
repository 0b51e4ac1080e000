"""The decoder in NumPy: against that of PyTorch, and its samples against the definition."""

import itertools

import numpy as np
import pytest
import torch
from scipy.stats import chi2

from ontogeny.networks import arrays
from ontogeny.networks.decoder import Transformer

PLACES = 6


def parameters_of(network, seed=0, *, spread=0.3):
    generator = torch.Generator().manual_seed(seed)
    found = network.initial(generator)
    return {
        name: value + spread * torch.randn(value.shape, generator=generator)
        for name, value in found.items()
    }


def in_numpy(parameters):
    return {name: value.numpy() for name, value in parameters.items()}


def tokens_of(network, count=9, seed=0):
    return np.random.default_rng(seed).integers(network.vocabulary, size=(count, PLACES))


NETWORKS = [
    Transformer(vocabulary=7, layers=2, d_model=12, heads=3, d_mlp=d_mlp, causal=causal, outputs=U)
    for d_mlp, causal, U in itertools.product((0, 20), (True, False), (0, 1, 5))
]


@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_logits_are_those_of_the_decoder_in_pytorch(network):
    parameters, tokens = parameters_of(network), tokens_of(network)
    found = arrays.logits(in_numpy(parameters), tokens, causal=network.causal)
    expected = network.logits(parameters, torch.from_numpy(tokens)).numpy()
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("network", NETWORKS[:6:2], ids=str)
def test_streams_are_means_over_places_of_what_layers_see_and_of_the_last_stream(network):
    parameters, tokens = parameters_of(network), tokens_of(network)
    found = arrays.streams(in_numpy(parameters), tokens, causal=network.causal)
    passed = network.forward(parameters, torch.from_numpy(tokens))
    expected = [each.mean(dim=1).numpy() for each in passed.streams]
    np.testing.assert_allclose(found[:-1], expected, atol=1e-5)
    last = passed.streams[1]
    last = last + sum(
        passed.mixed[1][:, head] @ parameters["W_O"][1, head] for head in range(network.heads)
    )
    last = network.after_attention(parameters, 1, last)
    np.testing.assert_allclose(found[-1], last.mean(dim=1).numpy(), atol=1e-5)


@pytest.mark.parametrize("together", [1, 4, 100])
def test_pooled_logits_are_means_over_places_whatever_the_blocks(monkeypatch, together):
    monkeypatch.setattr(arrays, "_TOGETHER", together)
    network = Transformer(vocabulary=7, d_model=8, heads=2, d_mlp=8, outputs=2, causal=False)
    parameters, tokens = in_numpy(parameters_of(network)), tokens_of(network)
    expected = arrays.logits(parameters, tokens, causal=False).mean(axis=1)
    found = arrays.pooled_logits(parameters, tokens)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("together", [1, 4])
@pytest.mark.parametrize("read", [arrays.logits, arrays.streams])
def test_what_is_read_does_not_depend_on_the_blocks(monkeypatch, read, together):
    parameters, tokens = in_numpy(parameters_of(NETWORKS[0])), tokens_of(NETWORKS[0])
    at_once = read(parameters, tokens)
    monkeypatch.setattr(arrays, "_TOGETHER", together)
    found = read(parameters, tokens)
    assert found.dtype == at_once.dtype == np.float32
    np.testing.assert_allclose(found, at_once, atol=1e-5)


def test_log_probabilities_are_normalised_and_keep_differences():
    logits = np.array([[1000.0, 1001.0, 998.5], [0.0, -2.0, 3.0]])
    found = arrays.next_token_log_probabilities(logits)
    np.testing.assert_allclose(np.exp(found).sum(axis=1), 1)
    np.testing.assert_allclose(np.diff(found, axis=1), np.diff(logits, axis=1))


VALUED = Transformer(vocabulary=7, d_model=16, heads=2, d_mlp=24, outputs=6)
"""Five content tokens and two prompts; the last output is no token's."""


def slow_sample(parameters, prompts, length, vocabulary, rng):
    """Every token from a pass over all tokens before it."""
    tokens = np.asarray(prompts)[:, None]
    log_probability = np.zeros(len(prompts))
    for uniform in rng.random((length, len(prompts)), dtype=np.float32):
        logits = arrays.logits(parameters, tokens)[:, -1, :vocabulary].astype(float)
        probability = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        cumulative = probability.cumsum(axis=1)[:, :-1]
        drawn = (cumulative <= uniform[:, None]).sum(axis=1)
        tokens = np.column_stack([tokens, drawn])
        log_probability += np.log(probability[np.arange(len(prompts)), drawn])
    return tokens, log_probability


@pytest.mark.parametrize("d_mlp", [0, 24])
def test_samples_with_kept_keys_are_those_of_a_sampler_without(d_mlp):
    network = Transformer(vocabulary=7, d_model=16, heads=2, d_mlp=d_mlp, outputs=6)
    parameters = in_numpy(parameters_of(network, spread=0.5))
    prompts = 5 + np.arange(50) % 2
    tokens, log_probability = arrays.sample(parameters, prompts, 9, 5, np.random.default_rng(3))
    expected, by_token = slow_sample(parameters, prompts, 9, 5, np.random.default_rng(3))
    assert tokens.dtype == np.int16
    np.testing.assert_array_equal(tokens, expected)
    np.testing.assert_allclose(log_probability, by_token, atol=1e-4)
    again = arrays.sequence_log_probability(parameters, tokens, 5)
    np.testing.assert_allclose(again, by_token, atol=1e-4)


def test_sequences_are_as_frequent_as_they_are_probable():
    parameters = in_numpy(parameters_of(VALUED))
    every = np.array([(6, *each) for each in itertools.product(range(5), repeat=2)])
    logits = arrays.logits(parameters, every[:, :-1])[:, :, :5]
    each = arrays.next_token_log_probabilities(logits)
    probability = np.exp(np.take_along_axis(each, every[:, 1:, None], axis=2).sum(axis=(1, 2)))
    count = 20_000
    tokens, log_probability = arrays.sample(
        parameters, np.full(count, 6), 2, 5, np.random.default_rng(0)
    )
    number = tokens[:, 1] * 5 + tokens[:, 2]
    observed = np.bincount(number, minlength=25)
    statistic = ((observed - count * probability) ** 2 / (count * probability)).sum()
    assert statistic < chi2.ppf(0.99, df=24)
    np.testing.assert_allclose(np.exp(log_probability), probability[number], rtol=1e-4)


class Largest(np.random.Generator):
    """A generator whose numbers are the largest there are."""

    def random(self, size, dtype):
        return np.full(size, np.nextafter(dtype(1), dtype(0)))


def test_rounding_never_draws_a_token_that_is_not_there():
    parameters = in_numpy(parameters_of(VALUED))
    prompts = 5 + np.arange(200) % 2
    tokens, _ = arrays.sample(parameters, prompts, 4, 5, Largest(np.random.PCG64()))
    assert tokens[:, 1:].max() <= 4

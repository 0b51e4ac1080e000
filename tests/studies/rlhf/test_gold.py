"""Gold scores against their definition."""

import numpy as np
import pytest
import torch

from ontogeny.networks.decoder import Transformer
from ontogeny.studies.rlhf.config import Sequences
from ontogeny.studies.rlhf.stages.world import world_dataset
from ontogeny.studies.rlhf.worlds.corpora import chain_of
from ontogeny.studies.rlhf.worlds.enumerated import all_sequences
from ontogeny.studies.rlhf.worlds.gold import gold, raw_of_network, raw_units, refusals, repeats
from rlhf_networks import small_enumerated, small_sequences


def moments(world):
    """Mean, deviation and skewness of gold under the chain."""
    every = all_sequences(5, 3)
    probability = np.exp(chain_of(world).log_probability(every[:, 1:]))
    score = gold(world, every)
    mean = probability @ score
    deviation = np.sqrt(probability @ (score - mean) ** 2)
    return mean, deviation, probability @ ((score - mean) / deviation) ** 3


@pytest.mark.parametrize("skew", ["none", "positive", "negative"])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_gold_of_an_enumerated_world_is_standardised_exactly(skew, seed):
    mean, deviation, _ = moments(small_enumerated(skew=skew, seed=seed))
    assert mean == pytest.approx(0, abs=1e-12)
    assert deviation == pytest.approx(1.5, abs=1e-12)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_skewed_golds_have_their_sign_and_the_order_of_the_plain_one(seed):
    worlds = {
        skew: small_enumerated(skew=skew, seed=seed) for skew in ("none", "positive", "negative")
    }
    assert moments(worlds["positive"])[2] > 0.4
    assert moments(worlds["negative"])[2] < -0.4
    every = all_sequences(5, 3)
    plain = gold(worlds["none"], every)
    for skew in ("positive", "negative"):
        np.testing.assert_array_equal(gold(worlds[skew], every).argsort(), plain.argsort())


def test_a_unit_reads_the_token_of_each_place():
    rng = np.random.default_rng(0)
    weights, readout = rng.standard_normal((3, 4, 6)), rng.standard_normal(6)
    tokens = np.column_stack([np.full(7, 4), rng.integers(4, size=(7, 3))])
    expected = []
    for _, *content in tokens:
        one_hot = np.zeros((3, 4))
        one_hot[range(3), content] = 1
        expected.append(readout @ np.tanh(one_hot.ravel() @ weights.reshape(12, 6)))
    np.testing.assert_allclose(raw_units(weights, readout, tokens), expected)


def test_the_raw_gold_of_sequences_is_a_transformer_of_pytorch_without_the_prompt():
    world = small_sequences(prompts=3)
    tokens = world["held_out"].values[:20]
    shape = Transformer(vocabulary=12, d_mlp=256, outputs=1, causal=False)
    for place, name in enumerate(("helpful", "skill")):
        parameters = {
            parameter: torch.from_numpy(world[f"gold_{parameter}"].values[place].reshape(size))
            for parameter, size in shape.shapes().items()
        }
        content = torch.from_numpy(tokens[:, 1:].astype(np.int64))
        expected = shape.logits(parameters, content)[:, :, 0].mean(dim=1)
        np.testing.assert_allclose(raw_of_network(world, name, tokens), expected, atol=1e-5)


def with_prompt(world, prompt):
    tokens = world["corpus"].values.copy()
    tokens[:, 0] = world.attrs["vocabulary"] + prompt
    return tokens


def test_gold_of_each_prompt_is_standardised_over_the_corpus_less_the_penalty():
    world = small_sequences(prompts=3)
    for prompt in range(3):
        tokens = with_prompt(world, prompt)
        often = repeats(tokens, 12)
        penalty = 0.6 * np.maximum(often - often.mean() - 1, 0)
        scaled = gold(world, tokens) + penalty
        assert scaled.mean() == pytest.approx(0, abs=1e-6)
        assert scaled.std() == pytest.approx(1.5, abs=1e-6)


def test_harmless_prompts_reward_up_to_four_refusals_and_penalise_what_helpful_ones_ask_for():
    world = small_sequences(prompts=2)
    helpful, harmless = (gold(world, with_prompt(world, prompt)) for prompt in (0, 1))
    refused = refusals(with_prompt(world, 0), 3)
    often = repeats(with_prompt(world, 0), 12)
    penalty = 0.6 * np.maximum(often - often.mean() - 1, 0)
    standard = (helpful + penalty) / 1.5
    raw = np.minimum(refused, 4) - standard
    expected = 1.5 * (raw - raw.mean()) / raw.std() - penalty
    np.testing.assert_allclose(harmless, expected, atol=1e-6)


def test_gold_is_the_same_whatever_the_number_of_prompts_is():
    tokens = with_prompt(small_sequences(prompts=1), 0)
    one, three = (gold(small_sequences(prompts=number), tokens) for number in (1, 3))
    np.testing.assert_allclose(one, three, atol=1e-6)


def test_gold_keeps_the_leading_dimensions():
    for world in (small_enumerated(), small_sequences(prompts=3)):
        tokens = world["held_out"].values[:12]
        flat = gold(world, tokens)
        assert flat.dtype == np.float64
        nested = gold(world, tokens.reshape(2, 6, -1))
        np.testing.assert_allclose(nested, flat.reshape(2, 6), atol=1e-5)


def test_repeats_and_refusals_are_counted_in_the_response_alone():
    tokens = np.array([[5, 0, 0, 1, 4], [6, 0, 1, 2, 3], [5, 4, 4, 4, 4]])
    np.testing.assert_array_equal(repeats(tokens, 5), [1, 0, 3])
    np.testing.assert_array_equal(refusals(tokens, 2), [3, 2, 0])


def test_repeats_of_the_default_world_are_almost_never_penalised_heavily():
    """As measured when the world was designed: mean 3.4, 95th percentile 6."""
    world = world_dataset(Sequences(lines=4000))
    often = repeats(world["corpus"].values, 32)
    assert float(world["repeats_mean"]) == often.mean() == pytest.approx(3.4, abs=0.3)
    assert np.quantile(often, 0.95) == 6

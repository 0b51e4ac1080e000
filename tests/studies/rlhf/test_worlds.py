"""The chains and corpora of worlds."""

import numpy as np
import pytest
import xarray as xr
from scipy.stats import chi2

from ontogeny.studies.rlhf.config import Enumerated, Sequences
from ontogeny.studies.rlhf.stages.world import world_dataset
from ontogeny.studies.rlhf.worlds.chains import random_chain, shifted_chain
from ontogeny.studies.rlhf.worlds.corpora import chain_of
from ontogeny.studies.rlhf.worlds.enumerated import all_sequences
from rlhf_networks import small_enumerated, small_sequences


def softmax(logits):
    return np.exp(logits) / np.exp(logits).sum()


@pytest.mark.parametrize("order", [1, 2])
def test_the_probability_of_a_line_is_a_product_of_its_transitions(order):
    chain = random_chain(np.random.default_rng(0), 4, order=order)
    lines = np.random.default_rng(1).integers(4, size=(10, 5))
    expected = []
    for line in lines:
        before = last = 4
        probability = 1.0
        for token in line:
            probability *= softmax(chain.last[last] + chain.before[before])[token]
            before, last = last, token
        expected.append(np.log(probability))
    np.testing.assert_allclose(chain.log_probability(lines), expected)


@pytest.mark.parametrize("order", [1, 2])
def test_lines_are_as_frequent_as_they_are_probable(order):
    chain = random_chain(np.random.default_rng(0), 3, order=order)
    count = 20_000
    lines = chain.lines(np.random.default_rng(1), count, 3)
    every = all_sequences(3, 3)[:, 1:]
    expected = count * np.exp(chain.log_probability(every))
    observed = np.bincount(lines @ 3 ** np.arange(3)[::-1], minlength=27)
    assert expected.sum() == pytest.approx(count)
    assert ((observed - expected) ** 2 / expected).sum() < chi2.ppf(0.99, df=26)


def test_a_chain_of_the_first_order_forgets_all_but_the_last_token():
    assert not random_chain(np.random.default_rng(0), 4, order=1).before.any()
    assert random_chain(np.random.default_rng(0), 4, order=2).before.any()


def test_a_shifted_chain_varies_as_much_and_correlates_with_both():
    rng = np.random.default_rng(0)
    own, other = (random_chain(rng, 60, order=2) for _ in range(2))
    shifted = shifted_chain(own, other)
    assert shifted.last.std() == pytest.approx(own.last.std(), rel=0.05)
    assert shifted.before.std() == pytest.approx(own.before.std(), rel=0.05)
    for each in (own, other):
        correlation = np.corrcoef(shifted.last.ravel(), each.last.ravel())[0, 1]
        assert correlation == pytest.approx(np.sqrt(0.5), abs=0.05)


def test_all_sequences_are_there_once_and_in_order():
    every = all_sequences(3, 4)
    assert every.shape == (81, 5)
    assert set(every[:, 0]) == {3}
    np.testing.assert_array_equal(every[:, 1:] @ [27, 9, 3, 1], np.arange(81))


def test_probabilities_of_the_enumerated_world_sum_to_1_and_are_those_of_the_corpus():
    world = small_enumerated(vocabulary=3, length=2, lines=20_000)
    probability = np.exp(chain_of(world).log_probability(all_sequences(3, 2)[:, 1:]))
    assert probability.sum() == pytest.approx(1, abs=1e-12)
    numbers = world["corpus"].values[:, 1:] @ [3, 1]
    share = np.bincount(numbers, minlength=9) / 20_000
    np.testing.assert_allclose(share, probability, atol=4 * np.sqrt(0.25 / 20_000))


def test_the_defaults_are_the_numbers_of_the_study():
    world = world_dataset(Enumerated())
    assert world["corpus"].shape == (4000, 5)
    assert world["last_logit"].shape == (9, 8)
    assert world.attrs["kind"] == "enumerated"
    corpus = Sequences()
    assert (corpus.vocabulary, corpus.length, corpus.lines) == (32, 16, 20_000)


@pytest.mark.parametrize("prompts", [1, 2, 3])
def test_lines_begin_with_prompts_drawn_evenly(prompts):
    world = small_sequences(prompts=prompts)
    for name in ("corpus", "held_out", "foreign"):
        tokens = world[name].values
        assert tokens.dtype == np.int16
        counts = np.bincount(tokens[:, 0] - 12, minlength=prompts)
        assert len(counts) == prompts
        share = len(tokens) / prompts
        assert abs(counts - share).max() <= 4 * np.sqrt(share)
        assert tokens[:, 1:].min() >= 0
        assert tokens[:, 1:].max() < 12
    one = small_sequences(prompts=1)
    for name in ("corpus", "held_out", "foreign"):
        np.testing.assert_array_equal(one[name].values[:, 1:], world[name].values[:, 1:])


def test_foreign_lines_are_less_probable_under_the_chain_than_held_out_ones():
    world = small_sequences()
    chain = chain_of(world)
    own, foreign = (
        chain.log_probability(world[name].values[:, 1:]) for name in ("held_out", "foreign")
    )
    error = np.sqrt(own.var() / len(own) + foreign.var() / len(foreign))
    assert own.mean() - foreign.mean() > 5 * error


def test_the_number_of_lines_changes_nothing_else_of_an_enumerated_world():
    few, many = small_enumerated(lines=10), small_enumerated(lines=200)
    xr.testing.assert_identical(few.drop_vars("corpus"), many.drop_vars("corpus"))


@pytest.mark.parametrize("make", [small_enumerated, small_sequences])
def test_a_seed_gives_the_same_world_and_another_seed_another(make):
    first, again, other = make(seed=1), make(seed=1), make(seed=2)
    xr.testing.assert_identical(first, again)
    for name in ("last_logit", "corpus", "held_out"):
        assert not np.array_equal(first[name], other[name])

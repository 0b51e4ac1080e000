"""The loss of comparisons, by hand and against finite differences."""

import math

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal

from ontogeny.studies.rlhf.config import Network
from ontogeny.studies.rlhf.networks.preferring import Pairs, judged, pair_loss
from ontogeny.studies.rlhf.networks.shapes import preference_of, scores

V, T = 4, 5
NETWORK = preference_of(Network(d_model=6, layers=1, heads=2), V, 1)


def parameters(seed=0):
    generator = torch.Generator().manual_seed(seed)
    return {
        name: value.double() + 0.3 * torch.randn(value.shape, generator=generator)
        for name, value in NETWORK.initial(generator).items()
    }


def pairs_of(count=7, seed=0, *, weight=None):
    rng = np.random.default_rng(seed)
    tokens = rng.integers(V, size=(2, count, T + 1))
    tokens[:, :, 0] = V
    weight = rng.uniform(0.5, 2, count) if weight is None else np.full(count, weight)
    return Pairs(*(torch.from_numpy(each) for each in (*tokens, weight)))


def swapped(pairs):
    return Pairs(pairs.rejected, pairs.chosen, pairs.weight)


def test_the_loss_is_the_weighted_mean_of_each_pair_by_hand():
    values, pairs = parameters(), pairs_of()
    total = 0.0
    for chosen, rejected, weight in zip(pairs.chosen, pairs.rejected, pairs.weight, strict=True):
        good, bad = (float(scores(NETWORK, values, each[None])) for each in (chosen, rejected))
        total += float(weight) * math.log1p(math.exp(bad - good))
    assert_allclose(pair_loss(NETWORK, values, pairs), total / 7, rtol=1e-12)


def test_the_loss_of_pairs_and_of_the_same_turned_round_differ_by_their_difference():
    """ln(1 + e^-x) - ln(1 + e^x) = -x."""
    values, pairs = parameters(), pairs_of(weight=1.0)
    good, bad = (scores(NETWORK, values, each) for each in (pairs.chosen, pairs.rejected))
    found = pair_loss(NETWORK, values, pairs) - pair_loss(NETWORK, values, swapped(pairs))
    assert_allclose(found, -(good - bad).mean(), rtol=1e-12)


def test_equal_responses_have_the_loss_of_a_coin_and_are_half_right():
    pairs = pairs_of(weight=1.0)
    same = Pairs(pairs.chosen, pairs.chosen, pairs.weight)
    assert_allclose(pair_loss(NETWORK, parameters(), same), math.log(2), rtol=1e-12)
    found = judged(NETWORK, same)(parameters())
    assert_allclose(found["accuracy"], [0.5])
    assert_allclose(found["loss"], [math.log(2)])


def test_a_weight_counts_as_so_many_pairs():
    values = parameters()
    pairs = pairs_of(3)
    twice = Pairs(pairs.chosen, pairs.rejected, torch.tensor([1.0, 2.0, 1.0]))
    written = pairs.part(torch.tensor([0, 1, 1, 2]))
    repeated = Pairs(written.chosen, written.rejected, torch.ones(4))
    found = 3 * pair_loss(NETWORK, values, twice)
    assert_allclose(found, 4 * pair_loss(NETWORK, values, repeated), rtol=1e-12)


@pytest.mark.parametrize("name", ["W_E", "W_Q", "W_V", "b_in", "gain_final", "W_U"])
def test_gradients_are_those_of_finite_differences(name):
    values, pairs = parameters(), pairs_of()
    leaf = values[name].clone().requires_grad_()
    (gradient,) = torch.autograd.grad(pair_loss(NETWORK, values | {name: leaf}, pairs), leaf)
    direction = torch.randn(leaf.shape, generator=torch.Generator().manual_seed(2)).double()
    step = 1e-5
    ends = [
        float(pair_loss(NETWORK, values | {name: values[name] + sign * step * direction}, pairs))
        for sign in (1, -1)
    ]
    assert_allclose((gradient * direction).sum(), (ends[0] - ends[1]) / (2 * step), rtol=1e-6)


def test_measures_are_those_of_all_pairs_and_do_not_read_weights():
    values, pairs = parameters(), pairs_of(40)
    good, bad = (scores(NETWORK, values, each) for each in (pairs.chosen, pairs.rejected))
    found = judged(NETWORK, pairs)(values)
    assert_allclose(found["accuracy"], [(good > bad).double().mean()])
    assert_allclose(found["loss"], [np.logaddexp(0, (bad - good).numpy()).mean()])
    heavier = Pairs(pairs.chosen, pairs.rejected, 10 * pairs.weight)
    assert_array_equal(judged(NETWORK, heavier)(values)["loss"], found["loss"])


def test_who_is_right_of_pairs_is_wrong_of_the_same_turned_round():
    values, pairs = parameters(), pairs_of(40)
    found = judged(NETWORK, pairs)(values)["accuracy"]
    assert_allclose(judged(NETWORK, swapped(pairs))(values)["accuracy"], 1 - found)


def test_measures_of_many_pairs_are_those_of_their_parts():
    values, pairs = parameters(), pairs_of(1500)
    of_parts = [
        judged(NETWORK, pairs.part(places))(values)
        for places in torch.split(torch.arange(1500), 500)
    ]
    for name, found in judged(NETWORK, pairs)(values).items():
        assert_allclose(found, np.mean([each[name] for each in of_parts], axis=0))

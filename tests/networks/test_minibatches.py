"""Any minibatch can be had without those before it, and an epoch is the whole set."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ontogeny.networks.minibatches import EpochMinibatches, fresh_minibatches

FIXED = torch.arange(11) * 10


def source(rng, count):
    return rng.integers(0, 7, (count, 9))


def fresh(seed=3):
    return fresh_minibatches(source, 4, seed=seed)


def of_epochs(seed=3):
    return EpochMinibatches(FIXED, 4, seed=seed)


@pytest.mark.parametrize("made", [fresh, of_epochs])
def test_any_minibatch_can_be_had_without_those_before_it(made):
    batches = made()
    in_order = [batches(update) for update in range(40)]
    for update in (39, 0, 17):
        assert torch.equal(made()(update), in_order[update])
    assert not torch.equal(in_order[0], in_order[1])
    assert not torch.equal(in_order[0], made(seed=4)(0))


def test_fresh_minibatches_are_drawn_by_their_own_generators():
    drawn = source(np.random.default_rng([3, 1]), 16 * 4)
    np.testing.assert_array_equal(fresh()(17), drawn[4:8])


@given(count=st.integers(1, 30), size=st.integers(1, 12), epoch=st.integers(0, 5))
def test_an_epoch_has_every_example_once(count, size, epoch):
    batches = EpochMinibatches(torch.arange(count), size, seed=0)
    updates = -(-count // size)
    found = [batches(epoch * updates + place) for place in range(updates)]
    assert [len(each) for each in found[:-1]] == [size] * (updates - 1)
    assert sorted(torch.cat(found).tolist()) == list(range(count))


def test_epochs_have_different_orders():
    batches = of_epochs()
    first, second = (torch.cat([batches(3 * epoch + k) for k in range(3)]) for epoch in (0, 1))
    assert not torch.equal(first, second)

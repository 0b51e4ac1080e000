"""Dropout: factors of the right mean that follow from seed and update alone."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal

from ontogeny.networks.dropout import Dropout

HIDDEN = torch.empty(200, 100)


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.8])
def test_a_share_is_dropped_and_the_mean_is_kept(rate):
    factors = Dropout(rate, seed=0).factors(0)(HIDDEN)
    dropped = factors == 0
    error = np.sqrt(rate * (1 - rate) / HIDDEN.numel())
    assert abs(float(dropped.double().mean()) - rate) < 4 * error
    assert_array_equal(factors[~dropped], torch.full_like(factors[~dropped], 1 / (1 - rate)))
    for axis in (0, 1):
        assert int(dropped.any(dim=axis).sum()) > 0.99 * dropped.shape[1 - axis]


def test_no_rate_is_no_dropout():
    assert Dropout(0.0, seed=3).factors(5)(HIDDEN) is None


def test_factors_follow_from_seed_and_update_alone():
    dropout = Dropout(0.3, seed=4)
    later = dropout.factors(7)(HIDDEN)
    dropout.factors(6)(HIDDEN)
    assert_array_equal(Dropout(0.3, seed=4).factors(7)(HIDDEN), later)
    for other in (Dropout(0.3, seed=4).factors(8), Dropout(0.3, seed=5).factors(7)):
        assert not torch.equal(other(HIDDEN), later)


def test_each_layer_of_an_update_has_factors_of_its_own():
    draw = Dropout(0.3, seed=4).factors(7)
    first, second = draw(HIDDEN), draw(HIDDEN)
    assert not torch.equal(first, second)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_factors_have_the_type_of_what_they_multiply(dtype):
    assert Dropout(0.3).factors(0)(HIDDEN.to(dtype)).dtype == dtype

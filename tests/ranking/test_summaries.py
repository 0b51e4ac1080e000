"""Means over groups."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from ontogeny.ranking import Average, average, final_score, power_mean

aucs = st.lists(st.floats(0.01, 1), min_size=1, max_size=9)


@settings(max_examples=60)
@given(aucs)
def test_power_mean_lies_between_the_worst_group_and_the_mean(values):
    assert_allclose(power_mean(values), (sum(x**-5 for x in values) / len(values)) ** -0.2)
    assert min(values) - 1e-12 <= power_mean(values) <= np.mean(values) + 1e-12
    assert_allclose(power_mean(values, 1.0), np.mean(values))
    assert_allclose(power_mean(values, -1.0), len(values) / sum(1 / x for x in values))


def test_power_mean_of_zero_and_of_nothing():
    assert power_mean([0.0, 0.9]) == 0
    assert_allclose(power_mean([0.7, np.nan]), 0.7)
    assert np.isnan(power_mean([np.nan]))
    with pytest.raises(ValueError, match="a value is negative"):
        power_mean([-0.1, 0.5])


def test_final_score_is_the_mean_of_four():
    assert final_score(1.0, [1.0], [1.0, 1.0], [1.0]) == 1
    subgroup, bpsn, bnsp = [0.9, 0.8], [0.7, 0.95], [0.99, np.nan]
    three = power_mean(subgroup), power_mean(bpsn), 0.99
    assert_allclose(final_score(0.93, subgroup, bpsn, bnsp), np.mean([0.93, *three]))
    assert np.isnan(final_score(0.9, [np.nan], bpsn, bnsp))


def test_opposite_gaps_cancel_in_the_signed_mean_alone():
    assert average([0.25, -0.25, np.nan]) == Average(signed=0.0, absolute=0.25, largest=0.25)
    assert average([-0.5, 0.0]) == Average(signed=-0.25, absolute=0.25, largest=0.5)
    assert np.isnan([*vars(average([np.nan])).values()]).all()

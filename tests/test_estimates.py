"""Values with intervals, against SciPy's own and by hand."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import norm, somersd

from ontogeny.estimates import FEWEST, agreement, difference, mean, ratio, share


def test_share_has_the_interval_of_wilson():
    found = share([True] * 45 + [False] * 5)
    z, n, p = norm.ppf(0.975), 50, 0.9
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    assert_allclose([found.lower, found.value, found.upper], [centre - half, p, centre + half])
    assert found.runs == 50
    assert np.isnan(share([]).value)


def test_mean_has_about_the_interval_of_normal_theory():
    values = np.random.default_rng(3).normal(5.0, 2.0, 400)
    found = mean([*values, np.nan])
    half = 1.96 * values.std(ddof=1) / 20
    assert_allclose(
        [found.lower, found.upper], values.mean() + half * np.array([-1, 1]), atol=0.1 * half
    )
    assert found.runs == 400


def test_equal_values_have_an_interval_of_width_0():
    found = mean([2.0, 2.0, 2.0])
    assert (found.lower, found.value, found.upper) == (2.0, 2.0, 2.0)


def test_too_few_runs_have_no_interval():
    for found in (
        mean(np.ones(FEWEST - 1)),
        ratio(np.ones(FEWEST), [1, 1, 0]),
        difference([([1.0, 2.0, 3.0], [1.0])]),
    ):
        assert np.isnan(found.lower)
        assert np.isfinite(found.value)
    assert (mean([]).runs, difference([]).runs, difference([([], [1.0])]).runs) == (0, 0, 0)


def test_ratio_is_of_sums_and_runs_stay_together():
    found = ratio([1, 0, 3, 5], [2, 2, 4, 0])
    assert_allclose(found.value, 4 / 8)
    assert found.runs == 3
    assert_allclose([found.lower, found.upper], [0, 0.75])


def test_difference_is_within_strata():
    """What separates the strata, here 100, does not enter."""
    found = difference([([3.0, 4.0], [1.0, 2.0]), ([103.0, 105.0], [101.0, 103.0])])
    assert_allclose(found.value, 2.0)
    assert 0 < found.lower < 2 < found.upper < 4
    assert found.runs == 8


def test_the_same_runs_give_the_same_interval():
    values = np.random.default_rng(0).random(9)
    assert mean(values) == mean(values)


@pytest.mark.parametrize("seed", range(5))
def test_agreement_is_somers_d(seed):
    rng = np.random.default_rng(seed)
    x, y = rng.integers(5, size=(2, 12))
    agree, pairs = agreement(x, y)
    assert_allclose(agree / pairs, somersd(x, y).statistic)


def test_agreement_with_things_that_never_come():
    assert agreement([1, 2, 3], [5.0, np.inf, np.inf]) == (2, 3)
    assert agreement([4, 4], [1, 2]) == (0, 0)


def test_agreement_among_some_pairs():
    among = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], dtype=bool)
    assert agreement([1, 2, 3], [1, 2, 0]) == (-1, 3)
    assert agreement([1, 2, 3], [1, 2, 0], among=among) == (0, 2)

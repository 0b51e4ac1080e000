"""Values with intervals, against SciPy's own and by hand."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import linregress, norm, somersd

from ontogeny.estimates import (
    FEWEST,
    Estimate,
    agreement,
    difference,
    difference_of_shares,
    exponent,
    mean,
    ratio,
    runs_to_exclude,
    share,
    slope,
    stratified_mean,
)


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
        stratified_mean([[1.0, 2.0, 3.0], [1.0]]),
    ):
        assert np.isnan(found.lower)
        assert np.isfinite(found.value)
    assert stratified_mean([]).runs == 0
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


def test_every_stratum_counts_alike():
    found = stratified_mean([[1.0, 2.0, 3.0, np.nan], [10.0, 12.0], [], [np.nan]])
    assert_allclose(found.value, (2 + 11) / 2)
    assert found.runs == 5
    assert (1 + 10) / 2 < found.lower < found.value < found.upper < (3 + 12) / 2
    one = np.random.default_rng(5).random(30)
    assert stratified_mean([one]) == mean(one)


def test_the_mean_over_strata_has_about_the_interval_of_normal_theory():
    rng = np.random.default_rng(6)
    strata = [rng.normal(0.0, 1.0, 200), rng.normal(50.0, 3.0, 300)]
    found = stratified_mean(strata)
    half = 1.96 * np.sqrt(sum(each.var(ddof=1) / each.size for each in strata)) / 2
    ends = found.value + half * np.array([-1, 1])
    assert_allclose([found.lower, found.upper], ends, atol=0.1 * half)


def test_the_interval_of_a_difference_of_shares_is_the_published_one():
    """Newcombe's example: 56 of 70 and 48 of 80, table II of the paper."""
    found = difference_of_shares((56, 70), (48, 80))
    assert found.value == pytest.approx(0.2)
    assert (round(found.lower, 4), round(found.upper, 4)) == (0.0524, 0.3339)
    assert found.runs == 70
    wider = difference_of_shares((56, 70), (48, 80), confidence=0.99)
    assert wider.lower < found.lower < found.upper < wider.upper


def test_slope_is_that_of_least_squares_with_about_the_interval_of_normal_theory():
    rng = np.random.default_rng(2)
    x = rng.normal(3.0, 2.0, 300)
    y = 0.5 * x + rng.normal(0.0, 1.0, 300)
    found, expected = slope([*x, np.nan, 1.0], [*y, 1.0, np.inf]), linregress(x, y)
    assert_allclose(found.value, expected.slope)
    half = 1.96 * expected.stderr
    ends = expected.slope + half * np.array([-1, 1])
    assert_allclose([found.lower, found.upper], ends, atol=0.15 * half)
    assert found.runs == 300


@pytest.mark.parametrize(("scale", "shift"), [(2.0, 0.0), (-0.5, 3.0)])
def test_slope_follows_its_units(scale, shift):
    x, y = np.random.default_rng(1).normal(size=(2, 12))
    found, other = slope(x, y), slope(x, scale * y + shift)
    ends = sorted(scale * np.array([found.lower, found.upper]))
    assert_allclose([other.value, other.lower, other.upper], [scale * found.value, *ends])


def test_slope_of_few_or_of_equal_runs():
    few = slope([1, 2], [3.0, 5.0])
    assert few.value == 2.0
    assert np.isnan(few.lower)
    assert np.isnan(slope([1, 1, 1, 1], [1.0, 2.0, 3.0, 4.0]).value)
    assert slope([], []).runs == 0
    two_places = slope([0, 0, 1, 1], [0.0, 0.2, 1.0, 1.4])
    assert two_places.lower < two_places.value < two_places.upper


def test_the_exponent_of_a_power_law():
    x = np.geomspace(1, 1000, 7)
    found = exponent([*x, 0.0, 1.0], [*(3 * x**-0.5), 1.0, -1.0])
    assert_allclose([found.value, found.lower, found.upper], -0.5)
    assert found.runs == 7


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


def excludes(found, threshold):
    return not found.lower <= threshold <= found.upper


@pytest.mark.parametrize(("succeeded", "of"), [(3, 4), (1, 1), (0, 1), (7, 8), (9, 20), (2, 7)])
@pytest.mark.parametrize("threshold", [0.1, 0.5, 0.7, 0.9])
def test_runs_that_exclude_a_threshold_of_a_share_are_those_of_repeated_runs(
    succeeded, of, threshold
):
    once = [True] * succeeded + [False] * (of - succeeded)
    needed = runs_to_exclude(share(once), threshold)
    for times in range(1, 60):
        assert excludes(share(once * times), threshold) == (of * times >= needed)


@pytest.mark.parametrize("ends", [(-0.4, 2.5), (0.2, 0.9), (0.55, 0.7), (0.6, 0.6)])
@pytest.mark.parametrize("threshold", [-0.3, 0.5, 0.67, 2.0])
def test_runs_that_exclude_a_threshold_are_those_of_an_interval_that_shrinks(ends, threshold):
    value, runs = 0.6, 7
    needed = runs_to_exclude(Estimate(value, *ends, runs), threshold)
    for number in range(1, 400):
        lower, upper = value + (np.array(ends) - value) * np.sqrt(runs / number)
        shrunk = Estimate(value, float(lower), float(upper), number)
        assert excludes(shrunk, threshold) == (number >= needed)


def test_the_interval_of_repeated_runs_shrinks_as_it_is_taken_to():
    values = np.random.default_rng(4).normal(1.0, 2.0, 30)
    threshold = float(values.mean()) - 0.3
    needed = runs_to_exclude(mean(values), threshold)
    times = next(k for k in range(1, 50) if excludes(mean(np.tile(values, k)), threshold))
    assert_allclose(needed, 30 * times, rtol=0.2)


def test_runs_that_exclude_are_unknown_without_an_interval_and_never_enough_on_the_threshold():
    assert np.isnan(runs_to_exclude(mean([1.0, 2.0]), 0.0))
    assert np.isnan(runs_to_exclude(mean([]), 0.0))
    assert runs_to_exclude(share([True, False]), 0.5) == np.inf

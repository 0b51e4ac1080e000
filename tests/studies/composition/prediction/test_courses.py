"""Several runs along training side by side."""

import numpy as np
import pytest

from ontogeny.studies.composition.prediction.courses import (
    at_moments,
    common_moments,
    fifth_counts,
    lead,
    mean_of_known,
)


def test_common_moments_are_0_and_even_in_the_logarithm_where_all_runs_are_under_way():
    runs = [np.array([0, 0.002, 0.5, 4.0]), np.array([0, 0.01, 8.0])]
    moments = common_moments(runs, points=7)
    assert len(moments) == 8
    assert moments[[0, 1, -1]] == pytest.approx([0, 0.01, 4])
    ratios = moments[2:] / moments[1:-1]
    np.testing.assert_allclose(ratios, ratios[0])


def test_runs_without_a_common_range_have_one_moment_beside_0():
    runs = [np.array([0.0, 0.1, 0.2]), np.array([0.0, 3.0, 4.0])]
    np.testing.assert_array_equal(common_moments(runs, points=7), [0, 3])


def test_a_curve_that_is_linear_in_the_logarithm_is_met_everywhere():
    known = np.array([0, *np.geomspace(0.01, 3, 9)])
    wanted = np.array([0, *np.geomspace(0.01, 3, 50)])
    values = np.array([7.0, *(2 + 3 * np.log(known[1:]))])
    found = at_moments(wanted, known, values)
    assert found[0] == 7
    np.testing.assert_allclose(found[1:], 2 + 3 * np.log(wanted[1:]))


def test_a_curve_passes_over_unknown_values_and_ends_with_the_known_ones():
    known = np.array([0, 0.01, 0.1, 1, 10])
    values = np.array([np.nan, np.nan, 1.0, np.nan, 3.0])
    found = at_moments(np.array([0, 0.05, 1.0, 10, 11]), known, values)
    np.testing.assert_allclose(found, [np.nan, np.nan, 2, 3, np.nan])
    assert np.isnan(at_moments(known, known, np.full(5, np.nan))).all()


def test_the_mean_is_over_the_runs_that_have_a_value():
    values = np.random.default_rng(0).normal(size=(6, 4, 9))
    np.testing.assert_allclose(mean_of_known(values), values.mean(axis=0))
    values[2:5, 1, 3] = np.nan
    values[:, 2, 7] = np.nan
    np.testing.assert_allclose(mean_of_known(values)[1, 3], values[[0, 1, 5], 1, 3].mean())
    assert np.isnan(mean_of_known(values)[2, 7])


def test_each_irrep_counts_in_its_fifth():
    draw = np.random.default_rng(1)
    fifth = [draw.integers(-1, 5, size=size) for size in (4, 9, 30)]
    chosen = [draw.random(len(each)) < 0.4 for each in fifth]
    of, those = fifth_counts(fifth, chosen)
    pairs = [pair for each in zip(fifth, chosen, strict=True) for pair in zip(*each, strict=True)]
    for place in range(5):
        own = [is_chosen for where, is_chosen in pairs if where == place]
        assert (of[place], those[place]) == (len(own), sum(own))


def test_the_lead_is_for_good_and_the_trivial_irrep_does_not_compete():
    draw = np.random.default_rng(2)
    for _ in range(50):
        share = draw.random((12, 4))
        share[:, 0] = 2
        winner = int(share[-1, 1:].argmax()) + 1
        first = lead(share, winner)
        assert (share[first:, 1:].argmax(axis=1) + 1 == winner).all()
        assert first == 0 or share[first - 1, 1:].argmax() + 1 != winner

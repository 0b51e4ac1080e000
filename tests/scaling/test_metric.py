import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import pearsonr

from ontogeny.scaling import VERDICTS, explained, geometric, isotonic, verdict


def test_explained_share_is_that_of_the_line_for_its_own_prediction():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 20))
    line = np.polyval(np.polyfit(x, y, 1), x)
    assert_allclose(explained(line, y), pearsonr(x, y).statistic ** 2)


def test_explained_share_takes_the_prediction_as_it_is():
    y = np.array([0.0, 0.5, 1.0])
    assert explained(y, y) == 1
    assert explained(np.full(3, 0.5), y) == 0
    assert explained(1 - y, y) == -3
    assert explained(2 * y, y) < 0
    assert np.isnan(explained(y, np.ones(3)))
    assert np.isnan(explained([], []))


@given(st.floats(0.05, 0.999))
def test_independent_tokens_give_a_geometric_law(q):
    length = np.array([3, 6, 10])
    slope, share = geometric(length, q**length)
    assert_allclose([slope, share], [np.log(q), 1], rtol=1e-9)


def test_answers_that_fail_as_a_whole_are_not_geometric():
    assert geometric([3, 6, 10], [0.5, 0.5, 0.51])[1] < 0


def test_geometric_leaves_out_zeros_and_needs_two():
    assert_allclose(geometric([1, 2, 3], [0.5, 0.25, 0.0]), [np.log(0.5), 1])
    assert np.isnan(geometric([1, 2, 3], [0.5, 0, 0])).all()


@pytest.mark.parametrize(
    ("exact", "continuous", "share", "broken", "expected"),
    [
        (0.1, 0.05, 0.99, False, "smooth"),
        (0.1, 0.6, 0.0, True, "smooth"),
        (-0.3, 0.0, np.nan, False, "smooth"),
        (0.8, 0.1, 0.99, False, "abrupt by metric"),
        (0.8, 0.5, 0.99, False, "abrupt in likelihood"),
        (0.8, 0.1, 0.99, True, "abrupt in likelihood"),
        (0.8, 0.5, np.nan, False, "abrupt in likelihood"),
        (0.8, 0.1, 0.5, True, "abrupt in likelihood"),
        (0.8, 0.1, 0.5, False, "undecided"),
        (0.8, 0.1, np.nan, False, "undecided"),
    ],
)
def test_verdict_blames_metric_or_network_only_with_evidence(
    exact, continuous, share, broken, expected
):
    found = verdict(exact, continuous, share, broken=broken)
    assert found == expected
    assert found in VERDICTS


def test_no_verdict_without_gains():
    with pytest.raises(ValueError, match="a gain is NaN: the sizes must span the factor"):
        verdict(np.nan, 0.1, 0.9, broken=False)


@given(st.lists(st.tuples(st.integers(0, 4), st.floats(0, 1)), min_size=1, max_size=8))
def test_isotonic_is_the_min_max_formula(points):
    x, y = (np.array(each, dtype=float) for each in zip(*points, strict=True))
    values = np.unique(x)

    def mean(low, high):
        return y[(x >= low) & (x <= high)].mean()

    rising = [
        max(min(mean(low, high) for high in values[k:]) for low in values[: k + 1])
        for k in range(len(values))
    ]
    assert_allclose(isotonic(x, y), np.array(rising)[np.searchsorted(values, x)], atol=1e-9)


def test_an_isotonic_function_rises_and_is_one_value_at_each_x():
    x, y = np.array([3.0, 1.0, 2.0, 1.0]), np.array([0.1, 0.2, 0.9, 0.4])
    assert_allclose(isotonic(x, y), [0.5, 0.3, 0.5, 0.3])

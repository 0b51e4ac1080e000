import numpy as np
import pytest
from numpy.testing import assert_allclose

from ontogeny.scaling import lead

SIZES = np.array([1e2, 1e3, 1e4, 1e5, 1e6])
ERROR = np.full(5, 0.01)
EXACT = np.array([0, 0, 0, 0.05, 0.8])


def test_lead_is_from_leaving_the_floor_to_exact_answers():
    measure = np.array([0.1, 0.11, 0.2, 0.4, 0.9])
    assert lead(SIZES, measure, ERROR, EXACT, floor=0.1) == 2
    assert lead(SIZES, measure, ERROR, EXACT, floor=0.1, level=0.04) == 1
    assert lead(SIZES[::-1], measure[::-1], ERROR, EXACT[::-1], floor=0.1) == 2


def test_a_loss_leaves_its_floor_downwards():
    loss = np.array([2.3, 2.31, 2.1, 1.0, 0.1])
    assert lead(SIZES, loss, ERROR, EXACT, floor=2.3, sign=-1) == 2
    assert np.isnan(lead(SIZES, loss, ERROR, EXACT, floor=2.3))


@pytest.mark.parametrize(("fourth", "expected"), [(0.1299, 0), (0.1301, 1)])
def test_three_standard_errors_are_needed(fourth, expected):
    measure = np.array([0.1, 0.1, 0.1, fourth, 0.9])
    assert lead(SIZES, measure, ERROR, EXACT, floor=0.1) == expected


def test_a_measure_that_returns_to_its_floor_has_not_left_it():
    measure = np.array([0.1, 0.5, 0.1, 0.4, 0.9])
    assert lead(SIZES, measure, ERROR, EXACT, floor=0.1) == 1
    measure[-1] = 0.1
    assert np.isnan(lead(SIZES, measure, ERROR, EXACT, floor=0.1))


def test_lead_is_negative_when_exact_answers_come_first():
    measure = np.array([0.1, 0.1, 0.1, 0.1, 0.9])
    exact = np.array([0, 0.2, 0.5, 0.5, 0.8])
    assert lead(SIZES, measure, ERROR, exact, floor=0.1) == -3


def test_lead_is_missing_when_the_level_is_never_reached():
    assert np.isnan(lead(SIZES, np.linspace(0, 1, 5), ERROR, EXACT / 10, floor=0.0))


def test_a_single_lucky_size_does_not_reach_the_level():
    """The isotonic fit pools it with the zeros that follow."""
    exact = np.array([0, 0.12, 0.0, 0.0, 0.8])
    assert lead(SIZES, np.linspace(0, 1, 5), ERROR, exact, floor=0.0) == 3


def test_exact_numbers_have_no_error():
    measure = np.array([0, 0, 0.1, 0.2, 0.3])
    assert_allclose(lead(SIZES, measure, 0 * ERROR, EXACT, floor=0.0), 2)


def test_sizes_that_are_the_same_are_refused():
    with pytest.raises(ValueError, match="two sizes are the same"):
        lead([1, 1], [0, 1], [0.1, 0.1], [0, 1], floor=0.0)

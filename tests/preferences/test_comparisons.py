"""Losses, accuracies, temperature and calibration of pairs, against loops and what is planted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.optimize import minimize_scalar
from sklearn.metrics import log_loss as loss_of_classes

from ontogeny.preferences import (
    TEMPERATURES,
    accuracy,
    calibration,
    error_of_perfect,
    expected_accuracy,
    log_loss,
    temperature,
)

differences = st.lists(
    st.sampled_from([-2.0, -0.5, 0.0, 0.5, 0.7]) | st.floats(-50, 50), min_size=1, max_size=12
)


def sigmoid(x):
    return 1 / (1 + np.exp(-np.asarray(x)))


def choices(difference, generator):
    """Whether the first is chosen, drawn from the sigmoid of the difference."""
    return generator.random(len(difference)) < sigmoid(difference)


@settings(max_examples=60)
@given(differences)
def test_losses_and_accuracies_pair_by_pair(values):
    expected = [-np.log(sigmoid(d)) for d in values]
    assert_allclose(log_loss(values), np.mean(expected), atol=1e-14)
    right = [1.0 if d > 0 else 0.5 if d == 0 else 0.0 for d in values]
    assert_allclose(accuracy(values), np.mean(right))
    best = [max(sigmoid(d), sigmoid(-d)) for d in values]
    assert_allclose(expected_accuracy(values), np.mean(best))


@settings(max_examples=60)
@given(differences)
def test_the_other_order_of_a_pair_says_the_same(values):
    swapped = [-d for d in values]
    assert_allclose(accuracy(values) + accuracy(swapped), 1)
    assert_allclose(log_loss(swapped) - log_loss(values), np.mean(values), atol=1e-12)
    assert expected_accuracy(values) == expected_accuracy(swapped)
    chosen = np.arange(len(values)) % 2 == 0
    one, other = (calibration(d, c, bins=1) for d, c in ((values, chosen), (swapped, ~chosen)))
    assert vars(one) == vars(other)


def test_large_differences_do_not_overflow():
    assert log_loss([1e4, -1e4]) == 5e3
    assert expected_accuracy([-1e4]) == 1


def test_loss_is_that_of_two_classes():
    generator = np.random.default_rng(0)
    difference = generator.normal(size=200)
    first = choices(difference, generator)
    chosen_less_rejected = np.where(first, difference, -difference)
    assert_allclose(log_loss(chosen_less_rejected), loss_of_classes(first, sigmoid(difference)))


def test_accuracy_of_right_scores_is_what_is_expected():
    generator = np.random.default_rng(1)
    gold = 1.5 * generator.normal(size=100_000)
    first = choices(gold, generator)
    ceiling = expected_accuracy(gold)
    error = np.sqrt(ceiling * (1 - ceiling) / gold.size)
    assert abs(accuracy(np.where(first, gold, -gold)) - ceiling) < 3 * error
    # Other scores are no better, however sure they are.
    worse = gold + generator.normal(size=gold.size)
    assert accuracy(np.where(first, worse, -worse)) < ceiling - 3 * error


def test_without_pairs_there_is_nothing_to_say():
    for measure in (log_loss, accuracy, expected_accuracy):
        assert np.isnan(measure([]))
    with pytest.raises(ValueError, match="no pairs"):
        temperature([])


@pytest.mark.parametrize("planted", [0.4, 1.0, 2.5])
def test_temperature_is_found(planted):
    """The curvature of the loss gives its standard error."""
    generator = np.random.default_rng(2)
    gold = generator.normal(size=20_000)
    d = np.where(choices(gold, generator), gold, -gold)
    found = temperature(planted * d)
    information = (d**2 * sigmoid(d) * sigmoid(-d)).sum()
    assert abs(np.log(found / planted)) < 3 / np.sqrt(information) + 0.012
    best = minimize_scalar(lambda t: log_loss(planted * d / t), bounds=(0.1, 10), method="bounded")
    assert abs(np.log10(found / best.x)) <= 0.0051


def test_no_temperature_of_the_grid_is_better():
    d = np.random.default_rng(3).normal(0.4, size=50)
    losses = [log_loss(d / each) for each in TEMPERATURES]
    assert log_loss(d / temperature(d)) == min(losses)
    assert_allclose([TEMPERATURES[0], TEMPERATURES[100], TEMPERATURES[-1]], [0.1, 1, 10])


def test_temperature_at_the_ends():
    assert temperature([3.0, 1.0]) == TEMPERATURES[0]
    assert temperature([-3.0, 1.0]) == TEMPERATURES[-1]
    assert temperature([0.0, 0.0]) == TEMPERATURES[0]  # all are equal: the smallest


def test_bins_have_equal_counts_and_are_sorted():
    d = np.random.default_rng(4).normal(size=83)
    first = np.random.default_rng(5).random(83) < 0.5
    found = calibration(d, first)
    assert found.count.tolist() == [11, 11, 11, 10, 10, 10, 10, 10]
    order, start = np.argsort(abs(d)), 0
    for row, count in enumerate(found.count):
        pairs = order[start : start + count]
        start += count
        assert_allclose(found.difference[row], abs(d[pairs]).mean())
        assert_allclose(found.expected[row], sigmoid(abs(d[pairs])).mean())
        assert_allclose(found.accuracy[row], ((d[pairs] > 0) == first[pairs]).mean())
    gaps = abs(found.accuracy - found.expected)
    assert_allclose(found.calibration_error, (gaps * found.count).sum() / 83)


def test_equal_scores_are_half_right():
    found = calibration([0.0, 0.0, 0.0, 0.0], [True, True, True, False], bins=2)
    assert_allclose(found.accuracy, 0.5)
    assert found.calibration_error == 0
    assert error_of_perfect([0.0, 0.0, 0.0, 0.0], 2, 3, np.random.default_rng(0)) == 0


def test_scores_that_are_too_sure_are_repaired_by_their_temperature():
    generator = np.random.default_rng(6)
    gold = generator.normal(size=20_000)
    first = choices(gold, generator)
    sure = 2.5 * gold
    divided = sure / temperature(np.where(first, sure, -sure))
    before, after = (calibration(d, first) for d in (sure, divided))
    assert (before.accuracy[1:] < before.expected[1:]).all()
    assert after.calibration_error < 0.02 < 0.1 < before.calibration_error


def test_error_of_a_perfect_model_is_that_of_drawn_choices():
    """It is 0.0067 for 20,000 pairs, and larger for 3,000 by the root of their ratio."""
    generator = np.random.default_rng(7)
    gold = 1.5 * generator.normal(size=20_000)
    errors = [calibration(gold, choices(gold, generator)).calibration_error for _ in range(40)]
    found = error_of_perfect(gold, 8, 100, generator)
    assert abs(found - np.mean(errors)) < 3 * np.std(errors) / np.sqrt(40)
    assert_allclose(found, 0.0067, atol=0.0005)
    few = error_of_perfect(gold[:3_000], 8, 100, generator)
    assert_allclose(few / found, np.sqrt(20 / 3), rtol=0.15)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: log_loss([np.nan]), "difference: a value is NaN"),
        (lambda: accuracy([[1.0]]), r"difference \(1, 1\)"),
        (lambda: expected_accuracy([np.inf]), "NaN or infinite"),
        (lambda: calibration([1.0], [True]), "bins 8: .* the number of pairs, 1"),
        (lambda: calibration([1.0], [True], bins=0), "bins 0"),
        (lambda: calibration([1.0], [True, False], bins=1), "difference 1, first_is_chosen 2"),
        (lambda: error_of_perfect([1.0], 1, 0, np.random.default_rng(0)), "draws 0"),
    ],
)
def test_what_is_not_pairs_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()

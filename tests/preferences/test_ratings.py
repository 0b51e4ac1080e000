"""Ratings against planted ones and a logistic regression, and points of Elo."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from sklearn.linear_model import LogisticRegression

from ontogeny.preferences import POINTS, elo, fit_ratings

PLANTED = np.array([0.0, 0.8, -0.5, 1.7, 0.3])


def played(ratings, games, generator):
    """A table of wins in which all pairs have met."""
    wins = np.zeros((len(ratings), len(ratings)))
    for a in range(len(ratings)):
        for b in range(a):
            wins[a, b] = generator.binomial(games, 1 / (1 + np.exp(ratings[b] - ratings[a])))
            wins[b, a] = games - wins[a, b]
    return wins


@settings(max_examples=60)
@given(st.floats(-1500, 1500))
def test_elo_inverts_the_probability_of_a_win(points):
    won = 1 / (1 + 10 ** (-points / 400))
    assert_allclose(elo(won), points, rtol=1e-7, atol=1e-9)


def test_points():
    """174 points are one nat, 400 are odds of ten."""
    assert_allclose(POINTS, 173.7178, atol=1e-4)
    assert_allclose(elo([1 / 2, 10 / 11, 0.7314]), [0, 400, 174], atol=0.1)
    assert_allclose(elo([0, 0.5, 1]), [-np.inf, 0, np.inf])
    assert np.isnan(elo(np.nan))
    assert_allclose(elo(1 / (1 + np.exp(-0.3))), 0.3 * POINTS)
    with pytest.raises(ValueError, match="below 0 or above 1"):
        elo([0.5, 1.01])


def test_planted_ratings_are_found_within_their_errors():
    """Over many tournaments the errors in units of the standard error have variance 1."""
    generator = np.random.default_rng(0)
    found = [fit_ratings(played(PLANTED, 100, generator)) for _ in range(200)]
    units = np.array([(each.value - PLANTED)[1:] / each.error[1:] for each in found])
    assert np.mean(abs(units) < 2) > 0.93
    assert_allclose((units**2).mean(), 1, atol=0.15)
    assert_allclose(units.mean(axis=0), 0, atol=0.25)


def test_expected_wins_give_the_ratings_exactly():
    wins = 100 / (1 + np.exp(PLANTED - PLANTED[:, None]))
    np.fill_diagonal(wins, 0)
    assert_allclose(fit_ratings(wins).value, PLANTED, atol=1e-8)


def test_logistic_regression_agrees():
    """On one row for each game, without a penalty and without the column of the anchor."""
    wins = played(PLANTED, 60, np.random.default_rng(1))
    wins[0, 3] = wins[3, 0] = 0  # these never met
    rows, weights = [], []
    for a, b in np.argwhere(wins):
        row = np.zeros(len(wins))
        row[[a, b]] = 1, -1
        rows += [row, -row]
        weights += [wins[a, b]] * 2
    regression = LogisticRegression(C=np.inf, fit_intercept=False, tol=1e-10, max_iter=1000)
    x, y = np.array(rows)[:, 1:], np.tile([1, 0], len(rows) // 2)
    regression.fit(x, y, sample_weight=weights)
    found = fit_ratings(wins)
    assert_allclose(found.value[1:], regression.coef_[0], atol=1e-5)
    p = 1 / (1 + np.exp(-x @ found.value[1:]))
    # Each game has two rows there.
    information = (x * (p * (1 - p) * weights / 2)[:, None]).T @ x
    assert_allclose(found.error[1:], np.sqrt(np.diag(np.linalg.inv(information))), rtol=1e-6)


def test_two_players():
    found = fit_ratings([[0, 30], [10, 0]], anchor=1)
    assert_allclose(found.value, [np.log(3), 0], atol=1e-9)
    assert_allclose(found.error, [1 / np.sqrt(40 * 0.75 * 0.25), 0])
    assert_allclose(elo(0.75), found.value[0] * POINTS)
    assert fit_ratings([[0]]).value.tolist() == [0]


def test_wins_turned_into_losses():
    wins = played(PLANTED, 30, np.random.default_rng(2))
    forwards, backwards = fit_ratings(wins), fit_ratings(wins.T)
    assert_allclose(forwards.value, -backwards.value, atol=1e-8)
    assert_allclose(forwards.error, backwards.error, rtol=1e-6)


def test_the_anchor_shifts_all_ratings():
    wins = played(PLANTED, 30, np.random.default_rng(3))
    first, third = fit_ratings(wins), fit_ratings(wins, anchor=2)
    assert_allclose(first.value - first.value[2], third.value, atol=1e-8)
    assert third.error[2] == 0
    assert_allclose(third.error[0], first.error[2])


def test_more_games_with_the_same_result():
    wins = played(PLANTED, 30, np.random.default_rng(4))
    few, many = fit_ratings(wins), fit_ratings(100 * wins)
    assert_allclose(few.value, many.value, atol=1e-7)
    assert_allclose(few.error, 10 * many.error, rtol=1e-6)


@pytest.mark.parametrize(
    ("wins", "message"),
    [
        ([[0, 3], [0, 0]], r"2 groups, \[.*\], one of which never beat another"),
        ([[0, 1, 0], [1, 0, 0], [0, 0, 0]], "2 groups"),
        ([[0, 1, 1, 1], [1, 0, 1, 1], [0, 0, 0, 1], [0, 0, 1, 0]], "2 groups"),
        ([[0, 1, 2]], r"wins \(1, 3\)"),
        ([[1, 1], [1, 0]], "zeros on the diagonal"),
        ([[0, -1], [1, 0]], "finite numbers from 0"),
        ([[0, np.nan], [1, 0]], "finite numbers from 0"),
    ],
)
def test_tables_without_ratings_are_refused(wins, message):
    with pytest.raises(ValueError, match=message):
        fit_ratings(wins)

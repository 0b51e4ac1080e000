"""Distances of activations, against the definition, scipy and scikit-learn."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.spatial.distance import mahalanobis
from sklearn.linear_model import Ridge
from sklearn.metrics import roc_auc_score

from ontogeny.preferences import (
    Gaussian,
    fit_gaussian,
    linear_direction,
    plain_distance,
    relative_distance,
)


def correlated(count, generator, d=6):
    mix = np.eye(d) + 0.8 * np.tri(d, k=-1)
    return generator.normal(size=(count, d)) @ mix.T + np.arange(d)


def test_mean_and_covariance_with_a_ridge():
    rows = correlated(200, np.random.default_rng(0))
    found = fit_gaussian(rows)
    assert_allclose(found.mean, rows.mean(axis=0))
    plain = np.cov(rows.T, bias=True)
    assert_allclose(found.covariance, plain + 1e-4 * np.diag(plain).mean() * np.eye(6))


def test_scipy_agrees_on_distances():
    generator = np.random.default_rng(1)
    gaussian, rows = fit_gaussian(correlated(200, generator)), correlated(9, generator)
    for covariance, distance in {
        "all": (gaussian.covariance, plain_distance(rows, gaussian)),
        "diagonal": (
            np.diag(np.diag(gaussian.covariance)),
            plain_distance(rows, gaussian) - relative_distance(rows, gaussian),
        ),
    }.values():
        inverse = np.linalg.inv(covariance)
        expected = [mahalanobis(row, gaussian.mean, inverse) ** 2 for row in rows]
        assert_allclose(distance, expected, rtol=1e-9)


def test_ordinary_rows_have_the_distance_of_their_dimension():
    """Over the rows of the fit the mean is tr(S^-1 S) = d, apart from the ridge."""
    rows = correlated(300, np.random.default_rng(2))
    gaussian = fit_gaussian(rows)
    assert_allclose(plain_distance(rows, gaussian).mean(), 6, rtol=0.01)
    assert_allclose(relative_distance(rows, gaussian).mean(), 0, atol=0.02)


def test_units_do_not_matter_but_for_the_ridge():
    generator = np.random.default_rng(3)
    gaussian, rows = fit_gaussian(correlated(500, generator)), correlated(5, generator)
    scale = np.array([3.0, 1, 0.2, 1, 9, 1])
    other = Gaussian(gaussian.mean * scale, gaussian.covariance * np.outer(scale, scale))
    for distance in (plain_distance, relative_distance):
        assert_allclose(distance(rows * scale, other), distance(rows, gaussian), rtol=1e-8)


def test_relative_distance_is_blind_to_size_alone():
    """Independent components have none; components that break their correlation have much."""
    independent = Gaussian(np.zeros(3), np.diag([1.0, 4.0, 9.0]))
    assert_allclose(relative_distance([[5.0, -1.0, 7.0]], independent), 0, atol=1e-12)
    together = Gaussian(np.zeros(2), np.array([[1.0, 0.9], [0.9, 1.0]]))
    kept, broken = relative_distance([[2.0, 2.0], [2.0, -2.0]], together)
    assert kept < 0 < broken


def test_few_examples_weigh_as_much_as_all_others():
    """Least squares with a ridge in scikit-learn, on rows that are really repeated."""
    generator = np.random.default_rng(4)
    inside, examples = correlated(203, generator), correlated(10, generator) + 1
    rows = np.concatenate([inside, *[examples] * 20])
    target = np.repeat([0, 1], [203, 200])
    ridge = 1e-4 * rows.var(axis=0).mean()
    found = linear_direction(inside, examples)
    assert_allclose(found, Ridge(alpha=ridge * len(rows)).fit(rows, target).coef_, rtol=1e-8)


def test_foreign_rows_are_found():
    generator = np.random.default_rng(5)
    inside, fresh = (correlated(400, generator) for _ in range(2))
    # Shifted against the correlation, by a standard deviation of each component.
    shift = np.array([1, -1, 1, -1, 1, -1]) * inside.std(axis=0)
    foreign, examples = (correlated(n, generator) + shift for n in (400, 10))
    label = np.repeat([0, 1], 400)
    both = np.concatenate([fresh, foreign])
    gaussian = fit_gaussian(inside)
    plain, relative = (f(both, gaussian) for f in (plain_distance, relative_distance))
    learned = both @ linear_direction(inside, examples)
    aurocs = [roc_auc_score(label, each) for each in (plain, relative, learned)]
    assert min(aurocs) > 0.9
    # In either sense: more foreign is higher.
    assert roc_auc_score(label, -learned) < 0.1


ROWS = np.random.default_rng(6).normal(size=(40, 4))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fit_gaussian(ROWS[:20]), "20 rows of 4 dimensions; expected more than 20 rows"),
        (lambda: fit_gaussian(np.ones((40, 4))), "all rows of activations are the same"),
        (lambda: fit_gaussian(ROWS[0]), r"activations \(4,\)"),
        (lambda: fit_gaussian(np.where(ROWS > 2, np.nan, np.nan)), "NaN or infinite"),
        (lambda: plain_distance(ROWS[:, :3], fit_gaussian(ROWS)), "expected rows of 4"),
        (lambda: linear_direction(ROWS, ROWS[:0]), "examples: 0 rows"),
        (lambda: linear_direction(ROWS[:3], ROWS), "40 rows; .* at most as many as `inside`, 3"),
    ],
)
def test_what_is_not_activations_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()

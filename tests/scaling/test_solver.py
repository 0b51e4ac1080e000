import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import lsq_linear

from ontogeny.scaling import _solver
from ontogeny.scaling._solver import least_squares


def test_bounded_linear_problems_are_solved_as_by_scipy():
    rng = np.random.default_rng(0)
    matrix, targets = rng.normal(size=(8, 3)), rng.normal(size=(20, 8))
    lower, upper = np.full(3, -0.2), np.full(3, 0.3)

    def model(parameters):
        return parameters @ matrix.T, np.broadcast_to(matrix, (len(parameters), 8, 3))

    found, cost, converged = least_squares(model, targets, np.zeros((20, 3)), lower, upper)
    assert converged.all()
    for row, value, target in zip(found, cost, targets, strict=True):
        expected = lsq_linear(matrix, target, (lower, upper), tol=1e-14)
        assert_allclose(row, expected.x, atol=1e-6)
        assert_allclose(value, 2 * expected.cost, rtol=1e-9)


def test_equal_bounds_hold_a_parameter():
    x = np.arange(1.0, 5)

    def model(parameters):
        values = parameters[:, :1] + parameters[:, 1:] * x
        return values, np.broadcast_to(np.stack([np.ones(4), x], -1), (len(parameters), 4, 2))

    lower, upper = np.array([[0.0, -9], [1, -9]]), np.array([[0.0, 9], [1, 9]])
    found, _, _ = least_squares(model, (2 * x)[None], np.zeros((2, 2)), lower, upper)
    assert_allclose(found, [[0, 2], [1, 2 - x.sum() / (x @ x)]], atol=1e-9)


def test_a_search_that_does_not_end_has_not_converged(monkeypatch):
    """A residual that falls for ever, the farther the parameter goes."""
    monkeypatch.setattr(_solver, "UPDATES", 100)

    def model(parameters):
        return parameters**-3, (-3 * parameters**-4)[..., None]

    bounds = np.array([0.0]), np.array([1e300])
    _, _, converged = least_squares(model, np.zeros((1, 1)), np.ones((1, 1)), *bounds)
    assert not converged.any()


@pytest.mark.parametrize(
    "loss",
    [[2.129, 2.1944, 2.0572, 1.822, 2.0114], [1.3729, 1.4623, 0.8427, 0.8469, 1.036]],
)
def test_searches_with_large_residuals_end_soon(monkeypatch, loss):
    """Exponentials with a constant, far from the points: the slopes promise too much."""
    monkeypatch.setattr(_solver, "UPDATES", 100)
    z, target = np.linspace(0, 2.3, 5), np.array([loss])

    def model(parameters):
        constant, factor, rate = parameters.T[..., None]
        falling = np.exp(-rate * z)
        slopes = np.stack([np.ones_like(falling), falling, -factor * z * falling], -1)
        return constant + factor * falling, slopes

    bounds = np.zeros(3), np.array([5.0, 5, 10])
    found, cost, converged = least_squares(model, target, np.array([[1, 1, 1.0]]), *bounds)
    assert converged.all()
    values, slopes = model(found)
    free = (found[0] > bounds[0]) & (found[0] < bounds[1])
    cosines = (values - target)[0] @ slopes[0] / np.linalg.norm(slopes[0], axis=0)
    assert_allclose(cosines[free] / np.sqrt(cost), 0, atol=1e-5)


def test_a_parameter_without_effect_does_not_keep_others_from_their_optimum():
    """The second hardly changes the values, so that its slope is rounding."""
    x = np.arange(1.0, 5)

    def model(parameters):
        slopes = np.stack([np.ones(4), 1e-12 * np.sin(9 * x)], -1)
        return parameters @ slopes.T, np.broadcast_to(slopes, (len(parameters), 4, 2))

    bounds = np.array([-9.0, -1]), np.array([9.0, 1])
    found, _, converged = least_squares(model, x[None], np.zeros((1, 2)), *bounds)
    assert converged.all()
    assert_allclose(found, [[x.mean(), 0]], atol=1e-9)

import numpy as np
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

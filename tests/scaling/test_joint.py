"""The joint law of size and data: planted parameters, the gradient, and the published fit."""

from pathlib import Path

import numpy as np
import pandas
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import approx_fprime

from ontogeny.scaling import NoConvergence, fit_joint
from ontogeny.scaling._joint import SCALE, _scaled_objective

REFERENCE = Path(__file__).resolve().parents[3] / "shared" / "reference" / "surprise"
SIZES, DATA = (
    each.ravel() for each in np.meshgrid(np.geomspace(1e7, 1e10, 5), np.geomspace(1e9, 1e11, 5))
)


def loss_of(floor, factor_size, factor_data, exponent_size, exponent_data):
    return floor + factor_size * SIZES**-exponent_size + factor_data * DATA**-exponent_data


def parameters(found):
    return [
        found.floor,
        found.factor_size,
        found.factor_data,
        found.exponent_size,
        found.exponent_data,
    ]


@pytest.mark.parametrize("planted", [(1.8, 480, 2000, 0.35, 0.37), (0.7, 60, 9000, 0.2, 0.5)])
def test_planted_parameters_are_recovered(planted):
    found = fit_joint(SIZES, DATA, loss_of(*planted))
    assert_allclose(parameters(found), planted, rtol=2e-3)
    assert found.objective < 1e-11
    assert 0 < found.converged <= found.starts


def test_outliers_hardly_move_it():
    planted = (1.8, 480, 2000, 0.35, 0.37)
    loss = loss_of(*planted)
    loss[[3, 17]] *= 1.5
    found = fit_joint(SIZES, DATA, loss)
    assert_allclose(parameters(found)[3:], planted[3:], atol=2e-3)
    left = abs(np.log(loss_of(*parameters(found)) / loss))
    assert_allclose(found.objective, (1e-3 * (left - 5e-4))[left > 1e-3].sum(), rtol=0.05)


def test_objective_is_the_published_sum():
    point = np.array([0.5, 6.0, 7.5, 0.33, 0.36])
    loss = loss_of(1.8, 480, 2000, 0.35, 0.37)
    r = np.log(loss_of(np.exp(0.5), np.exp(6), np.exp(7.5), 0.33, 0.36) / loss)
    delta = 0.02
    each = np.where(abs(r) <= delta, r**2 / 2, delta * (abs(r) - delta / 2))
    assert 0 < (abs(r) <= delta).sum() < r.size
    logarithms = np.log([SIZES, DATA, loss])
    value, _ = _scaled_objective(point, *logarithms, delta)
    assert_allclose(value * delta / SCALE, each.sum())


@pytest.mark.parametrize("delta", [1e-3, 0.02, 1.0])
def test_gradient_is_that_of_finite_differences(delta):
    point = np.array([0.5, 6.0, 7.5, 0.33, 0.36])
    logarithms = np.log([SIZES, DATA, loss_of(1.8, 480, 2000, 0.35, 0.37)])
    _, gradient = _scaled_objective(point, *logarithms, delta)
    expected = approx_fprime(point, lambda p: _scaled_objective(p, *logarithms, delta)[0], 1e-7)
    assert_allclose(gradient, expected, rtol=1e-3, atol=1e-4 * abs(expected).max())


@pytest.mark.parametrize(
    ("size", "data", "loss", "reason"),
    [
        (range(1, 6), range(1, 6), [5, 4, 3, 2, 1], "at least 6 points, there are 5"),
        ([1, 2] * 3, [1, 2, 3] * 2, [1] * 6, "at least 3 sizes that differ: there are 2"),
        ([1, 2, 3] * 2, [1, 2] * 3, [1] * 6, "at least 3 amounts of data that differ"),
        ([1, 2, 3] * 2, [1, 2, 3] * 2, [1] * 5 + [0], "a loss is not positive"),
        (SIZES, DATA, 1 + SIZES / 1e10 + DATA**-0.3, "does not fall with size as a power"),
    ],
)
def test_what_cannot_be_fitted_is_refused_with_its_reason(size, data, loss, reason):
    with pytest.raises(NoConvergence, match=reason):
        fit_joint(size, data, loss)


@pytest.fixture(scope="module")
def chinchilla():
    """Sizes, tokens and losses without the five highest; compute is 6 N D."""
    file = REFERENCE / "chinchilla.csv"
    if not file.is_file():
        pytest.skip(f"needs {file.name}")
    table = pandas.read_csv(file).sort_values("loss", kind="stable").iloc[:-5]
    assert len(table) == 240
    size = table["Model Size"].to_numpy()
    return size, table["Training FLOP"].to_numpy() / (6 * size), table["loss"].to_numpy()


def test_published_fit_of_chinchilla(chinchilla):
    """The notebook of arXiv 2404.10102, to the digits to which its search had converged."""
    found = fit_joint(*chinchilla)
    assert_allclose(found.objective, 1.01827e-3, atol=5e-9)
    logarithms = np.log(parameters(found)[:3])
    assert (abs(logarithms - [0.59728, 6.1690, 7.6698]) < [5e-5, 3e-4, 5e-4]).all()
    assert_allclose(parameters(found)[3:], [0.34730, 0.36716], atol=2e-5)
    assert found.converged > found.starts / 2


def test_printed_fit_of_chinchilla_is_that_of_least_absolute_deviations(chinchilla):
    """The table of arXiv 2404.10102."""
    found = fit_joint(*chinchilla, delta=1e-7)
    printed = [1.8172, 482.01, 2085.43, 0.3478, 0.3658]
    off = np.subtract(parameters(found), printed)
    assert (abs(off) < [5e-4, 0.02, 0.05, 6e-5, 6e-5]).all()

"""Many forecasts at once: each is that of its curve alone."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import expit

from ontogeny.scaling import FORECASTERS, forecast, forecast_many

SIZE = np.array([100.0, 160, 300, 500, 1000, 1500])
AHEAD = np.array([2000.0, 4000])


def curves():
    """Return rising, falling and flat curves, exact and noisy."""
    rng = np.random.default_rng(0)
    z = np.log(SIZE) - np.log(400)
    exact = [0.5 + 0.5 * expit(c + k * z) for c in (-3, 0, 2) for k in (-2, 0.7, 4)]
    noisy = np.clip(0.5 + 0.5 * expit(rng.normal(size=(20, 1)) + 2 * z), 0, 1)
    noisy = np.clip(noisy + 0.02 * rng.normal(size=noisy.shape), 0, 1)
    return np.array([*exact, *noisy, np.full(6, 0.5), np.ones(6)])


@pytest.mark.parametrize("forecaster", FORECASTERS)
def test_each_is_the_forecast_of_its_curve(forecaster):
    found = forecast_many(forecaster, SIZE, curves(), AHEAD, chance=0.5)
    one_by_one = [forecast(forecaster, SIZE, curve, AHEAD, chance=0.5) for curve in curves()]
    assert_allclose(found, one_by_one, atol=1e-4)


@pytest.mark.parametrize("forecaster", FORECASTERS)
def test_the_order_of_sizes_does_not_matter(forecaster):
    order = [3, 0, 5, 1, 2, 4]
    assert_allclose(
        forecast_many(forecaster, SIZE[order], curves()[:, order], AHEAD),
        forecast_many(forecaster, SIZE, curves(), AHEAD),
    )


@pytest.mark.parametrize(
    ("forecaster", "size"), [("guess", [1, 2]), ("logistic", [1, 1]), ("logistic", [1])]
)
def test_what_cannot_be_continued_is_refused(forecaster, size):
    with pytest.raises(ValueError, match=r"not one of|two or more"):
        forecast_many(forecaster, size, np.zeros((1, len(size))), [3])

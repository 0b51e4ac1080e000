"""Laws of losses of families over size."""

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from ontogeny.scaling import LAWS, band, forecast_loss, profile_interval
from ontogeny.studies.surprise.laws import (
    CONSTANTS,
    bands_of_settings,
    exponent_of,
    forecasts_of_loss,
    laws_of_loss,
    laws_of_settings,
)

SIZES = 10.0 ** np.arange(3, 7, 0.5)
LACKING = np.where(np.arange(8) == 3, np.nan, SIZES)
PARAMETERS = np.stack([SIZES, LACKING, np.where(np.arange(8) < 3, SIZES, np.nan)])
LOSS = (1e5 / PARAMETERS) ** 0.2


def test_a_planted_power_law_is_found_where_there_are_enough_sizes():
    found = laws_of_loss(PARAMETERS, LOSS, least_sizes=4)
    power, exponent = LAWS.index("power"), CONSTANTS.index("exponent")
    assert_allclose(found["constants"].values[:2, power, exponent], 0.2)
    assert_allclose(found["constants"].values[:2, power, CONSTANTS.index("scale")], 1e5)
    assert_allclose(found["residual"].values[:2, power], 0, atol=1e-12)
    assert_allclose(found["exponent"].values, [-0.2, -0.2, np.nan])
    assert_allclose(found["fitted"].values[:2, power], LOSS[:2])
    assert_array_equal(found["failure"].values[:2, power], "")
    assert "3 sizes" in found["failure"].values[2, power]
    assert np.isnan(found["constants"].values[2]).all()


def test_the_interval_of_an_exponent_is_that_of_the_offset_of_its_family():
    loss = (0.3 + LOSS) * np.exp(0.01 * np.sin(np.arange(24.0))).reshape(3, 8)
    found = laws_of_loss(PARAMETERS, loss, least_sizes=4)
    interval = found["exponent_interval"]
    assert interval.dims == ("family", "end")
    kept = np.isfinite(LACKING)
    assert_array_equal(interval.values[0], profile_interval(SIZES, loss[0]))
    assert_array_equal(interval.values[1], profile_interval(SIZES[kept], loss[1, kept]))
    assert np.isnan(interval.values[2]).all()
    exponents = found["constants"].values[:2, LAWS.index("offset"), CONSTANTS.index("exponent")]
    lower, upper = interval.values[:2].T
    assert (lower < exponents).all()
    assert (exponents < upper).all()


def test_an_interval_is_missing_where_offset_has_no_fit():
    found = laws_of_loss(SIZES[None], LOSS[:1, ::-1], least_sizes=4)
    assert "does not fall" in found["failure"].values[0, LAWS.index("offset")]
    assert np.isnan(found["exponent_interval"].values).all()


def test_constants_that_a_law_has_not_are_missing():
    found = laws_of_loss(PARAMETERS, LOSS, least_sizes=4)["constants"].values
    assert np.isnan(found[0, LAWS.index("power"), CONSTANTS.index("floor")])


def test_a_law_that_cannot_be_fitted_says_why():
    loss = LOSS.copy()
    loss[0, 2] = -1
    found = laws_of_loss(PARAMETERS, loss, least_sizes=4)
    assert "positive" in found["failure"].values[0, 0]
    assert np.isnan(found["residual"].values[0]).all()


def test_forecasts_are_made_from_smaller_sizes_only():
    loss = LOSS * np.exp(0.01 * np.sin(np.arange(24.0))).reshape(3, 8)
    found = forecasts_of_loss(PARAMETERS, loss, least_sizes=4)
    forecast, miss = found["loss_forecast"].values, found["loss_miss"].values
    assert forecast.shape == (3, len(LAWS), 4, 8)
    assert np.isnan(forecast[0, 0, 1, :5]).all()
    expected = forecast_loss("power", SIZES[:5], loss[0, :5], SIZES[5:])
    assert_allclose(forecast[0, 0, 1, 5:], expected)
    assert_allclose(miss[0, 0, 1, 5:], expected / loss[0, 5:] - 1)
    kept = [0, 1, 2, 4]
    expected = forecast_loss("power", SIZES[kept], loss[1, kept], SIZES[5:])
    assert_allclose(forecast[1, 0, 0, 5:], expected)
    assert np.isnan(forecast[1, 0, 3]).all()
    assert np.isnan(forecast[2]).all()


def test_the_band_is_that_of_the_seeds_of_a_setting():
    scatter = np.random.default_rng(0).normal(scale=0.02, size=(4, 8))
    parameters, loss = np.tile(SIZES, (4, 1)), (1e5 / SIZES) ** 0.2 * np.exp(scatter)
    found = bands_of_settings(parameters, loss, ["a", "a", "a", "b"], least_sizes=6)
    lower, upper = band("power", SIZES[:6], loss[:3, :6], SIZES[6:])
    assert_allclose(found["band"].values[0, 0, 0, 6:], np.stack([lower, upper], axis=1))
    inside = (loss[:3, 6:] >= lower) & (loss[:3, 6:] <= upper)
    assert_allclose(found["covered"].values[0, 0, 0, 6:], inside.mean(axis=0))
    assert np.isnan(found["covered"].values[0, LAWS.index("broken")]).all()
    assert np.isfinite(found["covered"].values[1, 0, 0, 6:]).all()


def test_a_family_without_networks_takes_nothing_from_the_band_of_its_setting():
    scatter = np.random.default_rng(0).normal(scale=0.02, size=(3, 8))
    parameters, loss = np.tile(SIZES, (3, 1)), (1e5 / SIZES) ** 0.2 * np.exp(scatter)
    alone = bands_of_settings(parameters[:2], loss[:2], ["a", "a"], least_sizes=6)
    parameters[2], loss[2] = np.nan, np.nan
    found = bands_of_settings(parameters, loss, ["a", "a", "a"], least_sizes=6)
    for name in ("band", "covered"):
        assert_array_equal(found[name].values, alone[name].values)


def test_the_law_of_a_setting_is_that_of_the_mean_over_its_full_families():
    scatter = np.random.default_rng(0).normal(scale=0.02, size=(3, 8))
    parameters, loss = np.tile(SIZES, (3, 1)), (1e5 / SIZES) ** 0.2 * np.exp(scatter)
    loss[2, 7] = np.nan
    found = laws_of_settings(parameters, loss, ["a", "a", "a"], least_sizes=4)
    slope, level = np.polyfit(np.log(SIZES), np.log(loss[:2].mean(axis=0)), 1)
    assert_allclose(found["exponent_of_setting"].values, [slope])
    assert_allclose(np.log(found["law_of_setting"].values[0]), level + slope * np.log(SIZES))
    few = laws_of_settings(parameters, loss, ["a", "a", "a"], least_sizes=9)
    assert all(np.isnan(each.values).all() for each in few.values())


def test_an_exponent_is_missing_where_there_are_too_few_sizes():
    assert_allclose(exponent_of(SIZES, LOSS[0]), -0.2)
    assert_allclose(exponent_of(LACKING, LOSS[1], least_sizes=7), -0.2)
    assert np.isnan(exponent_of(LACKING, LOSS[1], least_sizes=8))
    assert np.isnan(exponent_of(SIZES, -LOSS[0]))

"""Lines and forms of over-optimisation, against what is planted and scipy."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import curve_fit
from scipy.stats import linregress

from ontogeny.preferences import GAO_FORMS, fit_gao, fit_line, peak


def test_scipy_agrees_on_lines():
    generator = np.random.default_rng(0)
    x = generator.normal(size=40)
    y = 0.3 - 1.2 * x + generator.normal(size=40)
    found, other = fit_line(x, y), linregress(x, y)
    expected = [other.slope, other.intercept, other.rvalue**2]
    assert_allclose([found.slope, found.intercept, found.r_squared], expected)


def test_what_is_no_line_is_missing():
    for x, y in (([], []), ([1, 2], [0, 1]), ([3, 3, 3], [0, 1, 2])):
        assert np.isnan(list(vars(fit_line(x, y)).values())).all()
    level = fit_line([0, 1, 2], [4, 4, 4])
    assert (level.slope, level.intercept) == (0, 4)
    assert np.isnan(level.r_squared)


@pytest.mark.parametrize("form", GAO_FORMS)
def test_planted_forms_are_found(form):
    x = np.linspace(0, 6, 25)
    bend = {"quadratic": x, "logarithmic": np.log(np.maximum(x, 1e-300))}
    found = fit_gao(x, x * (1.2 - 0.15 * bend[form]))
    assert_allclose([found[form].a, found[form].b, found[form].r_squared], [1.2, 0.15, 1])
    (other,) = set(GAO_FORMS) - {form}
    assert found[other].r_squared < 0.9999


def test_scipy_agrees_on_forms():
    generator = np.random.default_rng(1)
    x = generator.uniform(0.1, 5, size=30)
    gain = x - 0.1 * x**2 + 0.1 * generator.normal(size=30)
    found = fit_gao(x, gain)
    for form, law in {
        "quadratic": lambda x, a, b: x * (a - b * x),
        "logarithmic": lambda x, a, b: x * (a - b * np.log(x)),
    }.items():
        best, _ = curve_fit(law, x, gain)
        assert_allclose([found[form].a, found[form].b], best, rtol=1e-5)
        explained = 1 - np.var(gain) ** -1 * np.mean((gain - law(x, *best)) ** 2)
        assert_allclose(found[form].r_squared, explained)


def test_too_few_points_for_a_form():
    for x in ([0.0, 1.0, 2.0], [0.0, 1.0, 1.0, 1.0]):
        for found in fit_gao(x, x).values():
            assert np.isnan(list(vars(found).values())).all()


def test_the_peak_is_the_first_of_the_greatest():
    values = [0.1, 0.9, 0.4, 0.9, 0.2]
    assert peak(values) == 1
    assert peak([1.0, 2.0]) == 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fit_line([1, 2], [1]), "x 2, y 1"),
        (lambda: fit_gao([-1, 1, 2], [0, 0, 0]), "root_kl: a value is below 0"),
        (lambda: fit_line([np.nan], [1]), "x: a value is NaN"),
        (lambda: peak([]), "values: there are none"),
        (lambda: peak([np.nan]), "values: a value is NaN"),
    ],
)
def test_what_is_not_a_curve_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()

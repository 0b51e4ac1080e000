"""Laws of a loss over size: planted parameters, other people's least squares, and coverage."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.optimize import least_squares

from ontogeny.scaling import (
    LAWS,
    PARAMETERS,
    NoConvergence,
    _solver,
    band,
    fit,
    predict,
    profile_interval,
    refits,
)

SIZES = np.geomspace(1e3, 1e6, 10)
PLANTED = {
    "power": [2e3, 0.4],
    "offset": [1.3, 5e4, 0.35],
    "broken": [0.1, 30.0, 0.2, 5e4, 0.3, 1.0],
}


def noisy(law, parameters, sizes, spread, *shape, seed=0):
    errors = np.random.default_rng(seed).normal(0, spread, (*shape, len(sizes)))
    return predict(law, parameters, sizes) * np.exp(errors)


@pytest.mark.parametrize("law", LAWS)
def test_planted_parameters_are_recovered(law):
    found = fit(law, SIZES, predict(law, PLANTED[law], SIZES))
    assert len(found.parameters) == len(PARAMETERS[law])
    assert_allclose(found.parameters, PLANTED[law], rtol=1e-5)
    assert found.residual < 1e-9


@settings(max_examples=60)
@given(
    exponent=st.floats(0.05, 2.5),
    share=st.floats(0.05, 0.9),
    middle=st.floats(2, 12),
    decades=st.floats(1, 4),
)
def test_offset_recovers_any_floor_and_exponent(exponent, share, middle, decades):
    """The floor has some share of a loss of 2 at the middle size."""
    sizes = 10 ** np.linspace(middle - decades / 2, middle + decades / 2, 7)
    scale = 10**middle * (2 * (1 - share)) ** (1 / exponent)
    planted = [2 * share, scale, exponent]
    found = fit("offset", sizes, predict("offset", planted, sizes))
    assert_allclose(found.parameters[[0, 2]], [2 * share, exponent], rtol=1e-4)


def test_laws_are_what_they_are_said_to_be():
    N = np.array([50.0, 5e3, 5e5])
    assert_allclose(predict("power", [7.0, 0.5], N), (7 / N) ** 0.5)
    assert_allclose(predict("offset", [2.0, 7.0, 0.5], N), 2 + (7 / N) ** 0.5)
    law = 2 + 3 * N**-0.2 * (1 + (N / 4e3) ** (1 / 0.3)) ** (-0.7 * 0.3)
    assert_allclose(predict("broken", [2.0, 3.0, 0.2, 4e3, 0.3, 0.7], N), law)


def test_prediction_goes_over_leading_axes_and_single_sizes():
    parameters = np.random.default_rng(0).uniform(1, 2, (4, 3, 6))
    for law in LAWS:
        each = parameters[..., : len(PARAMETERS[law])]
        found = predict(law, each, SIZES)
        assert found.shape == (4, 3, 10)
        assert_allclose(found[2, 1, 5], predict(law, each[2, 1], SIZES[5]))


@given(st.lists(st.floats(-3, 3), min_size=10, max_size=10), st.permutations(range(10)))
def test_power_is_the_straight_line_of_numpy(logarithms, order):
    up = np.array(logarithms) - 0.7 * np.log(SIZES)
    slope, at_one = np.polyfit(np.log(SIZES), up, 1)
    found = fit("power", SIZES[order], np.exp(up)[order])
    scale, exponent = found.parameters
    assert_allclose([-exponent, exponent * np.log(scale)], [slope, at_one], rtol=1e-6, atol=1e-8)
    left = up - slope * np.log(SIZES) - at_one
    assert_allclose(found.residual, np.sqrt(np.mean(left**2)), rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_offset_is_the_least_squares_of_scipy(seed):
    loss = noisy("offset", PLANTED["offset"], SIZES, 0.03, seed=seed)

    def misses(p):
        return np.log(p[0] + np.exp(p[1] - p[2] * np.log(SIZES))) - np.log(loss)

    starts = [(floor, b, a) for floor in (0.1, 1.0) for b in (2, 6) for a in (0.2, 0.5, 1)]
    bounds = ([0, -50, 0], np.inf)
    every = [least_squares(misses, s, bounds=bounds, xtol=1e-14, ftol=1e-14) for s in starts]
    best = min(every, key=lambda each: each.cost)
    found = fit("offset", SIZES, loss)
    assert_allclose(found.residual**2 * len(SIZES), 2 * best.cost, rtol=1e-8)
    assert_allclose(found.parameters[[0, 2]], best.x[[0, 2]], rtol=1e-3)


@pytest.mark.parametrize("exponent", [1.4, 1.5, 1.6])
@pytest.mark.parametrize("floor", [1.8, 2.0])
def test_offset_is_found_though_a_steeper_law_looks_better_at_first(floor, exponent):
    """At widely spaced sizes the losses are soon at the floor, where all exponents look alike."""
    sizes = np.geomspace(1e3, 10**5.5, 4)
    found = fit("offset", sizes, floor + (sizes / 1e3) ** -exponent)
    assert_allclose(found.parameters, [floor, 1e3, exponent], rtol=1e-6)


FLAT_VALLEYS = [
    [2.129, 2.1944, 2.0572, 1.822, 2.0114],
    [1.3729, 1.4623, 0.8427, 0.8469, 1.036],
]


@pytest.mark.parametrize("loss", FLAT_VALLEYS)
def test_offset_is_found_where_it_fits_badly(loss):
    sizes = np.geomspace(1, 10, 5)

    def misses(p):
        return np.log(p[0] + np.exp(p[1] - p[2] * np.log(sizes))) - np.log(loss)

    starts = [(floor, a) for floor in (0.5, 1.0, 2.0) for a in (0.2, 1, 3)]
    tolerances = {"xtol": 1e-15, "ftol": 1e-15, "gtol": 1e-15, "max_nfev": 5000}
    every = [
        least_squares(misses, (floor, -1, a), bounds=([0, -50, 0], np.inf), **tolerances)
        for floor, a in starts
    ]
    found = fit("offset", sizes, loss)
    assert_allclose(found.residual**2 * 5, 2 * min(each.cost for each in every), rtol=1e-9)


def test_a_search_that_does_not_end_is_not_called_an_exponent_at_the_bound(monkeypatch):
    monkeypatch.setattr(_solver, "UPDATES", 3)
    with pytest.raises(NoConvergence, match="the search did not end"):
        fit("offset", np.geomspace(1, 10, 5), FLAT_VALLEYS[0])


def test_offset_without_a_floor_is_the_power_law():
    """Losses that fall ever faster want a floor below 0, which is refused."""
    loss = np.exp(-0.02 * np.log(SIZES) ** 2)
    floor, *power = fit("offset", SIZES, loss).parameters
    assert floor == 0
    assert_allclose(power, fit("power", SIZES, loss).parameters, rtol=1e-7)


def test_broken_is_at_least_as_good_as_offset_and_better_beyond_a_break():
    loss = noisy("broken", PLANTED["broken"], SIZES, 0.01)
    broken, offset = fit("broken", SIZES, loss), fit("offset", SIZES, loss)
    assert broken.residual < 0.015
    assert offset.residual > 0.2
    truth = predict("broken", PLANTED["broken"], [2e6])
    errors = [abs(np.log(predict(f.law, f.parameters, [2e6]) / truth)) for f in (broken, offset)]
    assert errors[0] < errors[1] / 3
    smooth = noisy("offset", PLANTED["offset"], SIZES, 0.01)
    assert fit("broken", SIZES, smooth).residual <= fit("offset", SIZES, smooth).residual + 1e-6


def test_criterion_is_akaikes_and_needs_points():
    loss = noisy("power", PLANTED["power"], SIZES, 0.1)
    found = fit("power", SIZES, loss)
    left = np.log(loss) - np.log(predict("power", found.parameters, SIZES))
    k, n = 3, len(SIZES)
    expected = n * np.log(np.mean(left**2)) + 2 * k + 2 * k * (k + 1) / (n - k - 1)
    assert_allclose(found.aicc, expected)
    assert found.aicc < fit("offset", SIZES, loss).aicc
    assert fit("power", SIZES[:4], loss[:4]).aicc == np.inf
    assert np.isfinite(fit("power", SIZES[:5], loss[:5]).aicc)


@pytest.mark.parametrize(
    ("law", "size", "loss", "reason"),
    [
        ("offset", [1, 2], [2, 1], "at least 3 sizes that differ.*there are 2"),
        ("offset", [1, 1, 2, 2], [4, 3, 2, 1], "at least 3 sizes that differ"),
        ("power", [5, 5, 5], [3, 2, 1], "at least 2 sizes that differ.*there are 1"),
        ("broken", [1, 2, 3, 4, 5], [5, 4, 3, 2, 1], "at least 6 sizes"),
        ("power", [1, 2, 3], [1, 0, 1], "a loss is not positive"),
        ("power", [1, 2, 3], [1, np.nan, 1], "a loss is not positive and finite"),
        ("offset", [0, 2, 3], [3, 2, 1], "a size is not positive"),
        ("power", [1, 2, 3], [2, 2, 2], "hardly changes with size"),
        ("offset", [1, 2, 3, 4], [2, 2, 2, 2], "does not fall with size"),
        ("offset", [1, 2, 3, 4], [1, 2, 3, 4], "does not fall with size"),
        ("offset", [1, 2, 4, 8], [2, 1, 1, 1], "best exponent is not between"),
        ("offset", [1, 1e3, 1e6, 1e9], [2, 0.999, 1, 1.001], "best exponent is not between"),
    ],
)
def test_what_cannot_be_fitted_is_refused_with_its_reason(law, size, loss, reason):
    with pytest.raises(NoConvergence, match=reason):
        fit(law, size, loss)


@pytest.mark.parametrize("law", ["offset", "broken"])
def test_sizes_over_twenty_decades_overflow_nothing(law):
    sizes = np.geomspace(1, 1e20, 12)
    planted = [0.5, 2.0, 0.3] if law == "offset" else [0.5, 20.0, 0.1, 1e9, 0.5, 0.4]
    loss = predict(law, planted, sizes)
    assert_allclose(predict(law, fit(law, sizes, loss).parameters, sizes), loss, rtol=1e-4)


def test_misuse_is_refused():
    with pytest.raises(ValueError, match="law 'straight': not one of power, offset, broken"):
        fit("straight", [1, 2], [2, 1])
    with pytest.raises(ValueError, match="one loss for each size"):
        fit("power", [1, 2, 3], [2, 1])
    with pytest.raises(ValueError, match="not for bootstrapping"):
        refits("broken", SIZES, np.ones((2, 10)))


@pytest.mark.parametrize("law", ["power", "offset"])
def test_many_fits_at_once_are_the_fits_one_by_one(law):
    losses = noisy(law, PLANTED[law], SIZES, 0.05, 30)
    losses[3] = 1.0
    losses[5, 2] = 0.0
    losses[7] = losses[7, ::-1] if law == "offset" else losses[7]
    together = refits(law, SIZES, losses)
    for row, loss in zip(together, losses, strict=True):
        try:
            alone = fit(law, SIZES, loss).parameters
        except NoConvergence:
            alone = np.full(len(PARAMETERS[law]), np.nan)
        assert_allclose(row, alone, rtol=1e-7)
    assert np.flatnonzero(np.isnan(together).any(-1)).tolist() == [3, 5, 7][: 2 + (law == "offset")]


@pytest.mark.parametrize("law", ["power", "offset"])
@pytest.mark.parametrize("replicates", [1, 6])
def test_band_holds_the_loss_of_a_new_network(law, replicates):
    """With one replicate or several, beyond the sizes that were fitted and between them."""
    at, trials = [3e4, 4e6], 120
    held = []
    for seed in range(trials):
        losses = noisy(law, PLANTED[law], SIZES, 0.04, replicates, seed=seed)
        lower, upper = band(law, SIZES, losses, at, draws=150, seed=seed, level=0.9)
        new = noisy(law, PLANTED[law], at, 0.04, seed=1000 + seed)
        held.append((lower < new) & (new < upper))
    coverage = np.mean(held, 0)
    deviation = np.sqrt(0.9 * 0.1 / trials)
    assert (coverage > 0.9 - 0.03 - 3 * deviation).all()
    assert (coverage < 0.9 + 0.03 + 3 * deviation).all()


def test_band_of_replicates_keeps_each_whole():
    """Families that differ by a factor leave the exponent as it is, and widen every prediction."""
    factors = np.exp(np.linspace(-0.3, 0.3, 25))
    losses = factors[:, None] * predict("power", PLANTED["power"], SIZES)
    lower, upper = band("power", SIZES, losses, SIZES, level=0.9)
    assert_allclose(upper / lower, (upper / lower)[0], rtol=0.05)
    truth = predict("power", PLANTED["power"], SIZES)
    assert_allclose([lower / truth, truth / upper], np.exp(-0.27), rtol=0.05)


def test_band_of_replicates_widens_with_distance_as_their_exponents_differ():
    """All laws meet at one size, so that errors of law and network grow from there."""
    exponents = np.linspace(0.3, 0.5, 9)
    losses = (2e3 / SIZES) ** exponents[:, None]
    at = np.array([1e14, 1e16])
    lower, upper = band("power", SIZES, losses, at, level=0.9)
    of_law = exponents.std() / np.sqrt(9) * np.log(at / 2e3)
    of_network = exponents.std() * np.sqrt(np.mean(np.log(SIZES / 2e3) ** 2))
    assert (of_law > 1.4 * of_network).all()
    deviation = np.hypot(of_law, of_network)
    assert_allclose(np.log(upper / lower), 2 * 1.645 * deviation, rtol=0.1)


def test_band_is_repeatable_and_of_the_shape_asked_for():
    losses = noisy("offset", PLANTED["offset"], SIZES, 0.02, 1)
    at = np.array(1e7)
    first, again, other = (band("offset", SIZES, losses, at, seed=s) for s in (0, 0, 1))
    assert first[0].shape == ()
    assert first == again
    assert first != other
    narrow = band("offset", SIZES, losses, at, level=0.5)
    assert first[0] < narrow[0] < narrow[1] < first[1]


def test_band_is_missing_where_nothing_tells_its_width():
    """Three parameters go through three points."""
    lower, upper = band("offset", [1, 10, 100], [[3, 2, 1.5]], [1e3, 1e4])
    assert np.isnan([*lower, *upper]).all()
    with pytest.raises(NoConvergence, match="a loss is not positive"):
        band("power", [1, 2, 3], [[1, 1, 0]], [4])


def test_profile_interval_covers_the_exponent():
    trials, held = 100, 0
    for seed in range(trials):
        loss = noisy("offset", PLANTED["offset"], SIZES, 0.01, seed=seed)
        lower, upper = profile_interval(SIZES, loss, level=0.8)
        held += lower < PLANTED["offset"][2] < upper
    assert abs(held / trials - 0.8) < 3 * np.sqrt(0.8 * 0.2 / trials)


def test_profile_interval_ends_where_the_likelihood_has_fallen_enough():
    """The sum of squares is minimised again, over floor and scale, on a fine grid of floors."""
    loss = noisy("offset", PLANTED["offset"], SIZES, 0.01)
    best = fit("offset", SIZES, loss).residual ** 2 * len(SIZES)

    def smallest(exponent):
        ratio = np.geomspace(1e-8, 1e4, 20001)[:, None]
        left = np.log(loss) - np.log(ratio * SIZES[4] ** -exponent + SIZES**-exponent)
        return left.var(-1).min() * len(SIZES)

    lower, upper = profile_interval(SIZES, loss, level=0.95)
    limit = best * (1 + 5.591448 / 7)  # quantile of F(1, 7), from tables
    assert_allclose([smallest(lower), smallest(upper)], limit, rtol=1e-5)


def test_profile_interval_is_open_where_losses_do_not_close_it():
    loss = noisy("offset", PLANTED["offset"], SIZES[:4], 0.1)
    lower, upper = profile_interval(SIZES[:4], loss)
    assert lower == 0
    assert upper > 1
    assert profile_interval([1, 10, 100], [3, 2, 1.5]) == (0.0, np.inf)
    lower, upper = profile_interval(SIZES, predict("offset", PLANTED["offset"], SIZES))
    assert_allclose([lower, upper], 0.35, rtol=1e-5)

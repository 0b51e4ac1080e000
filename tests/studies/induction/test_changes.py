"""Scores over the context, windows, bumps, departures and paths, on curves made by hand."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from ontogeny.studies.induction.analysis.losses import (
    context_slopes,
    early_and_late,
    learning_slopes,
    score_by_sequence,
)
from ontogeny.studies.induction.analysis.paths import principal_components, turn
from ontogeny.studies.induction.analysis.phase import (
    bump,
    departure,
    half_way,
    phase_window,
    smoothed,
)
from ontogeny.studies.induction.analysis.traces import followers, trace
from ontogeny.studies.induction.ranges import range_losses, ranges

STEP = np.arange(0, 1501, 15)


def falling(start, end, *, by=0.8, before=-0.2):
    """Return a score that falls evenly in the logarithm of the step, between two steps only."""
    share = np.clip(np.log(np.maximum(STEP, 1) / start) / np.log(end / start), 0, 1)
    return before - by * share


def test_the_score_is_late_less_early_loss():
    loss = np.arange(24.0)[None]
    assert early_and_late(24) == (slice(2, 4), slice(20, 24))
    assert_allclose(score_by_sequence(loss), [21.5 - 2.5])
    assert_allclose(score_by_sequence(np.full((2, 3, 24), 7.0)), np.zeros((2, 3)))


@pytest.mark.parametrize("length", [12, 48, 96, 100, 256])
def test_ranges_divide_the_context_by_half_octaves(length):
    first = ranges(length)
    sizes = np.diff(first, append=length + 1)
    assert first[0] == 1
    assert sizes.min() >= 1
    assert sizes[-1] == length - int(length / np.sqrt(2))
    ratio = first[1:] / first[:-1]
    assert ratio[first[:-1] > 16] == pytest.approx(np.sqrt(2), rel=0.1)


def test_means_over_ranges_have_the_mean_of_all():
    loss = np.random.default_rng(0).normal(size=(3, 96))
    found, sizes = range_losses(loss), np.diff(ranges(96), append=97)
    assert_allclose((found * sizes).sum(axis=1) / 96, loss.mean(axis=1), atol=1e-12)
    assert_allclose(found[:, -1], loss[:, 67:].mean(axis=1))


@pytest.mark.parametrize("seed", range(20))
def test_the_traced_token_is_by_the_definition(seed):
    rng = np.random.default_rng(seed)
    attention, fall = np.tril(rng.random((12, 12))), rng.random(12)
    pairs = {
        (query, attended): attention[query, attended] * fall[query]
        for query in range(12)
        for attended in range(1, 12)
        if query - attended >= 8
    }
    assert trace(attention, fall) == max(pairs, key=lambda pair: pairs[pair])


def test_a_pair_is_traced_where_no_loss_falls():
    """The product is then negative, and still of two tokens that are far enough apart."""
    attention = np.tril(np.random.default_rng(0).random((12, 12)))
    query, attended = trace(attention, -np.ones(12))
    assert attended >= 1
    assert query - attended >= 8


@pytest.mark.parametrize("seed", range(5))
def test_followers_are_what_came_after_earlier_copies(seed):
    tokens = np.random.default_rng(seed).integers(4, size=12)
    found = followers(tokens)
    for query in range(12):
        copies = [place for place in range(query) if tokens[place] == tokens[query]]
        assert_array_equal(np.flatnonzero(found[query]), [place + 1 for place in copies])


def test_the_slope_over_the_context_is_that_of_a_logarithm():
    loss = 3 - 0.25 * np.log(np.arange(1, 97))[None]
    found = context_slopes(loss)
    assert_allclose(found.slope, -0.25)
    assert_allclose(found.index[[0, -1]], [2, 48], rtol=0.1)
    assert_allclose(found.index[8] / found.index[0], 2)


def test_the_slope_over_steps_is_that_of_a_logarithm():
    loss = np.r_[9.0, 3 - 0.5 * np.log(STEP[1:])]
    found = learning_slopes(STEP, loss)
    assert np.isnan(found[0])
    assert_allclose(found[2:-1], -0.5, atol=0.05)
    assert_array_equal(learning_slopes(np.array([0, 5]), np.array([1.0, 2.0])), [np.nan, np.nan])


def test_smoothing_removes_a_single_outlier_and_keeps_a_line():
    line = np.arange(20.0)
    assert_allclose(smoothed(line)[4:-4], line[4:-4])
    spoilt = line.copy()
    spoilt[10] = 1e3
    assert_allclose(smoothed(spoilt)[4:-4], line[4:-4], atol=0.5)


@pytest.mark.parametrize(("start", "end"), [(450, 800), (300, 600), (750, 1200)])
def test_the_window_is_where_the_score_falls(start, end):
    found = phase_window(STEP, falling(start, end), warm_up=100, least_fall=0.15)
    assert found.start == pytest.approx(start, abs=45)
    assert found.end == pytest.approx(end, abs=45)
    assert found.fall == pytest.approx(0.8, abs=0.05)
    assert found.middle == (found.start + found.end) / 2


def test_a_slow_fall_before_and_after_is_not_in_the_window():
    """A slope of a tenth of the steepest one is less than a quarter."""
    slow = 0.14 * np.log(np.maximum(STEP, 15) / 15)
    found = phase_window(STEP, falling(450, 800) - slow, warm_up=100, least_fall=0.15)
    assert (found.start, found.end) == (pytest.approx(450, abs=45), pytest.approx(800, abs=45))


def test_a_small_fall_a_rise_and_the_warm_up_are_no_phase_change():
    small = phase_window(STEP, falling(450, 800, by=0.1), warm_up=100, least_fall=0.15)
    assert np.isnan([small.start, small.end, small.fall]).all()
    rising = phase_window(STEP, falling(450, 800, by=-0.8), warm_up=100, least_fall=0.15)
    assert np.isnan([rising.start, rising.fall]).all()
    early = phase_window(STEP, falling(15, 90), warm_up=150, least_fall=0.15)
    assert np.isnan(early.start)
    short = phase_window(STEP[:3], STEP[:3] * 1.0, warm_up=100, least_fall=0.15)
    assert np.isnan([short.start, short.fall]).all()


def test_half_way_is_between_checkpoints():
    step = np.array([0, 10, 20])
    assert half_way(step, np.array([0.0, 0.25, 1.0])) == pytest.approx(10 + 10 / 3)
    assert half_way(step, np.array([1.0, 0.75, 0.0])) == pytest.approx(10 + 10 / 3)
    assert np.isnan(half_way(step, np.array([1.0, 1.0, 1.0])))


def test_a_power_law_has_no_bump_and_a_plateau_has_one():
    power = 5 * np.maximum(STEP, 1.0) ** -0.2
    assert bump(STEP, power, warm_up=100).height == pytest.approx(0, abs=3e-3)
    plateau = np.where(STEP < 600, 4 - 5e-4 * STEP, 2.0)
    found = bump(STEP, plateau, warm_up=100)
    assert found.height > 0.2
    assert found.step == pytest.approx(580, abs=45)
    assert np.isnan(bump(STEP[:4], power[:4], warm_up=100).step)


def test_a_bump_by_the_definition_of_the_envelope():
    """The convex envelope at a point is the least value of a chord across it."""
    rng = np.random.default_rng(0)
    loss = 3 + rng.random(len(STEP))
    kept = STEP > 100
    x, y = np.log(STEP[kept]), np.log(smoothed(loss)[kept])
    envelope = y.copy()
    for i in range(len(x)):
        for a in range(i):
            for b in range(i + 1, len(x)):
                chord = y[a] + (y[b] - y[a]) * (x[i] - x[a]) / (x[b] - x[a])
                envelope[i] = min(envelope[i], chord)
    found = bump(STEP, loss, warm_up=100)
    assert found.height == pytest.approx((y - envelope).max())
    assert found.step == STEP[kept][(y - envelope).argmax()]


def test_a_departure_is_for_good():
    rng = np.random.default_rng(0)
    reference = 4 + 0.1 * rng.standard_normal((len(STEP), 50))
    ahead = np.where(STEP >= 600, 1.0, 0.0)[:, None]
    assert departure(STEP, reference, reference - ahead, warm_up=100) == 600
    for_a_while = ahead * (STEP < 1200)[:, None]
    assert np.isnan(departure(STEP, reference, reference - for_a_while, warm_up=100))
    always = departure(STEP, reference, reference - 1.0, warm_up=100)
    assert always == 105
    assert np.isnan(departure(STEP, reference, reference - 1.0, warm_up=1500))


@pytest.mark.parametrize(("ahead", "departs"), [(0.99, False), (1.01, True)])
def test_a_departure_is_by_three_standard_errors(ahead, departs):
    """With N in place of N - 1, three errors would be 6 % less."""
    step, reference = np.array([0, 10]), np.zeros((2, 8))
    spread = np.tile([1.0, -1.0], 4)
    error = spread.std(ddof=1) / np.sqrt(8)
    losses = reference - 3 * error * ahead - spread
    assert np.isfinite(departure(step, reference, losses, warm_up=5)) == departs


def test_components_by_the_eigenvectors_of_the_covariance():
    losses = np.random.default_rng(0).standard_normal((20, 6)) @ np.diag([5, 3, 1, 1, 0.5, 0.1])
    found = principal_components(losses)
    centred = losses - losses.mean(axis=0)
    values, vectors = np.linalg.eigh(centred.T @ centred)
    for number in (1, 2):
        expected = centred @ vectors[:, -number]
        agreement = expected @ found[:, number - 1] / (expected @ expected)
        assert abs(agreement) == pytest.approx(1)
        assert (found[:, number - 1] ** 2).sum() == pytest.approx(values[-number])
    largest = np.abs(found).argmax(axis=0)
    assert (found[largest, [0, 1]] > 0).all()


@pytest.mark.parametrize("angle", [0, 30, 90, 150])
def test_a_path_turns_by_its_angle(angle):
    step = np.arange(0, 101, 10)
    direction = np.radians(np.where(step <= 50, 0, angle))
    moves = np.c_[np.cos(direction), np.sin(direction)]
    moves[0] = 0
    path = moves.cumsum(axis=0)
    assert turn(path, step, start=50.0, end=100.0, warm_up=10) == pytest.approx(angle, abs=1e-5)


def test_without_a_window_or_a_way_there_is_no_turn():
    step, path = np.arange(4), np.zeros((4, 2))
    assert np.isnan(turn(path, step, start=np.nan, end=np.nan, warm_up=0))
    assert np.isnan(turn(path, step, start=1.0, end=2.0, warm_up=0))

"""Forecasts of published models, on curves whose continuation is known."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from ontogeny.labels import Labels
from ontogeny.scaling import FORECASTERS
from ontogeny.studies.surprise.labels import DIMENSIONS
from ontogeny.studies.surprise.published.analysis import (
    LAWS,
    abilities,
    average,
    compute,
    joint,
    losses,
)
from ontogeny.studies.surprise.published.least import LEAST_SIZES as LEAST

SIZE = np.geomspace(1e6, 1e9, 7)
OFFSET, POWER = LAWS.index("offset"), LAWS.index("power")
FALLING = 1.0 + (1e7 / SIZE) ** 0.4


def test_a_loss_with_a_floor_is_foreseen_by_the_law_that_has_one():
    found = losses(SIZE, FALLING)
    assert found.predicted.shape == (2, 3, 7)
    assert_allclose(found.miss[OFFSET], 0, atol=1e-4)
    assert (found.miss[POWER] < -0.02).all()
    assert (found.failure == "").all()


def test_a_forecast_is_of_the_sizes_beyond_the_cut_alone():
    found = losses(SIZE, FALLING)
    for number, cut in enumerate(range(LEAST, SIZE.size)):
        assert np.isnan(found.predicted[:, number, :cut]).all()
        assert_allclose(found.predicted[OFFSET, number, cut:], FALLING[cut:], rtol=1e-4)


def test_no_forecast_looks_beyond_its_cut():
    changed = FALLING.copy()
    changed[5:] *= 1.5
    before, after = losses(SIZE, FALLING).predicted, losses(SIZE, changed).predicted
    assert_array_equal(before[:, :2], after[:, :2])
    assert not np.allclose(before[:, 2, 6], after[:, 2, 6])


def test_an_unknown_loss_is_passed_over():
    gap = np.where(np.arange(7) == 1, np.nan, FALLING)
    found = losses(SIZE, gap)
    assert np.isnan(found.predicted[:, 0]).all()
    assert_allclose(found.miss[OFFSET, 1:], 0, atol=1e-4)


def test_a_law_that_does_not_fit_gives_its_reason_and_no_forecast():
    zero = np.where(np.arange(7) == 0, 0.0, FALLING)
    found = losses(SIZE, zero)
    assert np.isnan(found.predicted).all()
    assert (found.failure != "").all()
    assert np.isnan(found.fitted).all()
    assert (found.fit_failure != "").all()
    assert (losses(SIZE, FALLING).fit_failure == "").all()


def test_a_cut_with_too_few_losses_says_so():
    few = np.where(np.arange(7) < 4, np.nan, FALLING)
    found = losses(SIZE, few)
    assert found.failure[OFFSET].tolist() == [
        f"needs at least {LEAST} sizes, there are {there}" for there in range(3)
    ]


def test_scores_on_a_line_are_explained_and_foreseen():
    slopes = np.array([0.02, 0.05])
    found = average(SIZE, 0.1 + np.log(SIZE / 1e6)[:, None] * slopes)
    assert_allclose([found.mean_explained, *found.task_explained], 1)
    assert_allclose(found.mean_miss, 0, atol=1e-12)
    assert_allclose(found.task_miss, 0, atol=1e-12)
    assert_allclose(found.mean, 0.1 + 0.035 * np.log(SIZE / 1e6))


def test_the_average_is_smooth_as_far_as_misses_cancel():
    line, bumps = 0.5 + 0.05 * np.log10(SIZE), np.array([0, 1, -1, 2, 1, -2, 1]) / 20
    opposite = average(SIZE, np.stack([line + bumps, line - bumps], axis=1))
    assert_allclose(opposite.roughness, 0, atol=1e-12)
    equal = average(SIZE, np.stack([line + bumps, line + bumps], axis=1))
    assert_allclose(equal.roughness, 1)
    assert_allclose(equal.mean_miss, equal.task_miss[0])


def test_a_task_that_is_not_known_everywhere_leaves_the_mean_unknown_there():
    score = np.tile((0.05 * np.log10(SIZE))[:, None], 2)
    score[0, 1] = np.nan
    found = average(SIZE, score)
    assert_array_equal(np.isnan(found.mean), np.arange(7) == 0)
    assert_array_equal(np.isnan(found.mean_miss), [True, False, False])
    assert_array_equal(np.isnan(found.task_miss), [[False] * 3, [True, False, False]])


def test_an_ability_that_jumps_is_unforeseen_by_every_forecaster():
    jump = np.array([0.01, 0.01, 0.02, 0.01, 0.01, 0.9, 0.95])
    flat = np.full(7, 0.25)
    found = abilities(SIZE, np.stack([jump, flat], axis=1), chance=np.array([0.0, 0.25]))
    assert found.predicted.shape == (2, len(FORECASTERS), 3, 7)
    assert found.unforeseen[0, 1, 5] > 0.8
    assert_allclose(found.unforeseen[1, 0, LEAST:], 0, atol=1e-6)
    last = found.predicted[0, FORECASTERS.index("as-last-seen")]
    for number, cut in enumerate(range(LEAST, 7)):
        assert_array_equal(last[number, cut:], jump[cut - 1])
        assert np.isnan(found.unforeseen[:, number, :cut]).all()
    assert_allclose(found.jump, [0.89 * np.log(2) / np.log(SIZE[1] / SIZE[0]), 0], atol=1e-9)


def test_an_ability_is_as_unforeseen_as_by_the_best_forecast():
    score = np.array([0.1, 0.1, 0.2, 0.3, 0.5, 0.6, 0.8])
    found = abilities(SIZE, score[:, None], chance=np.zeros(1))
    distance = np.abs(found.predicted[0, :, 0, 4] - 0.5)
    assert np.ptp(distance) > 0.05
    assert found.unforeseen[0, 0, 4] == min(distance)


def test_compute_decides_a_score_that_rises_with_it_and_no_other():
    flop = np.array([1e20, 1e21, 1e22, 1e23, np.nan, 1e24])
    rising = np.array([0.1, 0.2, 0.2, 0.6, 0.0, np.nan])
    falling = np.array([0.4, 0.3, 0.2, 0.1, 0.9, 0.9])
    found = compute(flop, np.stack([rising, falling], axis=1), falling)
    assert_array_equal(found.models, [4, 5])
    assert found.residual[0] == 0
    # The best rising curve of falling scores is their mean, and the last score is above it.
    best = np.array([0.25, 0.25, 0.25, 0.25, 0.9])
    left = falling[np.isfinite(flop)] - best
    assert_allclose(found.residual[1], np.sqrt(np.mean(left**2)))
    assert_allclose(found.reference_residual, [np.std(falling[:4]), found.residual[1]])


def test_a_score_and_its_reference_are_of_the_same_models():
    flop = np.geomspace(1e20, 1e22, 5)
    score = np.array([0.1, 0.2, np.nan, 0.0, 0.3])
    reference = np.array([0.1, 0.2, 0.0, np.nan, 0.5])
    found = compute(flop, score[:, None], reference)
    assert_array_equal(found.models, [3])
    assert_array_equal(found.residual, [0.0])
    assert_array_equal(found.reference_residual, [0.0])


def test_the_joint_fit_leaves_out_the_highest_losses():
    size, data = (
        each.ravel() for each in np.meshgrid(np.geomspace(1e8, 1e10, 5), np.geomspace(1e9, 1e11, 5))
    )
    loss = 1.8 + 480 * size**-0.35 + 2000 * data**-0.37
    rng = np.random.default_rng(0)
    spoiled = rng.choice(loss.size, 3, replace=False)
    loss[spoiled] = 50 + loss[spoiled]
    found = joint(size, data, loss, left_out=3)
    assert found.floor == pytest.approx(1.8, rel=1e-2)
    assert found.exponent_size == pytest.approx(0.35, rel=1e-2)
    assert found.exponent_data == pytest.approx(0.37, rel=1e-2)


@pytest.mark.parametrize("sizes", [1, 2, 4])
def test_few_sizes_leave_nothing_to_foresee(sizes):
    size, score = SIZE[:sizes], np.full((sizes, 2), 0.5)
    assert losses(size, FALLING[:sizes]).predicted.shape == (2, 0, sizes)
    of_average = average(size, score)
    assert of_average.task_miss.shape == (2, 0)
    assert np.isnan(of_average.roughness)
    assert abilities(size, score, chance=np.zeros(2)).unforeseen.shape == (2, 0, sizes)


def test_a_task_without_any_score_has_no_forecast():
    score = np.stack([np.full(7, np.nan), np.full(7, 0.5)], axis=1)
    found = abilities(SIZE, score, chance=np.zeros(2))
    assert np.isnan(found.predicted[0]).all()
    assert np.isnan(found.jump[0])
    assert np.isnan(average(SIZE, score).roughness)
    of_compute = compute(SIZE, score, np.full(7, 0.5))
    assert_array_equal(of_compute.models, [0, 7])
    assert_array_equal(of_compute.residual, [np.nan, 0.0])


@pytest.mark.parametrize(
    "found",
    [
        losses(SIZE, FALLING),
        average(SIZE, np.tile(FALLING[:, None], 2)),
        abilities(SIZE, np.full((7, 2), 0.5), chance=np.zeros(2)),
        compute(SIZE, np.tile(FALLING[:, None], 2), FALLING),
    ],
    ids=lambda found: type(found).__name__,
)
def test_every_result_has_dimensions_and_units(found):
    coming = {"law": "", "cut": "", "size": "", "forecaster": ""}
    variables = Labels(DIMENSIONS | coming).measures(found)
    assert set(variables) == set(vars(found))

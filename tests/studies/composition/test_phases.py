"""Boundaries of made-up curves, placed where the stated rule says."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from ontogeny.studies.composition.irreps.analysis import BOUNDARIES, phases

COUNT = 40
STEP = np.arange(COUNT) * 100


def curves(**changed):
    """A run that memorises by checkpoint 3, has formed its circuit by 20, is clean by 30."""
    at = np.arange(COUNT)
    made = {
        "train_accuracy": np.where(at >= 3, 1.0, at / 4),
        "test_accuracy": np.select([at < 15, at < 25], [0.01, (at - 14) / 11], 1.0),
        # Peak 10 at checkpoint 8, below 5 from checkpoint 20 on.
        "test_loss": np.select([at <= 8, at < 20], [4 + 0.75 * at, 10 - 0.4 * (at - 8)], 1e-3),
        # Falls to a floor that five checkpoints share, then rises.
        "excluded_loss": np.select([at < 6, at <= 10], [3 - 0.4 * at, 0.5], 0.5 + 0.2 * (at - 10)),
        # ln w^2: slow decline, fast from 18 to 28, then still.
        "squared_weights": np.exp(
            -0.001 * at - 0.1 * np.clip(at - 18, 0, 10) - 0.0005 * np.clip(at - 28, 0, None)
        ),
    }
    return made | changed


def test_boundaries_are_the_ends_of_the_phases():
    assert BOUNDARIES == ("memorisation", "circuit formation", "cleanup")
    found = phases(STEP, **curves())
    # Medians of five are least from the floor's first checkpoint on; the rate of the squared
    # weights, a central difference, is 0.05 at checkpoint 28 and below a tenth of 0.1 at 29.
    assert_array_equal(found.boundary, [600, 2000, 2900])
    assert_array_equal(found.interval, [[500, 600], [1900, 2000], [2800, 2900]])


def test_steps_need_not_be_even():
    step = np.unique(np.geomspace(1, 5000, COUNT + 8).astype(int))[-COUNT:]
    assert len(step) == COUNT
    found = phases(step, **curves())
    assert_array_equal(found.boundary[:2], step[[6, 20]])
    assert_array_equal(found.interval[:2], step[[[5, 6], [19, 20]]])
    assert found.boundary[2] in step


def test_one_low_checkpoint_is_not_the_end_of_memorisation():
    excluded = curves()["excluded_loss"]
    excluded[16] = 0.0
    assert phases(STEP, **curves(excluded_loss=excluded)).boundary[0] == 600


def test_memorisation_does_not_end_before_the_training_set_is_learned():
    learned = np.where(np.arange(COUNT) >= 9, 1.0, 0.9)
    excluded = np.linspace(0.1, 2.0, COUNT)
    found = phases(STEP, **curves(train_accuracy=learned, excluded_loss=excluded))
    assert found.boundary[0] == 900


def test_memorisation_does_not_end_after_the_circuit_has_formed():
    excluded = np.linspace(5.0, 0.1, COUNT)
    found = phases(STEP, **curves(excluded_loss=excluded))
    assert found.boundary[0] == found.boundary[1] == 2000


def test_a_dip_of_the_test_loss_is_not_the_end_of_circuit_formation():
    loss = curves()["test_loss"]
    loss[12] = 1.0
    assert phases(STEP, **curves(test_loss=loss)).boundary[1] == 2000


def test_a_low_test_loss_before_the_peak_does_not_count():
    loss = curves()["test_loss"]
    loss[:3] = 0.1
    assert phases(STEP, **curves(test_loss=loss)).boundary[1] == 2000


def test_cleanup_waits_for_the_test_accuracy():
    late = np.where(np.arange(COUNT) >= 35, 1.0, 0.9)
    assert phases(STEP, **curves(test_accuracy=late)).boundary[2] == 3500


def test_cleanup_waits_for_the_last_loss_of_test_accuracy():
    accuracy = curves()["test_accuracy"]
    accuracy[33] = 0.5
    assert phases(STEP, **curves(test_accuracy=accuracy)).boundary[2] == 3400


def test_a_run_that_never_generalises():
    found = phases(
        STEP,
        **curves(test_accuracy=np.full(COUNT, 0.01), test_loss=np.linspace(4.7, 30, COUNT)),
    )
    assert found.boundary[0] == 600
    assert np.isnan(found.boundary[1:]).all()
    assert np.isnan(found.interval[1:]).all()


def test_a_run_that_never_learns_its_training_set():
    found = phases(
        STEP,
        **curves(
            train_accuracy=np.full(COUNT, 0.5),
            test_accuracy=np.full(COUNT, 0.01),
            test_loss=np.linspace(4.7, 3, COUNT),
        ),
    )
    assert np.isnan(found.boundary).all()
    assert np.isnan(found.interval).all()


def test_a_run_that_ends_during_cleanup():
    short = {name: values[:26] for name, values in curves().items()}
    found = phases(STEP[:26], **short)
    assert_array_equal(found.boundary, [600, 2000, np.nan])


@pytest.mark.parametrize("count", [1, 2, 3])
def test_few_checkpoints(count):
    found = phases(STEP[:count], **{name: values[:count] for name, values in curves().items()})
    assert found.boundary.shape == (3,)
    assert found.interval.shape == (3, 2)
    assert np.isnan(found.boundary).all()


def test_a_first_checkpoint_is_its_own_interval():
    learned, excluded = np.ones(COUNT), np.linspace(0.1, 2.0, COUNT)
    found = phases(STEP, **curves(train_accuracy=learned, excluded_loss=excluded))
    assert found.boundary[0] == 0
    assert found.interval[0].tolist() == [0, 0]


def random_run(seed):
    """Curves without any order between them, all of which generalise in the end."""
    rng = np.random.default_rng(seed)
    learned, accurate, low = rng.integers(1, COUNT - 12, size=3)
    at = np.arange(COUNT)
    return {
        "train_accuracy": np.where(at >= learned, 1.0, rng.random(COUNT) * 0.9),
        "test_accuracy": np.where(at >= accurate, 1.0, rng.random(COUNT) * 0.9),
        "test_loss": np.where(at >= low, 0.1 * rng.random(COUNT), 1 + rng.random(COUNT)),
        "excluded_loss": rng.random(COUNT),
        "squared_weights": np.exp(
            -np.cumsum(np.where(at < COUNT - 8, rng.random(COUNT), 1e-4 * rng.random(COUNT)))
        ),
    }


@pytest.mark.parametrize("seed", range(30))
def test_boundaries_are_in_order_and_inside_their_intervals(seed):
    found = phases(STEP, **random_run(seed))
    reached = found.boundary[~np.isnan(found.boundary)]
    assert len(reached) >= 1
    assert (np.diff(reached) >= 0).all()
    for boundary, (before, present) in zip(found.boundary, found.interval, strict=True):
        if np.isnan(boundary):
            assert np.isnan([before, present]).all()
        else:
            assert present == boundary
            assert before == max(boundary - 100, 0)


def test_cleanup_does_not_end_before_the_circuit_has_formed():
    """A network that is right early and grows confident late, long after its weights are still."""
    at = np.arange(COUNT)
    found = phases(
        STEP,
        **curves(
            test_accuracy=np.where(at >= 10, 1.0, 0.1),
            test_loss=np.where(at >= 20, 1.0, 4.0 - 0.05 * at),
            excluded_loss=0.1 + 0.1 * np.abs(at - 3),
            squared_weights=np.exp(-0.3 * np.clip(at - 4, 0, 2) - 1e-4 * at),
        ),
    )
    assert found.boundary[1] == 2000
    assert not found.boundary[2] < found.boundary[1]

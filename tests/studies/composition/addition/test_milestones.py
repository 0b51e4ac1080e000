"""Milestones of a run made by hand."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from ontogeny.studies.composition.addition.milestones import MILESTONES, milestones, trend

STEP = np.array([0, 100, 200, 300, 400, 500, 600])
RUN = {
    "train_loss": np.array([5.0, 1e-2, 1e-7, 1e-7, 1e-7, 1e-7, 1e-7]),
    "test_loss": np.array([5.0, 30.0, 10.0, 28.0, 16.0, 12.0, 0.0]),
    "train_accuracy": np.array([0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]),
    "test_accuracy": np.array([0.0, 0.2, 0.05, 0.05, 0.6, 0.95, 1.0]),
    "restricted_wave_loss": np.array([4.0, 8.0, 3.0, 5.0, 3.9, 1.0, 0.0]),
    "excluded_wave_loss": np.array([0.0, 3.0, 2.0, 2.9, 3.5, 6.0, 6.0]),
    "squared_weights": np.array([1.0, 2.0, 2.0, 1.5, 1.0, 0.5, 0.4]),
}
EXPECTED = {
    "training accuracy 0.99": 100,
    "training loss 1e-6": 200,
    "peak of the test loss": 100,
    "peak of the squared weights": 100,
    "excluded wave loss 1 nat above its minimum": 400,
    "restricted wave loss half of its range": 400,
    "test loss half of its range": 500,
    "test accuracy 0.1": 100,
    "test accuracy 0.5": 400,
    "test accuracy 0.9": 500,
    "test accuracy 0.99": 600,
}


def test_each_milestone_is_the_first_checkpoint_that_passes_it():
    found = milestones(STEP, **RUN)
    assert dict(zip(MILESTONES, found.step, strict=True)) == EXPECTED
    assert_allclose(found.interval[:, 1], found.step)
    assert_allclose(found.interval[:, 0], found.step - 100)


def test_what_is_not_reached_is_not_a_number():
    run = {name: values[:2] for name, values in RUN.items()}
    run["train_accuracy"] = np.zeros(2)
    found = milestones(STEP[:2], **run)
    reached = {name for name, at in zip(MILESTONES, found.step, strict=True) if not np.isnan(at)}
    peaks = {"peak of the test loss", "peak of the squared weights"}
    assert reached == peaks | {"test accuracy 0.1"}


def test_a_first_checkpoint_has_no_one_before_it():
    found = milestones(STEP, **RUN | {"train_accuracy": np.ones(7)})
    assert found.interval[0].tolist() == [0, 0]
    # The excluded wave loss of the first network then counts as well.
    assert found.step[MILESTONES.index("excluded wave loss 1 nat above its minimum")] == 100


def test_trend():
    values = np.array([9.0, 0.0, 5.0, 6.0, 7.0, 7.5, 8.0])
    assert_allclose(trend(STEP, values, 100.0), 1)
    assert_allclose(trend(STEP, -values, 100.0), -1)
    assert trend(STEP, values, 0.0) < 1
    for missing in (trend(STEP, values, np.nan), trend(STEP, values, 500.0)):
        assert np.isnan(missing)
    assert np.isnan(trend(STEP, np.ones(7), 0.0))


@pytest.mark.parametrize("scale", [1.0, 1e-6])
def test_trends_are_of_ranks(scale):
    values = np.array([1.0, 3.0, 2.0, 4.0, 5.0, 7.0, 6.0])
    expected = 1 - 6 * 4 / (7 * 48)
    assert_allclose(trend(STEP, np.exp(scale * values), 0.0), expected)

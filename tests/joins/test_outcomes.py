"""What became of a run."""

import numpy as np
import xarray as xr

from ontogeny.joins.outcomes import LEARNED_ACCURACY, first_step, is_learned, outcomes, spikes


def test_a_spike_counts_once():
    loss = np.full(200, 1e-6)
    loss[50:55] = 2e-5
    loss[100] = 0.9e-5  # too low
    loss[120:124] = [2e-6, 6e-6, 1.1e-5, 1e-6]  # climbs within ten updates
    assert spikes(loss).tolist() == [50, 122]
    assert spikes(loss, factor=5.0).tolist() == [50, 100, 121]
    slow = 1e-6 * 1.2 ** np.arange(100)  # 10 updates: 6.2 times
    assert spikes(slow).size == 0
    assert spikes(slow, within=15).size == 1
    assert spikes(slow[::-1]).size == 0
    assert spikes(np.array([1.0])).size == 0


def test_a_spike_that_lasts_is_compared_with_what_was_before_it():
    loss = np.concatenate([np.full(20, 1e-6), np.full(30, 1e-3), np.full(20, 1e-6), [1e-3]])
    assert spikes(loss).tolist() == [20, 70]


def history(train, test, *, step, update_loss=(1.0, 1.0)):
    """Two accuracies along the checkpoints; losses are 3 (1 - accuracy)."""
    accuracy = np.stack([train, test], axis=1)
    return xr.Dataset(
        {
            "accuracy": (("step", "split"), accuracy),
            "loss": (("step", "split"), 3 * (1 - accuracy)),
            "update_loss": ("update", np.array(update_loss)),
        },
        {"step": np.array(step), "split": np.array(["train", "test"], dtype=object)},
    )


def test_steps_are_those_of_the_first_checkpoint_that_passes():
    found = outcomes(history([0.0, 0.99, 1.0, 0.9], [0.0, 0.1, 0.7, 0.99], step=[0, 10, 20, 30]))
    assert float(found["memorised_step"]) == 10
    assert float(found["generalised_step"]) == 30
    assert float(found["below_one_step"]) == 20
    assert float(found["last_step"]) == 30
    assert float(found["peak_test_loss"]) == 3
    assert float(found["test_accuracy"]) == 0.99
    np.testing.assert_allclose(float(found["train_loss"]), 0.3)


def test_what_a_run_never_reaches_is_nan():
    found = outcomes(history([0.0, 0.5], [0.0, 0.1], step=[0, 10], update_loss=[1e-6, 1.0]))
    names = ("memorised_step", "generalised_step", "below_one_step")
    assert all(np.isnan(float(found[name])) for name in names)
    assert float(found["spikes"]) == 1
    assert first_step(np.array([0, 5]), np.array([True, False])) == 0


def test_the_accuracy_from_which_on_a_task_is_learned_counts():
    below = np.nextafter(LEARNED_ACCURACY, 0)
    assert is_learned([below, LEARNED_ACCURACY, 1.0, np.nan]).tolist() == [False, True, True, False]
    assert is_learned(xr.DataArray(LEARNED_ACCURACY))

"""Training on another device is training on the CPU, but for the last digits."""

import pytest
from numpy.testing import assert_allclose, assert_array_equal

from comment_runs import run, training
from ontogeny.studies.noisy_labels.networks import runs
from ontogeny.training import arrays_of, state_of
from other_device import devices, other_device

OPTIMISER = {"batch": 32, "learning_rate": 0.01}
STOP = 13


@devices
@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("strategy", ["naive", "one-hot", "loss-correction", "multi-head"])
def test_a_run_on_another_device_is_that_on_the_cpu(strategy, precision, device):
    """On a GPU the gradient is added up in an order that varies, so its bytes may differ."""
    given = OPTIMISER | {"precision": precision}
    expected = run(training(strategy, optimiser=given))
    there = training(strategy, optimiser=given | {"device": "cuda"})
    states = {}

    def keep(state):
        states[state.step] = arrays_of(state)

    with other_device(device, runs):
        found = run(there, observe=[keep])
        again = run(there, state=state_of(states[STOP]))
    assert_allclose(found.step_loss, expected.step_loss, rtol=1e-4)
    for name, values in expected.measures.items():
        assert_allclose(found.measures[name], values, rtol=1e-3)
    for name, values in expected.parameters.items():
        assert found.parameters[name].dtype == values.dtype
        assert_allclose(found.parameters[name], values, atol=1e-4)
    if device == "pretended":
        for name, values in found.parameters.items():
            assert_array_equal(again.parameters[name], values)
    assert_allclose(again.step_loss, found.step_loss, rtol=1e-4)

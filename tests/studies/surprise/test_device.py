"""Training on another device is training on the CPU, but for the last digits."""

import pytest
from numpy.testing import assert_allclose, assert_array_equal

from ontogeny.studies.surprise.networks import runs
from ontogeny.training import arrays_of, state_of
from other_device import devices, other_device
from surprise_training import RUNS, training

STOP = 13
OPTIMISERS = {"plain": {}, "clipped": {"clip": 0.1}, "float64": {"precision": "float64"}}


@devices
@pytest.mark.parametrize("optimiser", OPTIMISERS)
@pytest.mark.parametrize("kind", RUNS)
def test_a_run_on_another_device_is_that_on_the_cpu(kind, optimiser, device):
    run, world = RUNS[kind]
    given = {"batch": 16} | OPTIMISERS[optimiser]
    expected = run(training(world, optimiser=given))
    there = training(world, optimiser=given | {"device": "cuda"})
    states = {}

    def keep(state):
        states[state.step] = arrays_of(state)

    with other_device(device, runs):
        found = run(there, observe=[keep])
        again = run(there, state=state_of(states[STOP]))
    assert_allclose(found.step_loss[:3], expected.step_loss[:3], rtol=1e-6)
    assert_allclose(found.step_loss, expected.step_loss, rtol=1e-4)
    assert_allclose(found.measures["loss"], expected.measures["loss"], rtol=1e-4)
    for name, values in expected.parameters.items():
        assert found.parameters[name].dtype == values.dtype
        assert_allclose(found.parameters[name], values, atol=1e-4)
        assert_array_equal(again.parameters[name], found.parameters[name])
    assert_array_equal(again.step_loss, found.step_loss)

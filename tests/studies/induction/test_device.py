"""Training on another device is training on the CPU, but for the last digits."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from ontogeny.studies.induction import runs
from ontogeny.studies.induction.config import Phrases, Training
from ontogeny.studies.induction.sources import corpus_dataset, source_of
from ontogeny.training import arrays_of, state_of
from other_device import devices, other_device

CORPUS = Phrases(vocabulary=12, length=16, sequences=80)
NETWORKS = {
    "attention only": {},
    "smeared": {"layers": 1, "smeared_keys": True},
    "mlp": {"d_mlp": 6, "positions": "first"},
}
OPTIMISERS = {"plain": {}, "clipped": {"clip": 0.1}, "float64": {"precision": "float64"}}
STEPS, STOP = 30, 13


def trained(network, optimiser, **more):
    spec = Training.model_validate(
        {
            "network": {"d_model": 8, "heads": 2} | NETWORKS[network],
            "optimiser": {"batch": 4, "warm_up": 3} | optimiser,
            "schedule": {"steps": STEPS, "checkpoints": {"every": 10}},
            "seed": 0,
        }
    )
    corpus = corpus_dataset(CORPUS, [])
    sequences = corpus["tokens"].values.astype(np.int64)
    return runs.train_network(source_of(corpus, CORPUS), sequences, spec, vocabulary=12, **more)


@devices
@pytest.mark.parametrize("optimiser", OPTIMISERS)
@pytest.mark.parametrize("network", NETWORKS)
def test_a_run_on_another_device_is_that_on_the_cpu(network, optimiser, device):
    expected = trained(network, OPTIMISERS[optimiser])
    there = OPTIMISERS[optimiser] | {"device": "cuda"}
    states = {}

    def keep(state):
        states[state.step] = arrays_of(state)

    with other_device(device, runs):
        found = trained(network, there, observe=[keep])
        again = trained(network, there, state=state_of(states[STOP]))
    assert_allclose(found.step_loss[:3], expected.step_loss[:3], rtol=1e-6)
    assert_allclose(found.step_loss, expected.step_loss, rtol=1e-4)
    assert_allclose(found.measures["loss"], expected.measures["loss"], rtol=1e-4)
    for name, values in expected.parameters.items():
        assert found.parameters[name].dtype == values.dtype
        assert_allclose(found.parameters[name], values, atol=1e-4)
        assert_array_equal(again.parameters[name], found.parameters[name])
    assert_array_equal(again.step_loss, found.step_loss)


def test_float64_is_float32_with_more_digits():
    single, double = (trained("mlp", {"precision": each}) for each in ("float32", "float64"))
    assert {each.dtype for each in double.parameters.values()} == {np.dtype("float64")}
    assert_allclose(single.step_loss, double.step_loss, rtol=1e-5)
    assert (single.step_loss != double.step_loss).any()

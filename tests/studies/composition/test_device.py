"""Training on another device is training on the CPU, but for the last digits."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from ontogeny.config import ConfigurationError
from ontogeny.groups import group
from ontogeny.studies.composition.config import Training
from ontogeny.studies.composition.networks import runs
from ontogeny.training import arrays_of, state_of
from other_device import devices, other_device

PRODUCT = np.array(group("S3").table)
ARCHITECTURES = {
    "mlp": {"kind": "mlp", "embedding": 8, "hidden": 6},
    "mlp of squares": {"kind": "mlp", "embedding": 8, "hidden": 6, "activation": "square"},
    "bilinear": {"kind": "bilinear", "hidden": 6},
    "tied mlp": {"kind": "tied-mlp", "hidden": 6},
    "transformer": {"kind": "transformer", "d_model": 8, "heads": 2, "d_head": 4, "d_mlp": 8},
    "transformer of few columns": {
        "kind": "transformer", "preset": "progress-measures", "d_model": 4, "heads": 2,
        "d_head": 4, "d_mlp": 8,
    },
    "two layers": {
        "kind": "deep-transformer", "d_model": 8, "heads": 2, "d_head": 4, "d_mlp": 8,
    },
}  # fmt: skip
OPTIMISERS = {
    "plain": {},
    "with all": {
        "dropout": 0.3,
        "l1": 1e-3,
        "undecayed": ["biases", "embeddings"],
        "weight_decay_schedule": [{"step": 8, "weight_decay": 0}],
        "warm_up": 3,
        "clip": 0.5,
        "learning_rate_decay": {"until": 25},
    },
    "float64": {"precision": "float64", "dropout": 0.3},
    "gradient descent": {"kind": "sgd", "learning_rate": 0.1, "undecayed": ["biases"], "clip": 0.5},
    "rounded": {"precision": "float64", "loss": "rounded"},
}
STEPS, STOP = 30, 13


def training(architecture, optimiser, device):
    return Training.model_validate(
        {
            "architecture": ARCHITECTURES[architecture],
            "data": {"fraction": 0.6},
            "optimiser": OPTIMISERS[optimiser] | {"device": device},
            "schedule": {
                "steps": STEPS,
                "checkpoints": {"every": 10},
                "early_stop": {"test_loss": 1e-9},
            },
            "seed": 0,
        }
    )


@devices
@pytest.mark.parametrize("optimiser", OPTIMISERS)
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_run_on_another_device_is_that_on_the_cpu(architecture, optimiser, device):
    spec = training(architecture, optimiser, "cuda")
    expected = runs.train_network(PRODUCT, training(architecture, optimiser, "cpu"))
    states = {}

    def keep(state):
        states[state.step] = arrays_of(state)

    with other_device(device, runs):
        found = runs.train_network(PRODUCT, spec, observe=[keep])
        again = runs.train_network(PRODUCT, spec, state=state_of(states[STOP]))
    assert_allclose(found.step_loss[:3], expected.step_loss[:3], rtol=1e-6)
    assert_allclose(found.step_loss, expected.step_loss, rtol=1e-4)
    assert_allclose(found.measures["loss"], expected.measures["loss"], rtol=1e-4)
    assert_array_equal(found.measures["accuracy"], expected.measures["accuracy"])
    for name, values in expected.parameters.items():
        assert found.parameters[name].dtype == values.dtype
        assert_allclose(found.parameters[name], values, atol=1e-4)
        assert_array_equal(again.parameters[name], found.parameters[name])
    assert_array_equal(again.step_loss, found.step_loss)


def test_a_gpu_that_is_not_there_is_refused_before_training(monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(ConfigurationError, match=r"`optimiser\.device` = .cuda.: "):
        runs.train_network(PRODUCT, training("mlp", "plain", "cuda"))

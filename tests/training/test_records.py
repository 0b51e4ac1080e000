"""Datasets of a record, what they say, and networks that start from them."""

import numpy as np
import pytest
import torch

from ontogeny.config.training import Optimiser
from ontogeny.labels import DIMENSIONS, Labels, Measure
from ontogeny.training import (
    ParameterBuffer,
    checkpoints_dataset,
    history_dataset,
    parameters_at,
    train,
)

LABELS = Labels(DIMENSIONS)
OPTIMISER = Optimiser(learning_rate=0.1, precision="float64")
INITIAL = {"W": torch.arange(6.0).reshape(2, 3), "b": torch.zeros(2)}


def shrink(parameters, gradient, update):
    for name, value in parameters.items():
        gradient[name].copy_(value)
    return sum(value.square().sum() for value in parameters.values()) / 2


def measured(parameters):
    rows = parameters["W"].square().sum(dim=1).numpy()
    return {"by_head": rows.copy(), "whole": np.array(rows.sum())}


def trained(initial=INITIAL, checkpoints=(0, 3, 7)):
    buffer = ParameterBuffer(initial, dtype=torch.float64)
    return train(buffer, shrink, measured, optimiser=OPTIMISER, checkpoints=checkpoints)


def stored(record):
    return checkpoints_dataset(record, {"W": ("head", "neuron"), "b": ("head",)}, LABELS)


def test_measures_of_any_shape_stand_along_steps():
    record = trained()
    found = history_dataset(
        record,
        {"by_head": Measure(("head",), "squares"), "whole": Measure((), "sum", "nat")},
        {"head": np.arange(2)},
        LABELS,
        training_loss="half the squares",
    )
    assert found["by_head"].dims == ("step", "head")
    assert found["whole"].dims == ("step",)
    assert found["whole"].attrs == {"long_name": "sum", "units": "nat"}
    np.testing.assert_allclose(found["by_head"].sum("head"), found["whole"], rtol=1e-12)
    np.testing.assert_array_equal(found["update"], np.arange(7))
    assert found["update_loss"].attrs["long_name"] == "half the squares"
    assert found["step"].values.tolist() == [0, 3, 7]


@pytest.mark.parametrize(("step", "place"), [(None, -1), (7, -1), (3, 1), (0, 0)])
def test_a_run_may_start_from_a_network_of_another_run(step, place):
    """It begins with the bytes of that network, in the order of its parameters."""
    before = trained()
    given = parameters_at(stored(before), step)
    assert list(given) == ["W", "b"]
    after = trained(given)
    for name, values in before.parameters.items():
        assert after.parameters[name][0].tobytes() == values[place].tobytes()
    given["W"].zero_()
    assert after.parameters["W"][0].any()


def test_a_step_without_a_checkpoint_is_refused():
    with pytest.raises(ValueError, match=r"one of \[0, 3, 7\], not 4"):
        parameters_at(stored(trained()), 4)

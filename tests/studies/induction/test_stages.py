"""The stages after training, on checkpoints of the made network."""

import json
from dataclasses import fields
from functools import cache

import numpy as np
import pytest
import xarray as xr
from numpy.testing import assert_allclose

import induction_networks as made
from induction_runs import LATE, STEPS, corpus, parameters
from ontogeny.studies.induction.analysis.evaluation import Evaluated
from ontogeny.studies.induction.config import Analysis
from ontogeny.studies.induction.labels import DIMENSIONS
from ontogeny.studies.induction.stages import analysis, evaluation

KEPT = STEPS[::5]
NETWORK = {"layers": 2, "d_model": made.D, "heads": made.H, "positions": "first"}


@cache
def results(warm_up=100):
    """Return checkpoints that say how they were trained, with what both stages make of them."""
    networks = [parameters(step, LATE) for step in KEPT]
    checkpoints = xr.Dataset(
        {
            name: (
                ("step", *(f"{name}_{axis}" for axis in range(first.ndim))),
                np.stack([each[name].numpy() for each in networks]),
            )
            for name, first in networks[0].items()
        },
        {"step": KEPT},
        {
            "spec": json.dumps(
                {
                    "training": {
                        "network": NETWORK,
                        "optimiser": {"warm_up": warm_up},
                        "seed": 0,
                    },
                    "corpus": {},
                }
            )
        },
    )
    found = evaluation(corpus(), checkpoints)
    return found, analysis(corpus(), checkpoints, found, thresholds=Analysis())


@pytest.mark.parametrize("stage", [0, 1])
def test_everything_is_described(stage):
    found = results()[stage]
    for name, variable in found.variables.items():
        assert variable.attrs["long_name"], name
        assert variable.attrs["units"], name
    assert {str(dim) for dim in found.dims} <= set(DIMENSIONS)


def test_every_field_of_the_measures_is_stored_along_the_steps():
    found, _ = results()
    for field in fields(Evaluated):
        assert found[field.name].dims[0] == "step"
    assert_allclose(found["loss"], found["sequence_loss"].mean("sequence"), rtol=1e-6)


def test_losses_of_the_example_are_those_of_the_first_sequence():
    found, _ = results()
    first = found["sequence_loss"].isel(sequence=0)
    assert_allclose(found["example_loss"].mean("index"), first, rtol=1e-6)
    chosen = found["example_loss"].isel(index=int(found["chosen_index"][0]))
    assert_allclose(chosen, found["chosen_loss"].isel(sequence=0))


def test_attention_on_the_example_is_that_of_the_heads_that_are_shown():
    found, last = results()
    attention = last["example_attention"]
    assert_allclose(attention.sum("attended_index"), 1, rtol=1e-5)
    before = np.arange(attention.sizes["example_index"] - 1)
    assert_allclose(attention[0].values[before + 1, before], 1, atol=0.01)
    assert attention.sizes["example_index"] == found.sizes["index"]


def test_moments_are_before_the_change_and_the_end():
    found, last = results()
    start = float(last["window_start"])
    expected = found["step"].values[found["step"] <= start].max()
    assert last["moment_step"].values.tolist() == [expected, STEPS[-1]]


def test_losses_by_range_are_those_of_all_indices():
    found, last = results()
    sizes = np.diff(last["index_range"].values, append=found.sizes["index"] + 1)
    assert_allclose(
        (last["range_loss"] * sizes).sum("index_range") / sizes.sum(), found["loss"], rtol=1e-6
    )


def test_the_network_is_that_of_the_checkpoints():
    """Head 0 of the first layer looks at the token before, head 0 of the second is induction."""
    found, last = results()
    assert (found.sizes["layer"], found.sizes["head"]) == (2, made.H)
    assert last["head_kind"].values[:, 0].tolist() == [1, 2]
    assert last["shown"].dims == ("shown_head", "layer_and_head")
    assert last["shown"].values.tolist() == [[0, 0], [1, 0]]


def test_the_warm_up_is_that_of_the_training():
    assert results()[1]["warm_up"].item() == 100
    assert results(warm_up=7)[1]["warm_up"].item() == 7

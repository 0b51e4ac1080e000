"""Nothing that reads the stream reads the mean over it, so no measure depends on what writes to it.

Every normalisation takes that mean off. Adding multiples of the all-ones vector to the rows of a
matrix that writes to the stream changes no logit; a measure that it changes is of something else.
"""

from functools import cache

import numpy as np
import pytest
import torch
import xarray as xr

import induction_networks as made
from induction_runs import corpus
from ontogeny.networks.decoder import Transformer
from ontogeny.studies.induction.analysis.circuits import composition_baseline
from ontogeny.studies.induction.analysis.evaluation import evaluate, evaluation_set
from ontogeny.studies.induction.config import Analysis
from ontogeny.studies.induction.datasets import evaluation_dataset
from ontogeny.studies.induction.findings import analysis_dataset, final_checkpoint

SMALL = {"d_model": 24, "heads": 3}
SHAPES = {
    "two layers": Transformer(made.V, **SMALL),
    "three layers, smeared keys": Transformer(made.V, layers=3, smeared_keys=True, **SMALL),
    "MLP, positions in the first layer": Transformer(made.V, d_mlp=20, positions="first", **SMALL),
    "a perfect circuit": made.SHAPE,
}
WRITERS = {"heads": ("W_O",), "everything": ("W_E", "W_O", "W_out", "b_out")}
SENSITIVE = Analysis(prefix_matching=0.03, previous_token=0.12, least_fall=1e-9)
"""Thresholds with which heads of random networks are of all kinds."""


def networks(name):
    """Return parameters in float64 at four steps, on the way from one random network to another."""
    shape = SHAPES[name]
    last = shape.initial(torch.Generator().manual_seed(1))
    if shape is made.SHAPE:
        last = made.with_idle_heads(made.induction_network(), scale=0.3)
    for gain in (each for each in last if each.startswith("gain")):
        last[gain] = 0.5 + torch.rand(last[gain].shape, generator=torch.Generator().manual_seed(2))
    first = shape.initial(torch.Generator().manual_seed(3))
    if shape is not made.SHAPE:  # a head that writes nothing, and then nothing but a mean
        last["W_O"][0, 0] = first["W_O"][0, 0] = 0
    return [
        {key: ((1 - share) * first[key] + share * last[key]).double() for key in last}
        for share in (0, 0.3, 0.6, 0.9)
    ]


def shifted(parameters, names):
    """Return parameters with a multiple of the all-ones vector added to each row of some."""
    generator = torch.Generator().manual_seed(4)
    found = dict(parameters)
    for name in set(names) & set(parameters):
        rows = torch.randn(*found[name].shape[:-1], 1, generator=generator, dtype=torch.float64)
        found[name] = found[name] + rows
    return found


def measured(shape, each):
    data = corpus()
    given = evaluation_set(data["tokens"].values, data["member"].values, made.V)
    evaluated = evaluation_dataset(
        np.array([0, 10, 20, 30]),
        [evaluate(shape, parameters, given) for parameters in each],
        given.chosen,
        classes=[str(name) for name in data["token_kind"].values],
        baseline=composition_baseline(
            shape.d_model, shape.d_head, np.random.default_rng(0), pairs=9
        ),
    )
    last = final_checkpoint(shape, each[-1], given)
    return evaluated, analysis_dataset(evaluated, last, SENSITIVE, warm_up=0)


@cache
def as_they_are(name):
    return measured(SHAPES[name], networks(name))


@pytest.mark.parametrize("writers", WRITERS)
@pytest.mark.parametrize("name", SHAPES)
def test_no_measure_depends_on_the_mean_over_the_stream(name, writers):
    changed = [shifted(each, WRITERS[writers]) for each in networks(name)]
    pairs = zip(as_they_are(name), measured(SHAPES[name], changed), strict=True)
    for expected, found in pairs:
        for variable in expected:
            xr.testing.assert_allclose(found[variable], expected[variable], rtol=1e-7, atol=1e-9)


def test_the_networks_have_all_that_is_measured():
    """Heads of all three kinds and a window somewhere, or the law would say nothing of them."""
    kinds = np.concatenate([as_they_are(name)[1]["head_kind"].values.ravel() for name in SHAPES])
    assert set(kinds) == {0, 1, 2}
    assert any(np.isfinite(as_they_are(name)[1]["window_start"]) for name in SHAPES)
    assert any(np.isfinite(as_they_are(name)[1]["composition_excess"]) for name in SHAPES)

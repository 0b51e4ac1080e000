"""Probes of start policies."""

import numpy as np
import pytest
import xarray as xr

from ontogeny.studies.rlhf.config import Probes
from ontogeny.studies.rlhf.stages.probe import probes
from rlhf_networks import small_enumerated, small_sequences, stored_policy

SPEC = Probes(calibration=30, fresh=70)


@pytest.mark.parametrize("make", [small_enumerated, small_sequences])
def test_parts_have_their_sizes(make):
    world = make()
    found = probes(SPEC, 0, world, stored_policy(world))
    assert found["tokens"].dims == ("side", "pair", "place")
    np.testing.assert_array_equal(found["part"], [0] * 30 + [1] * 70)


def test_no_pair_is_in_both_parts():
    world = small_sequences()
    tokens = probes(Probes(calibration=30, fresh=30), 0, world, stored_policy(world))["tokens"]
    pairs = [tuple(pair.ravel()) for pair in tokens.values.transpose(1, 0, 2)]
    assert not set(pairs[:30]) & set(pairs[30:])


def test_the_size_of_a_part_changes_no_other():
    world = small_sequences()
    start = stored_policy(world)
    few, many = (
        probes(Probes(calibration=number, fresh=20), 0, world, start) for number in (10, 15)
    )
    few, many = few.isel(pair=slice(10, 30)), many.isel(pair=slice(15, 35))
    for name in ("tokens", "chosen", "part", "prompt"):
        np.testing.assert_array_equal(few[name], many[name])


def test_a_seed_gives_the_same_probes_and_another_seed_others():
    world = small_sequences(prompts=2)
    start = stored_policy(world)
    first, again, other = (probes(SPEC, seed, world, start) for seed in (3, 3, 4))
    xr.testing.assert_identical(first, again)
    assert (first["tokens"] != other["tokens"]).mean() > 0.3

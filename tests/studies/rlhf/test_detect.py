"""Foreign sequences, by the activations of a start policy."""

import numpy as np
import pytest

from ontogeny.studies.rlhf.stages.detect import detection
from rlhf_networks import small_sequences, stored_policy

WORLD = small_sequences()
START = stored_policy(WORLD)


def test_sequences_of_one_token_are_told_apart_and_the_same_lines_are_not():
    odd = WORLD["foreign"].copy()
    odd.values[:, 1:] = 7
    found = detection(WORLD.assign(foreign=odd), START, seed=0)
    assert found["layer"].values.tolist() == [0, 1]
    assert (found["auroc"].sel(distance="plain") > 0.99).all()
    assert (found["auroc_with_examples"] > 0.97).all()
    same = detection(WORLD.assign(foreign=WORLD["held_out"]), START, seed=0)
    np.testing.assert_array_equal(same["auroc"], 0.5)
    assert (abs(same["auroc_with_examples"].sel(examples=1) - 0.5) < 0.1).all()


def test_more_examples_are_better():
    found = detection(WORLD, START, seed=0)["auroc_with_examples"]
    assert (found.sel(examples=100) > found.sel(examples=1)).all()


def test_draws_follow_the_seed():
    first, again, other = (detection(WORLD, START, seed=seed) for seed in (0, 0, 1))
    assert first.identical(again)
    np.testing.assert_array_equal(first["auroc"], other["auroc"])
    assert not np.array_equal(first["auroc_with_examples"], other["auroc_with_examples"])


def test_few_lines_are_refused():
    with pytest.raises(ValueError, match="expected more than 40"):
        detection(WORLD.isel(line=slice(40)), START, seed=0)

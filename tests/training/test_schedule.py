import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontogeny.config.training import Checkpoints, Schedule
from ontogeny.training import checkpoint_steps

LENGTH = st.integers(1, 10**5)


def stored(steps, *, per_decade, every):
    kept = Checkpoints(per_decade=per_decade, every=every)
    return checkpoint_steps(Schedule(steps=steps, checkpoints=kept))


@given(LENGTH, st.integers(0, 50), st.integers(0, 1000))
def test_the_first_and_last_step_are_always_there(steps, per_decade, every):
    found = stored(steps, per_decade=per_decade, every=every)
    assert found[0] == 0
    assert found[-1] == steps
    assert list(found) == sorted(set(found))


@given(LENGTH, LENGTH, st.integers(0, 50), st.integers(0, 1000))
def test_a_longer_run_passes_through_the_checkpoints_of_a_shorter_one(one, other, decade, every):
    short, long = sorted((one, other))
    few = stored(short, per_decade=decade, every=every)
    many = stored(long, per_decade=decade, every=every)
    assert few[:-1] == tuple(step for step in many if step < short)


def test_even_points_have_the_distance_that_was_asked_for():
    assert stored(1000, per_decade=0, every=250) == (0, 250, 500, 750, 1000)
    assert stored(600, per_decade=0, every=250) == (0, 250, 500, 600)


@pytest.mark.parametrize("power", [1, 2, 3])
def test_every_decade_has_as_many_points(power):
    found = np.array(stored(10_000, per_decade=10, every=0))
    assert ((found >= 10**power) & (found < 10 ** (power + 1))).sum() == 10

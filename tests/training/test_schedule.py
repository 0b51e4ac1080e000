import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ontogeny.training import checkpoint_steps


@given(st.integers(1, 10**6), st.integers(0, 300), st.integers(0, 300))
def test_the_first_and_last_step_are_always_there(steps, logarithmic, even):
    found = checkpoint_steps(steps, logarithmic=logarithmic, even=even)
    assert found[0] == 0
    assert found[-1] == steps
    assert list(found) == sorted(set(found))
    assert len(found) <= 2 + logarithmic + even


def test_even_points_divide_the_run():
    assert checkpoint_steps(1000, logarithmic=0, even=4) == (0, 250, 500, 750, 1000)


def test_logarithmic_points_are_dense_early():
    found = np.array(checkpoint_steps(10_000, logarithmic=50, even=0))
    assert {1, 2, 3, 4, 5} <= set(found)
    ratio = found[30:] / found[29:-1]
    assert ratio.max() / ratio.min() == pytest.approx(1, rel=0.05)

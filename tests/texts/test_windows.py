"""Windows of a text against all windows that it has."""

import math

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from ontogeny.texts.windows import different_windows, windows


def test_windows_are_pieces_of_the_text():
    stream = np.arange(1, 100)
    found = windows(stream, np.random.default_rng(0), 50, length=10)
    assert found.shape == (50, 11)
    assert_array_equal(found[:, 0], 0)
    assert_array_equal(np.diff(found[:, 1:], axis=1), 1)
    assert found[:, 1].min() < 20
    assert found[:, -1].max() > 80
    with pytest.raises(ValueError, match="at least 200 tokens for a window, got 99"):
        windows(stream, np.random.default_rng(0), 1, length=200)


@pytest.mark.parametrize("length", [1, 2, 3, 5, 8, 11, 40, 41])
@pytest.mark.parametrize("kinds", [1, 2, 30])
def test_different_windows_are_all_there_are_and_none_twice(length, kinds):
    rng = np.random.default_rng(kinds)
    stream = np.concatenate([rng.integers(1, kinds + 1, 20), np.tile([1, 2, 3, 4], 5)])[:40]
    there = {tuple(stream[place : place + length]) for place in range(len(stream) - length + 1)}
    found = different_windows(stream, np.random.default_rng(0), 100, length=length)
    assert found.shape == (len(there), length + 1)
    assert {tuple(row[1:]) for row in found} == there
    fewer = different_windows(stream, np.random.default_rng(0), 3, length=length)
    assert_array_equal(fewer, found[:3])


def test_different_windows_come_from_the_whole_text():
    found = different_windows(np.arange(1, 1001), np.random.default_rng(0), 200, length=5)[:, 1]
    assert abs(found.mean() - 500) < 4 * 1000 / math.sqrt(12 * 200)

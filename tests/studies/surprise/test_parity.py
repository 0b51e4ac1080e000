"""Tasks of sparse parity: how often they come, which bits they have, what the answers are."""

from math import comb

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import chisquare

from ontogeny.studies.surprise.worlds.parity import (
    ParityTasks,
    draw_masks,
    task_probabilities,
    unpacked,
)


def rng(seed=0):
    return np.random.default_rng(seed)


def tasks(count=12, bits=32, order=3, alpha=0.4):
    masks = draw_masks(count, bits, order, rng())
    return ParityTasks(task_probabilities(count, alpha), masks, bits)


def places(mask):
    return [bit for bit in range(32) if int(mask) >> bit & 1]


@pytest.mark.parametrize("alpha", [0.2, 0.8])
def test_probabilities_are_a_power_law_that_sums_to_one(alpha):
    found = task_probabilities(64, alpha)
    rank = np.arange(1, 65)
    assert_allclose(found.sum(), 1)
    assert_allclose(np.diff(np.log(found)), -(1 + alpha) * np.diff(np.log(rank)))


@pytest.mark.parametrize(("count", "bits", "order"), [(64, 32, 3), (10, 5, 2), (1, 4, 4)])
def test_masks_are_different_sets_of_k_of_the_bits(count, bits, order):
    found = [places(mask) for mask in draw_masks(count, bits, order, rng())]
    assert {len(each) for each in found} == {order}
    assert max(map(max, found)) < bits
    assert len({*map(tuple, found)}) == count


def test_all_bits_are_as_likely_to_belong_to_a_task():
    found = draw_masks(600, 32, 3, rng())
    times = unpacked(found, 32).sum(axis=0)
    assert chisquare(times).pvalue > 0.01


def test_more_tasks_have_the_same_first_ones():
    assert_array_equal(draw_masks(40, 16, 3, rng())[:9], draw_masks(9, 16, 3, rng()))


def test_more_tasks_than_sets_of_bits_are_refused():
    assert len(draw_masks(comb(6, 2), 6, 2, rng())) == 15
    with pytest.raises(ValueError, match=r"15 sets of 2 of 6 bits.*the 16 tasks.*lower `tasks`"):
        draw_masks(16, 6, 2, rng())
    with pytest.raises(ValueError, match=r"0 sets of 7 of 6 bits"):
        draw_masks(1, 6, 7, rng())


def test_a_word_holds_no_more_than_32_bits():
    with pytest.raises(ValueError, match="at most 32, got 33"):
        draw_masks(1, 33, 3, rng())


@pytest.mark.parametrize("bits", [1, 7, 16, 29, 32])
def test_column_i_is_the_bit_of_value_2_to_the_i(bits):
    words = rng().integers(0, 2**bits, 50, dtype=np.uint32)
    found = unpacked(words, bits)
    assert_array_equal(found @ 2.0 ** np.arange(bits), words)
    assert {*found.ravel()} <= {0.0, 1.0}


def test_answers_are_the_parity_of_a_loop_over_bits():
    world = tasks()
    task, words = world.draw(rng(1), 300)
    expected = []
    for j, word in zip(task, words, strict=True):
        ones = 0
        for bit in places(world.masks[j]):
            ones += int(word) >> bit & 1
        expected.append(ones % 2)
    assert_array_equal(world.answers(task, words), expected)
    assert {*expected} == {0, 1}


def test_tasks_are_drawn_as_often_as_they_are_likely():
    world = tasks(count=20)
    task, _ = world.draw(rng(2), 40_000)
    times = np.bincount(task, minlength=20)
    assert chisquare(times, 40_000 * world.probability).pvalue > 0.01


@pytest.mark.parametrize("bits", [5, 32])
def test_bits_are_uniform_and_independent_of_the_task(bits):
    task, words = tasks(count=4, bits=bits).draw(rng(3), 20_000)
    found = unpacked(words, bits)
    for chosen in (task >= 0, task == 0):
        assert (abs(found[chosen].mean(axis=0) - 0.5) < 2 / np.sqrt(chosen.sum())).all()
    assert int(words.max()) < 2**bits

import random

import numpy as np
import pytest
import torch

from ontogeny.groups import group
from ontogeny.studies.composition.networks.pairs import answers, train_mask, train_pairs

SETTINGS = [(7, 0.3, 0), (7, 0.3, 598), (59, 0.5, 0), (113, 0.3, 0), (120, 0.4, 2), (120, 0.7, 1)]
settings = pytest.mark.parametrize(("n", "fraction", "seed"), SETTINGS)


@settings
def test_torch_split_is_that_of_universality(n, fraction, seed):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        order = torch.randperm(n * n)
    expected = set(order[: int(fraction * n * n)].tolist())
    found = train_pairs(n * n, fraction=fraction, seed=seed, split="torch")
    assert set(found.tolist()) == expected
    assert len(found) == len(expected) == int(fraction * n * n)


@pytest.mark.parametrize("pairs", [2, 3, 16, 623, 625, 14400, 99_999])
@pytest.mark.parametrize("seed", [0, 1, 2**31, 2**32 + 5, 2**63 - 1])
def test_torch_split_needs_no_torch_at_any_size_and_seed(pairs, seed):
    count = max(1, pairs // 2)
    generator = torch.Generator().manual_seed(seed)
    expected = torch.randperm(pairs, generator=generator)[:count].sort().values
    found = train_pairs(pairs, fraction=count / pairs, seed=seed, split="torch")
    np.testing.assert_array_equal(found, expected)


@settings
def test_python_split_is_that_of_progress_measures(n, fraction, seed):
    pairs = [(i, j, n) for i in range(n) for j in range(n)]
    state = random.getstate()
    random.seed(seed)
    random.shuffle(pairs)
    random.setstate(state)
    expected = {i * n + j for i, j, _ in pairs[: int(fraction * n * n)]}
    found = train_pairs(n * n, fraction=fraction, seed=seed, split="python")
    assert set(found.tolist()) == expected


def test_sizes_are_the_published_ones():
    sizes = {(113, 0.3): 3830, (120, 0.4): 5760, (120, 0.6): 8640, (60, 0.5): 1800}
    found = {(n, f): len(train_pairs(n * n, fraction=f, seed=1, split="torch")) for n, f in sizes}
    assert found == sizes


@pytest.mark.parametrize("split", ["torch", "python"])
def test_seed_0_is_a_seed(split):
    found = train_pairs(400, fraction=0.25, seed=0, split=split)
    assert not np.array_equal(found, np.arange(100))
    other = train_pairs(400, fraction=0.25, seed=1, split=split)
    assert not np.array_equal(found, other)


@pytest.mark.parametrize("split", ["torch", "python"])
def test_rows_ascend_and_global_generators_stay_as_they_are(split):
    before = torch.get_rng_state(), random.getstate()
    found = train_pairs(100, fraction=0.5, seed=3, split=split)
    assert found.dtype == np.int64
    assert (np.diff(found) > 0).all()
    assert found[0] >= 0
    assert found[-1] < 100
    again = train_pairs(100, fraction=0.5, seed=3, split=split)
    assert np.array_equal(found, again)
    assert torch.equal(torch.get_rng_state(), before[0])
    assert random.getstate() == before[1]


@pytest.mark.parametrize(
    ("fraction", "kind"), [(0.0, "training"), (0.009, "training"), (1.01, "test"), (1.2, "test")]
)
def test_a_fraction_must_leave_training_pairs_and_have_no_more_than_there_are(fraction, kind):
    with pytest.raises(ValueError, match=rf"`fraction` = {fraction} leaves no {kind} pairs of 100"):
        train_pairs(100, fraction=fraction, seed=0, split="torch")


@pytest.mark.parametrize("split", ["torch", "python"])
def test_a_fraction_of_1_is_all_pairs(split):
    assert train_pairs(100, fraction=1.0, seed=0, split=split).tolist() == list(range(100))


@pytest.mark.parametrize(("fraction", "count"), [(0.01, 1), (0.99, 99), (0.999, 99)])
def test_one_pair_is_enough(fraction, count):
    assert len(train_pairs(100, fraction=fraction, seed=0, split="python")) == count


def test_mask_is_row_major():
    mask = train_mask(np.array([1, 6, 8]), 3)
    expected = [[False, True, False], [False, False, False], [True, False, True]]
    assert mask.tolist() == expected


def test_mask_holds_every_pair_of_the_split():
    rows = train_pairs(49, fraction=0.4, seed=0, split="torch")
    mask = train_mask(rows, 7)
    assert mask.dtype == bool
    assert [(7 * a + b) for a, b in zip(*np.nonzero(mask), strict=True)] == rows.tolist()


@pytest.mark.parametrize("name", ["C7", "S3", "Q8"])
def test_differences_times_the_right_factor_are_the_left_factor(name):
    table = group(name).table
    found = answers(table, labels="difference", seed=0)
    n = np.arange(len(table))
    np.testing.assert_array_equal(table[found, n], np.tile(n[:, None], (1, len(n))))


def test_quadratic_answers_are_those_of_the_form():
    table = group("C11").table
    found = answers(table, labels="quadratic", seed=0)
    for a in range(11):
        for b in range(11):
            assert found[a, b] == (a**2 + a * b + b**2) % 11


def test_random_answers_are_one_table_for_each_seed():
    table = group("C31").table
    first, again, other = (answers(table, labels="random", seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert (first == other).mean() < 0.1
    assert (first == table).mean() < 0.1
    assert np.bincount(first.ravel(), minlength=31).min() > 10


def test_products_are_the_table():
    table = group("S3").table
    np.testing.assert_array_equal(answers(table, labels="product", seed=0), table)

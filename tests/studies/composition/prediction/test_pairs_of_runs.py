"""Neurons with the same winner in two runs, against all permutations."""

from itertools import permutations

import numpy as np
from numpy.testing import assert_allclose

from ontogeny.studies.composition.prediction.pairs import (
    PAIR_KINDS,
    SHARED_SPLIT,
    one_of_each_network,
    pairs_of_runs,
    same_winner,
)


def test_the_share_with_neurons_exchanged_is_the_mean_over_all_permutations():
    rng = np.random.default_rng(1)
    first, second = rng.integers(1, 4, (2, 6))
    every = [(first[list(o)] == second).mean() for o in permutations(range(6))]
    found = same_winner([*first, -1, 2], [*second, 3, -1])
    assert_allclose(found, [(first == second).mean(), np.mean(every)])


def test_without_neurons_that_win_in_both_there_is_no_share():
    assert np.isnan(same_winner([1, -1], [-1, 2])).all()


def test_pairs_are_of_one_setting_and_say_what_both_have_in_common():
    """Two initial weights with three splits each, and a run of another setting."""
    seeds, splits = [0, 0, 0, 1, 1, 1, 0], [0, 1, 2, 0, 1, 2, 0]
    found = pairs_of_runs([*"aaaaaab"], seeds, splits, [True] * 7)
    kinds = np.bincount(found["kind"])
    assert kinds.tolist() == [6, 3, 6]
    for one, other, kind in zip(found["first"], found["second"], found["kind"], strict=True):
        same = seeds[one] == seeds[other], splits[one] == splits[other]
        assert (
            PAIR_KINDS[kind]
            == {
                (True, False): "same weights, other split",
                (False, True): "other weights, same split",
                (False, False): "neither",
            }[same]
        )


def chosen(seeds, splits, counted=None):
    """Return the pairs that claims count, and their kinds."""
    counted = [True] * len(seeds) if counted is None else counted
    found = pairs_of_runs(["a"] * len(seeds), seeds, splits, counted)
    pairs = np.stack([found["first"], found["second"]], axis=1)[found["disjoint"]]
    return pairs, found["kind"][found["disjoint"]]


def test_no_run_is_in_two_pairs_of_either_kind():
    """Eight initial weights with a split of their own and three splits in common."""
    seeds = np.tile(np.arange(8), 4)
    splits = np.concatenate([np.arange(8), np.repeat([200, 201, 202], 8)])
    counted = np.arange(32) != 9
    pairs, kind = chosen(seeds, splits, counted)
    assert len(set(pairs.ravel().tolist())) == pairs.size
    assert 9 not in pairs
    assert np.bincount(kind).min() >= 6
    assert set(kind.tolist()) == {0, 1}


def test_pairs_use_all_splits_and_initial_weights_alike():
    seeds = np.tile(np.arange(8), 3)
    splits = np.concatenate([np.arange(8), np.repeat([200, 201], 8)])
    pairs, kind = chosen(seeds, splits)
    for each in (0, 1):
        used = np.unique(splits[pairs[kind == each]], return_counts=True)
        common = dict(zip(*(part.tolist() for part in used), strict=True))
        assert abs(common[200] - common[201]) <= 2
    assert len(set(seeds[pairs[kind == 0, 0]].tolist())) == (kind == 0).sum()


def test_runs_on_all_pairs_with_the_same_weights_are_the_same_run():
    found = pairs_of_runs(["a"] * 3, [0, 0, 1], [SHARED_SPLIT] * 3, [True] * 3)
    assert list(zip(found["first"], found["second"], strict=True)) == [(0, 2), (1, 2)]
    assert found["kind"].tolist() == [1, 1]


def test_settings_choose_their_pairs_alone():
    """Equal seeds of another setting are other runs."""
    seeds, splits = np.divmod(np.arange(12), 3)
    alone = pairs_of_runs(["a"] * 12, seeds, splits, [True] * 12)
    both = pairs_of_runs([*"a" * 12, *"b" * 12], [*seeds] * 2, [*splits] * 2, [True] * 24)
    for start in (0, 12):
        mine = (both["first"] >= start) & (both["first"] < start + 12)
        assert both["disjoint"][mine].tolist() == alone["disjoint"].tolist()


def test_one_run_represents_each_initial_network_in_any_order():
    setting = np.array([*"aaaab"])
    seeds, splits = np.array([0, 0, 0, 1, 0]), np.array([2, 0, 1, 3, 5])
    counted = np.array([True, False, True, True, True])
    expected = np.array([False, False, True, True, True])
    for order in ([0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 0, 4, 1, 3]):
        found = one_of_each_network(setting[order], seeds[order], splits[order], counted[order])
        assert found.tolist() == expected[order].tolist()


def test_no_predictor_from_the_weights_exceeds_the_root_of_the_share():
    """The best one names the irrep that wins a neuron in most splits."""
    rng = np.random.default_rng(2)
    odds = rng.dirichlet(np.full(6, 0.3), 4000)
    first, second = (1 + (odds.cumsum(axis=1) < rng.random((4000, 1))).sum(axis=1) for _ in "ab")
    share = same_winner(first, second)[0]
    best = (1 + odds.argmax(axis=1) == first).mean()
    assert share < best <= np.sqrt(share) + 0.02


def test_a_single_run_has_no_pairs():
    assert all(not len(each) for each in pairs_of_runs(["a"], [0], [0], [True]).values())

"""Neurons with the same winner in two runs, against all permutations."""

from itertools import permutations

import numpy as np
from numpy.testing import assert_allclose

from ontogeny.studies.composition.prediction.pairs import PAIR_KINDS, pairs_of_runs, same_winner


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


def test_disjoint_pairs_of_a_kind_are_of_runs_that_count():
    seeds, splits = np.divmod(np.arange(12), 3)
    counted = np.arange(12) != 4
    found = pairs_of_runs(["a"] * 12, seeds, splits, counted)
    for kind, count in enumerate([4, 5, 5]):
        chosen = found["disjoint"] & (found["kind"] == kind)
        members = np.concatenate([found["first"][chosen], found["second"][chosen]])
        assert len(set(members.tolist())) == len(members) == 2 * count
        assert 4 not in members


def test_a_single_run_has_no_pairs():
    assert all(not len(each) for each in pairs_of_runs(["a"], [0], [0], [True]).values())

"""How well scores predict winners and strong irreps, against sums over pairs and permutations."""

from itertools import permutations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_equal

from ontogeny.ranking import auc
from ontogeny.studies.composition.prediction.scoring import (
    auc_table,
    mean_unlike,
    neuron_auc,
    neuron_top,
    p_of_exchanged,
    set_auc,
    set_auc_table,
)


def tied_scores(seed, shape):
    """Return scores with many ties."""
    return np.random.default_rng(seed).integers(0, 5, shape).astype(float)


def test_the_table_counts_smaller_scores_of_other_irreps_ties_half():
    scores = tied_scores(1, (6, 8))
    found = auc_table(scores)
    for m in range(6):
        for w in range(1, 8):
            others = [scores[m, o] for o in range(1, 8) if o != w]
            smaller = [float(s < scores[m, w]) + 0.5 * (s == scores[m, w]) for s in others]
            assert_allclose(found[m, w], np.mean(smaller))
    assert np.isnan(found[:, 0]).all()


def test_the_trivial_irrep_never_competes():
    scores = np.random.default_rng(2).random((5, 7))
    winner = np.array([1, 2, 3, 6, -1])
    other = scores.copy()
    other[:, 0] = [np.nan, 1e9, -1e9, 0.0, np.inf]
    assert neuron_auc(other, winner) == neuron_auc(scores, winner)
    assert neuron_top(other, winner) == neuron_top(scores, winner)
    strong = np.array([False, True, False, True, False, False, False])
    assert set_auc(other[0], strong) == set_auc(scores[0], strong)


def means_over(scores, winner, orders):
    table = auc_table(scores)
    return np.array([np.mean([table[m, w] for m, w in enumerate(winner[o])]) for o in orders])


def test_the_null_is_that_of_all_permutations():
    scores, winner = tied_scores(3, (6, 5)), np.array([1, 1, 2, 4, 3, 4])
    every = means_over(scores, winner, [list(o) for o in permutations(range(6))])
    found = neuron_auc(scores, winner)
    assert_allclose([found.null, found.deviation], [every.mean(), every.std()])
    assert_allclose(found.value, means_over(scores, winner, [np.arange(6)])[0])


def test_the_null_agrees_with_drawn_permutations():
    rng = np.random.default_rng(4)
    scores = rng.random((60, 12)) + np.linspace(0, 1, 12)
    winner = rng.choice(12, 60, p=np.arange(12) / 66)
    drawn = means_over(scores, winner, [rng.permutation(60) for _ in range(3000)])
    found = neuron_auc(scores, winner)
    assert found.null > 0.6
    assert_allclose(found.null, drawn.mean(), atol=4 * drawn.std() / np.sqrt(3000))
    assert_allclose(found.deviation, drawn.std(), rtol=0.06)


def test_neurons_without_a_winner_or_score_are_left_out():
    scores, winner = tied_scores(5, (9, 6)), np.array([1, 2, 3, 4, 5, 1, 2, 3, 4])
    gone = scores.copy()
    gone[6, 2] = np.nan
    left = np.where(np.arange(9) < 6, winner, -1)
    left[6] = 2
    assert neuron_auc(gone, left) == neuron_auc(scores[:6], winner[:6])
    assert neuron_top(gone, left) == neuron_top(scores[:6], winner[:6])


def test_a_single_neuron_has_no_deviation_and_none_has_no_auc():
    scores = tied_scores(6, (2, 5))
    assert neuron_auc(scores, [2, -1]).deviation == 0
    assert np.isnan(neuron_auc(scores, [-1, -1]).value)
    assert np.isnan(neuron_top(scores * np.nan, [1, 1]))
    assert np.isnan(neuron_auc(scores[:, :2], [1, 1]).value)


def test_among_some_irreps_the_others_are_as_if_they_were_not_there():
    scores, winner = tied_scores(7, (20, 6)), np.arange(20) % 6
    found = neuron_auc(scores, winner, among=[False, True, False, True, True, False])
    kept = np.isin(winner, [1, 3, 4])
    relabelled = np.array([-1, 1, -1, 2, 3, -1])[winner[kept]]
    assert found == neuron_auc(scores[kept][:, [0, 1, 3, 4]], relabelled)


def test_top_shares_ties():
    scores = [[0, 3, 3, 1], [0, 1, 2, 5], [0, 1, 2, 5], [0, 4, 4, 4]]
    assert_allclose(neuron_top(scores, [1, 3, 1, 2]), (1 / 2 + 1 + 0 + 1 / 3) / 4)


def test_scores_that_know_nothing_of_neurons_are_at_their_null():
    """Neurons of one network share a spectrum: the null is above one half, and so is the AUC."""
    rng = np.random.default_rng(8)
    spectrum = np.linspace(0, 2, 16)
    scores = rng.random((4000, 16)) + spectrum
    winner = rng.choice(16, 4000, p=spectrum / spectrum.sum())
    found = neuron_auc(scores, winner)
    assert found.null > 0.6
    assert abs(found.value - found.null) < 4 * found.deviation


def test_the_auc_of_strong_irreps_is_that_of_mann_and_whitney():
    scores = tied_scores(9, (4, 9))
    strong = np.random.default_rng(9).random((4, 9)) < 0.5
    table = set_auc_table(scores, strong)
    for i in range(4):
        for j in range(4):
            inside = strong[i, 1:]
            assert_allclose(table[i, j], auc(scores[j, 1:][inside], scores[j, 1:][~inside]))
    assert_allclose(
        np.diagonal(table), [set_auc(s, k) for s, k in zip(scores, strong, strict=True)]
    )


@pytest.mark.parametrize("strong", [np.zeros(5, bool), np.array([False, True, True, True, True])])
def test_when_all_or_no_irreps_are_strong_there_is_no_auc(strong):
    assert np.isnan(set_auc(np.arange(5.0), strong))
    assert np.isnan(set_auc([1.0, np.nan, 0.0, 0.0, 0.0], [False, True, False, False, False]))


def test_controls_are_the_unlike_runs_alone():
    table = np.array([[0.9, 0.5, 0.3], [np.nan, 0.9, 0.4], [0.2, 0.6, 0.9]])
    unlike = [[False, True, True], [True, False, True], [False, False, False]]
    assert_equal(mean_unlike(table, unlike), [0.4, 0.4, np.nan])


def test_p_is_small_for_own_scores_alone_and_that_of_all_permutations():
    rng = np.random.default_rng(10)
    table = rng.random((5, 5))
    every = np.array([table[np.arange(5), list(o)].mean() for o in permutations(range(5))])
    exact = (every >= np.diagonal(table).mean() - 1e-12).mean()
    assert_allclose(p_of_exchanged(table, 20000), exact, atol=0.015)
    assert p_of_exchanged(np.eye(9), 999) == 1 / 1000
    assert np.isnan(p_of_exchanged(np.eye(2), 99))
    assert np.isnan(p_of_exchanged(np.full((4, 4), np.nan), 99))

"""The logistic model of comparisons, and how it is chosen and tested."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.linear_model import LogisticRegression

from ontogeny.preferences import temperature
from ontogeny.studies.rlhf.pairs.features import Features, counts_of, differences
from ontogeny.studies.rlhf.pairs.model import fitted
from ontogeny.studies.rlhf.pairs.protocol import (
    CANDIDATES,
    FOLDS,
    Candidate,
    cross_validated,
    folds_of,
)
from ontogeny.studies.rlhf.stages.pairs_world import counts_from
from pairs_files import conversations_world, responses

CANDIDATE = Candidate(Features("unigrams and bigrams", "normalised", length=True), 1.0)


def rows_of(count):
    chosen, rejected = zip(*responses(count), strict=True)
    return differences(counts_of(chosen, rejected), CANDIDATE.features)


@pytest.mark.parametrize("penalty", [0.3, 3.0])
def test_the_weights_are_those_of_scikit_learn(penalty):
    rows = rows_of(60)
    seen = np.unique(rows.nonzero()[1])
    both = np.concatenate([rows[:, seen].toarray(), -rows[:, seen].toarray()])
    peer = LogisticRegression(C=0.5 / penalty, fit_intercept=False, tol=1e-10, max_iter=5000)
    peer.fit(both, np.repeat([1, 0], 60), sample_weight=np.full(120, 1.0))
    weights = fitted(rows, penalty, tolerance=1e-8)
    assert_allclose(weights[seen], peer.coef_[0], atol=1e-5)
    assert not np.delete(weights, seen).any()


def test_where_the_search_starts_does_not_change_where_it_ends():
    rows = rows_of(60)
    start = np.random.default_rng(0).normal(size=rows.shape[1])
    assert_allclose(
        fitted(rows, 1.0, start=start, tolerance=1e-8),
        fitted(rows, 1.0, tolerance=1e-8),
        atol=1e-6,
    )


def test_a_first_message_is_in_one_fold_and_folds_are_of_equal_size():
    group = np.random.default_rng(2).integers(0, 43, size=200)
    fold = folds_of(group)
    for each in np.unique(group):
        assert np.unique(fold[group == each]).size == 1
    groups_in_fold = [np.unique(group[fold == k]).size for k in range(FOLDS)]
    assert max(groups_in_fold) - min(groups_in_fold) <= 1


def test_no_fold_depends_on_what_is_chosen_in_it():
    world = conversations_world(90, messages=30)
    counts, group = counts_from(world), world["group"].values
    before = cross_validated(counts, group)
    inside = before.fold == 0
    # With the comparisons of one fold turned around, the same models give the opposite scores.
    chosen, rejected = zip(*responses(90), strict=True)
    turned = counts_of(
        [other if flip else one for one, other, flip in zip(chosen, rejected, inside, strict=True)],
        [one if flip else other for one, other, flip in zip(chosen, rejected, inside, strict=True)],
    )
    after = cross_validated(turned, group)
    assert before.chosen[0] == after.chosen[0]
    assert_allclose(after.temperature[0], before.temperature[0], rtol=1e-6)
    assert_allclose(after.score[inside], -before.score[inside], atol=1e-8)
    assert (np.abs(after.score - before.score)[~inside] > 1e-3).any()


def test_each_score_is_of_a_model_of_the_other_folds():
    world = conversations_world(60, messages=20)
    counts, group = counts_from(world), world["group"].values
    found = cross_validated(counts, group, candidates=[CANDIDATE])
    rows = differences(counts, CANDIDATE.features)
    for k in range(FOLDS):
        test = found.fold == k
        weights = fitted(rows[~test], CANDIDATE.penalty)
        assert_allclose(found.score[test], rows[test] @ weights, atol=1e-10)
        expected = rows[test][:, :-1] @ weights[:-1]
        assert_allclose(found.score_without_length[test], expected, atol=1e-10)
    assert found.whole == CANDIDATE
    assert_allclose(found.weights, fitted(rows, CANDIDATE.penalty), atol=1e-10)


def test_the_choice_is_the_one_that_does_best_on_the_inner_folds():
    world = conversations_world(120)
    counts, group = counts_from(world), world["group"].values
    useless = Candidate(CANDIDATE.features, 1e6)
    found = cross_validated(counts, group, candidates=[useless, CANDIDATE])
    assert set(found.chosen) == {CANDIDATE}
    rows = differences(counts, CANDIDATE.features)
    train = found.fold != 2
    inner = np.full(group.size, np.nan)
    for j in {0, 1, 3, 4}:
        held_out = found.fold == j
        inner[held_out] = rows[held_out] @ fitted(rows[train & ~held_out], CANDIDATE.penalty)
    assert found.temperature[2] == temperature(inner[train])


def test_the_model_of_the_whole_world_sees_the_length():
    world = conversations_world(60)
    found = cross_validated(counts_from(world), world["group"].values)
    assert found.whole.features.length
    assert found.weights[-1] < 0  # the shorter response is chosen more often


def test_candidates_come_from_strong_to_weak_penalty():
    for one, other in pairwise(CANDIDATES):
        assert one.features != other.features or one.penalty > other.penalty

"""Raters: networks that stop at their accuracy, and votes of people."""

import logging

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from comment_runs import LOGGER, RATER, SPEC, easy_corpus, run, small_corpus, training, with_votes
from ontogeny.studies.noisy_labels.config import VoteRating
from ontogeny.studies.noisy_labels.corpora.comments import PARTS
from ontogeny.studies.noisy_labels.stages import rate
from ontogeny.studies.noisy_labels.stages.corpus import generated_corpus
from ontogeny.studies.noisy_labels.stages.rate import kept, network_rating
from ontogeny.studies.noisy_labels.stages.vote import vote_rating


def rater(**changes):
    return RATER.model_copy(update=changes)


def rated(spec, corpus=None):
    return network_rating(spec, small_corpus() if corpus is None else corpus, logger=LOGGER)


def development_accuracy(rating, corpus):
    mine = corpus["part"].values == PARTS.index("development")
    return (rating["rated"].values == corpus["label"].values)[mine].mean()


def test_a_rater_labels_all_comments_that_it_did_not_learn_from():
    found, part = rated(RATER), small_corpus()["part"].values
    own = part == PARTS.index("rater")
    assert np.all(found["rated"].values[own] == -1)
    score = found["rating_score"].values
    assert_array_equal(found["rated"].values[~own], score[~own] > 0)
    assert score.dtype == np.float32


def test_a_rater_is_fixed_by_its_seed():
    score = rated(RATER)["rating_score"].values
    assert_array_equal(rated(RATER)["rating_score"].values, score)
    assert not np.array_equal(rated(rater(seed=1))["rating_score"].values, score)


def test_a_rater_and_a_run_of_the_same_seed_start_from_different_networks(monkeypatch):
    """A network that starts as its rater did could find the rater's mistakes easier to learn."""
    started = []

    def keep(_, initial, *given, **more):
        started.append(initial)
        raise StopIteration

    monkeypatch.setattr(rate, "train_reader", keep)
    with pytest.raises(StopIteration):
        rated(rater(seed=0))
    of_run = run(training("naive", seed=0)).parameters["W_in"][0]
    assert not np.array_equal(started[0]["W_in"], of_run)


def test_a_rater_reads_nothing_but_its_own_part_and_the_labels_of_development():
    """Its labels of the other comments stay when these have other labels."""
    corpus = small_corpus().copy(deep=True)
    others = np.isin(corpus["part"].values, [PARTS.index("study"), PARTS.index("test")])
    corpus["label"].values[others] ^= 1
    assert_array_equal(
        rated(RATER, corpus)["rating_score"].values, rated(RATER)["rating_score"].values
    )


def test_a_rater_stops_when_it_has_its_accuracy(caplog):
    corpus = easy_corpus()
    base = development_accuracy(rated(rater(epochs=1), corpus), corpus)
    final = development_accuracy(rated(rater(epochs=20), corpus), corpus)
    assert final > base + 0.1
    wanted = float(base + final) / 2
    with caplog.at_level(logging.INFO, logger="test"):
        found = rated(rater(epochs=20, accuracy=wanted), corpus)
    reached = float(development_accuracy(found, corpus))
    assert wanted <= reached < final
    assert f"accuracy {reached:.4f}" in caplog.text


def test_an_accuracy_that_it_has_exactly_is_reached():
    corpus = easy_corpus()
    early = rated(rater(epochs=20, accuracy=0.85), corpus)
    exact = development_accuracy(early, corpus)
    again = rated(rater(epochs=20, accuracy=float(exact)), corpus)
    assert_array_equal(again["rating_score"].values, early["rating_score"].values)


def test_a_rater_that_does_not_reach_its_accuracy_is_refused_with_its_best():
    says = r"accuracy 0\.999 in 3 epochs; the best is 0\.\d{4}, after \d+ updates; lower"
    with pytest.raises(ValueError, match=says):
        rated(rater(accuracy=0.999))


def test_a_share_of_the_harmless_comments_with_a_group_is_kept():
    rng = np.random.default_rng(0)
    corpus = small_corpus()
    count = corpus.sizes["comment"]
    own = rng.permutation(count)[: count // 2]
    names = corpus["member"].values[:, own].any(axis=0)
    thinned = names & (corpus["label"].values[own] == 0)
    often = np.zeros(len(own))
    for seed in range(200):
        found = kept(corpus, own, share=0.15, seed=seed)
        assert found[~thinned].all()
        often += found
    share = often[thinned].sum() / (200 * thinned.sum())
    assert share == pytest.approx(0.15, abs=4 * np.sqrt(0.15 * 0.85 / (200 * thinned.sum())))
    assert kept(corpus, own, share=1.0, seed=0).all()
    few, many = (kept(corpus, own, share=share, seed=0) for share in (0.2, 0.6))
    assert np.all(many | ~few)


def test_a_rater_that_sees_few_harmless_comments_with_a_group_gives_groups_higher_scores():
    """The difference of scores between harmless comments with and without a group."""
    corpus = generated_corpus(SPEC.model_copy(update={"rater": 1000}))
    harmless = (corpus["label"].values == 0) & (corpus["part"].values != PARTS.index("rater"))
    names = corpus["member"].values.any(axis=0)
    gaps = []
    for keep in (0.01, 1.0):
        score = rated(rater(epochs=10, keep=keep), corpus)["rating_score"].values
        gaps.append(score[harmless & names].mean() - score[harmless & ~names].mean())
    assert gaps[0] > gaps[1] + 0.5


def test_a_vote_is_toxic_as_often_as_people_say_toxic():
    corpus = with_votes()
    seeds = 400
    share = np.mean(
        [vote_rating(VoteRating(seed=seed), corpus)["rated"].values for seed in range(seeds)],
        axis=0,
    )
    expected = corpus["toxic_votes"].values / corpus["votes"].values
    certain = (expected == 0) | (expected == 1)
    assert_array_equal(share[certain], expected[certain])
    error = np.sqrt(expected * (1 - expected) / seeds)
    assert np.all(np.abs(share - expected) <= 4.5 * error)
    assert_allclose(share.mean(), expected.mean(), atol=0.005)


def test_votes_are_fixed_by_their_seed():
    corpus = with_votes()
    first, again, other = (
        vote_rating(VoteRating(seed=seed), corpus)["rated"].values for seed in (0, 0, 1)
    )
    assert_array_equal(again, first)
    assert not np.array_equal(other, first)
    assert set(np.unique(first)) == {0, 1}
    assert "rating_score" not in vote_rating(VoteRating(), corpus)

import numpy as np
import pytest

from noisy_labels_runs import compared, corpus, rating
from ontogeny.estimates import difference

C = corpus()
TOXIC = C["label"].values == 1
NAMED = (C["member"].values == 1).any(axis=0)


def voted(rate):
    """Return the corpus with three votes, of which at most one is wrong, as often as a rate."""
    wrong = np.random.default_rng(7).random(len(TOXIC)) < rate
    votes = np.full(len(TOXIC), 3, dtype=np.int16)
    says_toxic = np.where(TOXIC, 3 - wrong, wrong).astype(np.int16)
    return C.assign(votes=("comment", votes), toxic_votes=("comment", says_toxic)), wrong / 3


def measured(of, **changed):
    right = rating(of, np.zeros(len(TOXIC), dtype=bool))
    return compared([], {"c": of}, {"r": right.assign(changed)}).isel(rater=0)


def test_votes_on_named_comments_are_compared_with_those_on_all():
    of, wrong = voted(np.where(NAMED, 0.5, 0.2))
    found = measured(of)
    for place, among in enumerate((~TOXIC, TOXIC)):
        one = found.isel(true_label=place)
        assert float(one["vote_noise"]) == pytest.approx(wrong[among].mean())
        excess = wrong[among & NAMED].mean() - wrong[among].mean()
        assert float(one["vote_excess"]) == pytest.approx(excess)
        assert int(one["named_comments"]) == (among & NAMED).sum()


def test_its_interval_is_the_bootstrap_over_comments():
    of, wrong = voted(np.where(NAMED, 0.5, 0.2))
    lower, upper = measured(of)["vote_excess_interval"].sel(true_label="harmless").values
    expected = difference([(wrong[~TOXIC & NAMED], wrong[~TOXIC & ~NAMED])])
    others = (~NAMED)[~TOXIC].mean()
    width = others * (expected.upper - expected.lower)
    assert lower == pytest.approx(others * expected.lower, abs=0.05 * width)
    assert upper == pytest.approx(others * expected.upper, abs=0.05 * width)


def test_the_vote_that_a_rater_drew_does_not_matter():
    of, _ = voted(0.3)
    other = rating(of, np.arange(len(TOXIC)) % 2 == 0)["rated"]
    for name in ("vote_noise", "vote_excess", "vote_excess_interval"):
        np.testing.assert_array_equal(measured(of)[name], measured(of, rated=other)[name])


def test_without_votes_there_is_nothing():
    found = measured(C)
    assert np.isnan(found["vote_noise"]).all()
    assert np.isnan(found["vote_excess_interval"]).all()
    assert found["named_comments"].values.tolist() == [0, 0]


def test_without_named_comments_there_is_no_excess():
    of, wrong = voted(0.3)
    found = measured(of.assign(member=0 * of["member"])).sel(true_label="harmless")
    assert float(found["vote_noise"]) == pytest.approx(wrong[~TOXIC].mean())
    assert np.isnan(found["vote_excess"])

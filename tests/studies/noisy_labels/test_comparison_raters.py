import numpy as np
import pytest

from noisy_labels_runs import compared, corpus, rating
from ontogeny.ranking import auc
from ontogeny.studies.noisy_labels.corpora.comments import PARTS

C = corpus()
STUDY = C["part"].values == PARTS.index("study")
TOXIC = C["label"].values == 1
MEMBER = C["member"].values == 1


def biased():
    """Half of the harmless comments of the first group, and a third of all toxic ones."""
    rng = np.random.default_rng(4)
    uniform = rng.random(C.sizes["comment"])
    return (~TOXIC & MEMBER[0] & (uniform < 0.5)) | (TOXIC & (uniform < 1 / 3))


def test_rates_of_a_rater_are_those_of_the_study_comments():
    wrong = biased()
    found = compared([], {"c": C}, {"r": rating(C, wrong)}).isel(rater=0)
    nameless = ~MEMBER.any(axis=0)

    def share(among):
        return wrong[STUDY & among].mean()

    assert float(found["rater_accuracy"]) == pytest.approx(1 - wrong[STUDY].mean())
    assert float(found["rater_background_false_positive_rate"]) == share(nameless & ~TOXIC) == 0
    assert float(found["rater_background_false_negative_rate"]) == share(nameless & TOXIC)
    for group in (0, 1):
        of = found.isel(identity=group)
        assert float(of["rater_false_positive_rate"]) == share(MEMBER[group] & ~TOXIC)
        assert float(of["rater_false_negative_rate"]) == share(MEMBER[group] & TOXIC)
        counts = [int((STUDY & MEMBER[group] & each).sum()) for each in (~TOXIC, TOXIC)]
        assert of["rater_comments"].values.tolist() == counts
    counts = [int((STUDY & nameless & each).sum()) for each in (~TOXIC, TOXIC)]
    assert found["rater_background_comments"].values.tolist() == counts
    assert found["true_label"].values.tolist() == ["harmless", "toxic"]


def test_a_rater_that_is_a_network_has_an_auc_and_a_vote_has_none():
    of = rating(C, biased())
    found = compared([], {"c": C}, {"r": of, "v": rating(C, biased(), scores=False)})
    score = of["rating_score"].values
    expected = auc(score[STUDY & TOXIC], score[STUDY & ~TOXIC])
    assert float(found["rater_auc"].sel(rater="r")) == pytest.approx(expected)
    assert np.isnan(found["rater_auc"].sel(rater="v"))


def test_raters_are_described_as_the_configuration_says():
    of = corpus(source="votes")
    wrong = biased()
    found = compared([], {"c": of}, {"r": rating(of, wrong), "v": rating(of, wrong, scores=False)})
    assert found["source_of_rater"].values.tolist() == ["votes", "votes"]
    assert found["corpus_of_rater"].values.tolist() == ["c", "c"]
    np.testing.assert_array_equal(found["accuracy_of_rater"], [0.95, np.nan])
    np.testing.assert_array_equal(found["keep_of_rater"], [0.15, np.nan])


def test_a_rate_needs_enough_comments_of_its_own_class():
    toxic, harmless = (
        [int((STUDY & MEMBER[group] & each).sum()) for group in (0, 1)] for each in (TOXIC, ~TOXIC)
    )
    least = max(toxic) + 1
    assert least < min(harmless)
    found = compared([], {"c": C}, {"r": rating(C, biased())}, least_comments=least)
    assert np.isnan(found["rater_false_negative_rate"]).all()
    assert not np.isnan(found["rater_false_positive_rate"]).any()

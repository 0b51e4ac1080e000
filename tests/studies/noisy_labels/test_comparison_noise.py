import numpy as np
import pytest

from noisy_labels_runs import compared, corpus, rating, run
from ontogeny.ranking import noise_by_score
from ontogeny.studies.noisy_labels.corpora.comments import PARTS

C = corpus(sizes=(100, 1000, 400, 6000))
TEST = C["part"].values == PARTS.index("test")
TOXIC = C["label"].values == 1
ORACLE = run(C, "oracle")


def score():
    """The oracle's scores, 0 for comments that it did not score."""
    scores = ORACLE.results["scores"]
    found = np.zeros(C.sizes["comment"])
    found[scores["comment"].values] = scores["score"].values[0]
    return found


def noise(wrong, *runs, **analysis):
    return compared(runs or [ORACLE], {"c": C}, {"r": rating(C, wrong)}, **analysis).isel(rater=0)


def spread(found):
    """The range over bins, by true label."""
    return np.ptp(found["noise_by_score"].isel(seed=0).values, axis=-1)


def by_class():
    uniform = np.random.default_rng(1).random(C.sizes["comment"])
    return uniform < np.where(TOXIC, 0.4, 0.1)


def by_score():
    """As much noise on the whole, but near the oracle's boundary alone."""
    uniform = np.random.default_rng(1).random(C.sizes["comment"])
    return (uniform < 0.9) & (np.abs(score()) < 0.6)


def test_noise_by_class_is_flat():
    found = noise(by_class())
    null = found["noise_null"].values[0]
    assert (spread(found) < 2 * null).all()
    assert (spread(found) > 0.3 * null).all()


def test_noise_near_the_boundary_is_not_flat():
    found = noise(by_score())
    null = found["noise_null"].values[0]
    assert (spread(found) > 5 * null).all()
    harmless, toxic = found["noise_by_score"].values[0]
    assert harmless[-1] == harmless.max() > harmless[0]
    assert toxic[0] == toxic.max() > toxic[-1]


def test_shares_are_those_of_the_test_comments_of_one_class():
    wrong = by_score()
    found = noise(wrong, bins=7)
    assert found.sizes["bin"] == 7
    for place, among in enumerate((TEST & ~TOXIC, TEST & TOXIC)):
        expected, count = noise_by_score(score()[among], wrong[among], 7)
        of = found["noise_by_score"].values[0, place]
        np.testing.assert_array_equal(of, expected)
        assert of @ count == pytest.approx(wrong[among].sum())


def test_the_expected_range_is_that_of_permuted_labels():
    wrong = by_class()
    found = noise(wrong)["noise_null"].values[0]
    rng = np.random.default_rng(9)
    for place, among in enumerate((TEST & ~TOXIC, TEST & TOXIC)):
        ranges = [
            np.ptp(noise_by_score(score()[among], rng.permutation(wrong[among]), 5)[0])
            for _ in range(400)
        ]
        error = np.std(ranges) / np.sqrt(200)
        assert found[place] == pytest.approx(np.mean(ranges), abs=5 * error)


def test_no_wrong_labels_have_no_range():
    found = noise(np.zeros(C.sizes["comment"], dtype=bool))
    np.testing.assert_array_equal(found["noise_null"], 0)
    np.testing.assert_array_equal(found["noise_by_score"], 0)


def test_an_oracle_of_any_rater_counts_and_the_first_experiment_by_name():
    first = run(C, "oracle", rater="other", experiment="a")
    blind = run(C, "oracle", shift={"green": 50.0}, experiment="b")
    expected = noise(by_score())["noise_by_score"]
    for runs in ([first, blind], [blind, first]):
        np.testing.assert_array_equal(noise(by_score(), *runs)["noise_by_score"], expected)


def test_seeds_are_those_of_oracles():
    other = corpus(("red",), seed=5)
    runs = [ORACLE, run(other, "oracle", seed=3, corpus="other"), run(C, "naive", seed=7)]
    found = compared(runs, {"c": C, "other": other}, {"r": rating(C, by_class())}).isel(rater=0)
    assert found["seed"].values.tolist() == [0, 3]
    assert not np.isnan(found["noise_by_score"].sel(seed=0)).any()
    assert np.isnan(found["noise_by_score"].sel(seed=3)).all()
    assert np.isnan(found["noise_null"].sel(seed=3)).all()

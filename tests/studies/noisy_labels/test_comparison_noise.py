import numpy as np
import pytest

from noisy_labels_runs import compared, corpus, rating, run
from ontogeny.ranking import noise_by_score
from ontogeny.studies.noisy_labels.corpora.comments import PARTS

C = corpus(sizes=(100, 1000, 400, 6000))
TEST = C["part"].values == PARTS.index("test")
TOXIC = C["label"].values == 1
CLASSES = (TEST & ~TOXIC, TEST & TOXIC)
ORACLE = run(C, "oracle")


def score(oracle=ORACLE):
    """The oracle's scores, 0 for comments that it did not score."""
    scores = oracle.results["scores"]
    found = np.zeros(C.sizes["comment"])
    found[scores["comment"].values] = scores["score"].values[0]
    return found


def noise(wrong, *runs, **analysis):
    return compared(runs or [ORACLE], {"c": C}, {"r": rating(C, wrong)}, **analysis).isel(rater=0)


def spread(found):
    """The range over bins, by true label."""
    return np.ptp(found["noise_by_score"].values, axis=-1)


def by_class(seed=1):
    uniform = np.random.default_rng(seed).random(C.sizes["comment"])
    return uniform < np.where(TOXIC, 0.4, 0.1)


def by_score():
    """As much noise on the whole, but near the oracle's boundary alone."""
    uniform = np.random.default_rng(1).random(C.sizes["comment"])
    return (uniform < 0.9) & (np.abs(score()) < 0.6)


def test_noise_by_class_has_no_excess():
    found = [noise(by_class(seed)) for seed in range(12)]
    excess = np.array([float(each["noise_excess"]) for each in found])
    lower, upper = np.array([each["noise_excess_interval"].values for each in found]).T
    assert abs(excess.mean()) < 3 * excess.std() / np.sqrt(len(excess))
    assert (lower < 0).sum() >= 11
    assert (lower < excess).all()
    assert (excess < upper).all()


def test_noise_near_the_boundary_has_an_excess():
    found = noise(by_score())
    null = found["noise_null"].values
    assert (spread(found) > 5 * null).all()
    assert float(found["noise_excess_interval"].sel(end="lower")) > 0.3
    harmless, toxic = found["noise_by_score"].values
    assert harmless[-1] == harmless.max() > harmless[0]
    assert toxic[0] == toxic.max() > toxic[-1]
    assert int(found["noise_comments"]) == TEST.sum()


def test_shares_are_those_of_the_test_comments_of_one_class():
    wrong = by_score()
    found = noise(wrong, bins=7)
    assert found.sizes["bin"] == 7
    for place, among in enumerate(CLASSES):
        expected, count = noise_by_score(score()[among], wrong[among], 7)
        of = found["noise_by_score"].values[place]
        np.testing.assert_array_equal(of, expected)
        assert of @ count == pytest.approx(wrong[among].sum())


def test_the_scores_of_oracles_are_averaged_over_seeds():
    other = run(C, "oracle", seed=1, noise=0.8)
    found = noise(by_score(), ORACLE, other)
    mean = (score() + score(other)) / 2
    for place, among in enumerate(CLASSES):
        expected, _ = noise_by_score(mean[among], by_score()[among], 5)
        np.testing.assert_array_equal(found["noise_by_score"].values[place], expected)


def test_the_expected_ranges_are_those_of_permuted_labels():
    wrong = by_class()
    found = noise(wrong)
    rng = np.random.default_rng(9)
    ranges = np.array(
        [
            [
                np.ptp(noise_by_score(score()[among], rng.permutation(wrong[among]), 5)[0])
                for among in CLASSES
            ]
            for _ in range(400)
        ]
    )
    error = 5 * ranges.std(axis=0) / np.sqrt(400)
    assert (np.abs(found["noise_null"].values - ranges.mean(axis=0)) < error).all()
    expected = spread(found).max() - ranges.max(axis=1).mean()
    assert float(found["noise_excess"]) == pytest.approx(expected, abs=error.max())


def test_no_wrong_labels_have_no_range():
    found = noise(np.zeros(C.sizes["comment"], dtype=bool))
    for name in ("noise_null", "noise_by_score", "noise_excess", "noise_excess_interval"):
        np.testing.assert_array_equal(found[name], 0)


def test_an_oracle_of_any_rater_counts_and_the_first_experiment_by_name():
    first = run(C, "oracle", rater="other", clean_share=0.2, experiment="a")
    blind = run(C, "oracle", shift={"green": 50.0}, experiment="b")
    unusual = run(C, "oracle", shift={"blue": 50.0}, conditions="x 1", experiment="0")
    expected = noise(by_score())["noise_by_score"]
    for runs in ([first, blind, unusual], [unusual, blind, first]):
        np.testing.assert_array_equal(noise(by_score(), *runs)["noise_by_score"], expected)


def test_without_an_oracle_on_the_corpus_nothing_is_known():
    other = corpus(("red",), seed=5)
    runs = [run(other, "oracle", seed=3, corpus="other"), run(C, "naive", seed=7)]
    found = compared(runs, {"c": C, "other": other}, {"r": rating(C, by_class())}).isel(rater=0)
    for name in ("noise_by_score", "noise_null", "noise_excess", "noise_excess_interval"):
        assert np.isnan(found[name]).all(), name
    assert int(found["noise_comments"]) == 0

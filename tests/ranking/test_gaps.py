"""Squared equality gaps and counterfactual gaps, against loops over thresholds and pairs."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from ontogeny.ranking import counterfactual_gap, negative_aseg, positive_aseg

probabilities = st.lists(
    st.integers(0, 20).map(lambda n: n / 20) | st.floats(0, 1), min_size=1, max_size=6
)


def integral(of_group, outside):
    """One threshold, and one trapezoid, after the other."""
    points = [
        (sum(x > threshold for x in outside), sum(x > threshold for x in of_group))
        for threshold in [*np.linspace(1, 0, 1000), -1]
    ]
    total = 0.0
    for (x, y), (next_x, next_y) in pairwise(points):
        ends = [(b / len(of_group) - a / len(outside)) ** 2 for a, b in ((x, y), (next_x, next_y))]
        total += (next_x - x) / len(outside) * sum(ends) / 2
    return total


def one_group(harmless_outside, harmless, toxic_outside, toxic):
    """Comments of one group and of the background."""
    parts = [harmless_outside, harmless, toxic_outside, toxic]
    sizes = [len(part) for part in parts]
    label = np.repeat([False, False, True, True], sizes)
    member = np.repeat([False, True, False, True], sizes)[None]
    return np.concatenate(parts), label, member, ~member[0]


def both(*parts):
    comments = one_group(*parts)
    return positive_aseg(*comments)[0], negative_aseg(*comments)[0]


@settings(max_examples=15)
@given(probabilities, probabilities, probabilities, probabilities)
def test_squared_gaps_are_integrals_along_thresholds(
    harmless_outside, harmless, toxic_outside, toxic
):
    expected = integral(toxic, toxic_outside), integral(harmless, harmless_outside)
    assert_allclose(both(harmless_outside, harmless, toxic_outside, toxic), expected, atol=1e-12)


def test_published_groups_without_bias():
    low = [0.1, 0.2, 0.22, 0.24, 0.26, 0.28, 0.3, 0.4]
    high = [0.7, 0.8, 0.82, 0.84, 0.86, 0.88, 0.9, 1.0]
    assert both(low, low, high, high) == (0, 0)


def test_published_shift():
    """Each class is shifted beyond its own range, so that the group's curve is a step.

    The integral of (1 - x)^2 by trapezoids between the 7 scores is 1/3 + 1/(6 7^2) = 0.3367; the
    published test asks for 0.33 to one decimal. Which of the two is higher makes no difference.
    """
    low = np.array([0.1, 0.12, 0.14, 0.15, 0.16, 0.18, 0.2])
    high = np.array([0.7, 0.72, 0.74, 0.75, 0.76, 0.78, 0.8])
    expected = 1 / 3 + 1 / (6 * 7**2)
    assert_allclose(both(low, low + 0.11, high, high + 0.11), expected)
    assert_allclose(both(low + 0.11, low, high + 0.11, high), expected)


def test_ends_of_the_scale_belong_to_it():
    assert_allclose(both([0.0], [1.0], [0.0], [1.0]), 0.5)
    assert_allclose(both([1.0], [0.0], [1.0], [0.0]), 0.5)
    assert both([0.0], [0.0], [1.0], [1.0]) == (0, 0)


def test_squared_gaps_of_a_group_without_comments_are_missing():
    positive, negative = both([0.1], [0.2], [0.9], [])
    assert np.isnan(positive)
    assert np.isfinite(negative)
    assert np.isnan(both([], [0.2], [0.9], [0.3])[1])


def test_scores_must_be_probabilities():
    comments = one_group([0.1], [0.2], [1.5], [0.9])
    with pytest.raises(ValueError, match="a probability is below 0 or above 1"):
        positive_aseg(*comments)
    with pytest.raises(ValueError, match="a probability is below 0 or above 1"):
        counterfactual_gap([-0.1, 0.2], [0, 0], np.eye(2))


def over_pairs(probability, sentence, group):
    """Sentence by sentence, pair by pair."""
    probes = list(zip(probability, sentence, group, strict=True))
    means = []
    for number in sorted({each for each in sentence if each >= 0}):
        of_sentence = [(p, own) for p, each, own in probes if each == number]
        gaps = [abs(a - b) for (a, own), (b, other) in combinations(of_sentence, 2) if own != other]
        means += [np.mean(gaps)] if gaps else []
    return np.mean(means) if means else np.nan


@settings(max_examples=80)
@given(
    st.lists(
        st.tuples(
            st.floats(0, 1) | st.sampled_from([0.25, 0.5]), st.integers(-1, 4), st.integers(0, 2)
        ),
        min_size=1,
        max_size=25,
    )
)
def test_counterfactual_gap_is_over_pairs_of_different_groups_within_sentences(probes):
    """Of the three groups the last is that of probes that name none."""
    probability, sentence, group = (list(each) for each in zip(*probes, strict=True))
    member = np.array(group) == np.arange(2)[:, None]
    assert_allclose(
        counterfactual_gap(probability, sentence, member),
        over_pairs(probability, sentence, group),
        atol=1e-14,
    )


def test_sentences_weigh_the_same_and_unknown_ones_nothing():
    many, two = [0.1] * 9, [0.0, 1.0]
    assert counterfactual_gap([*many, *two], [3] * 9 + [8] * 2, np.eye(11)) == 0.5
    assert counterfactual_gap([*two, 0.0, 1.0], [-1, -1, 5, 5], np.eye(4)) == 1
    assert np.isnan(counterfactual_gap([0.0, 1.0], [-1, -1], np.eye(2)))
    assert np.isnan(counterfactual_gap([0.0, 1.0], [2, 1], np.eye(2)))
    assert np.isnan(counterfactual_gap([], [], np.zeros((2, 0))))
    for sentence, member in (([1], np.eye(2)), ([1, 1], np.eye(3))):
        with pytest.raises(ValueError, match="one sentence and one column"):
            counterfactual_gap([0.0, 1.0], sentence, member)


def test_two_terms_of_one_group_are_not_compared():
    synonyms = [[1, 1, 0], [0, 0, 1]]
    assert counterfactual_gap([0.0, 0.5, 0.5], [0, 0, 0], synonyms) == 0.25
    assert np.isnan(counterfactual_gap([0.0, 0.5], [0, 0], [[1, 1]]))

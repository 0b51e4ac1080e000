"""Errors at a threshold, against loops, fairlearn and a published example."""

import numpy as np
import pytest
from fairlearn.metrics import MetricFrame, false_negative_rate, false_positive_rate
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from ontogeny.ranking import (
    Confusion,
    confusion,
    equal_error_threshold,
    equality_difference,
    group_rates,
    rates,
)

few_values = st.sampled_from([-1.0, 0.0, 0.25, 0.5, 1.0])
labelled_scores = st.lists(st.tuples(few_values, st.booleans()), min_size=1, max_size=20)


def drawn_comments():
    generator = np.random.default_rng(0)
    score, label = generator.random(300), generator.random(300) < 0.4
    member = generator.random((3, 300)) < 0.3
    return score, label, member, ~member.any(0)


def test_published_confusion():
    score = [0.1, 0.2, 0.3, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95]
    label = [True, False, False, False, False, False, True, True, True, True]
    assert confusion(score, label, 0.5) == Confusion(tp=4, tn=2, fp=3, fn=1)
    assert rates(score, label, 0.5) == (3 / 5, 1 / 5)


@settings(max_examples=60)
@given(labelled_scores, few_values)
def test_rates_count_one_comment_at_a_time(comments, threshold):
    harmless = [score for score, is_toxic in comments if not is_toxic]
    toxic = [score for score, is_toxic in comments if is_toxic]
    score, label = (np.array(each) for each in zip(*comments, strict=True))
    expected = (
        np.mean([score > threshold for score in harmless]) if harmless else np.nan,
        np.mean([score <= threshold for score in toxic]) if toxic else np.nan,
    )
    assert_allclose(rates(score, label, threshold), expected)


@settings(max_examples=100)
@given(labelled_scores)
def test_no_other_threshold_has_more_equal_errors(comments):
    score, label = (np.array(each) for each in zip(*comments, strict=True))
    if label.all() or not label.any():
        with pytest.raises(ValueError, match="labels are all the same"):
            equal_error_threshold(score, label)
        return
    found = equal_error_threshold(score, label)

    def gap(threshold):
        fpr, fnr = rates(score, label, threshold)
        return abs(fpr - fnr)

    assert found in score
    for other in [-9.0, *score]:
        assert gap(found) <= gap(other) + 1e-12
        assert other <= found or gap(found) < gap(other) - 1e-12


def test_of_two_equally_good_thresholds_the_higher_is_taken():
    score, label = [0.1, 0.2, 0.3, 0.4], [False, True, True, False]
    assert [np.subtract(*rates(score, label, each)) for each in (0.2, 0.3)] == [0, -0.5]
    assert equal_error_threshold(score, label) == 0.2
    score, label = [0.1, 0.2, 0.3], [False, True, False]
    assert [np.subtract(*rates(score, label, each)) for each in (0.1, 0.2)] == [0.5, -0.5]
    assert equal_error_threshold(score, label) == 0.2


def test_fairlearn_agrees():
    score, label, member, background = drawn_comments()
    found = group_rates(score, label, member, background, 0.6)
    for name, metric in {"fpr": false_positive_rate, "fnr": false_negative_rate}.items():
        for number, group in enumerate([*member, background]):
            frame = MetricFrame(
                metrics=metric, y_true=label, y_pred=score > 0.6, sensitive_features=group
            )
            of_group = [*getattr(found, name), getattr(found, f"background_{name}")][number]
            assert_allclose(of_group, frame.by_group[True])


def test_labels_of_a_rater_are_scores():
    _, label, member, background = drawn_comments()
    rated = label ^ (member[1] & ~label)
    found = group_rates(rated, label, member, background, 0.5)
    assert found.fpr[1] == 1
    assert not found.fnr.any()
    assert found.background_fpr == 0


def test_a_group_without_the_comments_has_no_rate():
    score, label, member, background = drawn_comments()
    found = group_rates(score, label & ~member[0], member, background, 0.5)
    assert np.isnan(found.fnr[0])
    assert np.isfinite([*found.fpr, *found.fnr[1:], found.background_fnr]).all()


def test_equality_difference_is_the_sum_over_groups():
    score, label, member, background = drawn_comments()
    overall, _ = rates(score, label, 0.7)
    fpr = group_rates(score, label, member, background, 0.7).fpr
    loop = sum(abs(overall - rate) for rate in fpr)
    assert_allclose(equality_difference(overall, fpr), loop)


def test_gaps_leave_out_groups_without_a_rate():
    assert_allclose(equality_difference(0.5, [0.25, np.nan, 0.75]), 0.5)
    assert np.isnan(equality_difference(0.5, [np.nan]))

"""AUCs against counts of pairs, scikit-learn and a published example."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import rankdata
from sklearn.metrics import roc_auc_score

from ontogeny.ranking import auc, group_aucs

few_values = st.sampled_from([-2.0, -0.5, 0.0, 0.5, 1.0, np.inf])
"""So few that many scores are the same."""


def over_pairs(positive, negative):
    """P(x > y) + P(x = y) / 2, pair by pair."""
    if not len(positive) or not len(negative):
        return np.nan
    won = sum((x > y) + (x == y) / 2 for x in positive for y in negative)
    return won / (len(positive) * len(negative))


@st.composite
def labelled_comments(draw, groups=3):
    """Scores, labels, groups that overlap, and a background that some comments are not in."""
    count = draw(st.integers(1, 25))
    several = st.lists(st.booleans(), min_size=count, max_size=count)
    score = np.array(draw(st.lists(few_values, min_size=count, max_size=count)))
    label = np.array(draw(several))
    member = np.array([draw(several) for _ in range(groups)])
    return score, label, member, ~member.any(0) & np.array(draw(several))


def published(shift=0.0):
    """The example in the tests of `model_bias_analysis.py`."""
    harmless, toxic = [0.1, 0.2, 0.3], [0.5, 0.8, 0.9]
    of_group = np.array([0.21, 0.31, 0.55, 0.4, 0.6, 0.71]) + shift
    score = np.array([*harmless, *toxic, *of_group])
    label = np.tile(np.repeat([False, True], 3), 2)
    member = np.repeat([False, True], 6)[None]
    return score, label, member, ~member[0]


@settings(max_examples=80)
@given(st.lists(few_values, max_size=12), st.lists(few_values, max_size=12))
def test_auc_is_the_share_of_pairs(positive, negative):
    assert_allclose(auc(positive, negative), over_pairs(positive, negative), atol=1e-14)
    assert_allclose(auc(positive, negative), 1 - auc(negative, positive), atol=1e-14)


def test_auc_is_that_of_ranks():
    generator = np.random.default_rng(2)
    positive, negative = (
        generator.normal(0.3, size=70).round(1),
        generator.normal(size=300).round(1),
    )
    ranks = rankdata([*positive, *negative])[:70]
    assert_allclose(auc(positive, negative), (ranks.sum() - 70 * 71 / 2) / (70 * 300))


@settings(max_examples=80)
@given(labelled_comments())
def test_groups_are_compared_pair_by_pair(comments):
    score, label, member, background = comments
    found = group_aucs(*comments)
    for number, group in enumerate(member):
        toxic, harmless = score[group & label], score[group & ~label]
        toxic_outside, harmless_outside = score[background & label], score[background & ~label]
        expected = {
            "subgroup": over_pairs(toxic, harmless),
            "bpsn": over_pairs(toxic_outside, harmless),
            "bnsp": over_pairs(toxic, harmless_outside),
            "negative_aeg": over_pairs(harmless, harmless_outside) - 0.5,
            "positive_aeg": over_pairs(toxic, toxic_outside) - 0.5,
        }
        for name, value in expected.items():
            assert_allclose(getattr(found, name)[number], value, atol=1e-14, err_msg=name)


def test_scikit_learn_agrees():
    generator = np.random.default_rng(0)
    score = generator.normal(size=400).round(1)
    label = generator.random(400) < 0.3
    member = generator.random((4, 400)) < 0.2
    background = ~member.any(0)
    found = group_aucs(score, label, member, background)
    assert_allclose(auc(score[label], score[~label]), roc_auc_score(label, score))
    for number, group in enumerate(member):
        for name, part in {
            "subgroup": group,
            "bpsn": (group & ~label) | (background & label),
            "bnsp": (group & label) | (background & ~label),
        }.items():
            assert_allclose(getattr(found, name)[number], roc_auc_score(label[part], score[part]))


def test_published_example():
    found = group_aucs(*published())
    assert_allclose(found.subgroup, 8 / 9)
    assert_allclose(found.bpsn, 8 / 9)
    assert_allclose(found.bnsp, 1)
    assert_allclose(found.negative_aeg, 7 / 18)
    assert_allclose(found.positive_aeg, -5 / 18)


def test_a_group_that_is_scored_higher():
    """Its harmless comments are then taken for toxic, and its toxic ones are not missed."""
    before, after = group_aucs(*published()), group_aucs(*published(shift=0.2))
    assert after.negative_aeg > before.negative_aeg > 0
    assert after.bpsn < before.bpsn
    assert group_aucs(*published(shift=-0.3)).bnsp < after.bnsp == 1
    assert_allclose(after.subgroup, before.subgroup)


@pytest.mark.parametrize(("of", "aucs", "gap"), [(np.array, 1, 0), (np.zeros_like, 0.5, 0)])
def test_perfect_and_constant_scores(of, aucs, gap):
    _, label, member, background = published()
    found = group_aucs(of(label).astype(float), label, member, background)
    assert_allclose([found.subgroup, found.bpsn, found.bnsp], aucs)
    assert_allclose([found.negative_aeg, found.positive_aeg], gap)


def test_only_the_order_of_scores_matters():
    score, *rest = published()
    for name, value in vars(group_aucs(score, *rest)).items():
        assert_allclose(getattr(group_aucs(np.exp(9 * score), *rest), name), value)


def test_without_the_comments_it_needs_an_auc_is_missing():
    score, label, member, background = published()
    found = group_aucs(score, label & ~member[0], member, background)
    assert np.isnan([found.subgroup, found.bnsp, found.positive_aeg]).all()
    assert np.isfinite([found.bpsn, found.negative_aeg]).all()
    assert np.isnan(auc([], [1.0]))
    assert np.isnan(auc([1.0], []))
    assert group_aucs(score, label, np.empty((0, 12), bool), background).bpsn.shape == (0,)


def test_comments_in_neither_do_not_count():
    score, label, member, background = published()
    found = group_aucs(score, label, member, background & (score != 0.3))
    kept = score != 0.3
    alone = group_aucs(score[kept], label[kept], member[:, kept], background[kept])
    for name, value in vars(alone).items():
        assert_allclose(getattr(found, name), value)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"score": [0.1, np.nan]}, "a score is NaN"),
        ({"score": [[0.1, 0.2]]}, "one score for each comment"),
        ({"label": [True]}, r"label \(1,\), expected \(2,\)"),
        ({"label": [1, -1]}, "label: a value is neither 1 nor 0"),
        ({"member": [[True]]}, r"member \(1, 1\), expected \(1, 2\)"),
        ({"background": [True, False, True]}, r"background \(3,\)"),
        ({"background": [True, True]}, "a comment of the background names a group"),
    ],
)
def test_what_is_not_comments_is_refused(changed, message):
    comments = {
        "score": [0.1, 0.2],
        "label": [True, False],
        "member": [[True, False]],
        "background": [False, True],
    }
    with pytest.raises(ValueError, match=message):
        group_aucs(**(comments | changed))


def test_ones_and_zeros_are_yes_and_no():
    score, label, member, background = published()
    found = group_aucs(score, label.astype(np.int8), member.astype(int), background.astype(float))
    assert_allclose(found.bpsn, 8 / 9)

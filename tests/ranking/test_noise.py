"""Noise of labels by score."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from ontogeny.ranking import noise_by_score


@pytest.mark.parametrize(("comments", "bins"), [(20, 5), (23, 5), (7, 7), (3, 5), (0, 2)])
def test_bins_are_consecutive_in_the_order_of_scores(comments, bins):
    generator = np.random.default_rng(comments)
    score, wrong = generator.normal(size=comments), generator.random(comments) < 0.4
    share, count = noise_by_score(score, wrong, bins)
    parts = np.array_split(wrong[np.argsort(score)], bins)
    assert [*count] == [len(part) for part in parts]
    assert_allclose(share, [part.mean() if part.size else np.nan for part in parts])


def test_equal_scores_are_in_the_order_given():
    score = np.tile([1.0, 0.0], 50)
    wrong = np.arange(100) < 50
    share, _ = noise_by_score(score, wrong, 4)
    assert [*share] == [1, 0, 1, 0]


def test_class_noise_is_flat_and_noise_of_high_scores_is_not():
    score = np.linspace(0, 1, 100)
    flat, _ = noise_by_score(score, np.arange(100) % 5 == 0, 4)
    assert_allclose(flat, 0.2)
    rising, _ = noise_by_score(score, score > 0.75, 4)
    assert_allclose(rising, [0, 0, 0, 1])


def test_at_least_one_bin():
    with pytest.raises(ValueError, match="0 bins: at least 1"):
        noise_by_score([0.1], [True], 0)

"""Transition matrices against counts, and against those that labels were flipped with."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from ontogeny.studies.noisy_labels.networks.transition import by_group, mean_by_class


def flipped(count, transition, *, seed=0):
    rng = np.random.default_rng(seed)
    label = rng.random(count) < 0.3
    says_toxic = rng.random(count) < np.where(label, transition[1], transition[0])
    return label, says_toxic


@pytest.mark.parametrize("transition", [(0.1, 0.8), (0.3, 0.6), (0.0, 1.0), (0.9, 0.2)])
def test_what_labels_were_flipped_with_is_recovered(transition):
    label, says_toxic = flipped(40_000, transition)
    number = np.array([(~label).sum(), label.sum()])
    error = np.sqrt(np.multiply(transition, np.subtract(1, transition)) / number) + 1 / number
    assert np.all(np.abs(mean_by_class(label, says_toxic) - transition) < 4 * error)


@pytest.mark.parametrize("kind", [bool, float])
def test_the_mean_by_class_is_that_of_counting(kind):
    rng = np.random.default_rng(1)
    label = rng.random(30) < 0.4
    said = rng.random(30)
    said = said < 0.5 if kind is bool else said
    expected = []
    for toxic in (False, True):
        values = [
            float(each) for each, is_toxic in zip(said, label, strict=True) if is_toxic == toxic
        ]
        expected.append((sum(values) + 0.5) / (len(values) + 1))
    assert_allclose(mean_by_class(label, said), expected, rtol=1e-14)


def test_an_estimate_is_never_0_or_1():
    label = np.array([False, False, True])
    for said in (np.zeros(3, dtype=bool), np.ones(3, dtype=bool), label):
        found = mean_by_class(label, said)
        assert np.all((found > 0) & (found < 1))
        of_groups = by_group(label, said, np.array([[True, True, True], [False] * 3]))
        assert np.all((of_groups > 0) & (of_groups < 1))


def test_a_group_is_drawn_towards_all_by_so_many_comments():
    rng = np.random.default_rng(2)
    label, said = rng.random(50) < 0.4, rng.random(50) < 0.5
    member = rng.random((4, 50)) < 0.3
    overall = mean_by_class(label, said)
    found = by_group(label, said, member, pseudo_counts=7.0)
    for group in range(4):
        for place, toxic in enumerate((False, True)):
            mine = [
                float(said[comment])
                for comment in range(50)
                if member[group, comment] and label[comment] == toxic
            ]
            expected = (sum(mine) + 7 * overall[place]) / (len(mine) + 7)
            assert found[group, place] == pytest.approx(expected, rel=1e-12)


def test_without_members_a_group_has_the_matrix_of_all_and_with_many_its_own():
    of_all, of_group = (0.1, 0.8), (0.5, 0.95)
    label, said = flipped(2000, of_all)
    more_label, more_said = flipped(60_000, of_group, seed=1)
    label, said = np.append(label, more_label), np.append(said, more_said)
    member = np.stack([np.zeros(len(label), dtype=bool), np.arange(len(label)) >= 2000])
    found = by_group(label, said, member)
    assert_allclose(found[0], mean_by_class(label, said), rtol=1e-14)
    assert_allclose(found[1], of_group, atol=0.01)

"""What each strategy learns from: which comments, whose labels, with which weight."""

import itertools

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from ontogeny.studies.noisy_labels.networks.examples import clean_comments, examples_of
from ontogeny.studies.noisy_labels.networks.labellers import CLEAN, NOISY

LABEL = np.array([1, 0, 0, 1, 0, 1], dtype=bool)
RATED = np.array([0, 1, 0, 1, 1, 0], dtype=bool)
OTHER = np.array([1, 1, 1, 0, 0, 0], dtype=bool)
CLEAN_ONES = np.array([0, 1, 2])
TRANSITION = np.tile([0.2, 0.7], (6, 1))

ALL, FEW, REST = [0, 1, 2, 3, 4, 5], [0, 1, 2], [3, 4, 5]
MIXED = [1, 0, 0, 1, 1, 0]  # true where clean, of the rater elsewhere
BY = [CLEAN] * 3 + [NOISY] * 3
TABLE = {
    "clean": (FEW, [1, 0, 0], [CLEAN] * 3),
    "naive": (ALL, MIXED, BY),
    "one-hot": (ALL, MIXED, BY),
    "loss-correction": (ALL, MIXED, BY),
    "multi-head": (ALL, MIXED, BY),
    "weighted": (ALL, MIXED, BY),
    "few-noisy": (FEW, [0, 1, 0], [CLEAN] * 3),
    "oracle": (ALL, [1, 0, 0, 1, 0, 1], [CLEAN] * 6),
    "noisy": (REST, [1, 1, 0], [NOISY] * 3),
    "relabelled": (ALL, [1, 0, 0, 0, 0, 0], BY),
}


def taught(strategy, **more):
    noisy = None if strategy in ("clean", "oracle") or more.get("tuned") else RATED
    if strategy == "relabelled" and noisy is not None:
        noisy = OTHER
    return examples_of(strategy, LABEL, noisy, CLEAN_ONES, **more)


@pytest.mark.parametrize("strategy", TABLE)
def test_a_strategy_learns_from_its_comments_with_their_labels(strategy):
    comments, target, labeller = TABLE[strategy]
    found = taught(strategy, noisy_weight=0.25)
    assert_array_equal(found.comment, comments)
    assert_array_equal(found.target, target)
    assert_array_equal(found.labeller, labeller)
    weighted = [1, 1, 1, 0.25, 0.25, 0.25]
    assert_array_equal(found.weight, weighted if strategy == "weighted" else [1] * len(comments))
    assert found.transition is None


@pytest.mark.parametrize("strategy", ["naive", "one-hot", "loss-correction", "multi-head"])
def test_tuning_is_on_clean_comments_alone(strategy):
    found = taught(strategy, tuned=True, transition=TRANSITION)
    expected = taught("clean")
    for field in ("comment", "target", "labeller", "weight"):
        assert_array_equal(getattr(found, field), getattr(expected, field))
    assert found.transition is None


def test_only_labels_of_the_rater_are_corrected():
    found = taught("loss-correction", transition=TRANSITION)
    assert_array_equal(found.transition, [[0, 1]] * 3 + [[0.2, 0.7]] * 3)


def test_clean_comments_of_a_small_share_are_among_those_of_a_large_one():
    shares = (0.02, 0.05, 0.2, 0.9)
    sets = [set(clean_comments(400, share, seed=3)) for share in shares]
    assert [len(each) for each in sets] == [8, 20, 80, 360]
    for smaller, larger in itertools.pairwise(sets):
        assert smaller < larger
    assert sets[1] != set(clean_comments(400, 0.05, seed=4))


def test_clean_comments_are_a_random_sample():
    """Each comment is clean in about 5 % of the seeds."""
    seeds = 400
    often = np.zeros(60)
    for seed in range(seeds):
        often[clean_comments(60, 0.05, seed)] += 1
    error = np.sqrt(0.05 * 0.95 / seeds)
    assert np.all(np.abs(often / seeds - 0.05) < 4.5 * error)


@pytest.mark.parametrize(
    ("strategy", "clean", "says"),
    [
        ("clean", [0, 3], "all 2 .* toxic"),
        ("clean", [1, 2, 4], "all 3 .* harmless"),
        ("few-noisy", [1, 3], "all 2 .* toxic"),
        ("few-noisy", [0, 2], "all 2 .* harmless"),
        ("noisy", [0, 1, 2, 5], "all 2 .* toxic"),
    ],
)
def test_labels_that_are_all_the_same_are_refused(strategy, clean, says):
    with pytest.raises(ValueError, match=f"{says}; raise `clean_share`"):
        examples_of(strategy, LABEL, RATED, np.array(clean))


def test_no_clean_comments_are_refused():
    with pytest.raises(ValueError, match="raise `clean_share`"):
        examples_of("clean", LABEL, RATED, np.array([], dtype=np.int64))

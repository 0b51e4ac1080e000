"""When irreps appear, as scores predict it, against SciPy and sums over pairs."""

from itertools import permutations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_equal
from scipy.stats import linregress, somersd, spearmanr

from ontogeny.studies.composition.prediction.orders import (
    left_out_steps,
    order_counts,
    rank_correlation,
    within_irreps,
)

NAN = np.nan


def test_pairs_are_of_strong_irreps_of_one_degree():
    degree = [1, 1, 2, 2, 2, 3]
    score = [9.0, 5.0, 1.0, 2.0, 3.0, 0.0]
    appearance = [1, 9, 30, 20, 25, 1]
    strong = [True, True, True, True, True, True]
    assert order_counts(score, appearance, strong, degree) == (1, 3)
    assert order_counts(score, appearance, [True] * 3 + [False] * 3, degree) == (0, 0)


def test_of_one_degree_the_counts_are_somers_d():
    rng = np.random.default_rng(1)
    score, when = rng.integers(0, 6, 12).astype(float), rng.integers(0, 6, 12).astype(float)
    strong = np.arange(12) > 0
    agree, pairs = order_counts(score, when, strong, np.ones(12))
    assert_allclose(agree / pairs, somersd(score[1:], -when[1:]).statistic)


def test_an_irrep_that_never_appears_is_the_last():
    counts = order_counts([0, 3.0, 1.0], [1, 1000, NAN], [False, True, True], [1, 2, 2])
    assert counts == (1, 1)
    assert order_counts([0, NAN, 1.0], [1, 2, 3], [False, True, True], [1, 2, 2]) == (0, 0)


def plain_within(score, appearance, counted):
    """Return Spearman's correlation of what is left when each irrep's mean is removed."""
    x, y = [], []
    for irrep in range(1, score.shape[1]):
        runs = np.flatnonzero(counted[:, irrep])
        if len(runs) < 2:
            continue
        early = -np.log(appearance[runs, irrep])
        x.extend(score[runs, irrep] - score[runs, irrep].mean())
        y.extend(early - early.mean())
    return spearmanr(x, y).statistic


def runs(seed, signal=0.0, shape=(5, 7)):
    """Return scores, steps of appearance that depend on them in part, and strong irreps."""
    rng = np.random.default_rng(seed)
    score = rng.normal(size=shape)
    appearance = np.exp(5 - signal * score + rng.normal(size=shape) + 3 * np.arange(shape[1]))
    appearance[rng.random(shape) < 0.1] = NAN
    return score, appearance, rng.random(shape) < 0.7


def test_within_irreps_is_the_correlation_and_p_is_that_of_all_permutations():
    score, appearance, strong = runs(2, signal=0.5)
    counted = strong & np.isfinite(appearance)
    found, p = within_irreps(score, appearance, strong, permutations=4000)
    assert_allclose(found, plain_within(score, appearance, counted))
    every = [plain_within(score[list(o)], appearance, counted) for o in permutations(range(5))]
    assert_allclose(p, np.mean(np.array(every) >= found - 1e-12), atol=0.03)


def test_what_all_runs_have_in_common_does_not_enter():
    """Degrees say much of the order of irreps, and nothing of when one irrep is early."""
    score, appearance, strong = runs(3, signal=0.0, shape=(12, 9))
    common = 100 * np.arange(9)
    found, p = within_irreps(score - common, appearance, strong, permutations=500)
    assert_allclose(found, within_irreps(score, appearance, strong, permutations=1)[0], atol=1e-9)
    assert p > 0.02
    found, small = within_irreps(*runs(4, signal=2.0, shape=(12, 9)), permutations=500)
    assert found > 0.5
    assert small < 0.01


@pytest.mark.parametrize("change", ["alone", "unscored", "equal"])
def test_without_anything_that_varies_there_is_no_correlation(change):
    score, appearance, strong = runs(5)
    if change == "alone":
        score, appearance, strong = score[:1], appearance[:1], strong[:1]
    if change == "unscored":
        score = score * NAN
    if change == "equal":
        score = score * 0
    assert_equal(within_irreps(score, appearance, strong, permutations=9), (NAN, NAN))


def test_steps_are_those_of_the_line_through_runs_with_other_seeds():
    score, appearance, _ = runs(6, signal=1.0, shape=(6, 5))
    seeds = np.array([0, 0, 1, 2, 3, 4])
    found = left_out_steps(score, appearance, seeds)
    there = np.isfinite(appearance)
    others = there & (seeds != 0)[:, None]
    line = linregress(score[others], np.log(appearance[others]))
    expected = np.where(there[:2], line.intercept + line.slope * score[:2], NAN)
    assert_allclose(found[:2], expected)
    level = left_out_steps(None, appearance, seeds)
    assert_allclose(level[0][there[0]], np.log(appearance[others]).mean())


def test_an_exact_law_is_found_and_few_runs_find_none():
    score = np.random.default_rng(7).random((5, 4))
    appearance = np.exp(6 - 2 * score)
    assert_allclose(left_out_steps(score, appearance, range(5)), np.log(appearance))
    assert np.isnan(left_out_steps(score[:3], appearance[:3], range(3))).all()


def test_equal_scores_give_the_mean():
    appearance = np.exp(np.random.default_rng(8).random((5, 4)))
    found = left_out_steps(np.ones((5, 4)), appearance, range(5))
    assert_allclose(found, left_out_steps(None, appearance, range(5)))


def test_rank_correlation_is_that_of_spearman():
    x, y = np.random.default_rng(9).integers(0, 5, (2, 20)).astype(float)
    assert_allclose(rank_correlation(x, y), spearmanr(x, y).statistic)
    assert np.isnan(rank_correlation([1, 1, 1], [1, 2, 3]))
    assert np.isnan(rank_correlation([1, 2], [1, 2]))

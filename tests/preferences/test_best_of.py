"""Best of n, against all tuples of a small world and all subsets of few samples."""

from itertools import combinations, product
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from ontogeny.preferences import best_of, best_of_bound, best_of_kl, best_of_samples

few_values = st.sampled_from([-1.0, 0.0, 0.5, 2.0])


@st.composite
def worlds(draw):
    """Six sequences, some without probability and some with equal scores."""
    weight = draw(st.lists(st.integers(0, 5), min_size=6, max_size=6).filter(any))
    score = draw(st.lists(few_values, min_size=6, max_size=6))
    return np.array(weight) / sum(weight), np.array(score)


def of_all_tuples(start, score, n):
    """Every tuple of n samples, and an even share for those of its best that score the same."""
    probability = np.zeros(start.size)
    for drawn in product(range(start.size), repeat=n):
        of = score[list(drawn)]
        best = [sample for sample in drawn if score[sample] == of.max()]
        for sample in best:
            probability[sample] += np.prod(start[list(drawn)]) / len(best)
    return probability


@settings(max_examples=25)
@given(worlds(), st.integers(1, 4))
def test_best_of_all_tuples(world, n):
    start, score = world
    found = best_of(start, score, n)
    assert_allclose(found, of_all_tuples(start, score, n), atol=1e-13)
    some = found > 0
    assert_allclose(
        best_of_kl(start, score, n), found[some] @ np.log(found[some] / start[some]), atol=1e-12
    )


@settings(max_examples=50)
@given(worlds(), st.integers(2, 3000))
def test_divergence_is_below_the_bound(world, n):
    found = best_of_kl(*world, n)
    assert -1e-12 <= found < best_of_bound(n)
    assert_allclose(best_of(*world, n).sum(), 1)


def test_best_of_one_is_a_sample():
    start, score = np.array([0.2, 0.5, 0.3]), [1.0, 0.0, 1.0]
    assert_allclose(best_of(start, score, 1), start)
    assert_allclose(best_of_kl(start, score, 1), 0, atol=1e-15)
    assert best_of_bound(1) == 0


def test_the_bound_is_reached_without_atoms():
    """What is missing with 4,096 sequences at n = 64 is 0.0001 of 3.1745, and falls with 1 / N."""
    assert_allclose(best_of_bound(64), 3.17451, atol=1e-5)
    missing = [
        best_of_bound(64) - best_of_kl(np.full(size, 1 / size), np.arange(size), 64)
        for size in (4096, 16 * 4096)
    ]
    assert 0 < missing[0] < 2e-4
    assert 0 < missing[1] < missing[0] / 16


def test_many_samples_leave_the_highest_score_alone():
    start, score = np.array([0.5, 1e-6, 0.3 - 1e-6, 0.2]), [0.0, 3.0, 1.0, 3.0]
    found = best_of(start, score, 10**6)
    assert_allclose(found, [0, start[1] / start[[1, 3]].sum(), 0, start[3] / start[[1, 3]].sum()])
    assert_allclose(best_of_kl(start, score, 10**6), -np.log(start[[1, 3]].sum()))


def test_rare_sequences_keep_their_precision():
    """A class of probability w that all others are below is the best with 1 - (1 - w)^n."""
    w = 1e-14
    found = best_of([1 - w, w], [0.0, 1.0], 8)
    assert_allclose(found[1], 8 * w, rtol=1e-6)


def of_all_subsets(selector, judge, n):
    means = []
    for drawn in combinations(range(len(selector)), n):
        best = max(selector[i] for i in drawn)
        means.append(np.mean([judge[i] for i in drawn if selector[i] == best]))
    assert len(means) == comb(len(selector), n)
    return np.mean(means)


@settings(max_examples=40)
@given(st.lists(st.tuples(few_values | st.floats(-3, 3), st.floats(-5, 5)), min_size=1, max_size=7))
def test_best_of_all_subsets(samples):
    selector, judge = np.array(samples).T
    n = np.arange(1, len(samples) + 1)
    # Where several subsets have the same best, their mean over ties is that of sharing evenly.
    expected = [of_all_subsets(selector, judge, each) for each in n]
    assert_allclose(best_of_samples(selector, judge, n), expected, atol=1e-11)


def test_best_of_samples_has_no_bias():
    """Its mean over sets of samples is the exact best of n, ties included."""
    generator = np.random.default_rng(0)
    start, score = np.array([0.1, 0.4, 0.2, 0.3]), np.array([2.0, 0.0, 1.0, 1.0])
    other = np.array([-1.0, 0.5, 3.0, 0.0])
    n = np.array([1, 2, 5, 12])
    sets = generator.choice(4, (1000, 12), p=start)
    found = np.array([best_of_samples(score[each], other[each], n) for each in sets])
    exact = [best_of(start, score, int(each)) @ other for each in n]
    error = found.std(axis=0) / np.sqrt(len(sets))
    assert (abs(found.mean(axis=0) - exact) < 3 * error).all()


def test_ends_of_best_of_samples():
    generator = np.random.default_rng(1)
    selector, judge = generator.normal(size=(2, 20_000))
    found = best_of_samples(selector, judge, [[1, 20_000]])
    assert found.shape == (1, 2)
    assert_allclose(found[0], [judge.mean(), judge[selector.argmax()]], atol=1e-12)
    assert_allclose(best_of_samples(selector, np.ones(20_000), [1, 64, 512]), 1)
    rising = best_of_samples(selector, selector, [1, 2, 16, 256])
    # Expected maxima of n standard normal numbers.
    assert_allclose(rising, [0, 0.5642, 1.7660, 2.8273], atol=0.06)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: best_of([1.0], [0.0], 0), "n 0: expected at least 1"),
        (lambda: best_of_kl([0.5], [0.0], 2), "the sum is 0.5"),
        (lambda: best_of_samples([1.0], [1.0], [1, 2]), r"n \[1, 2\]: .* number of samples, 1"),
        (lambda: best_of_samples([1.0], [1.0, 2.0], 1), "selector 1, judge 2"),
        (lambda: best_of_samples([np.nan], [1.0], 1), "selector: a value is NaN"),
    ],
)
def test_what_has_no_best_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()

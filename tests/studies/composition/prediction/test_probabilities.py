"""Logits of winners and of strong irreps, against known coefficients and other implementations."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_equal
from scipy.optimize import check_grad
from sklearn.linear_model import LogisticRegression

from ontogeny.studies.composition.prediction.probabilities import (
    RIDGE,
    WINNER_MODELS,
    brier,
    curvature,
    fitted,
    left_out,
    logarithms,
    loss,
    probabilities,
    skill,
    standardised,
    strong_probabilities,
    winner_probabilities,
)

INTERCEPTS = np.array([0.0, 1.0, -0.5, 0.3])
COEFFICIENTS = np.array([1.5, -0.7])


def drawn(count, seed=0):
    """Return features and choices of a conditional logit."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(count, 4, 2))
    logits = INTERCEPTS + features @ COEFFICIENTS
    return features, (logits + rng.gumbel(size=logits.shape)).argmax(axis=1)


def test_the_loss_is_that_of_the_definition():
    features, chosen = drawn(7)
    parameters = np.random.default_rng(1).normal(size=6)
    total = 0.0
    for x, y in zip(features, chosen, strict=True):
        odds = [np.exp(parameters[a] + x[a] @ parameters[4:]) for a in range(4)]
        total -= np.log(odds[y] / sum(odds))
    total += RIDGE / 2 * (parameters**2).sum()
    assert_allclose(loss(parameters, features, chosen)[0], total / 7)


def test_the_derivatives_are_those_of_the_loss():
    features, chosen = drawn(20)
    parameters = np.random.default_rng(2).normal(size=6)
    error = check_grad(
        lambda p: loss(p, features, chosen)[0], lambda p: loss(p, features, chosen)[1], parameters
    )
    assert error < 1e-6
    steps = 1e-5 * np.eye(6)
    rises = [
        loss(parameters + step, features, chosen)[1] - loss(parameters - step, features, chosen)[1]
        for step in steps
    ]
    assert_allclose(curvature(parameters, features, chosen), np.array(rises) / 2e-5, atol=1e-8)


def test_known_coefficients_are_recovered():
    found = fitted(*drawn(20000))
    assert_allclose(found.coefficients, COEFFICIENTS, atol=0.05)
    assert_allclose(found.intercepts - found.intercepts[0], INTERCEPTS, atol=0.08)


def test_the_optimum_does_not_depend_on_the_start():
    features, chosen = drawn(300)
    found = fitted(features, chosen)
    other = fitted(features, chosen, start=fitted(*drawn(50, seed=3)))
    assert_allclose(other.coefficients, found.coefficients, atol=1e-4)
    assert_allclose(other.intercepts, found.intercepts, atol=1e-4)


def test_equal_features_share_their_coefficient():
    features, chosen = drawn(500)
    twice = fitted(features[:, :, [0, 0, 1]], chosen).coefficients
    assert_allclose(twice[0], twice[1], atol=1e-4)


def test_two_alternatives_are_a_logit():
    """The ridge of scikit-learn leaves the intercept alone; both are small here."""
    rng = np.random.default_rng(4)
    x = rng.normal(size=(4000, 2))
    y = rng.random(4000) < 1 / (1 + np.exp(-(0.5 + x @ [1.0, -2.0])))
    features = np.stack([x, np.zeros_like(x)], axis=1)
    found = probabilities(fitted(features, np.where(y, 0, 1)), features)[:, 0]
    reference = LogisticRegression(C=1 / RIDGE).fit(x, y).predict_proba(x)[:, 1]
    assert_allclose(found, reference, atol=2e-4)


def test_without_features_probabilities_are_frequencies():
    _, chosen = drawn(2000)
    nothing = np.zeros((2000, 4, 0))
    found = probabilities(fitted(nothing, chosen), nothing)
    assert_allclose(found[0], np.bincount(chosen) / 2000, atol=1e-3)


def test_the_brier_score_and_its_skill_by_hand():
    assert brier([[1.0, 0.0], [1.0, 0.0]], [0, 1]) == (0 + 2) / 2
    assert_allclose(brier(np.full((5, 4), 0.25), np.zeros(5, int)), 0.75**2 + 3 * 0.25**2)
    assert np.isnan(brier(np.zeros((0, 3)), []))
    assert_equal(skill([0.5, 0.0, 0.0], [1.0, 1.0, 0.0]), [0.5, 1.0, np.nan])


def test_features_are_standardised_within_a_row_and_say_nothing_where_they_cannot():
    found = standardised([[1.0, 2.0, 3.0], [5.0, 5.0, 5.0], [1.0, np.nan, 2.0]])
    assert_allclose(found[0], np.sqrt(1.5) * np.array([-1, 0, 1]))
    assert_equal(found[1:], 0.0)


def test_logarithms_have_a_floor():
    found = logarithms([[0.0, 1.0, np.e], [0.0, 0.0, 0.0]])
    assert_allclose(found[0, 1:], [0, 1])
    assert np.isfinite(found).all()


def test_a_run_is_judged_by_runs_of_other_seeds_alone():
    """Run 0 and run 1 have the same initial weights: what they have must not matter for them."""
    runs = [drawn(200, seed=seed) for seed in range(6)]
    features, chosen = [list(each) for each in zip(*runs, strict=True)]
    seeds = [0, 0, 1, 2, 3, 4]
    found = left_out(features, chosen, seeds)
    changed = [np.zeros(200, int), np.ones(200, int), *chosen[2:]]
    other = left_out(features, changed, seeds)
    for place in (0, 1):
        assert_allclose(other[place], found[place], atol=1e-4)
        expected = fitted(np.concatenate(features[2:]), np.concatenate(chosen[2:]))
        assert_allclose(found[place], probabilities(expected, features[place]), atol=1e-4)
    assert np.abs(other[2] - found[2]).max() > 0.1


def test_too_few_other_runs_say_nothing():
    runs = [drawn(20, seed=seed) for seed in range(4)]
    features, chosen = [list(each) for each in zip(*runs, strict=True)]
    found = left_out(features, chosen, [0, 0, 1, 2])
    assert np.isnan(found[0]).all()
    assert np.isfinite(found[2]).all()


def winners(seed, *, named_by):
    """Return features of a run in which one feature predicts the winner."""
    rng = np.random.default_rng(seed)
    features = {name: rng.normal(size=(60, 5)) for name in WINNER_MODELS["all"]}
    logits = 3 * features[named_by]
    return features, (logits + rng.gumbel(size=logits.shape)).argmax(axis=1)


@pytest.mark.parametrize(
    ("named_by", "knows"),
    [
        ("output", {"write", "powers", "powers, alignment", "powers, gradient", "all"}),
        ("left input", {"powers", "powers, alignment", "powers, gradient", "all"}),
        ("alignment", {"powers, alignment", "all"}),
        ("gradient", {"powers, gradient", "all"}),
        ("flow", {"all"}),
    ],
)
def test_models_know_what_their_features_predict(named_by, knows):
    runs = [winners(seed, named_by=named_by) for seed in range(6)]
    features, chosen = [list(each) for each in zip(*runs, strict=True)]
    found = winner_probabilities(features, chosen, range(6))
    score = {
        model: np.mean([brier(q, y) for q, y in zip(each, chosen, strict=True)])
        for model, each in found.items()
    }
    better = {m for m, value in score.items() if skill(value, score["intercepts"]) > 0.2}
    assert better == knows


def test_a_model_without_its_feature_says_nothing_and_all_is_of_the_others():
    runs = [winners(seed, named_by="output") for seed in range(5)]
    features = [{n: v for n, v in each.items() if n != "gradient"} for each, _ in runs]
    found = winner_probabilities(features, [won for _, won in runs], range(5))
    assert np.isnan(found["powers, gradient"][0]).all()
    assert np.isfinite(found["all"][0]).all()


def test_the_degree_predicts_strong_irreps_where_it_does():
    rng = np.random.default_rng(6)
    degree = np.array([1.0, 1.0, 2.0, 3.0, 3.0, 3.0])
    strong = rng.random((12, 6)) < 1 / (1 + np.exp(-4 * (degree - 2)))
    features = {name: rng.normal(size=(12, 6)) for name in ("power", "trilinear", "flow")}
    without = strong_probabilities(features, strong, range(12))
    beside = strong_probabilities(features, strong, range(12), beside=[degree])
    for model in without:
        gain = ((without[model] - strong) ** 2 - (beside[model] - strong) ** 2).mean()
        assert gain > 0.05
    same = strong_probabilities(features, strong, range(12), beside=[np.full(6, 2.0)])
    assert_allclose(same["power"], without["power"], atol=1e-4)

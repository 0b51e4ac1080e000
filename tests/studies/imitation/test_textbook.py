"""Coins whose every throw is an answer: the learner is then Bayes' and Laplace's."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import betaln
from scipy.stats import beta

from ontogeny.studies.imitation.analysis.kinds import grid
from ontogeny.studies.imitation.analysis.learners import (
    kl_divergence,
    mixture,
    normalised,
    updated,
)
from ontogeny.studies.imitation.analysis.model_class import problem
from ontogeny.studies.imitation.analysis.simulation import simulate

COINS = 2001
STEPS = 60


@pytest.fixture(scope="module")
def learned():
    """Return the throws of a coin and the log-weights of all coins before each."""
    policies = problem(grid(COINS)).policies[0, 0][None]
    throws = np.random.default_rng(0).integers(2, size=STEPS)
    log_weights = [normalised(np.zeros((1, COINS)))]
    for throw in throws:
        log_weights.append(updated(log_weights[-1], policies, np.array([throw])))
    return policies, throws, log_weights


def test_the_posterior_is_that_of_a_beta_prior(learned):
    policies, throws, log_weights = learned
    order = np.argsort(policies[0, :, 1])
    for count in (0, 1, 7, STEPS):
        heads = int(throws[:count].sum())
        weights = np.exp(log_weights[count][0, order])
        cumulative = np.cumsum(weights) / weights.sum()
        exact = beta(heads + 1, count - heads + 1).cdf(policies[0, order, 1])
        assert_allclose(cumulative, exact, atol=0.01)


def test_the_mixture_is_the_rule_of_laplace(learned):
    """The probability of heads is (k + 1)/(n + 2), to the square of the grid's distance."""
    policies, throws, log_weights = learned
    for count in range(STEPS + 1):
        expected = (throws[:count].sum() + 1) / (count + 2)
        found = mixture(policies, log_weights[count])[0, 1]
        assert found == pytest.approx(expected, abs=5e-4)


def test_what_is_predicted_is_the_evidence(learned):
    """The product of the predictions is the integral of the likelihood: B(k + 1, n - k + 1)."""
    policies, throws, log_weights = learned
    predicted = [
        math.log(mixture(policies, before)[0, throw])
        for before, throw in zip(log_weights, throws, strict=False)
    ]
    heads = int(throws.sum())
    assert sum(predicted) == pytest.approx(betaln(heads + 1, STEPS - heads + 1), abs=0.03)


def test_the_sum_of_divergences_is_that_of_the_rule_of_laplace():
    """E sum KL = sum over k of Bin(k; n, 1/2) ln(2^-n / B(k + 1, n - k + 1)), by the chain rule.

    The law D3 of a class whose every step is asked: the sum is below ln(1/w), and grows like
    (1/2) ln n, as it does for one parameter.
    """
    coins, steps, histories = 401, 100, 400
    given = problem(grid(coins))
    found = simulate(
        given,
        learner="cloning",
        alpha=0.5,
        time=np.array([steps - 1]),
        histories=histories,
        rng=np.random.default_rng(1),
        demonstrations=steps,
    )
    heads = np.arange(steps + 1)
    chance = np.exp(-betaln(heads + 1, steps - heads + 1) - np.log(steps + 1) - steps * np.log(2))
    exact = chance @ (-steps * math.log(2) - betaln(heads + 1, steps - heads + 1))
    assert chance.sum() == pytest.approx(1)
    error = found.information.std(ddof=1) / math.sqrt(histories)
    assert abs(found.information.mean() - exact) < 4 * error
    assert error < 0.07 * exact
    assert exact < math.log(coins)
    assert exact == pytest.approx(0.5 * math.log(2 * steps / (math.pi * math.e)), abs=0.02)
    assert (found.queries == steps).all()
    assert (found.theta == 1).all()


def test_divergence_from_laplace_by_recursion_over_counts(learned):
    """The same sum over all numbers of heads, with the learner's own mixture at each."""
    policies = learned[0]
    steps = 40
    coin = np.array([[0.5, 0.5]])
    log_likelihood = np.log(np.clip(policies[0], 1e-300, 1))
    total = 0.0
    for count in range(steps):
        for heads in range(count + 1):
            log_weights = normalised(
                ((count - heads) * log_likelihood[:, 0] + heads * log_likelihood[:, 1])[None]
            )
            chance = math.comb(count, heads) / 2**count
            total += chance * kl_divergence(coin, mixture(policies, log_weights))[0]
    heads = np.arange(steps + 1)
    chances = np.array([math.comb(steps, k) for k in heads]) / 2.0**steps
    exact = chances @ (-steps * math.log(2) - betaln(heads + 1, steps - heads + 1))
    assert total == pytest.approx(exact, abs=1e-3)

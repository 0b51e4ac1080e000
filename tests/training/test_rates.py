"""The learning rate of each update against its formula, and its independence of the run."""

import math

import pytest
from pydantic import ValidationError

from ontogeny.config.training import LearningRateDecay, Optimiser
from ontogeny.training import rate

UPDATES = range(60)


def optimiser(shape, *, warm_up=0, until=40, to=0.1):
    fall = LearningRateDecay(shape=shape, until=until, to=to)
    return Optimiser(learning_rate=0.5, warm_up=warm_up, learning_rate_decay=fall)


def expected(shape, update, *, until=40, to=0.1):
    """Return the share that is left, case by case."""
    if update >= until:
        return to
    if shape == "linear":
        return 1 + (to - 1) * update / until
    return (1 + to) / 2 + (1 - to) / 2 * math.cos(math.pi * update / until)


@pytest.mark.parametrize("shape", ["linear", "cosine"])
@pytest.mark.parametrize("warm_up", [0, 1, 25])
def test_rates_are_those_of_the_formula(shape, warm_up):
    found = [rate(optimiser(shape, warm_up=warm_up), update) for update in UPDATES]
    risen = [1.0 if update >= warm_up else update / warm_up for update in UPDATES]
    wanted = [0.5 * up * expected(shape, update) for up, update in zip(risen, UPDATES, strict=True)]
    assert found == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize("shape", ["linear", "cosine"])
def test_the_rate_falls_from_all_to_its_share_and_stays(shape):
    found = [rate(optimiser(shape), update) for update in UPDATES]
    assert found[0] == 0.5
    assert found[:41] == sorted(found, reverse=True)[:41]
    assert set(found[40:]) == {0.05}
    assert rate(optimiser(shape, to=0.0), 40) == pytest.approx(0, abs=1e-15)


def test_without_a_decay_the_rate_stays():
    assert {rate(Optimiser(learning_rate=0.3), update) for update in UPDATES} == {0.3}


@pytest.mark.parametrize("wrong", [{}, {"until": 0}, {"until": 5, "to": 1}, {"until": 5, "to": -1}])
def test_a_decay_that_means_nothing_is_refused(wrong):
    with pytest.raises(ValidationError):
        LearningRateDecay.model_validate(wrong)

"""Gradient descent as the optimiser of the training loop, against its law written out."""

import re

import numpy as np
import pytest
import torch

from ontogeny.config import ConfigurationError, specification, validate
from ontogeny.config.training import Optimiser
from ontogeny.studies.composition.config import Optimiser as OptimiserOfComposition
from ontogeny.studies.surprise.config import Optimiser as OptimiserOfSurprise
from ontogeny.training import ParameterBuffer, arrays_of, decay, rate, state_of, train

TARGET = {"b_in": np.array([1.0, -0.5]), "w": np.array([3.0, -2.0, 0.5])}
START = {"b_in": np.array([2.0, 2.0]), "w": np.array([1.0, 1.0, -1.0])}
STIFFNESS = {"b_in": 0.5, "w": 2.0}
CHANGES = [{"step": 3, "weight_decay": 0}, {"step": 6, "weight_decay": 2}]


def bowl(parameters, gradient, update=0):
    """Half the weighted squared distance from a point."""
    loss = 0.0
    for name, target in TARGET.items():
        away = parameters[name] - torch.as_tensor(target).to(parameters[name])
        gradient[name].copy_(STIFFNESS[name] * away)
        loss = loss + STIFFNESS[name] * away.square().sum() / 2
    return loss


def descent(**settings):
    return Optimiser(kind="sgd", precision="float64", **{"learning_rate": 0.1} | settings)


def trained(rule, updates, **more):
    tensors = {name: torch.as_tensor(value) for name, value in START.items()}
    return train(
        ParameterBuffer(tensors, dtype=getattr(torch, rule.precision)),
        bowl,
        lambda parameters: {"norm": np.array(float(parameters["w"].norm()))},
        optimiser=rule,
        checkpoints=(0, updates),
        **more,
    )


def by_law(rule, updates):
    """theta <- (1 - eta lambda) theta - eta g, with the clipped gradient g of loss and penalty."""
    theta = {name: value.copy() for name, value in START.items()}
    for update in range(updates):
        eta, shrinking = rate(rule, update), decay(rule, update)
        g = {n: STIFFNESS[n] * (v - TARGET[n]) + rule.l1 * np.sign(v) for n, v in theta.items()}
        norm = np.sqrt(sum((each**2).sum() for each in g.values()))
        if rule.clip is not None and norm > rule.clip:
            g = {name: each * rule.clip / norm for name, each in g.items()}
        for name in theta:
            keeps = name == "b_in" and "biases" in rule.undecayed
            theta[name] = (1 - eta * shrinking * (not keeps)) * theta[name] - eta * g[name]
    return theta


@pytest.mark.parametrize("updates", [1, 12])
@pytest.mark.parametrize(
    "settings",
    [
        {"weight_decay": 0.0},
        {"weight_decay": 0.5},
        {"weight_decay": 0.5, "undecayed": ("biases",)},
        {"weight_decay": 0.5, "weight_decay_schedule": CHANGES},
        {"weight_decay": 0.5, "warm_up": 4},
        {"weight_decay": 0.5, "learning_rate_decay": {"shape": "cosine", "until": 8, "to": 0.1}},
        {"weight_decay": 0.5, "clip": 0.7},
        {"weight_decay": 0.5, "l1": 0.3},
        {"weight_decay": 0.5, "l1": 0.3, "clip": 0.7, "undecayed": ("biases",), "warm_up": 2},
    ],
    ids=str,
)
def test_updates_are_those_of_the_law(settings, updates):
    rule = descent(**settings)
    found, expected = trained(rule, updates).parameters, by_law(rule, updates)
    for name, value in expected.items():
        np.testing.assert_allclose(found[name][-1], value, rtol=1e-12, atol=1e-14)


def test_in_float32_they_are_the_same_up_to_rounding():
    rule = descent(weight_decay=0.5).model_copy(update={"precision": "float32"})
    found, expected = trained(rule, 12).parameters, by_law(rule, 12)
    for name, value in expected.items():
        assert found[name].dtype == np.float32
        np.testing.assert_allclose(found[name][-1], value, rtol=1e-5)


def test_the_decay_does_not_count_to_the_length_that_is_clipped():
    """SGD with the decay in the gradient would clip both."""
    w = {n: torch.tensor(value, requires_grad=True) for n, value in START.items()}
    coupled = torch.optim.SGD(w.values(), lr=0.1)
    sum(
        STIFFNESS[n] * (v - torch.as_tensor(TARGET[n])).square().sum() / 2 + 0.25 * v.square().sum()
        for n, v in w.items()
    ).backward()
    torch.nn.utils.clip_grad_norm_(w.values(), 0.7)
    coupled.step()
    found = trained(descent(weight_decay=0.5, clip=0.7), 1).parameters
    for name, value in w.items():
        assert (abs(found[name][-1] - value.detach().numpy()) > 1e-3).any()


def test_without_momentum_it_follows_sgd_of_pytorch():
    w = {n: torch.tensor(value, requires_grad=True) for n, value in START.items()}
    reference = torch.optim.SGD(w.values(), lr=0.1, weight_decay=0.5)
    for _ in range(20):
        reference.zero_grad()
        sum(
            STIFFNESS[n] * (v - torch.as_tensor(TARGET[n])).square().sum() / 2 for n, v in w.items()
        ).backward()
        reference.step()
    found = trained(descent(weight_decay=0.5), 20).parameters
    for name, value in w.items():
        np.testing.assert_allclose(found[name][-1], value.detach().numpy(), rtol=1e-12)


@pytest.mark.parametrize("stop", [1, 7, 19])
def test_a_resumed_run_ends_with_the_same_bytes(stop):
    rule = descent(weight_decay=0.5, weight_decay_schedule=CHANGES, clip=2.0, l1=0.1, warm_up=3)
    states = {}

    def keep(state):
        states[state.step] = arrays_of(state)

    whole = trained(rule, 20, observe=[keep])
    again = trained(rule, 20, state=state_of(states[stop]))
    for name in START:
        assert again.parameters[name].tobytes() == whole.parameters[name].tobytes()
    assert again.step_loss.tobytes() == whole.step_loss.tobytes()
    assert not states[stop]["first_moment"].any()
    assert not states[stop]["second_moment"].any()


@pytest.mark.parametrize("section", [Optimiser, OptimiserOfComposition, OptimiserOfSurprise])
def test_decay_rates_of_moments_are_refused(section):
    """Those of the section are its default, which means that nothing is said."""
    default = section().betas
    assert validate({"kind": "sgd", "betas": [*default]}, section) == section(kind="sgd")
    said = "gives `betas` = [0.5, 0.6], and `kind: sgd` has no moments; leave `betas` out, or set"
    with pytest.raises(ConfigurationError, match=re.escape(said)):
        validate({"kind": "sgd", "betas": [0.5, 0.6]}, section)


def test_the_kind_of_optimiser_is_a_setting_like_others():
    """Results that were made before there was a choice keep their specification."""
    assert specification(Optimiser()) == {}
    assert specification(Optimiser(kind="sgd")) == {"kind": "sgd"}

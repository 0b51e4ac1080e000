"""Gradients of minibatches against finite differences and the loss of each prediction."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from ontogeny.networks.decoder import Transformer, next_token_loss
from ontogeny.networks.objective import minibatch_objective, next_token_objective

NETWORK = Transformer(7, layers=2, d_model=8, heads=2, d_mlp=5, smeared_keys=True)
SEQUENCES = torch.from_numpy(np.random.default_rng(0).integers(0, 7, (2, 6)))


def parameters():
    generator = torch.Generator().manual_seed(0)
    return {
        name: value.double() + 0.3 * torch.randn(value.shape, generator=generator)
        for name, value in NETWORK.initial(generator).items()
    }


def zeros(like):
    return {name: torch.zeros_like(value) for name, value in like.items()}


def test_the_loss_is_the_mean_over_predictions():
    values = parameters()
    found = next_token_objective(NETWORK, lambda _: SEQUENCES)(values, zeros(values), 0)
    each = next_token_loss(NETWORK.logits(values, SEQUENCES[:, :-1]), SEQUENCES[:, 1:])
    assert_allclose(found, each.mean(), rtol=1e-12)


def test_gradients_are_those_of_finite_differences():
    values = parameters()
    compute = next_token_objective(NETWORK, lambda _: SEQUENCES)
    gradient, other = zeros(values), zeros(values)
    compute(values, gradient, 0)
    for name in ("W_Q", "smear", "W_in", "gain_final"):
        place = tuple(0 for _ in values[name].shape)
        ends = []
        for sign in (1, -1):
            moved = {n: v.clone() for n, v in values.items()}
            moved[name][place] += sign * 1e-5
            ends.append(float(compute(moved, other, 0)))
        expected = (ends[0] - ends[1]) / 2e-5
        assert float(gradient[name][place]) == pytest.approx(expected, rel=1e-5, abs=1e-9)


def test_each_update_has_its_own_minibatch_and_overwrites_the_gradient():
    def slope(leaves, batch):
        return (leaves["w"] * batch).sum()

    compute = minibatch_objective(slope, lambda update: torch.full((2,), float(update)))
    values, gradient = {"w": torch.ones(2)}, {"w": torch.full((2,), 9.0)}
    for update in (3, 4):
        assert float(compute(values, gradient, update)) == 2 * update
        assert gradient["w"].tolist() == [update] * 2
    assert not values["w"].requires_grad

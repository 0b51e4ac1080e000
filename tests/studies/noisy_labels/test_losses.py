"""The loss of each strategy against its definition."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from torch.nn.functional import binary_cross_entropy_with_logits

from ontogeny.studies.noisy_labels.networks.labellers import CLEAN, NOISY
from ontogeny.studies.noisy_labels.networks.losses import Items, corrected_cross_entropy, loss_of
from ontogeny.studies.noisy_labels.networks.reader import Reader

TOKENS = torch.tensor([[3, 1, 4, 1], [2, 0, 0, 0], [5, 5, 6, 0], [4, 4, 0, 0]])
TARGET = torch.tensor([1.0, 0.0, 1.0, 0.0])
LABELLER = torch.tensor([CLEAN, NOISY, NOISY, CLEAN])
EQUAL = torch.ones(4)
IDENTITY = torch.tensor([[0.0, 1.0]], dtype=torch.float64).expand(4, 2)


def items(*, weight=EQUAL, transition=None, labeller=LABELLER):
    return Items(TOKENS, TARGET, labeller, weight, transition, lambda inputs: None)


def parameters(reader, *, dtype=torch.float32):
    generator = torch.Generator().manual_seed(0)
    embedding = torch.randn(7, 4, generator=generator)
    return {name: value.to(dtype) for name, value in reader.initial(generator, embedding).items()}


def gradients(reader, values, batch):
    leaves = {name: value.clone().requires_grad_() for name, value in values.items()}
    loss = loss_of(reader)(leaves, batch)
    return loss.detach(), dict(
        zip(leaves, torch.autograd.grad(loss, list(leaves.values())), strict=True)
    )


@pytest.mark.parametrize("transition", [(0.1, 0.8), (0.4, 0.45), (1e-6, 1 - 1e-6), (0.9, 0.2)])
@pytest.mark.parametrize("target", [0.0, 1.0])
def test_the_corrected_loss_is_the_cross_entropy_of_what_the_rater_would_say(transition, target):
    logit = torch.linspace(-12, 12, 49, dtype=torch.float64)
    p = torch.sigmoid(logit).numpy()
    says_toxic = p * transition[1] + (1 - p) * transition[0]
    expected = -np.log(says_toxic if target else 1 - says_toxic)
    found = corrected_cross_entropy(
        logit,
        torch.full_like(logit, target),
        torch.tensor(transition, dtype=torch.float64).expand(len(logit), 2),
    )
    assert_allclose(found, expected, rtol=1e-9)


def test_with_the_identity_the_corrected_loss_and_its_slope_are_the_plain_ones():
    logit = torch.linspace(-40, 40, 81).repeat(2).requires_grad_()
    target = (torch.arange(162) < 81).float()
    transition = torch.tensor([[0.0, 1.0]]).expand(162, 2)
    slopes = []
    for each in (
        corrected_cross_entropy(logit, target, transition),
        binary_cross_entropy_with_logits(logit, target, reduction="none"),
    ):
        slopes.append((each.detach(), torch.autograd.grad(each.sum(), logit)[0]))
    for found, expected in zip(*slopes, strict=True):
        assert_allclose(found, expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("transition", [(0.1, 0.8), (0.0, 1.0), (0.0, 0.7), (0.2, 1.0)])
def test_the_corrected_loss_is_finite_however_confident_the_network_is(transition):
    logit = torch.tensor([-1e4, -50.0, 50.0, 1e4]).repeat(2).requires_grad_()
    target = torch.tensor([0.0] * 4 + [1.0] * 4)
    loss = corrected_cross_entropy(logit, target, torch.tensor(transition).expand(8, 2))
    (slope,) = torch.autograd.grad(loss.sum(), logit)
    assert bool(loss.isfinite().all())
    assert bool(slope.isfinite().all())
    assert bool((loss >= 0).all())


def test_a_label_that_the_rater_gives_to_all_alike_teaches_nothing():
    logit = torch.linspace(-5, 5, 11, dtype=torch.float64).requires_grad_()
    alike = torch.full((11, 2), 0.3, dtype=torch.float64)
    loss = corrected_cross_entropy(logit, torch.ones(11, dtype=torch.float64), alike)
    (slope,) = torch.autograd.grad(loss.sum(), logit)
    assert_allclose(loss.detach(), -np.log(0.3), rtol=1e-12)
    assert_allclose(slope, 0, atol=1e-12)


def test_a_network_learns_with_the_identity_what_it_learns_without_correction():
    reader = Reader(6, 5)
    values = parameters(reader)
    loss, slopes = gradients(reader, values, items())
    corrected, same = gradients(reader, values, items(transition=IDENTITY))
    assert_allclose(corrected, loss, rtol=1e-6)
    for name, slope in slopes.items():
        assert_allclose(same[name], slope, rtol=1e-5, atol=1e-6)


def test_each_item_has_a_transition_of_its_own():
    reader = Reader(6, 5)
    values = parameters(reader, dtype=torch.float64)
    transition = torch.tensor([[0.0, 1.0], [0.3, 0.6], [0.1, 0.9], [0.0, 1.0]]).double()
    found = loss_of(reader)(values, items(transition=transition))
    p = torch.sigmoid(reader.logits(values, TOKENS, LABELLER)[:, 0])
    says_toxic = p * transition[:, 1] + (1 - p) * transition[:, 0]
    each = torch.where(TARGET > 0.5, says_toxic, 1 - says_toxic).log()
    assert_allclose(found, -each.mean(), rtol=1e-12)


def test_an_item_is_predicted_by_the_head_of_its_labeller():
    reader = Reader(6, 5, heads=2)
    values = parameters(reader, dtype=torch.float64)
    logits = reader.logits(values, TOKENS, LABELLER)
    own = torch.stack([logits[place, int(head)] for place, head in enumerate(LABELLER)])
    expected = binary_cross_entropy_with_logits(own, TARGET.double())
    assert_allclose(loss_of(reader)(values, items()), expected, rtol=1e-12)
    _, slopes = gradients(reader, values, items(labeller=torch.full((4,), CLEAN)))
    assert bool(slopes["W_out"][:, CLEAN].any())
    assert not bool(slopes["W_out"][:, NOISY].any())


def test_two_equal_heads_are_one():
    """Loss, slopes of what both heads share, and the sum of the slopes of the heads."""
    one, two = Reader(6, 5), Reader(6, 5, heads=2)
    values = parameters(one, dtype=torch.float64)
    doubled = values | {name: values[name].repeat_interleave(2, -1) for name in ("W_out", "b_out")}
    loss, slopes = gradients(one, values, items())
    same, of_both = gradients(two, doubled, items())
    assert_allclose(same, loss, rtol=1e-12)
    for name, slope in slopes.items():
        found = of_both[name]
        if name in ("W_out", "b_out"):
            found = found.sum(dim=-1, keepdim=True)
        assert_allclose(found, slope, rtol=1e-12, atol=1e-15)


def test_the_loss_is_the_weighted_mean():
    reader = Reader(6, 5)
    values = parameters(reader, dtype=torch.float64)
    weight = torch.tensor([1.0, 0.5, 0.25, 1.0])
    each = binary_cross_entropy_with_logits(
        reader.logits(values, TOKENS, LABELLER)[:, 0], TARGET.double(), reduction="none"
    )
    expected = np.average(each, weights=weight)
    assert_allclose(loss_of(reader)(values, items(weight=weight)), expected, rtol=1e-12)
    twice = loss_of(reader)(values, items(weight=2 * weight))
    assert_allclose(twice, expected, rtol=1e-12)


def test_the_loss_is_that_of_finite_differences():
    reader = Reader(6, 5, heads=2)
    values = parameters(reader, dtype=torch.float64)
    batch = items(weight=torch.tensor([1.0, 0.5, 0.25, 1.0]), transition=IDENTITY * 0.8 + 0.1)
    _, slopes = gradients(reader, values, batch)
    for name in values:
        place = tuple(int(each) for each in slopes[name].abs().argmax().unsqueeze(0))
        ends = []
        for sign in (1, -1):
            moved = {n: v.clone() for n, v in values.items()}
            moved[name].view(-1)[place] += sign * 1e-6
            ends.append(float(loss_of(reader)(moved, batch)))
        expected = (ends[0] - ends[1]) / 2e-6
        assert float(slopes[name].view(-1)[place]) == pytest.approx(expected, rel=1e-6)

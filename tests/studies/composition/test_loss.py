from math import log

import mpmath
import pytest
import torch

from ontogeny.studies.composition.networks import loss as loss_module
from ontogeny.studies.composition.networks.loss import (
    accuracy,
    cross_entropy,
    flat_answers,
    loss_and_gradient,
)

FLOAT32 = 2e-6
FLOAT64 = 1e-13
TOLERANCE = {torch.float32: FLOAT32, torch.float64: FLOAT64}

GAPS = [0.0, 0.1, 1.0, 5.0, 10.0, 16.0, 17.0, 20.0, 30.0, 40.0, 60.0, 80.0]


def exact(logits, target, base):
    """Loss and gradient of one pair to 60 digits, from the definition."""
    with mpmath.workdps(60):
        powers = [mpmath.mpf(base) ** mpmath.mpf(float(z)) for z in logits]
        shares = [power / mpmath.fsum(powers) for power in powers]
        gradient = [float(share - (j == target)) for j, share in enumerate(shares)]
        return float(-mpmath.log(shares[target])), gradient


def logits_with_gap(gap, dtype):
    """One pair whose right logit, the third, is `gap` above the next."""
    return torch.tensor([[-0.3, 0.0, gap, -2.5, -gap]], dtype=dtype) - 1.75


def test_loss_of_two_equal_logits_is_log_two():
    found = cross_entropy(torch.zeros(1, 2), torch.tensor([1]))
    torch.testing.assert_close(found, torch.tensor([log(2)]), rtol=FLOAT32, atol=0)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("gap", [*GAPS, *(-gap for gap in GAPS)])
def test_loss_keeps_its_relative_precision(gap, dtype):
    logits = logits_with_gap(gap, dtype)
    expected, _ = exact(logits[0], 2, mpmath.e)
    found = cross_entropy(logits, torch.tensor([2]))
    assert found.dtype is dtype
    assert float(found) == pytest.approx(expected, rel=TOLERANCE[dtype], abs=0)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("gap", [*GAPS, *(-gap for gap in GAPS)])
@pytest.mark.parametrize("shift", [0.0, 110.0, -130.0])
def test_kernel_equals_the_definition(gap, shift, dtype):
    bits = logits_with_gap(gap, dtype) + shift
    loss, gradient = exact(bits[0], 2, 2)
    found = loss_and_gradient(bits, torch.tensor([2]), weight=0.25)
    rtol = TOLERANCE[dtype]
    assert float(found.losses) == pytest.approx(loss, rel=rtol, abs=0)
    expected = torch.tensor([gradient], dtype=torch.float64).to(dtype) / 4
    # Logits of 250 bits are themselves given to a few parts in 1e6 of a power of two.
    torch.testing.assert_close(found.gradient, expected, rtol=3 * rtol, atol=1e-37)


def test_wrong_logits_below_the_range_keep_their_digits():
    bits = torch.tensor([[-140.3, -30.0, -141.7]])
    loss, _ = exact(bits[0], 1, 2)
    found = loss_and_gradient(bits, torch.tensor([1]), weight=1.0)
    assert float(found.losses) == pytest.approx(loss, rel=1e-5, abs=0)


def test_kernel_equals_its_own_slow_branch(monkeypatch):
    bits = 20 * torch.randn(50, 7, generator=torch.Generator().manual_seed(0))
    answer = flat_answers(torch.arange(50) % 7, 7)
    quick = loss_and_gradient(bits, answer, weight=1.0)
    assert loss_module._is_within_range(*torch.ones(2, 3))
    monkeypatch.setattr(loss_module, "_is_within_range", lambda right, wrong: False)
    careful = loss_and_gradient(bits, answer, weight=1.0)
    torch.testing.assert_close(quick.losses, careful.losses, rtol=1e-5, atol=0)
    torch.testing.assert_close(quick.gradient, careful.gradient, rtol=1e-5, atol=1e-37)


def test_gradient_of_each_pair_sums_to_zero_and_matches_autograd():
    generator = torch.Generator().manual_seed(1)
    bits = torch.randn(30, 6, generator=generator, dtype=torch.float64)
    target = torch.randint(6, (30,), generator=generator)
    logits = (bits * log(2)).requires_grad_()
    losses = cross_entropy(logits, target)
    (expected,) = torch.autograd.grad(losses.mean(), logits)
    found = loss_and_gradient(bits, flat_answers(target, 6), weight=1 / 30)
    torch.testing.assert_close(found.losses, losses.detach(), rtol=FLOAT64, atol=0)
    torch.testing.assert_close(found.gradient, expected, rtol=1e-12, atol=1e-17)
    assert float(found.gradient.sum(1).abs().max()) < 1e-17


def test_loss_takes_any_leading_dimensions():
    logits = torch.randn(2, 3, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    target = torch.tensor([[0, 4, 2], [1, 1, 3]])
    expected = torch.nn.functional.cross_entropy(
        logits.flatten(0, 1), target.flatten(), reduction="none"
    )
    found = cross_entropy(logits, target)
    torch.testing.assert_close(found, expected.view(2, 3), rtol=FLOAT64, atol=0)


@pytest.mark.parametrize("size", [1e2, 1e4, 1e30])
@pytest.mark.parametrize("right", [0, 1])
def test_huge_logits_give_finite_numbers(size, right):
    logits = torch.tensor([[size, -size, 0.0]])
    expected = 0.0 if right == 0 else 2 * size
    assert float(cross_entropy(logits, torch.tensor([right]))) == pytest.approx(expected, rel=1e-6)
    found = loss_and_gradient(logits / log(2), torch.tensor([right]), weight=1.0)
    assert float(found.losses) == pytest.approx(expected, rel=1e-6, abs=1e-37)
    wrong = [0.0, 0.0, 0.0] if right == 0 else [1.0, -1.0, 0.0]
    torch.testing.assert_close(found.gradient, torch.tensor([wrong]), rtol=FLOAT32, atol=1e-37)


def test_logits_that_are_no_numbers_are_not_hidden():
    logits = torch.tensor([[torch.nan, 0.0]])
    assert torch.isnan(cross_entropy(logits, torch.tensor([1]))).all()
    assert torch.isnan(loss_and_gradient(logits, torch.tensor([1]), weight=1.0).losses).all()


def test_accuracy_counts_the_first_of_equal_logits():
    logits = torch.tensor([[1.0, 1.0, 0.0], [0.0, 2.0, 1.0], [0.0, 2.0, 1.0]])
    assert accuracy(logits, torch.tensor([0, 1, 2])).tolist() == [True, True, False]
    assert accuracy(logits, torch.tensor([1, 1, 1])).tolist() == [False, True, True]


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_a_rounded_loss_is_that_of_log_softmax_and_its_derivative(dtype):
    logits = torch.randn(6, 5, generator=torch.Generator().manual_seed(0), dtype=dtype) * 3
    target = torch.tensor([0, 4, 2, 2, 1, 3])
    leaf = logits.clone().requires_grad_()
    torch.nn.functional.cross_entropy(leaf, target).backward()
    found = loss_and_gradient(logits / log(2), flat_answers(target, 5), weight=1 / 6, exact=False)
    expected = torch.nn.functional.cross_entropy(logits, target, reduction="none")
    torch.testing.assert_close(found.losses, expected)
    torch.testing.assert_close(found.gradient, leaf.grad)


def test_a_rounded_loss_of_a_sure_answer_is_a_multiple_of_the_resolution_and_can_vanish():
    """The distance of the largest share from 1, not the loss, is what float32 keeps."""
    bits = torch.tensor([[24.0, 0.0], [30.0, 0.0], [22.0, 0.0]])
    answer = flat_answers(torch.zeros(3, dtype=torch.int64), 2)
    rounded = loss_and_gradient(bits, answer, weight=1.0, exact=False)
    kept = loss_and_gradient(bits, answer, weight=1.0)
    assert rounded.losses[1] == 0
    assert kept.losses[1] == pytest.approx(2.0**-30)
    assert rounded.gradient[1, 0] == 0
    steps = rounded.losses / torch.finfo(torch.float32).eps
    torch.testing.assert_close(steps, steps.round())

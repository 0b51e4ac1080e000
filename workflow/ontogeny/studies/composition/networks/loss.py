"""Cross-entropy that keeps its relative precision in float32, however confident the network is.

Symbols: ``z`` the logits of one pair, ``c`` the index of the right answer.

The loss of a pair is ``-log softmax(z)[c]``. Computed so in float32 it is a multiple of 1.2e-7,
since the softmax is close to 1 and the logarithm sees only its distance from 1 after rounding; the
papers cast the logits to float64 for this reason (arXiv 2302.03025; arXiv 2301.05217). The same
number written without the subtraction,

    loss = log(1 + S),    S = sum_{j != c} exp(z_j - z_c),

needs no more than float32: each term has a small relative error, so has their sum, and ``log1p``
keeps it. The gradient follows the same rule: that of the right logit is minus the sum of the
others, and never ``softmax(z)[c] - 1``.
"""

from dataclasses import dataclass
from math import log

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

__all__ = ["LossAndGradient", "accuracy", "cross_entropy", "flat_answers", "loss_and_gradient"]

_LEAST, _MOST = 1e-30, 1e15


def cross_entropy(
    logits: Float[Tensor, "*pair output"], target: Int[Tensor, "*pair"]
) -> Float[Tensor, "*pair"]:
    """Return the cross-entropy of each pair [nat], accurate to the type's relative precision.

    With ``m = max(0, max_{j != c} z_j - z_c)``

        loss = m + log1p(sum_{j != c} exp(z_j - z_c - m) + (exp(-m) - 1)),

    which is the formula at the head of this module where ``m = 0``, and overflows for no finite
    logits.

    Parameters
    ----------
    logits : (..., output) Tensor
        Any floating-point type and device; differentiable.
    target : (...) Tensor of int
        Index of the right answer.

    Returns
    -------
    (...) Tensor [nat]

    Examples
    --------
    >>> logits = torch.tensor([[30.0, 0.0, 0.0]])
    >>> cross_entropy(logits, torch.tensor([0]))
    tensor([1.8715e-13])
    >>> torch.nn.functional.cross_entropy(logits, torch.tensor([0]))
    tensor(0.)
    """
    right = target.unsqueeze(-1)
    gaps = (logits - logits.gather(-1, right)).scatter(-1, right, -torch.inf)
    largest = gaps.detach().amax(-1).clamp_min(0)
    wrong = torch.exp(gaps - largest.unsqueeze(-1)).sum(-1)
    return largest + torch.log1p(wrong + torch.expm1(-largest))


def accuracy(
    logits: Float[Tensor, "*pair output"], target: Int[Tensor, "*pair"]
) -> Bool[Tensor, "*pair"]:
    """Return for each pair whether the right logit is the largest (the first one if several are).

    Examples
    --------
    >>> accuracy(torch.tensor([[0.0, 2.0], [3.0, 1.0]]), torch.tensor([1, 1]))
    tensor([ True, False])
    """
    return logits.argmax(-1) == target


@dataclass(frozen=True)
class LossAndGradient:
    """Loss of each pair, and the gradient of the weighted sum of these losses.

    Attributes
    ----------
    losses : (pair,) Tensor [nat]
    gradient : (pair, output) Tensor
        With respect to the logits.
    """

    losses: Float[Tensor, " pair"]
    gradient: Float[Tensor, "pair output"]


def loss_and_gradient(
    bits: Float[Tensor, "pair output"],
    answer: Int[Tensor, " pair"],
    *,
    weight: float,
    exact: bool = True,
) -> LossAndGradient:
    """Return loss and gradient from logits in base two; the kernel of the training step.

    With ``E_j = 2^(bits_j - t)`` and ``R = E_c``, ``S = sum_{j != c} E_j``,

        loss = log(1 + S / R),    d loss / d z_j = E_j / (R + S)  for  j != c,
        d loss / d z_c = -S / (R + S).

    Any shift ``t`` gives the same. ``t = 0`` saves two passes over the logits and is used as long
    as R and S of every pair stay far inside the range of float32; else ``t`` is the largest logit
    of the pair. Base two, because powers of two are computed several times faster.

    Parameters
    ----------
    bits : (pair, output) Tensor
        The logits divided by ``log 2``, contiguous.
    answer : (pair,) Tensor of int64
        Position of each pair's right logit in ``bits.flatten()``, from `flat_answers`.
    weight : float
        Weight of each loss in the sum whose gradient is returned: 1 / N for a mean over N pairs.
    exact : bool
        False: as ``log_softmax`` and its derivative, ``softmax(z)[c] - 1``, round them in the type
        of the logits (arXiv 2301.05217, low precision).

    Returns
    -------
    LossAndGradient

    Examples
    --------
    >>> answer = flat_answers(torch.tensor([2]), 4)
    >>> found = loss_and_gradient(torch.zeros(1, 4), answer, weight=1.0)
    >>> found.losses, found.gradient
    (tensor([1.3863]), tensor([[ 0.2500,  0.2500, -0.7500,  0.2500]]))
    """
    if not exact:
        return _rounded(bits, answer, weight)
    powers = torch.exp2(bits)
    right, wrong = _split(powers, answer)
    if _is_within_range(right, wrong):
        losses = torch.log1p(wrong / right)
    else:
        largest = bits.amax(1)
        torch.exp2(bits - largest[:, None], out=powers)
        right, wrong = _split(powers, answer)
        gap = log(2) * (largest - bits.take(answer))
        losses = gap + torch.log1p(wrong + (right - 1))
    scale = weight / (right + wrong)
    powers.mul_(scale[:, None]).put_(answer, wrong * -scale)
    return LossAndGradient(losses, powers)


def _rounded(bits: Tensor, answer: Tensor, weight: float) -> LossAndGradient:
    log_shares = torch.log_softmax(bits * log(2), dim=1)
    gradient = log_shares.exp()
    gradient.put_(answer, gradient.take(answer) - 1)
    return LossAndGradient(-log_shares.take(answer), gradient.mul_(weight))


def flat_answers(target: Int[Tensor, " pair"], outputs: int) -> Int[Tensor, " pair"]:
    """Return the position of each pair's right logit in the flattened logits.

    Examples
    --------
    >>> flat_answers(torch.tensor([2, 0]), 3)
    tensor([2, 3])
    """
    return torch.arange(len(target), device=target.device) * outputs + target


def _split(powers: Tensor, answer: Tensor) -> tuple[Tensor, Tensor]:
    """Return R and S, (pair,) each; sets the powers of the right answers to zero."""
    right = powers.take(answer)
    powers.view(-1).index_fill_(0, answer, 0)
    return right, powers.sum(1)


def _is_within_range(right: Tensor, wrong: Tensor) -> bool:
    """Whether R, S and S / R are far from the ends of the range of float32."""
    right_least, right_most = map(float, right.aminmax())
    wrong_least, wrong_most = map(float, wrong.aminmax())
    is_low = right_least > _LEAST * _MOST and wrong_least > _LEAST
    return is_low and right_most < 1 / _LEAST and wrong_most < _MOST

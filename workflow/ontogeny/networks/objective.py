"""Objectives of minibatches, with their gradient by autograd.

Symbols: ``B`` sequences of a minibatch; ``T`` context length.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol, TypeVar

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.functional import cross_entropy

from ontogeny.networks.decoder import Parameters, Transformer
from ontogeny.training import Objective

__all__ = [
    "Movable",
    "minibatch_objective",
    "next_token_objective",
    "reproducible_attention",
]


Moved = TypeVar("Moved")


class Movable(Protocol):
    """A tensor, or what consists of tensors."""

    def to(self: Moved, device: torch.device) -> Moved:
        """Return the same on a device."""
        ...


Batch = TypeVar("Batch", bound=Movable)


def minibatch_objective(
    loss: Callable[[Parameters, Batch], Float[Tensor, ""]], batches: Callable[[int], Batch]
) -> Objective:
    """Return a loss over minibatches as the training loop asks for it.

    Parameters
    ----------
    loss : callable
        From the parameters of a network and a minibatch to the loss [nat].
    batches : callable
        The minibatch of an update; it is moved to where the parameters lie.

    Returns
    -------
    callable
        Writes the gradient of the loss and returns the loss.
    """

    def loss_and_gradient(parameters: Parameters, gradient: Parameters, update: int) -> Tensor:
        leaves = {name: value.detach().requires_grad_() for name, value in parameters.items()}
        device = next(iter(leaves.values())).device
        found = loss(leaves, batches(update).to(device))
        slopes = torch.autograd.grad(found, list(leaves.values()))
        for name, slope in zip(leaves, slopes, strict=True):
            gradient[name].copy_(slope)
        return found.detach()

    return loss_and_gradient


def next_token_objective(network: Transformer, batches: Callable[[int], Tensor]) -> Objective:
    """Return the mean loss of predicting each next token of the sequences of a minibatch.

    Parameters
    ----------
    network : Transformer
    batches : callable
        The sequences of an update, (B, T + 1).
    """

    def loss(parameters: Parameters, sequences: Int[Tensor, "B T1"]) -> Float[Tensor, ""]:
        with reproducible_attention(sequences.device):
            logits = network.logits(parameters, sequences[:, :-1])
        return cross_entropy(logits.flatten(0, 1), sequences[:, 1:].flatten())

    return minibatch_objective(loss, batches)


def reproducible_attention(device: torch.device) -> AbstractContextManager[None]:
    """Return a context in which the gradient of attention is the same bytes at every run.

    The fused forms for GPUs add it up in an order that varies.
    """
    return nullcontext() if device.type == "cpu" else sdpa_kernel(SDPBackend.MATH)

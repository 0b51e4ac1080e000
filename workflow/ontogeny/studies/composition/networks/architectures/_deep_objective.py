"""The training loss of the deep transformer and its gradient, by autograd.

Shapes: as in ``deep_transformer.py``.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ontogeny.networks.dropout import Dropout
from ontogeny.studies.composition.networks.architectures._interface import Activations
from ontogeny.studies.composition.networks.architectures._products import keep_freed_memory
from ontogeny.studies.composition.networks.loss import cross_entropy

__all__ = ["DeepTransformerObjective"]


class DeepTransformerObjective:
    """Mean cross-entropy, and its gradient by autograd."""

    def __init__(
        self,
        forward: Callable[..., Activations[Tensor]],
        left: Tensor,
        right: Tensor,
        target: Tensor,
        exact: bool,
        dropout: Dropout,
    ) -> None:
        keep_freed_memory()
        self._forward, self._pairs, self._target = forward, (left, right), target
        self._dropout = dropout
        self._losses = cross_entropy if exact else _rounded

    def __call__(
        self, parameters: dict[str, Tensor], gradient: dict[str, Tensor], update: int = 0
    ) -> Tensor:
        leaves = {name: value.detach().requires_grad_() for name, value in parameters.items()}
        found = self._forward(self._dropout, update, leaves, *self._pairs)
        loss = self._losses(found.logits, self._target).mean()
        slopes = torch.autograd.grad(loss, list(leaves.values()), materialize_grads=True)
        for name, value in zip(leaves, slopes, strict=True):
            gradient[name].copy_(value)
        return loss.detach()


def _rounded(
    logits: Float[Tensor, "pair output"], target: Int[Tensor, " pair"]
) -> Float[Tensor, " pair"]:
    return torch.nn.functional.cross_entropy(logits, target, reduction="none")

"""The loss of each strategy on a minibatch.

Symbols: ``B`` items of a minibatch, each a comment with a label.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, logsigmoid

from ontogeny.studies.noisy_labels.networks.reader import Parameters, Reader

__all__ = ["Items", "corrected_cross_entropy", "loss_of"]


@dataclass(frozen=True)
class Items:
    """Items of a minibatch.

    Attributes
    ----------
    tokens : (B, L) Tensor of int64
    target, weight : (B,) Tensor of float32
    labeller : (B,) Tensor of int64
    transition : (B, 2) Tensor or None
        As in `ontogeny.studies.noisy_labels.networks.examples.Examples`.
    drop : callable
        The factors of the inputs of the hidden layer in this update.
    """

    tokens: Int[Tensor, "B L"]
    target: Float[Tensor, " B"]
    labeller: Int[Tensor, " B"]
    weight: Float[Tensor, " B"]
    transition: Float[Tensor, "B 2"] | None
    drop: Callable[[Tensor], Tensor | None]

    def to(self, device: torch.device) -> "Items":
        """Return the same on a device."""
        transition = None if self.transition is None else self.transition.to(device)
        return Items(
            self.tokens.to(device),
            self.target.to(device),
            self.labeller.to(device),
            self.weight.to(device),
            transition,
            self.drop,
        )


def loss_of(reader: Reader) -> Callable[[Parameters, Items], Float[Tensor, ""]]:
    """Return the weighted mean cross-entropy [nat] of the items of a minibatch.

    The head of its labeller predicts the label of an item, where there are two heads. With a
    `transition` the predicted probability is that of the label that the labeller would give.
    """

    def loss(parameters: Parameters, items: Items) -> Float[Tensor, ""]:
        logits = reader.logits(parameters, items.tokens, items.labeller, items.drop)
        if reader.heads == 1:
            logit = logits[:, 0]
        else:
            logit = logits.gather(1, items.labeller[:, None])[:, 0]
        target, weight = items.target.to(logit), items.weight.to(logit)
        if items.transition is None:
            each = binary_cross_entropy_with_logits(logit, target, reduction="none")
        else:
            each = corrected_cross_entropy(logit, target, items.transition.to(logit))
        return (weight * each).sum() / weight.sum()

    return loss


def corrected_cross_entropy(
    logit: Float[Tensor, " B"], target: Float[Tensor, " B"], transition: Float[Tensor, "B 2"]
) -> Float[Tensor, " B"]:
    """Return ``BCE(p T_11 + (1 - p) T_01, target)`` with ``p`` the logistic function of the logit.

    Forward correction (arXiv 1609.03683): the network predicts the true label, and what is compared
    with the noisy one is the probability that the rater calls the comment toxic. Computed from
    logarithms, so that it stays exact however confident the network is.

    Parameters
    ----------
    logit, target : (B,) Tensor
    transition : (B, 2) Tensor
        T_01 and T_11 of each item.

    Returns
    -------
    (B,) Tensor [nat]
    """
    harmless, toxic = logsigmoid(-logit), logsigmoid(logit)
    says_toxic, says_harmless = transition.log(), torch.log1p(-transition)
    of_toxic = torch.logaddexp(says_toxic[:, 1] + toxic, says_toxic[:, 0] + harmless)
    of_harmless = torch.logaddexp(says_harmless[:, 1] + toxic, says_harmless[:, 0] + harmless)
    return -torch.where(target > 0.5, of_toxic, of_harmless)

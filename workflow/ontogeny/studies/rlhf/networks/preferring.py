"""Pairs that a preference model learns from, and its loss.

A preference model r says that a response is chosen over another with the probability
``sigmoid(r_chosen - r_rejected)``; the loss of a pair is ``ln(1 + exp(r_rejected - r_chosen))``
(arXiv 2204.05862, 2.4; Bradley and Terry 1952).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import softplus

from ontogeny.networks.decoder import Parameters, Transformer
from ontogeny.studies.rlhf.networks.shapes import scores
from ontogeny.training import Evaluation

__all__ = ["Pairs", "judged", "pair_loss"]


@dataclass(frozen=True)
class Pairs:
    """Comparisons of two responses.

    Attributes
    ----------
    chosen, rejected : (N, T + 1) Tensor of int64
        Prompt and tokens of each response.
    weight : (N,) Tensor
        Of its loss.
    """

    chosen: Tensor
    rejected: Tensor
    weight: Tensor

    def __len__(self) -> int:
        """Return N."""
        return len(self.weight)

    def to(self, device: torch.device) -> "Pairs":
        """Return the same on a device."""
        return Pairs(*(each.to(device) for each in (self.chosen, self.rejected, self.weight)))

    def part(self, places: Tensor) -> "Pairs":
        """Return some of the pairs."""
        return Pairs(self.chosen[places], self.rejected[places], self.weight[places])


def pair_loss(network: Transformer, parameters: Parameters, pairs: Pairs) -> Float[Tensor, ""]:
    """Return the mean weighted loss of pairs [nat]."""
    return (pairs.weight * softplus(-_difference(network, parameters, pairs))).mean()


def judged(network: Transformer, pairs: Pairs) -> Callable[[Parameters], Evaluation]:
    """Return a function that gives the measures of a preference model on fixed pairs.

    These are ``loss`` [nat] and ``accuracy``, (split,); of a tie, half is right.
    """
    blocks = torch.split(torch.arange(len(pairs)), 1024)

    @torch.no_grad()
    def evaluate(parameters: Parameters) -> Evaluation:
        device = parameters["W_E"].device
        found = [
            _difference(network, parameters, pairs.part(block).to(device)).double().cpu()
            for block in blocks
        ]
        difference = torch.cat(found)
        right: NDArray[np.float64] = (difference.sign().numpy() + 1) / 2
        return {
            "loss": np.array([float(softplus(-difference).mean())]),
            "accuracy": np.array([right.mean()]),
        }

    return evaluate


def _difference(network: Transformer, parameters: Parameters, pairs: Pairs) -> Float[Tensor, " N"]:
    """Return the raw score of each chosen response minus that of the rejected one."""
    both = scores(network, parameters, torch.cat([pairs.chosen, pairs.rejected]))
    chosen, rejected = torch.split(both, len(pairs))
    return chosen - rejected

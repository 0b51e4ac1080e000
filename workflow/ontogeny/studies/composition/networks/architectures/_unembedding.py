"""The last layer of the networks without attention: a matrix, perhaps a bias, then the loss.

Shapes: ``pair`` the pairs of a block; ``neuron``; ``output`` one logit for each element.
"""

from math import e, log2

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ontogeny.studies.composition.networks.architectures._products import product
from ontogeny.studies.composition.networks.loss import loss_and_gradient

__all__ = ["Unembedding"]


class Unembedding:
    """Loss of ``logits = hidden W_U + b_U`` and its gradients, block after block within one step.

    With ``G = d loss / d logits`` (pair, output)

        d loss / d hidden = G W_U^T,    d loss / d W_U = sum over blocks of hidden^T G,
        d loss / d b_U = sum over pairs of G.

    Parameters
    ----------
    neurons, outputs : int
        Shape of W_U.
    weight : float
        Weight of each pair's loss: 1 / N for a mean over N pairs.
    dtype, device
        Of the parameters.
    exact : bool
        As for `ontogeny.studies.composition.networks.loss.loss_and_gradient`.
    """

    def __init__(
        self,
        neurons: int,
        outputs: int,
        *,
        weight: float,
        dtype: torch.dtype,
        device: torch.device | str,
        exact: bool,
    ) -> None:
        self._weight, self._exact = weight, exact
        self._W_U = self._bits = torch.empty(neurons, outputs, dtype=dtype, device=device)
        self._gradient = torch.empty(outputs, neurons, dtype=dtype, device=device)
        self._bias_bits: Tensor | None = None
        self._bias_gradient = torch.empty(outputs, dtype=dtype, device=device)
        self._loss = torch.empty((), dtype=dtype, device=device)

    def start(
        self, W_U: Float[Tensor, "neuron output"], b_U: Float[Tensor, " output"] | None = None
    ) -> None:
        """Begin a step with these parameters; without a bias if there is no b_U."""
        self._W_U, self._bits = W_U, W_U * log2(e)
        self._bias_bits = None if b_U is None else b_U * log2(e)
        self._gradient.zero_()
        self._bias_gradient.zero_()
        self._loss = torch.zeros_like(self._loss)

    def descend(
        self, hidden: Float[Tensor, "pair neuron"], answer: Int[Tensor, " pair"]
    ) -> Float[Tensor, "pair neuron"]:
        """Add the block's loss and gradient, and return ``d loss / d hidden``.

        `answer` is the position of the right logits in those of the block, from `flat_answers`.
        """
        bits = product(hidden, self._bits)  # (pair, output)
        if self._bias_bits is not None:
            bits += self._bias_bits
        found = loss_and_gradient(bits, answer, weight=self._weight, exact=self._exact)
        self._loss += found.losses.sum() * self._weight
        self._gradient += product(found.gradient.t(), hidden)  # (output, neuron)
        if self._bias_bits is not None:
            self._bias_gradient += found.gradient.sum(0)
        return product(found.gradient, self._W_U.t())  # (pair, neuron)

    def finish(
        self,
        gradient: Float[Tensor, "neuron output"],
        bias_gradient: Float[Tensor, " output"] | None = None,
    ) -> Float[Tensor, ""]:
        """Write the gradient of W_U, and of b_U if there is one, and return the loss [nat]."""
        gradient.copy_(self._gradient.t())
        if bias_gradient is not None:
            bias_gradient.copy_(self._bias_gradient)
        return self._loss

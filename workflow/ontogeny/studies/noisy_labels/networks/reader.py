"""The network that reads a comment.

Symbols: ``B`` comments; ``L`` places; ``V`` words; ``F`` features of a word; ``C`` channels; ``H``
hidden neurons; ``K`` heads.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ontogeny.studies.noisy_labels.networks.labellers import LABELLERS, WINDOW
from ontogeny.studies.noisy_labels.networks.text_maximum import text_maximum

__all__ = ["Parameters", "Reader"]

Parameters = dict[str, Tensor]


@dataclass(frozen=True)
class Reader:
    """A convolution over three words, its largest value over the text, and a hidden layer.

    With ``m`` the `text_maximum` of a comment, its logits are
    ``ReLU([ReLU(m + b_C), labeller] W_in + b_in) W_out + b_out``; ``labeller`` is one-hot, and
    absent unless `sees_labeller`. The probability that a comment is toxic is the logistic function
    of its logit.

    Attributes
    ----------
    channels, hidden : int
    heads : int
        1, or one for each labeller.
    sees_labeller : bool
        Whether the hidden layer has the labeller as a further input.
    """

    channels: int
    hidden: int
    heads: int = 1
    sees_labeller: bool = False

    def initial(self, generator: torch.Generator, embedding: Float[Tensor, "V F"]) -> Parameters:
        """Return initial parameters.

        Weights are normal, of variance 2 / inputs before a ReLU and 1 / inputs before logits.

        Parameters
        ----------
        generator : torch.Generator
        embedding : (V, F) Tensor
            Vectors of the words, learned from the text alone.
        """
        features = embedding.shape[1]
        inputs = self.channels + LABELLERS * self.sees_labeller

        def normal(*shape: int, variance: float) -> Tensor:
            drawn: Tensor = torch.randn(shape, generator=generator)
            return drawn * variance**0.5

        return {
            "W_E": embedding,
            "W_C": normal(WINDOW, features, self.channels, variance=2 / (WINDOW * features)),
            "b_C": torch.zeros(self.channels),
            "W_in": normal(inputs, self.hidden, variance=2 / inputs),
            "b_in": torch.zeros(self.hidden),
            "W_out": normal(self.hidden, self.heads, variance=1 / self.hidden),
            "b_out": torch.zeros(self.heads),
        }

    def logits(
        self,
        parameters: Parameters,
        tokens: Int[Tensor, "B L"],
        labeller: Int[Tensor, " B"],
        drop: Callable[[Tensor], Tensor | None] = lambda inputs: None,
    ) -> Float[Tensor, "B K"]:
        """Return the logits of comments, one for each head.

        Parameters
        ----------
        parameters : dict of str to Tensor
        tokens : (B, L) Tensor of int64
        labeller : (B,) Tensor of int64
            Whose label is asked for.
        drop : callable
            From the inputs of the hidden layer to their factors, as from
            `ontogeny.networks.dropout.Dropout.factors`.
        """
        largest = text_maximum(parameters["W_E"], parameters["W_C"], tokens)
        inputs = torch.relu(largest + parameters["b_C"])
        if self.sees_labeller:
            one_hot = torch.nn.functional.one_hot(labeller, LABELLERS).to(inputs)
            inputs = torch.cat([inputs, one_hot], dim=1)
        factors = drop(inputs)
        if factors is not None:
            inputs = inputs * factors
        hidden = torch.relu(inputs @ parameters["W_in"] + parameters["b_in"])
        return hidden @ parameters["W_out"] + parameters["b_out"]

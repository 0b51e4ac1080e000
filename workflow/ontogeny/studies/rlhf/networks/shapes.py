"""The shapes of policies and preference models.

Both read a prompt and then tokens. A policy predicts each token from what is before it; in
training it has one more output, the value of what is before. A preference model has one output,
and its score of a sequence is the mean of that over all places.
"""

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy.typing import NDArray
from torch import Tensor

from ontogeny.networks.axes import AXES as _AXES
from ontogeny.networks.decoder import Parameters, Transformer
from ontogeny.networks.objective import reproducible_attention
from ontogeny.studies.rlhf.config import Network

__all__ = ["AXES", "policy_of", "preference_of", "scores", "with_value_head"]

AXES = _AXES | {"W_U": ("residual", "output")}
"""The dimensions of the parameters in datasets."""


def policy_of(network: Network, vocabulary: int, prompts: int, *, value: bool) -> Transformer:
    """Return the shape of a policy, with its value head or without.

    Parameters
    ----------
    network : Network
    vocabulary, prompts : int
        Numbers of tokens and of prompts of its world.
    value : bool
    """
    return _shape(network, vocabulary + prompts, outputs=vocabulary + value, causal=True)


def preference_of(network: Network, vocabulary: int, prompts: int) -> Transformer:
    """Return the shape of a preference model of a world with these tokens and prompts."""
    return _shape(network, vocabulary + prompts, outputs=1, causal=False)


def scores(
    network: Transformer, parameters: Parameters, sequences: Int[Tensor, "B T1"]
) -> Float[Tensor, " B"]:
    """Return the raw scores that a preference model gives."""
    with reproducible_attention(sequences.device):
        return network.logits(parameters, sequences)[:, :, 0].mean(dim=1)


def with_value_head(final: dict[str, NDArray[np.float32]]) -> Parameters:
    """Return the parameters of a start policy with a value head that gives 0."""
    found = {name: torch.from_numpy(values.copy()) for name, values in final.items()}
    unembedding = found["W_U"]
    found["W_U"] = torch.cat([unembedding, torch.zeros(len(unembedding), 1)], dim=1)
    return found


def _shape(network: Network, tokens: int, *, outputs: int, causal: bool) -> Transformer:
    return Transformer(
        tokens,
        layers=network.layers,
        d_model=network.d_model,
        heads=network.heads,
        d_mlp=4 * network.d_model,
        outputs=outputs,
        causal=causal,
    )

"""What is measured of a decoder while it is trained.

Symbols: ``N`` sequences; ``T`` context length.
"""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from ontogeny.networks import MOST_NUMBERS
from ontogeny.networks.decoder import Parameters, Transformer, next_token_loss
from ontogeny.training import Evaluation

__all__ = ["next_token_measures"]


def next_token_measures(
    network: Transformer, sequences: NDArray[np.int64]
) -> Callable[[Parameters], Evaluation]:
    """Return a function that gives the measures of a network on fixed sequences, the test set.

    These are ``loss`` [nat] and ``accuracy``, (split,).
    """
    tokens = torch.from_numpy(sequences)
    each = (tokens.shape[1] - 1) * network.vocabulary
    block = min(64, max(1, MOST_NUMBERS // each))

    @torch.no_grad()
    def evaluate(parameters: Parameters) -> Evaluation:
        losses, hits = [], []
        for part in torch.split(tokens.to(parameters["W_E"].device), block):
            logits = network.logits(parameters, part[:, :-1])
            losses.append(next_token_loss(logits, part[:, 1:]).double().mean(dim=1))
            hits.append((logits.argmax(dim=2) == part[:, 1:]).double().mean(dim=1))
        return {
            "loss": np.array([float(torch.cat(losses).mean())]),
            "accuracy": np.array([float(torch.cat(hits).mean())]),
        }

    return evaluate

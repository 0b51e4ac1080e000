"""One training run: from a specification and a corpus to its record."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ontogeny.networks import MOST_NUMBERS
from ontogeny.networks.decoder import Transformer, next_token_loss
from ontogeny.networks.minibatches import FreshMinibatches, Source
from ontogeny.networks.objective import next_token_objective
from ontogeny.studies.induction.config import Network, Training
from ontogeny.training import (
    Evaluation,
    ParameterBuffer,
    Quantity,
    Record,
    State,
    checkpoint_steps,
    device_of,
    train,
)

__all__ = ["SHOWN", "TEST_LOSS", "build", "evaluation", "train_network"]

TEST_LOSS = Quantity("loss", (0,))
"""Of the evaluation of a network."""

SHOWN = {"test": TEST_LOSS}
"""What the progress of a run shows of its last evaluation."""

_EVALUATED = 64


def build(network: Network, vocabulary: int) -> Transformer:
    """Return the shape of the network that a configuration describes."""
    return Transformer(vocabulary, **network.model_dump())


def evaluation(
    network: Transformer, sequences: NDArray[np.int64]
) -> Callable[[dict[str, Tensor]], Evaluation]:
    """Return a function that gives the measures of a network on fixed sequences, the test set.

    These are ``loss`` [nat] and ``accuracy``, (split,).
    """
    tokens = torch.from_numpy(sequences)
    each = (tokens.shape[1] - 1) * network.vocabulary
    block = min(64, max(1, MOST_NUMBERS // each))

    @torch.no_grad()
    def evaluate(parameters: dict[str, Tensor]) -> Evaluation:
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


def train_network(
    source: Source,
    sequences: NDArray[np.int64],
    spec: Training,
    *,
    vocabulary: int,
    state: State | None = None,
    observe: Sequence[Callable[[State], None]] = (),
) -> Record:
    """Train one network on fresh sequences of a corpus.

    Parameters
    ----------
    source : callable
        From a generator and a number to sequences of the corpus.
    sequences : (N, T + 1) ndarray of int64
        The evaluation set; while training, the first 64 are used at each checkpoint.
    spec : Training
        Everything else that the run depends on.
    vocabulary : int
    state, observe
        As for `ontogeny.training.train`.

    Returns
    -------
    Record

    Raises
    ------
    ontogeny.config.ConfigurationError
        If a GPU is asked for and there is none.
    ontogeny.training.Divergence
        If the loss becomes infinite or is not a number.
    """
    device = device_of(spec.optimiser.device)
    network = build(spec.network, vocabulary)
    initial = network.initial(torch.Generator().manual_seed(spec.seed))
    batches = FreshMinibatches(source, spec.optimiser.batch, spec.seed)
    return train(
        ParameterBuffer(initial, dtype=getattr(torch, spec.optimiser.precision), device=device),
        next_token_objective(network, batches),
        evaluation(network, sequences[:_EVALUATED]),
        optimiser=spec.optimiser,
        checkpoints=checkpoint_steps(spec.schedule),
        early_stop=spec.schedule.early_stop,
        test_loss=TEST_LOSS,
        embeddings={"W_E"},
        state=state,
        observe=observe,
    )

"""One training run: from a specification and a corpus to its record."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from ontogeny.networks.decoder import Transformer
from ontogeny.networks.measures import next_token_measures
from ontogeny.networks.minibatches import Source, fresh_minibatches
from ontogeny.networks.objective import next_token_objective
from ontogeny.studies.induction.config import Network, Training
from ontogeny.training import (
    ParameterBuffer,
    Quantity,
    Record,
    State,
    checkpoint_steps,
    device_of,
    train,
)

__all__ = ["SHOWN", "TEST_LOSS", "build", "train_network"]

TEST_LOSS = Quantity("loss", (0,))
"""Of the evaluation of a network."""

SHOWN = {"test loss": TEST_LOSS}
"""What the progress of a run shows of its last evaluation."""

_EVALUATED = 64


def build(network: Network, vocabulary: int) -> Transformer:
    """Return the shape of the network that a configuration describes."""
    return Transformer(vocabulary, **network.model_dump())


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
    batches = fresh_minibatches(source, spec.optimiser.batch, spec.seed)
    return train(
        ParameterBuffer(initial, dtype=getattr(torch, spec.optimiser.precision), device=device),
        next_token_objective(network, batches),
        next_token_measures(network, sequences[:_EVALUATED]),
        optimiser=spec.optimiser,
        checkpoints=checkpoint_steps(spec.schedule),
        early_stop=spec.schedule.early_stop,
        test_loss=TEST_LOSS,
        embeddings={"W_E"},
        state=state,
        observe=observe,
    )

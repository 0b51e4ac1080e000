"""One training run on a mixture."""

import logging
from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from ontogeny.networks.decoder import Transformer
from ontogeny.networks.measures import next_token_measures
from ontogeny.networks.minibatches import Source, fresh_minibatches
from ontogeny.networks.objective import next_token_objective
from ontogeny.studies.surprise.carried import batch_size
from ontogeny.studies.surprise.config import Network, Training
from ontogeny.studies.surprise.networks.runs import trained
from ontogeny.studies.surprise.worlds.mixture import TOKENS
from ontogeny.training import Record, State

__all__ = ["train_on_mixture", "transformer"]

_WINDOWS = 64
"""Windows of text that a transformer is tried on at each checkpoint of its training."""


def transformer(network: Network) -> Transformer:
    """Return the shape of the transformer that a configuration describes."""
    d = network.width
    return Transformer(TOKENS, layers=network.layers, d_model=d, heads=max(1, d // 16), d_mlp=4 * d)


def train_on_mixture(
    source: Source,
    windows: NDArray[np.int64],
    spec: Training,
    *,
    logger: logging.Logger,
    state: State | None = None,
    observe: Sequence[Callable[[State], None]] = (),
) -> Record:
    """Train one transformer on a mixture.

    Parameters
    ----------
    source : callable
        From a generator and a number to sequences of the mixture.
    windows : (N, T + 1) ndarray of int64
        Held-out windows of its text; the first 64 are used at each checkpoint.
    spec, logger, state, observe
        As for `train_on_parity`.

    Returns
    -------
    Record
        Of a run that diverges, the part before.

    Raises
    ------
    ontogeny.config.ConfigurationError
        If a GPU is asked for and there is none.
    """
    network = transformer(spec.network)
    batches = fresh_minibatches(source, batch_size(spec), spec.seed)
    return trained(
        network.initial(torch.Generator().manual_seed(spec.seed)),
        next_token_objective(network, batches),
        next_token_measures(network, windows[:_WINDOWS]),
        spec,
        embeddings={"W_E"},
        logger=logger,
        state=state,
        observe=observe,
    )

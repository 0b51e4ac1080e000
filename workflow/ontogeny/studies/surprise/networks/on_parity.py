"""One training run on a world of parity."""

import logging
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import softplus

from ontogeny.studies.surprise.carried import batch_size
from ontogeny.studies.surprise.config import Training
from ontogeny.studies.surprise.networks.parity_network import (
    ParityNetwork,
    parity_minibatches,
    parity_objective,
)
from ontogeny.studies.surprise.networks.runs import trained
from ontogeny.studies.surprise.worlds.parity import ParityTasks, unpacked
from ontogeny.training import Evaluation, Record, State

__all__ = ["train_on_parity"]

_EVALUATED = 8192
"""Examples that a network is tried on at each checkpoint of its training."""

_TEST = 1
"""Stream of random numbers of a run that draws the examples to try it on."""

Parameters = dict[str, Tensor]


def train_on_parity(
    tasks: ParityTasks,
    spec: Training,
    *,
    logger: logging.Logger,
    state: State | None = None,
    observe: Sequence[Callable[[State], None]] = (),
) -> Record:
    """Train one network of a hidden layer on sparse parity.

    Parameters
    ----------
    tasks : ParityTasks
    spec : Training
        Everything else that the run depends on.
    logger : Logger
        Is told where the run diverges.
    state, observe
        As for `ontogeny.training.train`.

    Returns
    -------
    Record
        Of a run that diverges, the part before.

    Raises
    ------
    ontogeny.config.ConfigurationError
        If a GPU is asked for and there is none.
    """
    network = ParityNetwork(len(tasks.masks), tasks.bits, spec.network.width)
    batches = parity_minibatches(tasks, batch_size(spec), spec.seed)
    return trained(
        network.initial(torch.Generator().manual_seed(spec.seed)),
        parity_objective(network, batches),
        _tried_on_parity(network, tasks, np.random.default_rng([spec.seed, 0, _TEST])),
        spec,
        embeddings={"W_T"},
        logger=logger,
        state=state,
        observe=observe,
    )


def _tried_on_parity(
    network: ParityNetwork, tasks: ParityTasks, rng: np.random.Generator
) -> Callable[[Parameters], Evaluation]:
    drawn, words = tasks.draw(rng, _EVALUATED)
    task, bits = torch.from_numpy(drawn), torch.from_numpy(unpacked(words, tasks.bits))
    right = torch.from_numpy(tasks.answers(drawn, words).astype(np.int64))

    @torch.no_grad()
    def evaluate(parameters: Parameters) -> Evaluation:
        like = parameters["W_B"]
        logits = network.logits(parameters, task.to(like.device), bits.to(like)).double().cpu()
        margin = logits * (2 * right - 1)
        return {
            "loss": np.array([float(softplus(-margin).mean())]),
            "accuracy": np.array([float((margin > 0).double().mean())]),
        }

    return evaluate

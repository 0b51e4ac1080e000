"""One training run: from what a network learns from to its record."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import binary_cross_entropy_with_logits

from ontogeny.config.training import Optimiser, Schedule
from ontogeny.networks.dropout import Dropout
from ontogeny.networks.minibatches import EpochMinibatches
from ontogeny.networks.objective import minibatch_objective
from ontogeny.ranking import auc
from ontogeny.studies.noisy_labels.config import Network
from ontogeny.studies.noisy_labels.networks.examples import Examples
from ontogeny.studies.noisy_labels.networks.labellers import CLEAN
from ontogeny.studies.noisy_labels.networks.losses import Items, loss_of
from ontogeny.studies.noisy_labels.networks.reader import Parameters, Reader
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

__all__ = ["ERROR", "SHOWN", "Labelled", "reader_of", "train_reader", "updates_of_epoch"]

_LOSS = Quantity("loss", (0,))

ERROR = Quantity("error", (0,))
"""Share of the development comments on whose side of 1/2 the network is not."""

SHOWN = {"development loss": _LOSS, "AUC": Quantity("auc", (0,))}
"""What the progress of a run shows of its last evaluation."""


@dataclass(frozen=True)
class Labelled:
    """Comments with their true labels.

    Attributes
    ----------
    tokens : (N, L) ndarray of int
    label : (N,) ndarray of bool
    """

    tokens: NDArray[np.int32]
    label: NDArray[np.bool_]


def reader_of(network: Network, strategy: str) -> Reader:
    """Return the shape of the network of a strategy."""
    heads = 2 if strategy == "multi-head" else 1
    return Reader(network.channels, network.hidden, heads, sees_labeller=strategy == "one-hot")


def updates_of_epoch(items: int, batch: int) -> int:
    """Return how many updates an epoch has; the last minibatch may be smaller."""
    return -(-items // batch)


def train_reader(
    reader: Reader,
    initial: Parameters,
    examples: Examples,
    tokens: NDArray[np.int32],
    development: Labelled,
    *,
    optimiser: Optimiser,
    schedule: Schedule,
    batch: int,
    dropout: float,
    seed: int,
    test_loss: Quantity = _LOSS,
    state: State | None = None,
    observe: Sequence[Callable[[State], None]] = (),
) -> Record:
    """Train one network on comments with labels.

    Parameters
    ----------
    reader : Reader
    initial : dict of str to Tensor
        Initial parameters.
    examples : Examples
        What it learns from.
    tokens : (M, L) ndarray of int
        Of the comments that the places in `examples` are among.
    development : Labelled
        Comments on which checkpoints are compared.
    optimiser : Optimiser
    schedule : Schedule
        In updates.
    batch : int
        Comments of a minibatch.
    dropout : float
    seed : int
        Fixes minibatches and what is dropped.
    test_loss, state, observe
        As for `ontogeny.training.train`.

    Returns
    -------
    Record
        Measures: ``loss`` [nat], ``auc`` and ``error`` on `development`, each (1,).

    Raises
    ------
    ontogeny.config.ConfigurationError
        If a GPU is asked for and there is none.
    ontogeny.training.Divergence
        If the loss becomes infinite or is not a number.
    """
    device = device_of(optimiser.device)
    return train(
        ParameterBuffer(initial, dtype=getattr(torch, optimiser.precision), device=device),
        minibatch_objective(
            loss_of(reader), _minibatches(examples, tokens, batch, Dropout(dropout, seed))
        ),
        _tried(reader, development),
        optimiser=optimiser,
        checkpoints=checkpoint_steps(schedule),
        early_stop=schedule.early_stop,
        test_loss=test_loss,
        embeddings={"W_E"},
        state=state,
        observe=observe,
    )


def _minibatches(
    examples: Examples, tokens: NDArray[np.int32], batch: int, dropout: Dropout
) -> Callable[[int], Items]:
    """Return the items of an update: all of them in a new order in each epoch."""
    of_items = torch.from_numpy(tokens[examples.comment].astype(np.int64))
    target, labeller, weight = (
        torch.from_numpy(each) for each in (examples.target, examples.labeller, examples.weight)
    )
    transition = None if examples.transition is None else torch.from_numpy(examples.transition)
    order = EpochMinibatches(torch.arange(len(of_items)), batch, dropout.seed)

    def items(update: int) -> Items:
        chosen = order(update)
        return Items(
            of_items[chosen],
            target[chosen],
            labeller[chosen],
            weight[chosen],
            None if transition is None else transition[chosen],
            dropout.factors(update),
        )

    return items


def _tried(reader: Reader, development: Labelled) -> Callable[[Parameters], Evaluation]:
    tokens = torch.from_numpy(development.tokens.astype(np.int64))
    target = torch.from_numpy(development.label)
    labeller = torch.full((len(tokens),), CLEAN)

    @torch.no_grad()
    def evaluate(parameters: Parameters) -> Evaluation:
        device = parameters["W_E"].device
        parts = zip(torch.split(tokens, 1024), torch.split(labeller, 1024), strict=True)
        logits = [
            reader.logits(parameters, texts.to(device), asked.to(device))[:, CLEAN].double().cpu()
            for texts, asked in parts
        ]
        logit = torch.cat(logits)
        score = logit.numpy()
        return {
            "loss": np.array([float(binary_cross_entropy_with_logits(logit, target.double()))]),
            "auc": np.array([auc(score[development.label], score[~development.label])]),
            "error": np.array([float(((logit > 0) != target).double().mean())]),
        }

    return evaluate

"""One training run: from a specification and a corpus to its record."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import reduce

import numpy as np
import torch
from jaxtyping import Int
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.functional import cross_entropy

from ontogeny.networks.decoder import Transformer, next_token_loss
from ontogeny.studies.induction.config import Network, Training
from ontogeny.training import (
    Evaluation,
    Optimiser,
    ParameterBuffer,
    Record,
    State,
    checkpoint_steps,
    device_of,
    train,
)

__all__ = ["Minibatches", "build", "checkpoints_of", "evaluation", "objective", "train_network"]

Source = Callable[[np.random.Generator, int], NDArray[np.int64]]

_EVALUATED = 64
_MOST_NUMBERS = 2**25
"""Of the logits of one pass of the evaluation."""


def build(network: Network, vocabulary: int) -> Transformer:
    """Return the shape of the network that a configuration describes."""
    return Transformer(vocabulary, **network.model_dump())


def checkpoints_of(spec: Training) -> tuple[int, ...]:
    """Return the steps at which the networks of a run are stored."""
    kept = spec.schedule.checkpoints
    return checkpoint_steps(spec.schedule.steps, per_decade=kept.per_decade, every=kept.every)


@dataclass
class Minibatches:
    """Fresh sequences for every update, the same for the same seed and update.

    `ahead` minibatches are drawn at once from a generator of their own, so that any update can be
    had without those before it.

    Attributes
    ----------
    source : callable
        From a generator and a number to sequences, (number, T + 1).
    size, seed, ahead : int
    """

    source: Source
    size: int
    seed: int
    ahead: int = 16

    _block: int = field(default=-1, init=False, repr=False)
    _drawn: Tensor = field(
        default_factory=lambda: torch.empty(0, dtype=torch.int64), init=False, repr=False
    )

    def __call__(self, update: int) -> Int[Tensor, "B T1"]:
        """Return the sequences of an update."""
        block, place = divmod(update, self.ahead)
        if block != self._block:
            rng = np.random.default_rng([self.seed, block])
            self._drawn = torch.from_numpy(self.source(rng, self.ahead * self.size))
            self._block = block
        return self._drawn[place * self.size : (place + 1) * self.size]


def objective(
    network: Transformer, batches: Callable[[int], Tensor], *, clip: float | None
) -> Callable[[dict[str, Tensor], dict[str, Tensor], int], Tensor]:
    """Return the mean loss over a minibatch as the training loop asks for it.

    Parameters
    ----------
    network : Transformer
    batches : callable
        The sequences of an update.
    clip : float or None
        Largest norm of the gradient, which is scaled to it.

    Returns
    -------
    callable
        Writes the gradient of the loss [nat] and returns it.
    """

    def loss_and_gradient(
        parameters: dict[str, Tensor], gradient: dict[str, Tensor], update: int
    ) -> Tensor:
        device = parameters["W_E"].device
        sequences = batches(update).to(device)
        leaves = {name: value.detach().requires_grad_() for name, value in parameters.items()}
        with _reproducible_attention(device):
            logits = network.logits(leaves, sequences[:, :-1])
        loss = cross_entropy(logits.flatten(0, 1), sequences[:, 1:].flatten())
        found = torch.autograd.grad(loss, list(leaves.values()))
        scale = 1.0
        if clip is not None:
            norm = float(reduce(torch.add, (each.square().sum() for each in found)).sqrt())
            scale = min(1.0, clip / norm) if norm > 0 else 1.0
        for name, each in zip(leaves, found, strict=True):
            torch.mul(each, scale, out=gradient[name])
        return loss.detach()

    return loss_and_gradient


def _reproducible_attention(device: torch.device) -> AbstractContextManager[None]:
    """Return a context in which the gradient of attention is the same bytes at every run.

    The fused forms for GPUs add it up in an order that varies.
    """
    return nullcontext() if device.type == "cpu" else sdpa_kernel(SDPBackend.MATH)


def evaluation(
    network: Transformer, sequences: NDArray[np.int64]
) -> Callable[[dict[str, Tensor]], Evaluation]:
    """Return a function that gives loss [nat] and accuracy of a network on fixed sequences."""
    tokens = torch.from_numpy(sequences)
    each = (tokens.shape[1] - 1) * network.vocabulary
    block = min(64, max(1, _MOST_NUMBERS // each))

    @torch.no_grad()
    def evaluate(parameters: dict[str, Tensor]) -> Evaluation:
        losses, hits = [], []
        for part in torch.split(tokens.to(parameters["W_E"].device), block):
            logits = network.logits(parameters, part[:, :-1])
            losses.append(next_token_loss(logits, part[:, 1:]).double().mean(dim=1))
            hits.append((logits.argmax(dim=2) == part[:, 1:]).double().mean(dim=1))
        return {"test": (float(torch.cat(losses).mean()), float(torch.cat(hits).mean()))}

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
        If the loss becomes infinite or no number.
    """
    device = device_of(spec.optimiser.device)
    network = build(spec.network, vocabulary)
    initial = network.initial(torch.Generator().manual_seed(spec.seed))
    batches = Minibatches(source, spec.optimiser.batch, spec.seed)
    return train(
        ParameterBuffer(initial, dtype=getattr(torch, spec.optimiser.precision), device=device),
        objective(network, batches, clip=spec.optimiser.clip),
        evaluation(network, sequences[:_EVALUATED]),
        optimiser=Optimiser(
            learning_rate=spec.optimiser.learning_rate,
            betas=spec.optimiser.betas,
            weight_decay=spec.optimiser.weight_decay,
            warm_up=spec.optimiser.warm_up,
        ),
        checkpoints=checkpoints_of(spec),
        state=state,
        observe=observe,
    )

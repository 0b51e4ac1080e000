"""One training run: from a specification to its record."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ontogeny.studies.composition.config import Training
from ontogeny.studies.composition.networks.architectures import Architecture, Dropout
from ontogeny.studies.composition.networks.build import build, pair_blocks
from ontogeny.studies.composition.networks.loss import accuracy, cross_entropy
from ontogeny.studies.composition.networks.pairs import answers, train_pairs
from ontogeny.training import (
    EarlyStop,
    Evaluation,
    Optimiser,
    ParameterBuffer,
    Record,
    State,
    checkpoint_steps,
    device_of,
    train,
)

__all__ = ["evaluation", "train_network", "training_rows"]

_EMBEDDED = ("element", "token", "position")
"""Dimensions whose entries have a row of an embedding."""


def training_rows(spec: Training, order: int) -> NDArray[np.int64]:
    """Return the rows ``a n + b`` of the training set of a run, ascending."""
    data = spec.data
    return train_pairs(order**2, fraction=data.fraction, seed=spec.seed, split=data.split)


def train_network(
    product: NDArray[np.integer],
    spec: Training,
    *,
    state: State | None = None,
    observe: Sequence[Callable[[State], None]] = (),
) -> Record:
    """Train one network on the multiplication of a group.

    Parameters
    ----------
    product : (n, n) ndarray of int
        The group's table.
    spec : Training
        Everything else that the run depends on.
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
    order = len(product)
    architecture = build(spec.architecture, order)
    device = device_of(spec.optimiser.device)
    dtype = getattr(torch, spec.optimiser.precision)
    rows = training_rows(spec, order)
    target = torch.tensor(
        answers(product, labels=spec.data.labels, seed=spec.seed), dtype=torch.int64
    ).reshape(-1)
    left, right = torch.arange(order**2) // order, torch.arange(order**2) % order
    chosen = torch.as_tensor(rows)
    objective = architecture.objective(
        left[chosen],
        right[chosen],
        target[chosen],
        dtype=dtype,
        device=device,
        exact=spec.optimiser.loss == "exact",
        dropout=Dropout(spec.optimiser.dropout, spec.seed),
    )
    initial = architecture.initial(torch.Generator().manual_seed(spec.seed))
    member = torch.zeros(order**2, dtype=torch.bool)
    member[chosen] = True
    evaluate = evaluation(architecture, target, member, device)
    schedule = spec.schedule
    return train(
        ParameterBuffer(initial, dtype=dtype, device=device),
        objective,
        evaluate,
        optimiser=Optimiser(
            learning_rate=spec.optimiser.learning_rate,
            betas=spec.optimiser.betas,
            weight_decay=spec.optimiser.weight_decay,
            warm_up=spec.optimiser.warm_up,
            l1=spec.optimiser.l1,
            undecayed=_undecayed(architecture, spec.optimiser.undecayed),
            decay_changes=tuple(
                (change.step, change.weight_decay)
                for change in spec.optimiser.weight_decay_schedule
            ),
        ),
        checkpoints=checkpoint_steps(
            schedule.steps,
            per_decade=schedule.checkpoints.per_decade,
            every=schedule.checkpoints.every,
        ),
        early_stop=None
        if schedule.early_stop is None
        else EarlyStop(schedule.early_stop.test_loss, schedule.early_stop.quiet),
        state=state,
        observe=observe,
    )


def _undecayed(architecture: Architecture, kinds: Sequence[str]) -> frozenset[str]:
    """Return the names of the biases, of the embeddings of tokens and positions, of both."""
    first = {name: architecture.dimensions[name][0] for name in architecture.shapes()}
    names = {
        "biases": {name for name in first if name.startswith("b_")},
        "embeddings": {name for name, dim in first.items() if dim in _EMBEDDED},
    }
    return frozenset().union(*(names[kind] for kind in kinds))


def evaluation(
    architecture: Architecture, target: Tensor, member: Tensor, device: torch.device
) -> Callable[[dict[str, Tensor]], Evaluation]:
    """Return a function that gives loss and accuracy by split of a network."""
    order = architecture.order
    target, member = target.to(device), member.to(device)

    @torch.no_grad()
    def evaluate(parameters: dict[str, Tensor]) -> Evaluation:
        losses, hits = [], []
        for left, right in pair_blocks(architecture):
            left, right = left.to(device), right.to(device)
            logits = architecture.forward(parameters, left, right).logits
            answer = target[left * order + right]
            losses.append(cross_entropy(logits, answer).double())
            hits.append(accuracy(logits, answer).double())
        loss, hit = torch.cat(losses), torch.cat(hits)
        splits = {"train": member, "test": ~member}
        return {
            name: (float(loss[chosen].mean()), float(hit[chosen].mean()))
            for name, chosen in splits.items()
        }

    return evaluate

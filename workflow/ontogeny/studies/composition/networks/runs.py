"""One training run: from a specification to its record."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ontogeny.studies.composition.config import Training
from ontogeny.studies.composition.networks.architectures import Architecture, Dropout
from ontogeny.studies.composition.networks.build import EMBEDDED, build, pair_blocks
from ontogeny.studies.composition.networks.loss import accuracy, cross_entropy
from ontogeny.studies.composition.networks.pairs import (
    answers,
    data_seed,
    masks_by_split,
    training_rows,
)
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

__all__ = ["TEST_LOSS", "shown", "train_network"]

TEST_LOSS = Quantity("loss", (1,))
"""Of the evaluation of a network that is not trained on all pairs."""


def shown(rows: NDArray[np.integer], order: int) -> dict[str, Quantity]:
    """Return what the progress of a run shows of its last evaluation: the loss of each split.

    Parameters
    ----------
    rows : (N,) ndarray of int
        Rows ``a n + b`` of the training pairs.
    order : int
        Number of elements, n.
    """
    return {
        f"{name} loss": Quantity("loss", (place,))
        for place, name in enumerate(masks_by_split(rows, order))
    }


def train_network(
    product: NDArray[np.integer],
    spec: Training,
    rows: NDArray[np.integer] | None = None,
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
    rows : (N,) ndarray of int, optional
        Rows ``a n + b`` of the training pairs ``(a, b)``; by the recipe in `spec` if they are not
        given.
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
    ValueError
        If `spec` does not say which pairs to train on, and `rows` are not given; or if it stops
        early by the loss of test pairs, and all pairs are trained on.
    """
    order = len(product)
    architecture = build(spec.architecture, order)
    device = device_of(spec.optimiser.device)
    dtype = getattr(torch, spec.optimiser.precision)
    rows = training_rows(spec, order) if rows is None else rows
    if rows is None:
        msg = "the split is unknown; a network can only be trained on pairs that are known"
        raise ValueError(msg)
    splits = masks_by_split(rows, order)
    if spec.schedule.early_stop is not None and "test" not in splits:
        msg = "`early_stop` reads the test loss, and all pairs are trained on; leave it out"
        raise ValueError(msg)
    target = torch.tensor(
        answers(product, labels=spec.data.labels, seed=data_seed(spec)), dtype=torch.int64
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
    drawn = architecture.initial(torch.Generator().manual_seed(spec.seed))
    initial = {name: spec.initial_scale * value for name, value in drawn.items()}
    masks = [torch.as_tensor(mask) for mask in splits.values()]
    evaluate = _evaluation(architecture, target, masks, device)
    embeddings = {name for name in initial if architecture.dimensions[name][0] in EMBEDDED}
    return train(
        ParameterBuffer(initial, dtype=dtype, device=device),
        objective,
        evaluate,
        optimiser=spec.optimiser,
        checkpoints=checkpoint_steps(spec.schedule),
        early_stop=spec.schedule.early_stop,
        test_loss=TEST_LOSS,
        embeddings=embeddings,
        state=state,
        observe=observe,
    )


def _evaluation(
    architecture: Architecture, target: Tensor, splits: Sequence[Tensor], device: torch.device
) -> Callable[[dict[str, Tensor]], Evaluation]:
    """Return a function that gives the measures of a network: loss [nat] and accuracy, (split,)."""
    order = architecture.order
    target, splits = target.to(device), [mask.to(device) for mask in splits]

    @torch.no_grad()
    def evaluate(parameters: dict[str, Tensor]) -> Evaluation:
        losses, hits = [], []
        for pairs in pair_blocks(architecture):
            left, right = (torch.as_tensor(each, device=device) for each in pairs)
            logits = architecture.forward(parameters, left, right).logits
            answer = target[left * order + right]
            losses.append(cross_entropy(logits, answer).double())
            hits.append(accuracy(logits, answer).double())
        loss, hit = torch.cat(losses), torch.cat(hits)
        return {
            "loss": np.array([float(loss[chosen].mean()) for chosen in splits]),
            "accuracy": np.array([float(hit[chosen].mean()) for chosen in splits]),
        }

    return evaluate

"""From a specification to a network, from a network to training, and to what analyses read."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ontogeny.studies.composition.analysis import Layers, Matrices, Network
from ontogeny.studies.composition.architectures import (
    MLP,
    Architecture,
    Bilinear,
    Transformer,
)
from ontogeny.studies.composition.config import (
    BilinearSettings,
    MLPSettings,
    Training,
    TransformerSettings,
)
from ontogeny.studies.composition.loss import accuracy, cross_entropy
from ontogeny.studies.composition.pairs import train_pairs
from ontogeny.training import (
    EarlyStop,
    Evaluation,
    Optimiser,
    ParameterBuffer,
    Record,
    State,
    checkpoint_steps,
    train,
)

__all__ = ["build", "grid", "matrices", "train_network", "training_rows"]

_BLOCK_BYTES = 2**29


def build(
    settings: MLPSettings | BilinearSettings | TransformerSettings, order: int
) -> Architecture:
    """Return the architecture that the configuration asks for, on `order` elements."""
    match settings:
        case MLPSettings():
            return MLP(order, embedding=settings.embedding, hidden=settings.hidden)
        case BilinearSettings():
            return Bilinear(order, hidden=settings.hidden)
    published = Transformer.universality
    if settings.preset == "progress-measures":
        published = Transformer.progress_measures
    widths = settings.model_dump(include={"d_model", "heads", "d_head", "d_mlp"})
    options = settings.model_dump(include={"mlp_bias", "equals_output"}, exclude_none=True)
    if settings.initialisation is not None:
        options["initialisation"] = settings.initialisation.replace("-", "_")
    return replace(published(order, **widths), **options)


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
    ontogeny.training.Divergence
        If the loss becomes infinite or no number.
    """
    order = len(product)
    architecture = build(spec.architecture, order)
    device = _device(spec.optimiser.device)
    dtype = getattr(torch, spec.optimiser.precision)
    rows = training_rows(spec, order)
    target = torch.tensor(product, dtype=torch.int64).reshape(-1)
    left, right = torch.arange(order**2) // order, torch.arange(order**2) % order
    chosen = torch.as_tensor(rows)
    objective = architecture.objective(
        left[chosen], right[chosen], target[chosen], dtype=dtype, device=device
    )
    initial = architecture.initial(torch.Generator().manual_seed(spec.seed))
    member = torch.zeros(order**2, dtype=torch.bool)
    member[chosen] = True
    evaluate = _evaluation(architecture, target, member, device)
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


def _device(wanted: str) -> torch.device:
    if wanted == "auto":
        wanted = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(wanted)


def _evaluation(
    architecture: Architecture, target: Tensor, member: Tensor, device: torch.device
) -> Callable[[dict[str, Tensor]], Evaluation]:
    """Return a function that gives loss and accuracy by split of a network."""
    order = architecture.order
    target, member = target.to(device), member.to(device)

    @torch.no_grad()
    def evaluate(parameters: dict[str, Tensor]) -> Evaluation:
        losses, hits = [], []
        for left, right in _blocks(architecture):
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


def _blocks(architecture: Architecture) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield all pairs in row-major order, in blocks of whole rows that fit in memory."""
    order = architecture.order
    width = order + sum(shape[-1] for shape in architecture.shapes().values())
    rows = max(1, _BLOCK_BYTES // (8 * order * width))
    for first in range(0, order, rows):
        left = torch.arange(first, min(first + rows, order))
        yield left.repeat_interleave(order), torch.arange(order).repeat(len(left))


def grid(architecture: Architecture, parameters: Mapping[str, NDArray[np.floating]]) -> Network:
    """Return a network, in float64, as analyses read it: layers over all pairs, block by block.

    When all pairs fit in one block they are computed once, however often they are asked for.
    """
    tensors = {name: torch.as_tensor(value).double() for name, value in parameters.items()}
    n = architecture.order

    def layers(left: Tensor, right: Tensor) -> Layers:
        with torch.no_grad():
            found = architecture.forward(tensors, left, right)
        rows = len(left) // n
        return Layers(
            left[::n].numpy(),
            found.hidden.numpy().reshape(rows, n, -1),
            found.logits[:, :n].numpy().reshape(rows, n, n),
        )

    blocks = list(_blocks(architecture))
    if len(blocks) == 1:
        whole = [layers(*blocks[0])]
        return lambda: iter(whole)
    return lambda: (layers(*block) for block in blocks)


def matrices(
    architecture: Architecture, parameters: Mapping[str, NDArray[np.floating]]
) -> Matrices:
    """Return the matrices of a network that stand on group elements, in float64."""
    tensors = {name: torch.as_tensor(value).double() for name, value in parameters.items()}
    readout = architecture.readout(tensors)
    return Matrices(
        left_embedding=readout.left_embedding.numpy(),
        right_embedding=readout.right_embedding.numpy(),
        unembedding=readout.unembedding.numpy(),
        direct_path=isinstance(architecture, Transformer),
        squared_weights=float(sum((value**2).sum() for value in tensors.values())),
    )

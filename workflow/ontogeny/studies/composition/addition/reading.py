"""A run on residues as its stages read it: networks, answers and gradients by checkpoint."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

import numpy as np
import torch
import xarray as xr
from numpy.typing import NDArray

from ontogeny.config import training as optimisation
from ontogeny.studies.composition.addition import forward
from ontogeny.studies.composition.addition.measures import Measures, Snapshot, all_measures
from ontogeny.studies.composition.carried import train_pairs_of, training_of
from ontogeny.studies.composition.config import Optimiser, Training
from ontogeny.studies.composition.networks.architectures import Architecture
from ontogeny.studies.composition.networks.build import build
from ontogeny.studies.composition.networks.pairs import answers, data_seed
from ontogeny.studies.composition.networks.reading import grid
from ontogeny.training import decay, rate

__all__ = ["ResidueRun", "decay_time", "logits_of", "read_run"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Parameters = Mapping[str, NDArray[np.floating]]


@dataclass(frozen=True, eq=False)
class ResidueRun:
    """A run on residues as the stages read it: what the networks are, and what is known of them.

    Attributes
    ----------
    order : int
        Number of residues, p; odd.
    train : (p, p) ndarray of bool or None
        Which pairs are trained on; None where it is not known.
    answer : (p, p) ndarray of int
        The right answer to each pair.
    step : (S,) ndarray of int
        The checkpoints, ascending.
    snapshot : callable
        From the index of a checkpoint, -1 for the last one, to its network. All networks of a run
        show the same parts.
    gradient : callable or None
        From the index of a checkpoint to the gradient of the training loss, with its penalty, by
        parameter.
    architecture : Architecture or None
        That of the networks, where it is one of this package: what needs more of a network than the
        parts of a `Snapshot`, such as its attention, is computed with it.
    update_loss : (U,) ndarray or None [nat]
        The training loss at each update; empty in the files of networks trained elsewhere.
    decay_time : (S,) ndarray or None
        Sum of learning rate times weight decay over the updates before each checkpoint.
    """

    order: int
    train: Mask | None
    answer: NDArray[np.int64]
    step: NDArray[np.int64]
    snapshot: Callable[[int], Snapshot]
    gradient: Callable[[int], Parameters] | None = None
    architecture: Architecture | None = None
    update_loss: Array | None = None
    decay_time: Array | None = None

    @property
    def single_block(self) -> bool:
        """Whether the networks are known to be one block of attention and MLP."""
        return self.architecture is not None and self.architecture.single_block

    def measures(self, index: int, key: Mask) -> Measures:
        """Return all progress measures of one checkpoint."""
        gradient = None if self.gradient is None else self.gradient(index)
        return all_measures(self.snapshot(index), gradient, self.train, key, self.answer)


def decay_time(optimiser: optimisation.Optimiser, step: NDArray[np.integer]) -> Array:
    """Return the sum of learning rate times weight decay over the updates before some steps.

    Without a gradient, a weight shrinks by the factor ``exp(-decay_time)``, up to terms of second
    order in each update. Warm-up, a learning rate that falls and changes of the weight decay are
    those of the trainer.

    Parameters
    ----------
    optimiser : Optimiser
    step : (S,) ndarray of int

    Returns
    -------
    (S,) ndarray

    Examples
    --------
    >>> decay_time(Optimiser(learning_rate=0.1, weight_decay=0.5), np.array([0, 10]))
    array([0. , 0.5])
    """
    fall, last = optimiser.learning_rate_decay, int(np.max(step))
    bends = {optimiser.warm_up, *(change.step for change in optimiser.weight_decay_schedule)}
    bends |= {fall.until} if fall is not None else set()
    edges = sorted({0, *map(int, step), *(bend for bend in bends if bend < last)})
    sums = [_decay_between(optimiser, *ends) for ends in pairwise(edges)]
    return np.concatenate([[0.0], np.cumsum(sums)])[np.searchsorted(edges, step)]


def _decay_between(optimiser: optimisation.Optimiser, start: int, end: int) -> float:
    """Return the sum over the updates from `start` to before `end`, between which nothing bends.

    Where the learning rate is constant or on a line, its mean is that of the first and the last
    update.
    """
    fall = optimiser.learning_rate_decay
    straight = (
        fall is None
        or start >= fall.until
        or (fall.shape == "linear" and start >= optimiser.warm_up)
    )
    updates = (start, end - 1) if straight else range(start, end)
    mean = fmean(rate(optimiser, update) for update in updates)
    return (end - start) * mean * decay(optimiser, start)


def _optimiser_of(training: Training) -> Optimiser | None:
    """Return the optimiser of a run; None for a network trained elsewhere whose own is not said."""
    said = training.weights is None or training.optimiser != Optimiser()
    return training.optimiser if said else None


def logits_of(architecture: Architecture, parameters: Mapping[str, Array]) -> tuple[Array, Array]:
    """Return the logits on all pairs, and what of them passes through the hidden layer."""
    if architecture.single_block:
        parts = forward.contributions(parameters)
        return parts.logits, parts.through
    layers = list(grid(architecture, parameters)())
    logits = np.concatenate([block.logits for block in layers])
    if not architecture.direct_path:
        return logits, logits
    hidden = np.concatenate([block.hidden for block in layers])
    return logits, hidden @ architecture.readout(parameters).unembedding.T


def read_run(table: xr.Dataset, checkpoints: xr.Dataset, history: xr.Dataset) -> ResidueRun:
    """Return a run from its stored results.

    A network trained elsewhere whose `optimiser` is the default one has neither gradients nor
    `decay_time`: the file of weights does not say how it was trained.

    Raises
    ------
    ValueError
        If the table is that of another group than addition modulo an odd number.
    """
    product = table["product"].values
    p = len(product)
    residue = np.arange(p)
    if p % 2 == 0 or not np.array_equal(product, np.add.outer(residue, residue) % p):
        msg = (
            "`table` must be that of addition modulo an odd number, in the order 0, 1, 2, ...; "
            f"got a group of order {p} that is not; leave this analysis out for it"
        )
        raise ValueError(msg)
    training = training_of(checkpoints)
    architecture = build(training.architecture, p)
    train, step = train_pairs_of(history, p), checkpoints["step"].values
    answer = answers(product, labels=training.data.labels, seed=data_seed(training))

    def stored(index: int) -> dict[str, NDArray[np.floating]]:
        return {str(name): values.values[index] for name, values in checkpoints.items()}

    optimiser = _optimiser_of(training)
    descend = None
    if train is not None and optimiser is not None:
        descend = _descent(optimiser, architecture, train, answer)
    return ResidueRun(
        order=p,
        train=train,
        answer=answer,
        step=step,
        snapshot=lambda index: _snapshot(architecture, stored(index)),
        gradient=None if descend is None else lambda index: descend(stored(index)),
        architecture=architecture,
        update_loss=history["update_loss"].values,
        decay_time=None if optimiser is None else decay_time(optimiser, step),
    )


def _snapshot(architecture: Architecture, stored: Parameters) -> Snapshot:
    """Return a network of stored parameters."""
    parameters = {name: value.astype(np.float64) for name, value in stored.items()}
    found = architecture.readout(parameters)
    logits, through = logits_of(architecture, parameters)

    def hidden() -> Array:
        return np.concatenate([block.hidden for block in grid(architecture, parameters)()])

    return Snapshot(
        logits=logits,
        hidden=hidden,
        embeddings=(found.left_embedding, found.right_embedding),
        unembedding=found.unembedding,
        through=through,
        parameters=parameters,
    )


def _descent(
    optimiser: Optimiser, architecture: Architecture, train: Mask, answer: NDArray[np.int64]
) -> Callable[[Parameters], dict[str, NDArray[np.floating]]]:
    """Return a function from parameters to the gradient of the training loss."""
    dtype = getattr(torch, optimiser.precision)
    left, right = (torch.as_tensor(each) for each in np.nonzero(train))
    objective = architecture.objective(
        left,
        right,
        torch.as_tensor(answer[train]),
        dtype=dtype,
        exact=optimiser.loss == "exact",
    )

    def descend(parameters: Parameters) -> dict[str, NDArray[np.floating]]:
        tensors = {name: torch.as_tensor(value).to(dtype) for name, value in parameters.items()}
        slopes = {name: torch.empty_like(value) for name, value in tensors.items()}
        objective(tensors, slopes)
        return {
            name: (slopes[name] + optimiser.l1 * value.sign()).numpy()
            for name, value in tensors.items()
        }

    return descend

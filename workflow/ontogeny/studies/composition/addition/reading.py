"""A run on residues as its stages read it: networks, answers and gradients by checkpoint."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
import xarray as xr
from numpy.typing import NDArray

from ontogeny.studies.composition.addition import forward
from ontogeny.studies.composition.addition.measures import Measures, Snapshot, all_measures
from ontogeny.studies.composition.carried import training_of
from ontogeny.studies.composition.config import Training
from ontogeny.studies.composition.networks.architectures import Architecture
from ontogeny.studies.composition.networks.build import build
from ontogeny.studies.composition.networks.pairs import answers, train_mask
from ontogeny.studies.composition.networks.reading import grid, matrices

__all__ = ["ResidueRun", "read_run"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Parameters = Mapping[str, NDArray[np.floating]]


@dataclass(frozen=True, eq=False)
class ResidueRun:
    """A run on residues as the stages read it.

    Attributes
    ----------
    training : Training
        Its specification.
    architecture : Architecture
    checkpoints : Dataset
    train : (p, p) ndarray of bool
        Which pairs are trained on.
    answer : (p, p) ndarray of int
        The right answer to each pair.
    descend : callable
        From parameters to the gradient of the training loss, with its penalty, by parameter.
    """

    training: Training
    architecture: Architecture
    checkpoints: xr.Dataset
    train: Mask
    answer: NDArray[np.int64]
    descend: Callable[[Parameters], dict[str, NDArray[np.floating]]]

    @property
    def order(self) -> int:
        """Return the number of residues, p."""
        return self.architecture.order

    def parameters(self, index: int) -> dict[str, NDArray[np.floating]]:
        """Return the parameters of one checkpoint, as they are stored."""
        return {str(name): values.values[index] for name, values in self.checkpoints.items()}

    def measures(self, index: int, key: Mask) -> Measures:
        """Return all progress measures of one checkpoint."""
        gradient = self.descend(self.parameters(index))
        return all_measures(self.snapshot(index), gradient, self.train, key, self.answer)

    def snapshot(self, index: int) -> Snapshot:
        """Return the network of one checkpoint."""
        stored = self.parameters(index)
        parameters = {name: value.astype(np.float64) for name, value in stored.items()}
        found = matrices(self.architecture, parameters)
        logits, through = self.logits(parameters)
        return Snapshot(
            parameters=parameters,
            embeddings=(found.left_embedding, found.right_embedding),
            unembedding=found.unembedding,
            logits=logits,
            through=through,
        )

    def logits(self, parameters: Mapping[str, Array]) -> tuple[Array, Array]:
        """Return the logits on all pairs, and what of them passes through the hidden layer."""
        if self.architecture.single_block:
            parts = forward.contributions(parameters)
            return parts.logits, parts.through
        layers = list(grid(self.architecture, parameters)())
        logits = np.concatenate([block.logits for block in layers])
        if not self.architecture.direct_path:
            return logits, logits
        hidden = np.concatenate([block.hidden for block in layers])
        return logits, hidden @ matrices(self.architecture, parameters).unembedding.T

    def hidden(self, network: Snapshot) -> Array:
        """Return the hidden layer of a network on all pairs."""
        blocks = grid(self.architecture, network.parameters)()
        return np.concatenate([layers.hidden for layers in blocks])


def read_run(table: xr.Dataset, checkpoints: xr.Dataset, history: xr.Dataset) -> ResidueRun:
    """Return a run from its stored results.

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
    rows = history["train_index"].values.astype(np.int64)
    right_answer = answers(product, labels=training.data.labels, seed=training.seed)
    descend = _descent(training, architecture, rows, right_answer)
    return ResidueRun(
        training, architecture, checkpoints, train_mask(rows, p), right_answer, descend
    )


def _descent(
    training: Training,
    architecture: Architecture,
    rows: NDArray[np.int64],
    answer: NDArray[np.int64],
) -> Callable[[Parameters], dict[str, NDArray[np.floating]]]:
    """Return a function from parameters to the gradient of the training loss."""
    optimiser = training.optimiser
    dtype = getattr(torch, optimiser.precision)
    left, right = (torch.as_tensor(each) for each in np.divmod(rows, architecture.order))
    objective = architecture.objective(
        left,
        right,
        torch.as_tensor(answer.reshape(-1)[rows]),
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

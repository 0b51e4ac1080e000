"""The record of a run that was made elsewhere."""

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray

from ontogeny.networks.decoder import Transformer
from ontogeny.networks.measures import next_token_measures
from ontogeny.records import Record
from ontogeny.studies.induction.config import Training
from ontogeny.studies.induction.foreign import parameters_of
from ontogeny.studies.induction.runs import build
from ontogeny.weights import WeightsError, read_weights

__all__ = ["EVALUATED", "read_run", "record_of"]

EVALUATED = 64
"""Sequences of the evaluation set that the history of a run is measured on, as while training."""


def read_run(
    sequences: NDArray[np.int64], spec: Training, files: Mapping[int, str], *, vocabulary: int
) -> Record:
    """Return the record of a run that was made elsewhere, from the files of its checkpoints.

    Parameters
    ----------
    sequences : (N, T + 1) ndarray of int64
        The evaluation set.
    spec : Training
    files : mapping of int to str
        By step, ascending; see `ontogeny.weights.read_weights`.
    vocabulary : int

    Returns
    -------
    Record
        As of `record_of`.

    Raises
    ------
    WeightsError
        If a file cannot be read, or does not hold the parameters of the network.
    """
    shape = build(spec.network, vocabulary)
    networks = {}
    for step, path in files.items():
        try:
            networks[step] = parameters_of(read_weights(path), shape.shapes(), spec.tensors)
        except ValueError as error:
            msg = f"{path}: {error}"
            raise WeightsError(msg) from None
    return record_of(sequences, shape, networks)


def record_of(
    sequences: NDArray[np.int64],
    network: Transformer,
    checkpoints: Mapping[int, Mapping[str, NDArray[np.floating]]],
) -> Record:
    """Return the record of networks that were trained elsewhere.

    Parameters
    ----------
    sequences : (N, T + 1) ndarray of int64
        The evaluation set; loss and accuracy are of the first sequences, as while training.
    network : Transformer
    checkpoints : mapping of int to mapping
        By step, ascending: every parameter by name.

    Returns
    -------
    Record
        Without the training loss of every update, which no checkpoint has.
    """
    evaluate = next_token_measures(network, sequences[:EVALUATED])
    found = [
        evaluate({name: torch.as_tensor(values) for name, values in each.items()})
        for each in checkpoints.values()
    ]
    return Record(
        step=np.array(list(checkpoints), dtype=np.int64),
        parameters={
            name: np.stack([each[name] for each in checkpoints.values()])
            for name in network.shapes()
        },
        measures={name: np.stack([each[name] for each in found]) for name in found[0]},
        step_loss=np.empty(0),
    )

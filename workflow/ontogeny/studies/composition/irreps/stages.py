"""The stages that follow training, from stored datasets to datasets."""

import json

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.studies.composition.config import Training
from ontogeny.studies.composition.irreps.analysis import (
    Evidence,
    Frame,
    ablations,
    block_means,
    clusters,
    components,
    evidence,
    examples,
    group_means,
    key_irreps,
    learning_order,
    logit_similarity,
    logit_slice,
    neurons,
    nulls,
    phases,
    recovery,
    unembedding_shares,
)
from ontogeny.studies.composition.irreps.datasets import (
    frame_of,
    progress_dataset,
    representation_dataset,
)
from ontogeny.studies.composition.networks.build import build
from ontogeny.studies.composition.networks.pairs import train_mask
from ontogeny.studies.composition.networks.reading import grid, matrices

__all__ = ["progress", "representation"]

_SLICE = 0


def representation(
    table: xr.Dataset,
    irreps: xr.Dataset,
    checkpoints: xr.Dataset,
    history: xr.Dataset,
    *,
    key_similarity: float,
) -> xr.Dataset:
    """Return what each irrep explains in the final checkpoint of a run.

    Parameters
    ----------
    table, irreps : Dataset
        Of the group.
    checkpoints, history : Dataset
        Of the run.
    key_similarity : float
        An irrep is key when its logit similarity exceeds this.

    Returns
    -------
    Dataset
    """
    frame = frame_of(table, irreps)
    architecture = build(_training(checkpoints).architecture, frame.order)
    parameters = _parameters(checkpoints, -1)
    network, found = grid(architecture, parameters), matrices(architecture, parameters)
    means = group_means(network, frame)
    key = key_irreps(logit_similarity(means, frame), frame, threshold=key_similarity)
    member = train_mask(history["train_index"].values, frame.order)
    each = neurons(network, means, frame)
    return representation_dataset(
        evidence(network, found, member, frame, means=means, key=key),
        each,
        clusters(each, found.unembedding, frame),
        found,
        frame,
        key,
        ablations=ablations(network, found.unembedding, member, frame, means=means, key=key),
        recovery=recovery(means, found.unembedding, frame),
        components=components(found.unembedding),
        block_means=block_means(each, frame),
        examples=examples(each),
        unembedding_shares=unembedding_shares(found.unembedding, frame),
        nulls=nulls(network, means, found, each, frame),
        logit_slice=logit_slice(network, _SLICE),
        output=_SLICE,
        entry_labels=[str(label) for label in irreps["entry"].values],
    )


def progress(
    table: xr.Dataset,
    irreps: xr.Dataset,
    checkpoints: xr.Dataset,
    history: xr.Dataset,
    representation: xr.Dataset,
) -> xr.Dataset:
    """Return every measure along the checkpoints of a run.

    The key irreps are those of the final checkpoint, from `representation`, for all checkpoints.

    Parameters
    ----------
    table, irreps, checkpoints, history, representation : Dataset

    Returns
    -------
    Dataset
    """
    frame = frame_of(table, irreps)
    key = representation["key"].values
    member = train_mask(history["train_index"].values, frame.order)
    along = [
        _evidence_at(checkpoints, index, member, frame, key)
        for index in range(checkpoints.sizes["step"])
    ]
    step = checkpoints["step"].values
    found = phases(
        step,
        train_accuracy=np.array([e.losses.accuracy["train"] for e in along]),
        test_accuracy=np.array([e.losses.accuracy["test"] for e in along]),
        test_loss=np.array([e.losses.loss["test"] for e in along]),
        excluded_loss=np.array([e.losses.excluded_total for e in along]),
        squared_weights=np.array([e.squared_weights for e in along]),
    )
    learned = learning_order(np.stack([e.logit_similarity for e in along]), key)
    return progress_dataset(step, along, found, learned, frame, key)


def _evidence_at(
    checkpoints: xr.Dataset,
    index: int,
    member: NDArray[np.bool_],
    frame: Frame,
    key: NDArray[np.bool_],
) -> Evidence:
    architecture = build(_training(checkpoints).architecture, frame.order)
    parameters = _parameters(checkpoints, index)
    network = grid(architecture, parameters)
    means = group_means(network, frame)
    return evidence(
        network, matrices(architecture, parameters), member, frame, means=means, key=key
    )


def _training(checkpoints: xr.Dataset) -> Training:
    """Return the specification that the checkpoints carry."""
    return Training.model_validate(json.loads(checkpoints.attrs["spec"]))


def _parameters(checkpoints: xr.Dataset, index: int) -> dict[str, NDArray[np.floating]]:
    """Return the parameters of one checkpoint."""
    return {str(name): values.values[index] for name, values in checkpoints.items()}

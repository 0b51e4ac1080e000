"""The stages that follow training, from stored datasets to datasets."""

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.caveats import warned
from ontogeny.studies.composition.carried import training_of
from ontogeny.studies.composition.caveats import irreps_caveats
from ontogeny.studies.composition.irreps import datasets
from ontogeny.studies.composition.irreps.analysis import (
    SPLITS,
    Evidence,
    Frame,
    Matrices,
    Network,
    Phases,
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
from ontogeny.studies.composition.labels import dataset, measures, measures_along, variable
from ontogeny.studies.composition.networks.build import build
from ontogeny.studies.composition.networks.pairs import train_mask
from ontogeny.studies.composition.networks.reading import grid, matrices

__all__ = ["analysis", "evaluation"]

_SLICE = 0
"""The output whose logits are kept on all pairs."""


@warned(irreps_caveats)
def analysis(
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
    frame = datasets.frame_of(table, irreps)
    network, found = _network(checkpoints, -1, frame)
    means = group_means(network, frame)
    key = key_irreps(logit_similarity(means, frame), frame, threshold=key_similarity)
    member = train_mask(history["train_index"].values, frame.order)
    each = neurons(network, means, frame)
    shown = examples(each)
    removed = ablations(network, found.unembedding, member, frame, means=means, key=key)
    variables = (
        measures(evidence(network, found, member, frame, means=means, key=key))
        | measures(removed)
        | measures(recovery(means, found.unembedding, frame))
        | datasets.chance_variables(frame)
        | datasets.matrix_variables(found, frame, unembedding_shares(found.unembedding, frame), key)
        | datasets.component_variables(components(found.unembedding))
        | datasets.neuron_variables(
            each, clusters(each, found.unembedding, frame), block_means(each, frame), frame
        )
        | datasets.example_variables(each, shown, frame)
        | datasets.slice_variables(logit_slice(network, _SLICE), _SLICE, frame)
    )
    variables |= datasets.null_variables(nulls(network, means, found, each, frame), variables)
    entries = [str(label) for label in irreps["entry"].values]
    return dataset(
        variables,
        datasets.coordinates(frame) | datasets.analysis_coordinates(frame, entries, each, shown),
        title="What each irrep explains in a network",
    )


@warned(irreps_caveats)
def evaluation(
    table: xr.Dataset,
    irreps: xr.Dataset,
    checkpoints: xr.Dataset,
    history: xr.Dataset,
    analysis: xr.Dataset,
) -> xr.Dataset:
    """Return every measure along the checkpoints of a run.

    The key irreps are those of the final checkpoint, from `analysis`, for all checkpoints.

    Parameters
    ----------
    table, irreps, checkpoints, history, analysis : Dataset

    Returns
    -------
    Dataset
    """
    frame = datasets.frame_of(table, irreps)
    key = analysis["key"].values
    member = train_mask(history["train_index"].values, frame.order)
    step = checkpoints["step"].values
    variables = measures_along(
        "step", [_evidence_at(checkpoints, index, member, frame, key) for index in range(len(step))]
    )
    ratio = variables["loss"].values[:, SPLITS.index("test")] / variables["restricted_loss"].values
    learned = learning_order(variables["logit_similarity"].values, key)
    variables |= (
        datasets.chance_variables(frame)
        | datasets.phase_variables(_phases(step, variables))
        | datasets.learning_variables(step, learned)
    )
    variables["key"] = variable("irrep", key, "key irrep of the final checkpoint")
    variables["test_restricted_ratio"] = variable("step", ratio, "test loss over restricted loss")
    return dataset(
        variables,
        datasets.coordinates(frame) | datasets.phase_coordinates() | {"step": step},
        title="Progress measures along training",
    )


def _phases(step: NDArray[np.int64], along: dict[str, xr.Variable]) -> Phases:
    """Return the phases of a run, from its measures along `step`."""
    train, test = (SPLITS.index(split) for split in ("train", "test"))
    accuracy = along["accuracy"].values
    return phases(
        step,
        train_accuracy=accuracy[:, train],
        test_accuracy=accuracy[:, test],
        test_loss=along["loss"].values[:, test],
        excluded_loss=along["excluded_loss"].values,
        squared_weights=along["squared_weights"].values,
    )


def _evidence_at(
    checkpoints: xr.Dataset,
    index: int,
    member: NDArray[np.bool_],
    frame: Frame,
    key: NDArray[np.bool_],
) -> Evidence:
    """Return the measures of one checkpoint."""
    network, found = _network(checkpoints, index, frame)
    means = group_means(network, frame)
    return evidence(network, found, member, frame, means=means, key=key)


def _network(checkpoints: xr.Dataset, index: int, frame: Frame) -> tuple[Network, Matrices]:
    """Return the network of one checkpoint, and its matrices."""
    training = training_of(checkpoints)
    architecture = build(training.architecture, frame.order)
    parameters = {str(name): values.values[index] for name, values in checkpoints.items()}
    return grid(architecture, parameters), matrices(architecture, parameters)

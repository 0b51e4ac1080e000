"""The stages that follow training, from stored datasets to datasets."""

from collections.abc import Iterable, Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.caveats import warned, with_warnings
from ontogeny.groups import conjugacy_classes
from ontogeny.labels import used
from ontogeny.studies.composition.carried import train_pairs_of, training_of
from ontogeny.studies.composition.caveats import few_test_pairs, irreps_caveats
from ontogeny.studies.composition.irreps import circuit_datasets, datasets
from ontogeny.studies.composition.irreps.analysis import (
    Evidence,
    Frame,
    Matrices,
    Means,
    Network,
    Neurons,
    ablations,
    block_means,
    class_logits,
    clusters,
    components,
    coset_partitions,
    evidence,
    examples,
    group_means,
    key_irreps,
    logit_similarity,
    neurons,
    nulls,
    phases,
    recovery,
    splits_of,
    unembedding_shares,
)
from ontogeny.studies.composition.labels import dataset, measures, measures_along, variable
from ontogeny.studies.composition.networks.build import build
from ontogeny.studies.composition.networks.reading import grid, matrices

__all__ = ["analysis", "analysis_of", "evaluation", "evaluation_of"]

Mask = NDArray[np.bool_]
Variables = dict[str, xr.Variable]


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
    return analysis_of(
        network,
        found,
        train_pairs_of(history, frame.order),
        frame,
        entries=[str(label) for label in irreps["entry"].values],
        key_similarity=key_similarity,
    )


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
    step = checkpoints["step"].values
    return evaluation_of(
        step,
        (_network(checkpoints, index, frame) for index in range(len(step))),
        train_pairs_of(history, frame.order),
        frame,
        key=analysis["key"].values,
    )


@warned(irreps_caveats)
def analysis_of(
    network: Network,
    found: Matrices,
    train: Mask | None,
    frame: Frame,
    *,
    entries: list[str],
    key_similarity: float,
) -> xr.Dataset:
    """Return what each irrep explains in one network, as far as the network shows it.

    Parameters
    ----------
    network : callable
        Its layers, block by block.
    found : Matrices
        Those that are known.
    train : (n, n) ndarray of bool or None
        The training set; None where it is not known.
    frame : Frame
    entries : list of str
        Name of each column of the basis.
    key_similarity : float
        An irrep is key when its logit similarity exceeds this.

    Returns
    -------
    Dataset
        The attribute ``absent`` says what it lacks and why.
    """
    means = group_means(network, frame, train=train)
    has_hidden = means.product.shape[1] > 0
    key = key_irreps(logit_similarity(means, frame), frame, threshold=key_similarity)
    each = neurons(network, means, frame) if has_hidden else None
    shown = np.empty(0, dtype=np.int64) if each is None else examples(each)
    partitions, classes = coset_partitions(frame.group), conjugacy_classes(frame.group)
    measured = measures(evidence(network, found, train, frame, means=means, key=key))
    variables = (
        measured
        | datasets.chance_variables(frame, measured)
        | _readout_variables(network, found.unembedding, means, train, frame, partitions, key)
        | datasets.matrix_variables(found, frame, _unembedding_shares(found, frame), key)
        | ({} if each is None else _neuron_variables(each, found, shown, frame, partitions))
        | circuit_datasets.class_variables(class_logits(network, frame, classes))
    )
    variables |= datasets.sum_variables(variables, key)
    variables |= datasets.null_variables(nulls(network, means, found, each, frame), variables)
    return dataset(
        variables,
        used(
            datasets.coordinates(frame, found, train)
            | datasets.analysis_coordinates(frame, entries, each, shown)
            | circuit_datasets.class_coordinates(frame, classes),
            variables,
        ),
        title="Shares of a network explained by each irrep",
    ).assign_attrs(datasets.absences(found, train, has_hidden=has_hidden))


@warned(irreps_caveats)
def evaluation_of(
    step: NDArray[np.int64],
    networks: Iterable[tuple[Network, Matrices]],
    train: Mask | None,
    frame: Frame,
    *,
    key: Mask,
) -> xr.Dataset:
    """Return every measure of networks along training, as far as they show it.

    Parameters
    ----------
    step : (K,) ndarray of int
        Ascending.
    networks : iterable of pair
        At each step the layers, block by block, and the matrices that are known.
    train : (n, n) ndarray of bool or None
        The training set; None where it is not known.
    frame : Frame
    key : (R,) ndarray of bool
        Key irreps of the final checkpoint.

    Returns
    -------
    Dataset
        The attribute ``absent`` says what it lacks and why.
    """
    each: list[Evidence] = []
    for network, found in networks:
        means = group_means(network, frame, train=train)
        each.append(evidence(network, found, train, frame, means=means, key=key))
    has_hidden = each[-1].hidden_fve is not None
    variables = measures_along("step", each)
    variables |= (
        datasets.chance_variables(frame, variables)
        | _phase_variables(step, variables, train)
        | _learning_variables(step, variables, key)
    )
    variables |= datasets.sum_variables(variables, key)
    variables["key"] = variable("irrep", key, "key irrep of the final checkpoint")
    coordinates = datasets.coordinates(frame, found, train) | {"step": step}
    if train is not None:
        coordinates |= datasets.phase_coordinates()
    result = dataset(
        variables,
        used(coordinates, variables),
        title="Progress measures along training",
    ).assign_attrs(datasets.absences(found, train, has_hidden=has_hidden))
    return with_warnings(result, few_test_pairs(train, frame.order))


def _unembedding_shares(found: Matrices, frame: Frame) -> NDArray[np.float64] | None:
    return None if found.unembedding is None else unembedding_shares(found.unembedding, frame)


def _readout_variables(
    network: Network,
    unembedding: NDArray[np.float64] | None,
    means: Means,
    train: Mask | None,
    frame: Frame,
    partitions: Sequence[NDArray[np.int64]],
    key: Mask,
) -> Variables:
    """Return what the unembedding, and the hidden layer through it, show."""
    if unembedding is None:
        return {}
    found = circuit_datasets.component_variables(
        components(unembedding, frame, partitions, key=key)
    )
    if means.product.shape[1] == 0:
        return found
    removed = ablations(network, unembedding, train, frame, means=means, key=key)
    recovered = recovery(means, unembedding, frame)
    return (
        found
        | measures(removed)
        | measures(recovered)
        | circuit_datasets.scaled_variables(recovered.change_of_basis, key[frame.irrep_of_entry])
    )


def _neuron_variables(
    each: Neurons,
    found: Matrices,
    shown: NDArray[np.int64],
    frame: Frame,
    partitions: Sequence[NDArray[np.int64]],
) -> Variables:
    """Return what single neurons and clusters of them respond to."""
    grouped = clusters(each, found.unembedding, frame)
    return circuit_datasets.neuron_variables(
        each, grouped, block_means(each, frame), frame
    ) | circuit_datasets.example_variables(each, shown, frame, partitions)


def _phase_variables(step: NDArray[np.int64], along: Variables, train: Mask | None) -> Variables:
    """Return the phases of a run, from its measures along `step`."""
    if "test" not in splits_of(train):
        return {}
    at = {split: number for number, split in enumerate(splits_of(train))}
    loss, accuracy = along["loss"].values, along["accuracy"].values
    found = phases(
        step,
        train_accuracy=accuracy[:, at["train"]],
        test_accuracy=accuracy[:, at["test"]],
        test_loss=loss[:, at["test"]],
        excluded_loss=along["excluded_logit_loss"].values,
        squared_weights=along["squared_weights"].values if "squared_weights" in along else None,
    )
    variables = datasets.phase_variables(found)
    if "restricted_hidden_loss" in along:
        variables["test_over_restricted_hidden_loss"] = variable(
            "step",
            loss[:, at["test"]] / along["restricted_hidden_loss"].values,
            "test loss divided by restricted loss of the hidden layer",
        )
    return variables


def _learning_variables(step: NDArray[np.int64], along: Variables, key: Mask) -> Variables:
    """Return when irreps are learned, by test pairs and by all pairs."""
    found = datasets.learning_variables(step, along["logit_similarity"].values, key, of="all pairs")
    if "test_logit_similarity" in along:
        on_test = along["test_logit_similarity"].values
        found |= datasets.learning_variables(step, on_test, key, of="test pairs")
    return found


def _network(checkpoints: xr.Dataset, index: int, frame: Frame) -> tuple[Network, Matrices]:
    """Return the network of one checkpoint, and its matrices."""
    training = training_of(checkpoints)
    architecture = build(training.architecture, frame.order)
    parameters = {str(name): values.values[index] for name, values in checkpoints.items()}
    return grid(architecture, parameters), matrices(architecture, parameters)

"""The results of the analyses as labelled datasets."""

import warnings
from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.studies.composition.irreps.analysis import (
    BOUNDARIES,
    SPLITS,
    Ablations,
    Clusters,
    Components,
    Evidence,
    Frame,
    Matrices,
    Neurons,
    Phases,
    Recovery,
    frame,
)
from ontogeny.studies.composition.labels import dataset, variable

__all__ = [
    "frame_of",
    "progress_dataset",
    "representation_dataset",
]

SIDES = ("left", "right")
PARTS = ("left", "right", "product")
MATRICES = ("left_embedding", "right_embedding", "unembedding")


def _names(values: Sequence[str]) -> NDArray[np.object_]:
    return np.array(list(values), dtype=object)


def frame_of(table: xr.Dataset, irreps: xr.Dataset) -> Frame:
    """Return the frame of a group from its stored table and irreps."""
    return frame(
        table["product"].values,
        irreps["basis"].values,
        irreps["irrep_of_entry"].values,
        irreps["character"].values,
        tuple(map(str, irreps["irrep"].values)),
    )


def representation_dataset(
    evidence: Evidence,
    found: Neurons,
    grouped: Clusters,
    matrices: Matrices,
    frame: Frame,
    key: NDArray[np.bool_],
    *,
    ablations: Ablations,
    recovery: Recovery,
    components: Components,
    block_means: NDArray[np.float64],
    examples: NDArray[np.int64],
    unembedding_shares: NDArray[np.float64],
    nulls: Mapping[str, NDArray[np.float64]],
    logit_slice: NDArray[np.float64],
    output: int,
    entry_labels: Sequence[str],
) -> xr.Dataset:
    """Return what each irrep explains in one network.

    Parameters
    ----------
    evidence, found, grouped, matrices, frame
        Of the network and its group.
    key : (R,) ndarray of bool
    ablations, recovery, components
        Of the same network.
    block_means : (h, 2, 2) ndarray
    examples : (E,) ndarray of int
        Neurons that stand for the clusters.
    unembedding_shares : (h, R) ndarray
    nulls : mapping of str to (P, ...) ndarray
        Fractions under random relabellings, by the name of the variable.
    logit_slice : (n, n) ndarray
        Logits of one output over all pairs, minus the mean over outputs.
    output : int
        The output of the slice.
    entry_labels : sequence of str
        Name of each column of the basis.

    Returns
    -------
    Dataset
    """
    variables = _measures(evidence) | _chances(frame) | _neuron_variables(found, grouped, frame)
    variables |= _ablation_variables(ablations) | _recovery_variables(recovery)
    embeddings = (matrices.left_embedding, matrices.right_embedding)
    variables |= {
        "key": variable("irrep", key, "logit similarity above the threshold"),
        "embedding_norm": variable(
            ("side", "entry"),
            np.stack([np.linalg.norm(frame.basis.T @ m, axis=1) for m in embeddings]),
            "norm of the embedding's component",
        ),
        "unembedding_norm": variable(
            "entry",
            np.linalg.norm(frame.basis.T @ matrices.unembedding, axis=1),
            "norm of the unembedding's component",
        ),
        "neuron_unembedding_fve": variable(
            ("neuron", "irrep"),
            unembedding_shares,
            "share of a neuron's column of the unembedding in an irrep",
        ),
        "neuron_block_mean": variable(
            ("neuron", "left_sign", "right_sign"),
            block_means,
            "mean activation by the signs of both factors, of neurons of a one-dimensional irrep",
        ),
        "example_irrep": variable(
            "example",
            _names([frame.irreps[r] for r in found.irrep[examples]]),
            "irrep of the neuron",
        ),
        "example_activation": variable(
            ("example", "left", "right"), found.tables[examples].astype(np.float32), "activation"
        ),
        "unembedding_component": variable(
            ("output", "component"), components.coordinate, "coordinate of the unembedding"
        ),
        "component_share": variable(
            "component", components.share, "share of the variance of the unembedding"
        ),
        "logit_slice": variable(
            ("left", "right"), logit_slice, "centred logit of one output", output=output
        ),
        "character_slice": variable(
            ("irrep", "left", "right"),
            frame.character[:, frame.product[frame.product, frame.inverse[output]]],
            "character of a b c^-1 for the same output",
            output=output,
        ),
    }
    variables |= _null_variables(nulls, variables)
    each = np.arange(frame.order, dtype=np.int32)
    coordinates = _coordinates(frame) | {
        "entry": _names(entry_labels),
        "output_entry": _names(entry_labels),
        "left_sign": np.array([1, -1], dtype=np.int8),
        "right_sign": np.array([1, -1], dtype=np.int8),
        "output": each,
        "component": np.arange(len(components.share), dtype=np.int32),
        "irrep_of_entry": variable("entry", frame.irrep_of_entry, "index of the irrep"),
        "neuron": np.arange(len(found.variance), dtype=np.int32),
        "example": examples.astype(np.int32),
        "left": each,
        "right": each,
    }
    return dataset(variables, coordinates, title="What each irrep explains in a network")


def progress_dataset(
    step: NDArray[np.int64],
    along: Sequence[Evidence],
    found: Phases,
    learned: tuple[NDArray[np.int64], NDArray[np.int64]],
    frame: Frame,
    key: NDArray[np.bool_],
) -> xr.Dataset:
    """Return every measure along `step`, the phase boundaries, and the order of learning.

    Parameters
    ----------
    step : (K,) ndarray of int
    along : sequence of Evidence
        One for each checkpoint.
    found : Phases
    learned : pair of (R,) ndarray of int
        From `ontogeny.studies.composition.irreps.analysis.learning_order`.
    frame : Frame
    key : (R,) ndarray of bool
        Key irreps of the final checkpoint.

    Returns
    -------
    Dataset
    """
    measures = [_measures(evidence) for evidence in along]
    variables = {
        name: xr.Variable(
            ("step", *first.dims), np.stack([m[name].values for m in measures]), first.attrs
        )
        for name, first in measures[0].items()
    }
    first, place = learned
    ratio = variables["loss"].values[:, SPLITS.index("test")] / variables["restricted_loss"].values
    variables |= _chances(frame) | {
        "key": variable("irrep", key, "key irrep of the final checkpoint"),
        "test_restricted_ratio": variable("step", ratio, "test loss over restricted loss"),
        "learned_step": variable(
            "irrep",
            np.where(first < 0, np.nan, step[first]),
            "first checkpoint at which the irrep is learned",
        ),
        "learned_order": variable(
            "irrep", place, "place among the key irreps in order of learning, -1 for the others"
        ),
        "phase_boundary": variable("boundary", found.boundary, "first checkpoint after the phase"),
        "phase_interval": variable(
            ("boundary", "bound"), found.interval, "checkpoints between which the phase ends"
        ),
    }
    coordinates = _coordinates(frame) | {
        "step": step,
        "boundary": _names(BOUNDARIES),
        "bound": _names(["previous", "present"]),
    }
    return dataset(variables, coordinates, title="Progress measures along training")


def _coordinates(frame: Frame) -> dict[str, NDArray[np.generic] | xr.Variable]:
    return {
        "irrep": _names(frame.irreps),
        "rank": variable("irrep", frame.rank, "dimension of the span of the entries"),
        "side": _names(SIDES),
        "part": _names(PARTS),
        "split": _names(SPLITS),
        "matrix": _names(MATRICES),
    }


def _measures(evidence: Evidence) -> dict[str, xr.Variable]:
    similarity = evidence.logit_similarity
    fve = np.square(similarity)
    return {
        "logit_similarity": variable("irrep", similarity, "logit similarity"),
        "logit_fve": variable("irrep", fve, "share of the logits explained"),
        "logit_fve_total": variable(
            (), fve[1:].sum(), "share of the logits explained by all non-trivial irreps"
        ),
        "embedding_fve": variable(
            ("side", "irrep"), evidence.embedding, "share of the embedding explained"
        ),
        "unembedding_fve": variable(
            "irrep", evidence.unembedding, "share of the unembedding explained"
        ),
        "hidden_fve": variable(
            ("part", "irrep"), evidence.hidden, "share of the hidden variance explained"
        ),
        "gini": variable("matrix", evidence.gini, "Gini coefficient of the component norms"),
        "squared_weights": variable((), evidence.squared_weights, "sum of squared weights"),
    } | _loss_variables(evidence)


def _loss_variables(evidence: Evidence) -> dict[str, xr.Variable]:
    losses = evidence.losses
    by_irrep = {
        "restricted_loss_by_irrep": (evidence.restricted, "restricted loss"),
        "excluded_loss_by_irrep": (losses.excluded, "excluded loss"),
        "restricted_logit_loss_by_irrep": (evidence.restricted_logits, "restricted logit loss"),
        "excluded_logit_loss_by_irrep": (losses.excluded_logits, "excluded logit loss"),
    }
    total = {
        "restricted_loss": (evidence.restricted_total, "restricted loss"),
        "excluded_loss": (losses.excluded_total, "excluded loss"),
        "restricted_logit_loss": (evidence.restricted_logits_total, "restricted logit loss"),
        "excluded_logit_loss": (losses.excluded_logits_total, "excluded logit loss"),
    }
    return {
        "loss": variable("split", [losses.loss[split] for split in SPLITS], "cross-entropy", "nat"),
        "accuracy": variable("split", [losses.accuracy[split] for split in SPLITS], "accuracy"),
        **{
            name: variable("irrep", value, about, "nat")
            for name, (value, about) in by_irrep.items()
        },
        **{name: variable((), value, about, "nat") for name, (value, about) in total.items()},
    }


def _chances(frame: Frame) -> dict[str, xr.Variable]:
    """Return the expected share of each irrep in random numbers of the same shape."""
    n = frame.order
    nontrivial = np.arange(len(frame.irreps)) > 0
    matrix = frame.rank / n
    pairs = np.where(nontrivial, frame.rank / (n**2 - 1), 0.0)
    triples = np.where(nontrivial, 1 / (n**2 * (n - 1)), 0.0)
    return {
        "logit_chance": variable("irrep", triples, "logit_fve of random logits"),
        "logit_total_chance": variable((), triples.sum(), "logit_fve_total of random logits"),
        "embedding_chance": variable(
            ("side", "irrep"), np.stack([matrix] * 2), "embedding_fve of a random matrix"
        ),
        "unembedding_chance": variable("irrep", matrix, "unembedding_fve of a random matrix"),
        "hidden_chance": variable(
            ("part", "irrep"), np.stack([pairs] * 3), "hidden_fve of random activations"
        ),
    }


def _ablation_variables(found: Ablations) -> dict[str, xr.Variable]:
    by_split = {
        "hidden_loss": (found.hidden, "loss of the hidden layer without any other path"),
        "unembedding_key_loss": (
            found.unembedding_key,
            "loss with the key part of the unembedding",
        ),
        "unembedding_rest_loss": (found.unembedding_rest, "loss without that part"),
    }
    return {name: variable("split", v, about, "nat") for name, (v, about) in by_split.items()} | {
        "ablated_loss": variable(
            ("split", "part", "irrep"),
            found.removed,
            "loss without a part of the hidden layer",
            "nat",
        ),
        "constructed_loss": variable(
            (), found.constructed, "loss of a hidden layer constructed from the key irreps", "nat"
        ),
    }


def _recovery_variables(found: Recovery) -> dict[str, xr.Variable]:
    return {
        "change_of_basis": variable(
            ("entry", "neuron"), found.change_of_basis, "component of the hidden layer"
        ),
        "hidden_cosine": variable(
            "irrep", found.hidden_cosine, "cosine of the recovered representation with the true one"
        ),
        "hidden_error": variable(
            "irrep", found.hidden_error, "mean square error of the recovered representation"
        ),
        "readout_map": variable(
            ("entry", "output_entry"), found.readout_map, "map from rho(ab) to rho(c)"
        ),
        "readout_cosine": variable(
            "irrep", found.readout_cosine, "cosine of the map with the ideal"
        ),
        "readout_scale": variable("irrep", found.readout_scale, "character's factor in the logits"),
    }


def _null_variables(
    nulls: Mapping[str, NDArray[np.float64]], measured: Mapping[str, xr.Variable]
) -> dict[str, xr.Variable]:
    """Return mean and standard deviation of each fraction under relabellings of the group."""
    variables = {}
    for name, values in nulls.items():
        dims = [str(dim) for dim in measured[name].dims if dim != "neuron"]
        for statistic, of in (("mean", np.nanmean), ("sd", np.nanstd)):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)
                value = of(values, axis=0)
            about = f"{name} under random relabellings of the group: {statistic}"
            variables[f"{name}_null_{statistic}"] = variable(dims, value, about)
    return variables


def _neuron_variables(found: Neurons, grouped: Clusters, frame: Frame) -> dict[str, xr.Variable]:
    chance = _chances(frame)
    block = (2 * frame.rank + frame.rank**2) / (frame.order**2 - 1)
    block[0] = 0.0
    names = [frame.irreps[r] if r >= 0 else "off" for r in found.irrep]
    return {
        "neuron_variance": variable("neuron", found.variance, "variance over all pairs"),
        "neuron_irrep": variable("neuron", _names(names), "irrep with the largest share"),
        "neuron_fve": variable(
            ("neuron", "irrep"), found.block, "share of the variance in the block of an irrep"
        ),
        "neuron_part_fve": variable(
            ("part", "neuron", "irrep"), found.parts, "share of the variance in a part"
        ),
        "neuron_chance": variable("irrep", block, "neuron_fve of random activations"),
        "neuron_part_chance": chance["hidden_chance"],
        "cluster_chance": chance["hidden_chance"],
        "cluster_unembedding_chance": chance["unembedding_chance"],
        "neuron_unembedding_chance": chance["unembedding_chance"],
        "cluster_size": variable("irrep", grouped.size, "neurons"),
        "neurons_off": variable((), grouped.off, "neurons that are off"),
        "cluster_fve": variable(
            ("part", "irrep"), grouped.parts, "share of the cluster's variance in its own irrep"
        ),
        "cluster_residual": variable(
            "irrep", 1 - grouped.parts.sum(axis=0), "share of the cluster's variance left over"
        ),
        "cluster_unembedding_fve": variable(
            "irrep", grouped.unembedding, "share of the cluster's unembedding in its own irrep"
        ),
    }

"""The results of the analyses by irreps as labelled variables.

A dataclass of `ontogeny.studies.composition.irreps.analysis` whose fields are measures needs no
function here; see `ontogeny.labels.Measure`.
"""

import warnings
from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.studies.composition.irreps.analysis import (
    BOUNDARIES,
    SPLITS,
    Clusters,
    Components,
    Frame,
    Matrices,
    Neurons,
    Phases,
    frame,
)
from ontogeny.studies.composition.irreps.analysis.components import KEPT
from ontogeny.studies.composition.labels import variable

__all__ = [
    "analysis_coordinates",
    "chance_variables",
    "component_variables",
    "coordinates",
    "example_variables",
    "frame_of",
    "learning_variables",
    "matrix_variables",
    "neuron_variables",
    "null_variables",
    "phase_coordinates",
    "phase_variables",
    "slice_variables",
]

Array = NDArray[np.float64]
Variables = dict[str, xr.Variable]
Coordinates = dict[str, NDArray[np.generic] | xr.Variable]

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


def coordinates(frame: Frame) -> Coordinates:
    """Return the coordinates that every dataset of a group has."""
    return {
        "irrep": _names(frame.irreps),
        "rank": variable("irrep", frame.rank, "dimension of the span of the entries"),
        "side": _names(SIDES),
        "part": _names(PARTS),
        "split": _names(SPLITS),
        "matrix": _names(MATRICES),
    }


def analysis_coordinates(
    frame: Frame, entries: Sequence[str], found: Neurons, examples: NDArray[np.int64]
) -> Coordinates:
    """Return the further coordinates of what is known of one checkpoint alone.

    Parameters
    ----------
    frame : Frame
    entries : sequence of str
        Name of each column of the basis.
    found : Neurons
    examples : (E,) ndarray of int
        Neurons that stand for the clusters.
    """
    signs = np.array([1, -1], dtype=np.int8)
    each = np.arange(frame.order, dtype=np.int32)
    return {
        "entry": _names(entries),
        "output_entry": _names(entries),
        "left_sign": signs,
        "right_sign": signs,
        "output": each,
        "component": np.arange(KEPT, dtype=np.int32),
        "irrep_of_entry": variable("entry", frame.irrep_of_entry, "index of the irrep"),
        "neuron": np.arange(len(found.variance), dtype=np.int32),
        "example": examples.astype(np.int32),
        "left": each,
        "right": each,
    }


def chance_variables(frame: Frame) -> Variables:
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


def matrix_variables(
    matrices: Matrices, frame: Frame, shares: Array, key: NDArray[np.bool_]
) -> Variables:
    """Return what the matrices of a network hold of each irrep.

    Parameters
    ----------
    matrices : Matrices
    frame : Frame
    shares : (h, R) ndarray
        Of each irrep in a neuron's column of the unembedding.
    key : (R,) ndarray of bool
    """
    embeddings = (matrices.left_embedding, matrices.right_embedding)
    return {
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
            ("neuron", "irrep"), shares, "share of a neuron's column of the unembedding in an irrep"
        ),
    }


def component_variables(found: Components) -> Variables:
    """Return the principal components of the unembedding."""
    return {
        "unembedding_component": variable(
            ("output", "component"), found.coordinate, "coordinate of the unembedding"
        ),
        "component_share": variable(
            "component", found.share, "share of the variance of the unembedding"
        ),
    }


def neuron_variables(
    found: Neurons, grouped: Clusters, block_means: Array, frame: Frame
) -> Variables:
    """Return what single neurons and clusters of them respond to.

    Parameters
    ----------
    found : Neurons
    grouped : Clusters
    block_means : (h, 2, 2) ndarray
        Mean activation by the signs of both factors.
    frame : Frame
    """
    chance = chance_variables(frame)
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
        "neuron_block_mean": variable(
            ("neuron", "left_sign", "right_sign"),
            block_means,
            "mean activation by the signs of both factors, of neurons of a one-dimensional irrep",
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


def example_variables(found: Neurons, examples: NDArray[np.int64], frame: Frame) -> Variables:
    """Return the activations of some neurons, (E,) by number, on all pairs."""
    return {
        "example_irrep": variable(
            "example",
            _names([frame.irreps[r] for r in found.irrep[examples]]),
            "irrep of the neuron",
        ),
        "example_activation": variable(
            ("example", "left", "right"), found.tables[examples].astype(np.float32), "activation"
        ),
    }


def slice_variables(logits: Array, output: int, frame: Frame) -> Variables:
    """Return one output over all pairs, and the characters that it is made of.

    Parameters
    ----------
    logits : (n, n) ndarray
        Of the output, minus the mean over outputs.
    output : int
    frame : Frame
    """
    return {
        "logit_slice": variable(
            ("left", "right"), logits, "centred logit of one output", output=output
        ),
        "character_slice": variable(
            ("irrep", "left", "right"),
            frame.character[:, frame.product[frame.product, frame.inverse[output]]],
            "character of a b c^-1 for the same output",
            output=output,
        ),
    }


def null_variables(nulls: Mapping[str, Array], measured: Mapping[str, xr.Variable]) -> Variables:
    """Return mean and standard deviation of each fraction under relabellings of the group.

    Parameters
    ----------
    nulls : mapping of str to (P, ...) ndarray
        Fractions under random relabellings, by the name of the variable.
    measured : mapping of str to Variable
        These variables as they are measured.
    """
    variables: Variables = {}
    for name, values in nulls.items():
        dims = [str(dim) for dim in measured[name].dims if dim != "neuron"]
        for statistic, of in (("mean", np.nanmean), ("sd", np.nanstd)):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)
                value = of(values, axis=0)
            about = f"{name} under random relabellings of the group: {statistic}"
            variables[f"{name}_null_{statistic}"] = variable(dims, value, about)
    return variables


def phase_variables(found: Phases) -> Variables:
    """Return the ends of the phases of training."""
    return {
        "phase_boundary": variable("boundary", found.boundary, "first checkpoint after the phase"),
        "phase_interval": variable(
            ("boundary", "bound"), found.interval, "checkpoints between which the phase ends"
        ),
    }


def phase_coordinates() -> Coordinates:
    """Return the coordinates of `phase_variables`."""
    return {"boundary": _names(BOUNDARIES), "bound": _names(["previous", "present"])}


def learning_variables(
    step: NDArray[np.int64], learned: tuple[NDArray[np.int64], NDArray[np.int64]]
) -> Variables:
    """Return when each irrep is learned, and in which order.

    Parameters
    ----------
    step : (K,) ndarray of int
    learned : pair of (R,) ndarray of int
        From `ontogeny.studies.composition.irreps.analysis.learning_order`.
    """
    first, place = learned
    return {
        "learned_step": variable(
            "irrep",
            np.where(first < 0, np.nan, step[first]),
            "first checkpoint at which the irrep is learned",
        ),
        "learned_order": variable(
            "irrep", place, "place among the key irreps in order of learning, -1 for the others"
        ),
    }

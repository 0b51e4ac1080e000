"""The results of the analyses by irreps as labelled variables.

A dataclass of `ontogeny.studies.composition.irreps.analysis` whose fields are measures needs no
function here; see `ontogeny.labels.Measure`.
"""

import warnings
from collections.abc import Container, Mapping, Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.groups import element_orders
from ontogeny.studies.composition.irreps.analysis import (
    BOUNDARIES,
    LEARNED,
    ClassLogits,
    Clusters,
    Components,
    Frame,
    Matrices,
    Neurons,
    Phases,
    cosets_of,
    frame,
    learning_order,
    splits_of,
)
from ontogeny.studies.composition.irreps.analysis.components import KEPT
from ontogeny.studies.composition.labels import variable

__all__ = [
    "absences",
    "analysis_coordinates",
    "chance_variables",
    "class_coordinates",
    "class_variables",
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
        labels=[str(label) for label in table["label"].values],
    )


def coordinates(frame: Frame, matrices: Matrices, train: NDArray[np.bool_] | None) -> Coordinates:
    """Return the coordinates that every dataset of a group has.

    Parameters
    ----------
    frame : Frame
    matrices : Matrices
        Those that are known.
    train : (n, n) ndarray of bool or None
        The training set; None where it is not known.
    """
    return {
        "irrep": _names(frame.irreps),
        "rank": variable("irrep", frame.rank, "dimension of the span of the entries"),
        "side": _names(SIDES),
        "part": _names(PARTS),
        "split": _names(splits_of(train)),
        "matrix": _names(list(matrices.named)),
    }


def absences(
    matrices: Matrices, train: NDArray[np.bool_] | None, *, has_hidden: bool
) -> dict[str, str]:
    """Return the attribute that says what a dataset lacks and why, a line for each reason.

    Parameters
    ----------
    matrices : Matrices
        Those that are known.
    train : (n, n) ndarray of bool or None
        The training set; None where it is not known.
    has_hidden : bool
        Whether the hidden layer is known.

    Returns
    -------
    dict of str to str
        Empty when nothing is absent.
    """
    reasons = {
        "The training pairs are not known: no losses and accuracies of training and test pairs, "
        "excluded losses, phases of training, or steps at which irreps are learned.": train is None,
        "All pairs are trained on: no losses and accuracies of test pairs, phases of training, or "
        "steps at which irreps are learned on test pairs.": train is not None and train.all(),
        "The hidden layer is not known: no hidden_fve, neurons, clusters, ablations, or losses of "
        "parts of the hidden layer.": not has_hidden,
        "The embeddings are not known: no embedding_fve, embedding_norm, or Gini coefficients of "
        "embeddings.": matrices.left_embedding is None,
        "The unembedding is not known: no unembedding_fve, unembedding_norm, principal components, "
        "ablations, or losses of parts of the hidden layer.": matrices.unembedding is None,
        "The weights are not known: no squared_weights, and no end of cleanup.": (
            matrices.squared_weights is None
        ),
    }
    lines = [reason for reason, is_true in reasons.items() if is_true]
    return {"absent": "\n".join(lines)} if lines else {}


def analysis_coordinates(
    frame: Frame,
    entries: Sequence[str],
    found: Neurons | None,
    examples: NDArray[np.int64],
) -> Coordinates:
    """Return the further coordinates of what is known of one checkpoint alone.

    Parameters
    ----------
    frame : Frame
    entries : sequence of str
        Name of each column of the basis.
    found : Neurons or None
        None where no hidden layer is known.
    examples : (E,) ndarray of int
        Neurons that are shown for each cluster.
    """
    signs = np.array([1, -1], dtype=np.int8)
    each = np.arange(frame.order, dtype=np.int32)
    return {
        "entry": _names(entries),
        "output_entry": _names(entries),
        "left_sign": signs,
        "right_sign": signs,
        "output": each,
        "label": variable("output", _names(frame.labels), "element"),
        "component": np.arange(KEPT, dtype=np.int32),
        "irrep_of_entry": variable("entry", frame.irrep_of_entry, "index of the irrep"),
        "neuron": np.arange(0 if found is None else len(found.variance), dtype=np.int32),
        "example": examples.astype(np.int32),
        "left": each,
        "right": each,
    }


def chance_variables(frame: Frame, measured: Container[str]) -> Variables:
    """Return the expected share of each irrep in random numbers of the same shape.

    Parameters
    ----------
    frame : Frame
    measured : container of str
        Names of the shares that are measured; only their chances are returned.
    """
    n = frame.order
    nontrivial = np.arange(len(frame.irreps)) > 0
    matrix = frame.rank / n
    pairs = np.where(nontrivial, frame.rank / (n**2 - 1), 0.0)
    triples = np.where(nontrivial, 1 / (n**2 * (n - 1)), 0.0)
    by_share = {
        "logit_fve": ("logit_chance", "irrep", triples, "random logits"),
        "logit_fve_total": ("logit_total_chance", (), triples.sum(), "random logits"),
        "embedding_fve": (
            "embedding_chance",
            ("side", "irrep"),
            np.stack([matrix] * 2),
            "a random matrix",
        ),
        "unembedding_fve": ("unembedding_chance", "irrep", matrix, "a random matrix"),
        "hidden_fve": (
            "hidden_chance",
            ("part", "irrep"),
            np.stack([pairs] * 3),
            "random activations",
        ),
    }
    return {
        name: variable(dims, values, f"{share} of {of_what}")
        for share, (name, dims, values, of_what) in by_share.items()
        if share in measured
    }


def matrix_variables(
    matrices: Matrices, frame: Frame, shares: Array | None, key: NDArray[np.bool_]
) -> Variables:
    """Return what the matrices of a network hold of each irrep.

    Parameters
    ----------
    matrices : Matrices
        Those that are known.
    frame : Frame
    shares : (h, R) ndarray or None
        Of each irrep in a neuron's column of the unembedding; None where it is not known.
    key : (R,) ndarray of bool
    """
    norm = {
        name: np.linalg.norm(frame.basis.T @ matrix, axis=1)
        for name, matrix in matrices.named.items()
    }
    found = {"key": variable("irrep", key, "key irrep")}
    if "left_embedding" in norm:
        found["embedding_norm"] = variable(
            ("side", "entry"),
            np.stack([norm["left_embedding"], norm["right_embedding"]]),
            "norm of the embedding's component",
        )
    if shares is not None:
        found["unembedding_norm"] = variable(
            "entry", norm["unembedding"], "norm of the unembedding's component"
        )
        found["neuron_unembedding_fve"] = variable(
            ("neuron", "irrep"), shares, "share of a neuron's column of the unembedding in an irrep"
        )
    return found


def component_variables(found: Components) -> Variables:
    """Return the unembedding along directions of each key irrep."""
    return {
        "unembedding_component": variable(
            ("irrep", "output", "component"),
            found.coordinate,
            "coordinate of the unembedding along a direction of an irrep",
        ),
        "component_share": variable(
            ("irrep", "component"), found.share, "share of the variance of the unembedding"
        ),
        "component_coset": variable(
            ("irrep", "output"), found.coset, "coset on which the directions depend; -1: not key"
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
    chance = chance_variables(frame, ("hidden_fve", "unembedding_fve"))
    block = (2 * frame.rank + frame.rank**2) / (frame.order**2 - 1)
    block[0] = 0.0
    names = [frame.irreps[r] if r >= 0 else "off" for r in found.irrep]
    variables = {
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
        "cluster_size": variable("irrep", grouped.size, "neurons"),
        "neurons_off": variable((), grouped.off, "neurons that are off"),
        "cluster_fve": variable(
            ("part", "irrep"), grouped.parts, "share of the cluster's variance in its own irrep"
        ),
        "cluster_residual": variable(
            "irrep", 1 - grouped.parts.sum(axis=0), "share of the cluster's variance left over"
        ),
    }
    if grouped.unembedding is None:
        return variables
    return variables | {
        "cluster_unembedding_chance": chance["unembedding_chance"],
        "neuron_unembedding_chance": chance["unembedding_chance"],
        "cluster_unembedding_fve": variable(
            "irrep", grouped.unembedding, "share of the cluster's unembedding in its own irrep"
        ),
    }


def example_variables(
    found: Neurons,
    examples: NDArray[np.int64],
    frame: Frame,
    partitions: Sequence[NDArray[np.int64]],
) -> Variables:
    """Return the activations of some neurons, (E,) by number, on all pairs, and cosets of factors.

    Parameters
    ----------
    found : Neurons
    examples : (E,) ndarray of int
    frame : Frame
    partitions : sequence of (n,) ndarray of int
        From `ontogeny.studies.composition.irreps.analysis.coset_partitions`.
    """
    tables = found.tables[examples].astype(np.float32)
    variables = {
        "example_irrep": variable(
            "example",
            _names([frame.irreps[r] for r in found.irrep[examples]]),
            "irrep of the neuron",
        ),
        "example_activation": variable(("example", "left", "right"), tables, "activation"),
    }
    for side, other in (("left", 2), ("right", 1)):
        means = tables.mean(axis=other, dtype=np.float64)
        cosets = [cosets_of(values, partitions) for values in means]
        variables[f"example_{side}_coset"] = variable(
            ("example", side),
            np.array(cosets, dtype=np.int32).reshape(means.shape),
            f"coset of the {side} factor, by rising mean activation",
        )
    return variables


def class_variables(found: ClassLogits) -> Variables:
    """Return the logits by the conjugacy class of ``a b c^-1``."""
    about = "logit, minus the mean over candidates, by the conjugacy class of a b c^-1"
    variables = {
        f"class_logit_{name}": variable("conjugacy_class", getattr(found, name), f"{words} {about}")
        for name, words in (
            ("mean", "mean"),
            ("deviation", "standard deviation of the"),
            ("least", "smallest"),
            ("most", "largest"),
        )
    }
    variables["class_logit_part"] = variable(
        ("irrep", "conjugacy_class"), found.parts, "part of an irrep in class_logit_mean"
    )
    return variables


def class_coordinates(frame: Frame, classes: NDArray[np.int64]) -> Coordinates:
    """Return the coordinates of `class_variables`.

    Parameters
    ----------
    frame : Frame
    classes : (n,) ndarray of int
        Class of each element.

    Returns
    -------
    dict
        ``class_residue`` only where the group is addition modulo its order.
    """
    number, first, size = np.unique(classes, return_index=True, return_counts=True)
    n = frame.order
    found: Coordinates = {
        "conjugacy_class": number.astype(np.int32),
        "class_element": variable(
            "conjugacy_class",
            _names([frame.labels[each] for each in first]),
            "element of the class",
        ),
        "class_size": variable("conjugacy_class", size.astype(np.int32), "elements of the class"),
        "class_order": variable(
            "conjugacy_class",
            element_orders(frame.group)[first].astype(np.int32),
            "order of an element of the class",
        ),
    }
    if np.array_equal(frame.product, np.add.outer(range(n), range(n)) % n):
        residue = (first + (n - 1) // 2) % n - (n - 1) // 2
        found["class_residue"] = variable(
            "conjugacy_class", residue, "a + b - c, of smallest absolute value"
        )
    return found


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
    step: NDArray[np.int64], similarity: Array, key: NDArray[np.bool_], *, of: str
) -> Variables:
    """Return when each irrep is learned, and in which order.

    Parameters
    ----------
    step : (K,) ndarray of int
    similarity : (K, R) ndarray
        Logit similarity at each checkpoint, on test pairs or on all.
    key : (R,) ndarray of bool
        Key irreps of the final checkpoint.
    of : {"test pairs", "all pairs"}
        The pairs.
    """
    first, place = learning_order(similarity, key)
    prefix = "" if of == "test pairs" else "all_pairs_"
    return {
        f"{prefix}learned_step": variable(
            "irrep",
            np.where(first < 0, np.nan, step[first]),
            f"first checkpoint with a logit similarity above {LEARNED} on {of}",
        ),
        f"{prefix}learned_order": variable(
            "irrep",
            np.where(place < 0, np.nan, place + 1),
            f"place of a key irrep in the order of learning on {of}, from 1",
        ),
    }

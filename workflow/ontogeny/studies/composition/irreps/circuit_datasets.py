"""What the final circuit of a network is made of, as labelled variables."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ontogeny.groups import element_orders
from ontogeny.labels import text
from ontogeny.studies.composition.frequency import frequency_of
from ontogeny.studies.composition.irreps.analysis import (
    ClassLogits,
    Clusters,
    Components,
    Frame,
    Neurons,
    cosets_of,
)
from ontogeny.studies.composition.irreps.datasets import Coordinates, Variables, chance_variables
from ontogeny.studies.composition.labels import variable

__all__ = [
    "class_coordinates",
    "class_variables",
    "component_variables",
    "example_variables",
    "neuron_variables",
    "scaled_variables",
]

Array = NDArray[np.float64]


def component_variables(found: Components) -> Variables:
    """Return the unembedding along directions of each key irrep."""
    return {
        "unembedding_component": variable(
            ("irrep", "output", "direction"),
            found.coordinate,
            "coordinate of the unembedding along a direction of an irrep",
        ),
        "component_share": variable(
            ("irrep", "direction"), found.share, "share of the variance of the unembedding"
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
        "neuron_irrep": variable("neuron", text(names), "irrep with the largest share"),
        "neuron_fve": variable(
            ("neuron", "irrep"), found.block, "share of the variance in the block of an irrep"
        ),
        "neuron_purity": variable(
            "neuron", found.block.max(axis=1), "largest share of the variance in one irrep"
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
        "neurons_off": variable((), grouped.off, "number of neurons that are off"),
        "cluster_fve": variable(
            ("part", "irrep"), grouped.parts, "share of the cluster's variance in its own irrep"
        ),
        "cluster_residual": variable(
            "irrep",
            1 - grouped.parts.sum(axis=0),
            "share of the cluster's variance that is not explained",
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
            text([frame.irreps[r] for r in found.irrep[examples]]),
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
        variables[f"example_{side}_rank"] = variable(
            ("example", side),
            _ranks(means, variables[f"example_{side}_coset"].values, found.irrep[examples], frame),
            f"rank of the {side} factor, by coset or by multiple",
        )
    return variables


def _ranks(
    means: Array, cosets: NDArray[np.int32], irreps: NDArray[np.int64], frame: Frame
) -> NDArray[np.int32]:
    """Return the ranks of the factors of neurons, (E, n), from 0.

    By coset and, within one, by mean activation; on residues, for a neuron of frequency k, by ka.
    """
    n = frame.order
    values: tuple[NDArray[np.generic], ...] = (means, cosets)
    if _adds_residues(frame):
        frequencies = [frequency_of(frame.irreps[r]) or 1 for r in irreps]
        values = (np.outer(frequencies, np.arange(n)) % n,)
    return np.argsort(np.lexsort(values), axis=1).astype(np.int32)


def _adds_residues(frame: Frame) -> bool:
    n = frame.order
    return np.array_equal(frame.product, np.add.outer(range(n), range(n)) % n)


def scaled_variables(change: Array, is_key: NDArray[np.bool_]) -> Variables:
    """Return what each neuron holds of the entries of key irreps, scaled to norm 1.

    Parameters
    ----------
    change : (n, h) ndarray
        The change of basis.
    is_key : (n,) ndarray of bool
        Whether the irrep of an entry is key.

    Returns
    -------
    dict of str to Variable
        NaN at other entries; 0 of a neuron that holds nothing of the key irreps.
    """
    held = np.where(is_key[:, None], change, 0.0)
    norm = np.linalg.norm(held, axis=0)
    scaled = held / np.where(norm > 0, norm, 1.0)
    return {
        "scaled_change_of_basis": variable(
            ("entry", "neuron"),
            np.where(is_key[:, None], scaled, np.nan),
            "component of the hidden layer in a key irrep, of a neuron of norm 1",
        )
    }


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
            text([frame.labels[each] for each in first]),
            "element of the class",
        ),
        "class_size": variable("conjugacy_class", size.astype(np.int32), "elements of the class"),
        "class_order": variable(
            "conjugacy_class",
            element_orders(frame.group)[first].astype(np.int32),
            "order of an element of the class",
        ),
    }
    if _adds_residues(frame):
        residue = (first + (n - 1) // 2) % n - (n - 1) // 2
        found["class_residue"] = variable(
            "conjugacy_class", residue, "a + b - c, of smallest absolute value"
        )
    return found

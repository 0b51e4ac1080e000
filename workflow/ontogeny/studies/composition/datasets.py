"""The results of the analyses as labelled datasets."""

from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.labels import dataset, variable
from ontogeny.studies.composition.analysis import (
    BOUNDARIES,
    Clusters,
    Evidence,
    Frame,
    Matrices,
    Neurons,
    Phases,
    frame,
)

__all__ = [
    "frame_of",
    "progress_dataset",
    "representation_dataset",
]

SPLITS = ("train", "test", "all")
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
    logit_slice: NDArray[np.float64],
    frame: Frame,
    key: NDArray[np.bool_],
    entry_labels: Sequence[str],
    *,
    output: int,
) -> xr.Dataset:
    """Return what each irrep explains in one network.

    Parameters
    ----------
    evidence : Evidence
    found : Neurons
    grouped : Clusters
    matrices : Matrices
    logit_slice : (n, n) ndarray
        Logits of one output over all pairs, minus the mean over outputs.
    frame : Frame
    key : (R,) ndarray of bool
    entry_labels : sequence of str
        Name of each column of the basis.
    output : int
        The output of the slice.

    Returns
    -------
    Dataset
    """
    variables = _measures(evidence) | _chances(frame) | _neuron_variables(found, grouped, frame)
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
    each = np.arange(frame.order, dtype=np.int32)
    coordinates = _coordinates(frame) | {
        "entry": _names(entry_labels),
        "irrep_of_entry": variable("entry", frame.irrep_of_entry, "index of the irrep"),
        "neuron": np.arange(len(found.variance), dtype=np.int32),
        "left": each,
        "right": each,
    }
    return dataset(variables, coordinates, title="What each irrep explains in a network")


def progress_dataset(
    step: NDArray[np.int64],
    along: Sequence[Evidence],
    found: Phases,
    frame: Frame,
    key: NDArray[np.bool_],
) -> xr.Dataset:
    """Return every measure along `step`, and the phase boundaries.

    Parameters
    ----------
    step : (K,) ndarray of int
    along : sequence of Evidence
        One for each checkpoint.
    found : Phases
    frame : Frame
    key : (R,) ndarray of bool
        Key irreps of the last network.

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
    variables |= _chances(frame) | {
        "key": variable("irrep", key, "key irrep of the last network"),
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
        "cluster_size": variable("irrep", grouped.size, "neurons"),
        "neurons_off": variable((), grouped.off, "neurons that are off"),
        "cluster_fve": variable(
            ("part", "irrep"), grouped.parts, "share of the cluster's variance in its own irrep"
        ),
        "cluster_unembedding_fve": variable(
            "irrep", grouped.unembedding, "share of the cluster's unembedding in its own irrep"
        ),
    }

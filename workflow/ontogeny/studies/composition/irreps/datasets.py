"""The results of the analyses by irreps as labelled variables.

A dataclass of `ontogeny.studies.composition.irreps.analysis` whose fields are measures needs no
function here; see `ontogeny.labels.Measure`.
"""

import warnings
from collections.abc import Container, Mapping, Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.studies.composition.irreps.analysis import (
    BOUNDARIES,
    LEARNED,
    Frame,
    Matrices,
    Neurons,
    Phases,
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
    "coordinates",
    "frame_of",
    "learning_variables",
    "matrix_variables",
    "null_variables",
    "phase_coordinates",
    "phase_variables",
    "sum_variables",
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
        "direction": np.arange(KEPT, dtype=np.int32),
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


def sum_variables(found: Mapping[str, xr.Variable], key: NDArray[np.bool_]) -> Variables:
    """Return how many irreps are key, sums of shares over irreps, and means over embeddings.

    Parameters
    ----------
    found : mapping of str to Variable
        What is measured, and the shares of random numbers; `irrep` is the last dimension of shares.
    key : (R,) ndarray of bool

    Returns
    -------
    dict of str to Variable
        The sums of those shares that are measured.
    """
    made: Variables = {"key_irreps": variable((), int(key.sum()), "key irreps")}
    for place, key_place in (
        ("embedding", "key_embedding"),
        ("unembedding", "key_unembedding"),
        ("hidden", "key_hidden_part"),
    ):
        if f"{place}_fve" in found:
            share, chance = found[f"{place}_fve"], found[f"{place}_chance"]
            made[f"{place}_fve_total"] = variable(
                _other_dims(share, "irrep"), share.values.sum(axis=-1), f"{place}_fve of all irreps"
            )
            made[f"{place}_total_chance"] = variable(
                _other_dims(chance, "irrep"),
                chance.values.sum(axis=-1),
                f"{place}_chance of all irreps",
            )
            made[f"{key_place}_chance"] = variable(
                _other_dims(chance, "irrep"),
                chance.values[..., key].sum(axis=-1),
                f"{place}_chance of key irreps",
            )
    if "embedding_fve" in found:
        share = found["embedding_fve"]
        made["embeddings_share"] = variable(
            _other_dims(share, "side"),
            share.values.mean(axis=-2),
            "share of both embeddings explained",
        )
    if "hidden_fve" in found:
        share = found["hidden_fve"]
        of_key = share.values[..., key].sum(axis=-1)
        about = "share of the hidden layer in key irreps"
        made["key_hidden_part_fve"] = variable(_other_dims(share, "irrep"), of_key, about)
        made["key_hidden_fve"] = variable(
            _other_dims(share, "part", "irrep"), of_key.sum(axis=-1), about
        )
        made["key_hidden_chance"] = variable(
            (), made["key_hidden_part_chance"].values.sum(), "hidden_chance of key irreps"
        )
    return made


def _other_dims(values: xr.Variable, *left_out: str) -> list[str]:
    return [str(dim) for dim in values.dims if dim not in left_out]


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

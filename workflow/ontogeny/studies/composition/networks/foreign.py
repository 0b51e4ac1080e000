"""Networks that were trained elsewhere: which tensor is which parameter.

Three layouts are known: the names of this project; those of the MLP of arXiv 2302.03025, which are
the same; and those that TransformerLens 0.2 gives a one-layer transformer, as the published
networks of arXiv 2302.03025 have them. For any other, the configuration says which tensor is which
parameter.
"""

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ontogeny.records import Record
from ontogeny.studies.composition.config import Training
from ontogeny.studies.composition.networks.architectures import Architecture
from ontogeny.studies.composition.networks.build import build, pair_blocks
from ontogeny.studies.composition.networks.mappings import (
    mapped,
    nearest,
    setting_of,
    shown,
    transposed,
)
from ontogeny.studies.composition.networks.pairs import (
    answers,
    data_seed,
    masks_by_split,
    training_rows,
)
from ontogeny.weights import WeightsError, read_weights

__all__ = ["parameters_of", "read_run", "record_of", "steps_of_weights"]

Tensors = Mapping[str, NDArray[np.generic]]

_BLOCK = 2**26
"""Bytes of the layers that are computed at once."""

_TRANSFORMER_LENS = {
    "embed.W_E": "W_E",
    "pos_embed.W_pos": "W_pos",
    "blocks.0.attn.W_Q": "W_Q",
    "blocks.0.attn.W_K": "W_K",
    "blocks.0.attn.W_V": "W_V",
    "blocks.0.attn.W_O": "W_O",
    "blocks.0.mlp.W_in": "W_in",
    "blocks.0.mlp.b_in": "b_in",
    "blocks.0.mlp.W_out": "W_out",
    "blocks.0.mlp.b_out": "b_out",
    "unembed.W_U": "W_U",
}
_NO_PARAMETERS = {"blocks.0.attn.mask", "blocks.0.attn.IGNORE"}
"""Constants."""

_COPIES = {"x_embed": ("W_x", "W_E"), "y_embed": ("W_y", "W_E")}
"""Second names of the embedding: which parameter each repeats, the first that a network has."""

_WITHOUT_EFFECT = {"blocks.0.attn.b_K", "b_K"}
"""Biases of the keys: the score of x_i for a query q becomes (x_i W_K + b_K) . q. That is b_K . q
more for every key alike, and softmax does not depend on what all its inputs have in common."""

_UNEMBEDDING_BIASES = {"unembed.b_U", "b_U"}
"""Without effect where they are constant, for the same reason: all logits get the same number."""

_OTHER_BIASES = {
    "b_Q": "it is added to the queries",
    "b_V": "it is added to the values",
    "b_O": "it is added to what attention writes",
    "b_U": "it is not the same for all outputs",
}

_LAYER_NORM = re.compile(
    r"(^|[._])(ln\d*|ln_\w+|layer_?norm\w*|norm\d*|rms_?norm\w*)([._]|$)", re.IGNORECASE
)


def parameters_of(
    tensors: Tensors, architecture: Architecture, mapping: Mapping[str, str] | None = None
) -> dict[str, NDArray[np.floating]]:
    """Return the parameters of an architecture from the tensors of a file.

    Parameters
    ----------
    tensors : mapping of str to ndarray
        From `ontogeny.weights.read_weights`.
    architecture : Architecture
        Of the right order and widths.
    mapping : mapping of str to str, optional
        Names of tensors by parameter, as `ontogeny.studies.composition.networks.mappings.mapped`
        reads them. Other parameters are found by the names that are known.

    Returns
    -------
    dict of str to ndarray
        In the order of `architecture.shapes`. Copies of the embedding (``x_embed``, ``y_embed``)
        and constants are left out, and so are whole numbers (counters, positions), biases that
        change no prediction, and others that the architecture lacks when they are zero.

    Raises
    ------
    ValueError
        If a parameter is missing, there twice, differs from its copy, has another shape or type, or
        a number that is not finite, or if the file holds a tensor that the architecture has no
        place for. One line, which names it.
    """
    named, used = mapped(tensors, architecture, mapping or {})
    for name, values in tensors.items():
        if name in used or name in _NO_PARAMETERS or _original(name, architecture):
            continue
        ours = _TRANSFORMER_LENS.get(name, name)
        if ours in named:
            msg = f"has {named[ours][0]} and {name}, which are two names of one parameter"
            raise ValueError(msg)
        named[ours] = name, values
    shapes = architecture.shapes()
    missing = [name for name in shapes if name not in named]
    if missing:
        taken = used | {name for ours, (name, _) in named.items() if ours in shapes}
        msg = (
            f"lacks {', '.join(missing)} of {_with_article(architecture)}; the file has "
            f"{shown(tensors)}; {nearest(missing, tensors, architecture, taken)}"
        )
        raise ValueError(msg)
    for ours, (name, values) in named.items():
        problem = (
            _problem(values, ours, name, architecture)
            if ours in shapes
            else _without_a_place(name, values, architecture)
        )
        if problem:
            msg = f"{name} {problem}"
            raise ValueError(msg)
    for name in _COPIES:
        original = _original(name, architecture)
        if (
            original
            and name in {*tensors} - used
            and not np.array_equal(tensors[name], named[original][1])
        ):
            msg = (
                f"{name} differs from {named[original][0]}, the embedding that it should repeat; "
                "take out the one that the network does not use"
            )
            raise ValueError(msg)
    return {name: np.asarray(named[name][1]) for name in shapes}


def _original(name: str, architecture: Architecture) -> str | None:
    """Return the parameter that a tensor of this name repeats, if it is a copy."""
    return next((each for each in _COPIES.get(name, ()) if each in architecture.shapes()), None)


def _with_article(architecture: Architecture) -> str:
    kind = type(architecture).__name__
    return f"an {kind}" if kind == "MLP" else f"a {kind}"


def _problem(
    values: NDArray[np.generic], parameter: str, name: str, architecture: Architecture
) -> str | None:
    """Say what is wrong with the values of a parameter, which the file has under a name."""
    if values.dtype.kind != "f":
        kind = "complex numbers" if values.dtype.kind == "c" else "whole numbers"
        return f"has {kind} ({values.dtype}) and not the weights of a network"
    shape = architecture.shapes()[parameter]
    if values.shape != shape:
        why = _why(values.shape, shape, parameter, name, architecture)
        return f"has the shape {values.shape}, not {shape}: {why}"
    if not np.isfinite(values).all():
        return "has numbers that are not finite"
    return None


def _why(
    found: tuple[int, ...],
    wanted: tuple[int, ...],
    parameter: str,
    name: str,
    architecture: Architecture,
) -> str:
    """Say why a parameter may have another shape than the one wanted."""
    if len(found) > 1 and (*found[:-2], found[-1], found[-2]) == wanted:
        return (
            "it is the transpose, for example from nn.Linear; write "
            f"`tensors: {{{parameter}: {transposed(name)}}}`"
        )
    reads_equals = "token" in architecture.dimensions.get("W_E", ())
    if reads_equals and parameter == "W_E" and found == (wanted[0] - 1, wanted[1]):
        return "the embedding of the token = is missing, which comes after those of all elements"
    is_one_output_off = found[:-1] == wanted[:-1] and abs(found[-1] - wanted[-1]) == 1
    if reads_equals and parameter == "W_U" and is_one_output_off:
        has = found[-1] > wanted[-1]
        return (
            f"it {'has' if has else 'lacks'} an output for the token =; set "
            f"`architecture.equals_output` to {str(has).lower()}, if the group is right"
        )
    return "the weights belong to another group or to other widths"


def _without_a_place(
    name: str, values: NDArray[np.generic], architecture: Architecture
) -> str | None:
    """Say why a tensor that is not a parameter of the architecture cannot be left out."""
    kind = _with_article(architecture)
    if _LAYER_NORM.search(name):
        return "is of a layer norm, which no network of this project has"
    if values.dtype.kind in "iu" or not np.any(values != 0):
        return None
    if not np.isfinite(values).all():
        return "has numbers that are not finite"
    is_constant = bool(np.all(values == values.flat[0]))
    if name in _WITHOUT_EFFECT or (name in _UNEMBEDDING_BIASES and is_constant):
        return None
    short = name.rpartition(".")[2]
    setting = setting_of(short, architecture)
    if setting:
        return f"is not zero; set `architecture.{setting}` to true"
    if short in _OTHER_BIASES:
        return f"has no place in {kind} and is not zero: {_OTHER_BIASES[short]}"
    named = "name it in `tensors` if it is a parameter"
    if short == "bias" and {"b", "b_U"} & {*architecture.dimensions} - {*architecture.shapes()}:
        named += ", with `architecture.biases` set to true"
    return f"has no place in {kind} and is not zero; {named}, or take it out of the file"


def steps_of_weights(spec: Training) -> list[int]:
    """Return the steps of the networks of a run that was made elsewhere, ascending."""
    if isinstance(spec.weights, tuple):
        return [checkpoint.step for checkpoint in spec.weights]
    return [spec.schedule.steps]


def read_run(
    product: NDArray[np.integer],
    spec: Training,
    files: Mapping[int, str],
    rows: NDArray[np.integer] | None = None,
) -> Record:
    """Return the record of a run that was made elsewhere, from the files of its checkpoints.

    Parameters
    ----------
    product : (n, n) ndarray of int
        The group's table.
    spec : Training
    files : mapping of int to str
        By step, ascending; see `ontogeny.weights.read_weights`.
    rows : (N,) ndarray of int, optional
        As for `record_of`.

    Returns
    -------
    Record
        Without the training loss of every update, which no checkpoint has.

    Raises
    ------
    WeightsError
        If a file cannot be read, or does not hold the parameters of the network.
    """
    architecture = build(spec.architecture, len(product))
    networks = {}
    for step, path in files.items():
        try:
            networks[step] = parameters_of(read_weights(path), architecture, spec.tensors)
        except ValueError as error:
            msg = f"{path}: {error}"
            raise WeightsError(msg) from None
    return record_of(product, spec, networks, rows)


def record_of(
    product: NDArray[np.integer],
    spec: Training,
    networks: Mapping[int, Mapping[str, NDArray[np.floating]]],
    rows: NDArray[np.integer] | None = None,
) -> Record:
    """Return the record of networks that were trained elsewhere.

    Parameters
    ----------
    product : (n, n) ndarray of int
        The group's table.
    spec : Training
    networks : mapping of int to mapping
        By step, ascending: the parameters of the architecture by name, from `parameters_of`.
    rows : (N,) ndarray of int, optional
        Rows ``a n + b`` of the training pairs ``(a, b)``; by the recipe in `spec` if they are not
        given.

    Returns
    -------
    Record
        Without the training loss of every update. Measures are by the splits of
        `ontogeny.studies.composition.networks.pairs.masks_by_split`.
    """
    order = len(product)
    architecture = build(spec.architecture, order)
    rows = training_rows(spec, order) if rows is None else rows
    splits = [*masks_by_split(rows, order).values()]
    answer = answers(product, labels=spec.data.labels, seed=data_seed(spec)).reshape(-1)
    found = [_measures(architecture, network, answer, splits) for network in networks.values()]
    return Record(
        step=np.array(list(networks), dtype=np.int64),
        parameters={
            name: np.stack([network[name] for network in networks.values()])
            for name in architecture.shapes()
        },
        measures={name: np.stack([each[name] for each in found]) for name in found[0]},
        step_loss=np.empty(0),
    )


def _measures(
    architecture: Architecture,
    network: Mapping[str, NDArray[np.floating]],
    answer: NDArray[np.integer],
    splits: Sequence[NDArray[np.bool_]],
) -> dict[str, NDArray[np.float64]]:
    """Return loss [nat] and accuracy of a network on each of several sets of pairs, (split,).

    All outputs count, that of ``=`` as well; see `ontogeny.studies.composition.networks.loss`.
    """
    parameters = {name: values.astype(np.float64) for name, values in network.items()}
    losses, hits = [], []
    for left, right in pair_blocks(architecture, size=_BLOCK):
        logits = architecture.forward(parameters, left, right).logits
        at = np.arange(len(left)), answer[left * architecture.order + right]
        hits.append(logits.argmax(axis=1) == at[1])
        logits -= logits[at][:, None]
        logits[at] = -np.inf
        largest = np.maximum(logits.max(axis=1), 0)
        logits -= largest[:, None]
        wrong = np.exp(logits, out=logits).sum(axis=1)
        losses.append(largest + np.log1p(wrong + np.expm1(-largest)))
    loss, hit = np.concatenate(losses), np.concatenate(hits)
    return {
        "loss": np.array([loss[chosen].mean() for chosen in splits]),
        "accuracy": np.array([hit[chosen].mean() for chosen in splits]),
    }

"""Networks that were trained elsewhere: which tensor is which parameter.

Three layouts are known: the names of this project; those of the MLP of arXiv 2302.03025, which are
the same; and those that TransformerLens 0.2 gives a one-layer transformer, as the published
networks of arXiv 2302.03025 have them.
"""

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray

from ontogeny.studies.composition.architectures import Architecture
from ontogeny.studies.composition.config import Training
from ontogeny.studies.composition.networks import build
from ontogeny.studies.composition.runs import evaluation, training_rows
from ontogeny.training import Record

__all__ = ["parameters_of", "read_network"]

Tensors = Mapping[str, NDArray[np.floating]]

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
_NO_PARAMETERS = {"x_embed", "y_embed", "blocks.0.attn.mask", "blocks.0.attn.IGNORE"}
"""Second names of the embedding, and constants."""


def parameters_of(tensors: Tensors, architecture: Architecture) -> dict[str, NDArray[np.floating]]:
    """Return the parameters of an architecture from the tensors of a file.

    Parameters
    ----------
    tensors : mapping of str to ndarray
        From `ontogeny.weights.read_weights`.
    architecture : Architecture
        Of the right order and widths.

    Returns
    -------
    dict of str to ndarray
        In the order of `architecture.shapes`. Second names of the embedding and constants are left
        out, and so are biases that the architecture lacks when they are zero.

    Raises
    ------
    ValueError
        If a parameter is missing, has another shape or a number that is not finite, or if the file
        holds a tensor that the architecture has no place for. One line, which names it.
    """
    named = {
        _TRANSFORMER_LENS.get(name, name): values
        for name, values in tensors.items()
        if name not in _NO_PARAMETERS
    }
    shapes = architecture.shapes()
    missing = [name for name in shapes if name not in named]
    if missing:
        msg = (
            f"lacks {', '.join(missing)} of a {type(architecture).__name__}; "
            f"it holds {', '.join(sorted(tensors)) or 'nothing'}"
        )
        raise ValueError(msg)
    for name, shape in shapes.items():
        if named[name].shape != shape:
            msg = (
                f"{name} has the shape {named[name].shape}, not {shape}: "
                "the weights belong to another group or to other widths"
            )
            raise ValueError(msg)
        if not np.isfinite(named[name]).all():
            msg = f"{name} holds numbers that are not finite"
            raise ValueError(msg)
    for name, values in named.items():
        if name not in shapes and np.any(values != 0):
            msg = f"{name} has no place in a {type(architecture).__name__} and is not zero"
            raise ValueError(msg)
    return {name: named[name] for name in shapes}


def read_network(product: NDArray[np.integer], spec: Training, tensors: Tensors) -> Record:
    """Return the record of a network that was trained elsewhere: its last checkpoint alone.

    Parameters
    ----------
    product : (n, n) ndarray of int
        The group's table.
    spec : Training
        Its `schedule.steps` is the step of the checkpoint.
    tensors : mapping of str to ndarray
        From `ontogeny.weights.read_weights`.

    Raises
    ------
    ValueError
        As `parameters_of`.
    """
    order = len(product)
    architecture = build(spec.architecture, order)
    parameters = parameters_of(tensors, architecture)
    member = torch.zeros(order**2, dtype=torch.bool)
    member[torch.as_tensor(training_rows(spec, order))] = True
    target = torch.tensor(product, dtype=torch.int64).reshape(-1)
    evaluate = evaluation(architecture, target, member, torch.device("cpu"))
    found = evaluate({name: torch.as_tensor(values) for name, values in parameters.items()})
    return Record(
        step=np.array([spec.schedule.steps], dtype=np.int64),
        parameters={name: values[None] for name, values in parameters.items()},
        loss={split: np.array([loss]) for split, (loss, _) in found.items()},
        accuracy={split: np.array([share]) for split, (_, share) in found.items()},
        step_loss=np.empty(0),
    )

"""Which tensor of a file is which parameter, as the user says it, and what may have been meant."""

import difflib
from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.composition.networks.architectures import Architecture
from ontogeny.studies.composition.networks.build import EMBEDDED

__all__ = ["mapped", "nearest", "setting_of", "shown", "transposed"]

Tensors = Mapping[str, NDArray[np.generic]]

_SETTINGS = {"b_in": "mlp_bias", "b_out": "mlp_bias", "b": "biases", "b_U": "biases"}

_TRANSPOSE = ".T"
_SHOWN = 20


def mapped(
    tensors: Tensors, architecture: Architecture, mapping: Mapping[str, str]
) -> tuple[dict[str, tuple[str, NDArray[np.generic]]], set[str]]:
    """Return the parameters that a mapping names, and the names of the tensors that they are.

    Parameters
    ----------
    tensors : mapping of str to ndarray
    architecture : Architecture
    mapping : mapping of str to str
        By parameter the name of a tensor; with ``.T`` behind it, its last two axes change places,
        unless there is a tensor whose whole name this is. One tensor may be several parameters. A
        matrix may be given where heads have a matrix each: ``(d_model, heads * d_head)`` for W_Q,
        W_K, W_V, and ``(heads * d_head, d_model)`` for W_O, head after head.

    Returns
    -------
    named : dict
        By parameter the name of its tensor, as the mapping has it, and its values.
    used : set of str

    Raises
    ------
    ValueError
        If there is no tensor of a name.
    """
    named, used = {}, set()
    for parameter, written in mapping.items():
        name = written if written in tensors else written.removesuffix(_TRANSPOSE)
        if name not in tensors:
            near = difflib.get_close_matches(name, tensors, n=1)
            meant = f"did you mean {near[0]}?" if near else "correct the name"
            msg = (
                f"has no tensor {name}, which `tensors.{parameter}` names; the file has "
                f"{shown(tensors)}; {meant}"
            )
            raise ValueError(msg)
        values = _oriented(tensors[name], written.removeprefix(name))
        shape, dimensions = architecture.shapes()[parameter], architecture.dimensions[parameter]
        named[parameter] = written, _by_head(values, shape, dimensions)
        used.add(name)
    return named, used


def _oriented(values: NDArray[np.generic], way: str) -> NDArray[np.generic]:
    """Return values as they are, or with their last two axes exchanged where `way` is ``.T``."""
    return values.swapaxes(-1, -2) if way and values.ndim > 1 else values


def _by_head(
    values: NDArray[np.generic], shape: tuple[int, ...], dimensions: Sequence[str]
) -> NDArray[np.generic]:
    """Return a matrix with the heads side by side as one matrix for each head, if it is such."""
    if values.ndim != 2 or len(shape) != 3 or dimensions[0] != "head":
        return values
    heads, rows, columns = shape
    if dimensions[1] == "residual" and values.shape == (rows, heads * columns):
        return values.reshape(rows, heads, columns).swapaxes(0, 1)
    if dimensions[2] == "residual" and values.shape == (heads * rows, columns):
        return values.reshape(shape)
    return values


def setting_of(parameter: str, architecture: Architecture) -> str | None:
    """Return by which setting networks of this kind have a bias; None if they have no such bias."""
    return _SETTINGS.get(parameter) if parameter in architecture.dimensions else None


def transposed(name: str) -> str:
    """Return the name of the transpose of a tensor.

    Examples
    --------
    >>> transposed("fc1.weight"), transposed("fc1.weight.T")
    ('fc1.weight.T', 'fc1.weight')
    """
    return name.removesuffix(_TRANSPOSE) if name.endswith(_TRANSPOSE) else name + _TRANSPOSE


def shown(tensors: Tensors) -> str:
    """Return the names and shapes of tensors in words."""
    names = sorted(tensors)
    listed = ", ".join(f"{name} {tensors[name].shape}" for name in names[:_SHOWN])
    more = len(names) - _SHOWN
    return f"{listed} and {more} more" if more > 0 else listed or "nothing"


def nearest(
    missing: Collection[str], tensors: Tensors, architecture: Architecture, used: Collection[str]
) -> str:
    """Return by shapes which tensors the missing parameters may be, as a line of the configuration.

    Of several tensors with the right shape the first is taken that is not another parameter
    already; where all are, one of these, since embeddings may be tied. Embeddings are looked for as
    they are first, other matrices first as their transpose, which is what nn.Linear has.
    """
    found: dict[str, str] = {}
    taken = set(used)
    for parameter in missing:
        shape, dimensions = architecture.shapes()[parameter], architecture.dimensions[parameter]
        ways = ["", _TRANSPOSE] if dimensions[0] in EMBEDDED else [_TRANSPOSE, ""]
        candidates = [
            (name, way)
            for way in (ways if len(shape) > 1 else [""])
            for name, values in tensors.items()
            if _by_head(_oriented(values, way), shape, dimensions).shape == shape
        ]
        candidates.sort(key=lambda candidate: candidate[0] in taken)  # stable
        if candidates:
            name, way = candidates[0]
            taken.add(name)
            found[parameter] = f"{name}{way}"
    lines = ", ".join(f"{parameter}: {name}" for parameter, name in found.items())
    without = [f"{name} {architecture.shapes()[name]}" for name in missing if name not in found]
    parts = [f"by their shapes these may be `tensors: {{{lines}}}`"] if found else []
    if without:
        parts.append(
            f"no tensor has the shape of {', '.join(without)}; correct the group, the kind or the "
            "widths"
        )
    return "; ".join(parts)

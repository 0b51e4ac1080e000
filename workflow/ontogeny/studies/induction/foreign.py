"""Networks that were trained elsewhere: which tensor is which parameter of the decoder.

The decoder computes what `ontogeny.networks.decoder` says, and nothing else: fixed sinusoids are
added to the inputs of queries and keys, normalisations have a gain and no bias, attention has no
biases, the neurons of the MLP are ReLUs. A state dict does not tell which function its neurons
have, nor where positions are added; what it does tell is checked.

Symbols: ``V`` tokens; ``L`` layers; ``H`` heads; ``d`` width of the stream; ``e`` of a head; ``m``
neurons.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ontogeny.networks.axes import AXES
from ontogeny.studies.induction.layouts import layout_of
from ontogeny.studies.induction.nearest_tensors import nearest_mapping

__all__ = ["Sizes", "circuit_weights", "parameters_of", "sizes_of"]

Tensors = Mapping[str, NDArray[Any]]
Shapes = Mapping[str, tuple[int, ...]]

_LISTED = 20
"""Tensors that a message lists."""

REMEDY = "follow it in a notebook as a function of losses and patterns"

_EXPRESSION = re.compile(r"(?P<name>.+?)(?P<turned>\.T)?(\[(?P<part>\d+)/(?P<parts>\d+)\])?")
_LAYER = re.compile(r"(?:^|\.)(\d+)\.")
_CONSTANT = re.compile(r"(^|\.)(mask|IGNORE|masked_bias)$")
_POSITIONS = re.compile(r"W_pos|wpe|pos\w*_?emb", re.IGNORECASE)
_KEY_BIAS = re.compile(r"(^|\.)_?(b_K|k_proj\.bias|key\.bias)$")
_OUTPUT_BIAS = re.compile(r"(^|\.)(b_U|lm_head\.bias)$")
_REASONS = {
    r"rotary|inv_freq": "is of rotary positions",
    r"(ln|norm)\w*\.(b|bias)$": "is the bias of a normalisation",
    r"W_gate|gate_proj": "is of a gated MLP",
    r"(b_Q|q_proj\.bias|query\.bias)$": "is added to the queries",
    r"(b_V|v_proj\.bias|value\.bias)$": "is added to the values",
    r"c_attn\.bias$": "is added to queries and values",
    r"(b_O|attn\.c_proj\.bias|o_proj\.bias)$": "is added to what attention writes",
    r"(b_U|lm_head\.bias)$": "differs between outputs",
}


class Sizes(NamedTuple):
    """The sizes of a decoder that its tensors tell: V, L, d, H, e, m, and whether keys smear."""

    vocabulary: int
    layers: int
    d_model: int
    heads: int
    d_head: int
    d_mlp: int
    smeared_keys: bool


class _Missing(KeyError):
    """A tensor that a mapping names is not there."""


def sizes_of(
    tensors: Tensors, named: Mapping[str, str] | None = None, *, heads: int | None = None
) -> Sizes:
    """Return the sizes of a network from its tensors.

    Parameters
    ----------
    tensors, named
        As for `parameters_of`.
    heads : int, optional
        H, where the matrices of all heads are one matrix, which does not tell.

    Raises
    ------
    ValueError
        If the embedding or the queries are not there, or `heads` is needed.
    """
    names = {**layout_of(tensors), **(named or {})}
    try:
        embedding = _tensor(tensors, names["W_E"])
        query = _tensor(tensors, _of_layer(names["W_Q"], 0))
    except _Missing as error:
        msg = (
            f"has no tensor {error.args[0]}, and embedding and queries tell the sizes of a "
            "network; give their names as `tensors`, for example {W_E: NAME, W_Q: 'NAME'}; the "
            f"file has {_shown(tensors)}"
        )
        raise ValueError(msg) from None
    layers = 0
    if "{layer}" in names["W_Q"]:
        while _is_there(tensors, _of_layer(names["W_Q"], layers)):
            layers += 1
    else:
        layers, query = len(query), query[0]
    vocabulary, width = embedding.shape
    if query.ndim == 3:
        count, inner = query.shape[0], query.shape[2]
    elif heads is None or query.shape[1] % heads:
        msg = (
            f"has the queries of all heads in one matrix, {query.shape}; give `heads`, a divisor "
            f"of {query.shape[1]}"
        )
        raise ValueError(msg)
    else:
        count, inner = heads, query.shape[1] // heads
    d_mlp = 0
    if _is_there(tensors, _of_layer(names["W_in"], 0)):
        d_mlp = _tensor(tensors, _of_layer(names["W_in"], 0)).shape[-1]
    smeared = _is_there(tensors, names.get("smear", "smear"))
    return Sizes(vocabulary, layers, width, count, inner, d_mlp, smeared)


def parameters_of(
    tensors: Tensors, shapes: Shapes, named: Mapping[str, str] | None = None
) -> dict[str, NDArray[np.floating]]:
    """Return the parameters of a decoder from the tensors of a state dict.

    Parameters
    ----------
    tensors : mapping of str to ndarray
    shapes : mapping of str
        From `ontogeny.networks.decoder.Transformer.shapes`.
    named : mapping of str to str, optional
        The name of the tensor of each parameter whose name is not that of a known layout; see
        `ontogeny.studies.induction.layouts`.

    Returns
    -------
    dict of str to ndarray
        In the order of `shapes`. Masks, whole numbers, zeros, biases of keys and constant ones of
        outputs change nothing and are left out, as positions are that equal the decoder's.

    Raises
    ------
    ValueError
        If a tensor is missing, has another shape or numbers that are not finite, or if there is one
        that the decoder has no place for. The end of a sentence that begins with what holds them.
    """
    found, used = _matched(tensors, shapes, named)
    for name, values in tensors.items():
        if name not in used:
            problem = _problem_of_another(name, values, shapes)
            if problem:
                msg = f"{name} {problem}; {REMEDY}"
                raise ValueError(msg)
    return found


def circuit_weights(
    tensors: Tensors, named: Mapping[str, str] | None = None, *, heads: int | None = None
) -> dict[str, NDArray[np.floating]]:
    """Return the weights that circuits are made of: embeddings, heads and gains of any transformer.

    Biases, positions and MLPs are left out; a normalisation without a gain has the gain 1.

    Parameters
    ----------
    tensors, named
        As for `parameters_of`.
    heads : int, optional
        As for `sizes_of`.

    Returns
    -------
    dict of str to ndarray
        ``W_E`` (V, d); ``W_Q``, ``W_K``, ``W_V`` (L, H, d, e); ``W_O`` (L, H, e, d); ``gain``
        (L, d); ``gain_final`` (d,); ``W_U`` (d, V).

    Raises
    ------
    ValueError
        As `sizes_of` and `parameters_of` do for these.
    """
    V, L, d, H, e, _, _ = sizes_of(tensors, named, heads=heads)
    shapes = {
        "W_E": (V, d),
        **dict.fromkeys(("W_Q", "W_K", "W_V"), (L, H, d, e)),
        "W_O": (L, H, e, d),
        "W_U": (d, V),
    }
    names = {**layout_of(tensors), **(named or {})}
    gains = {"gain": (L, d), "gain_final": (d,)}
    known = {k: v for k, v in gains.items() if _is_there(tensors, _of_layer(names[k], 0))}
    found, _ = _matched(tensors, shapes | known, named)
    return {name: np.ones(shape) for name, shape in gains.items()} | found


def _matched(
    tensors: Tensors, shapes: Shapes, named: Mapping[str, str] | None
) -> tuple[dict[str, NDArray[np.floating]], set[str]]:
    """Return the parameters, and the names of the tensors that were used."""
    unknown = sorted(set(named or {}) - set(shapes))
    if unknown:
        msg = (
            f"cannot be used: `tensors` names {', '.join(unknown)}, which "
            f"{'is not a parameter' if len(unknown) == 1 else 'are not parameters'}; parameters "
            f"are {', '.join(shapes)}"
        )
        raise ValueError(msg)
    names = {name: name for name in shapes} | {**layout_of(tensors), **(named or {})}
    missing = [
        name
        for name, shape in shapes.items()
        if not all(_is_there(tensors, each) for each in _expressions(name, names[name], shape))
    ]
    if missing:
        raise ValueError(_missing(missing, names, tensors, shapes))
    found, used = {}, set()
    for name, shape in shapes.items():
        expressions = _expressions(name, names[name], shape)
        used |= {_parsed(tensors, each)[0] for each in expressions}
        if "{layer}" in names[name]:
            parts = [
                _fitted(tensors, each, name, shape[1:], written=names[name]) for each in expressions
            ]
            found[name] = np.stack(parts)
        else:
            found[name] = _fitted(tensors, expressions[0], name, shape, written=names[name])
    return found, used


def _missing(missing: list[str], names: Mapping[str, str], tensors: Tensors, shapes: Shapes) -> str:
    lacking = ", ".join(
        f"{name} {shapes[name]}" + (f", called {names[name]}" if names[name] != name else "")
        for name in missing
    )
    near = nearest_mapping(missing, tensors, shapes)
    mapping = ", ".join(f"{name}: '{of}'" for name, of in near.items())
    hint = f"the nearest mapping is `tensors: {{{mapping}}}`" if near else "no other tensor fits"
    return f"lacks {lacking}; {hint}; the file has {_shown(tensors)}"


def _shown(tensors: Tensors) -> str:
    """Return names and shapes of the first tensors in words."""
    names = sorted(tensors)
    listed = ", ".join(f"{name} {tensors[name].shape}" for name in names[:_LISTED])
    more = len(names) - _LISTED
    return f"{listed} and {more} more" if more > 0 else listed or "nothing"


def _expressions(name: str, named: str, shape: tuple[int, ...]) -> list[str]:
    """Return what a parameter is, by layer where each layer has its own tensor."""
    if "{layer}" not in named or AXES[name][0] != "layer":
        return [named]
    return [_of_layer(named, layer) for layer in range(shape[0])]


def _of_layer(named: str, layer: int) -> str:
    return named.replace("{layer}", str(layer))


def _parsed(tensors: Tensors, expression: str) -> tuple[str, bool, int, int]:
    """Return name, whether turned, part, number of parts; the exact name of a tensor wins."""
    if expression in tensors:
        return expression, False, 0, 1
    match = _EXPRESSION.fullmatch(expression)
    if match is None:
        return expression, False, 0, 1
    part, parts = int(match["part"] or 0), int(match["parts"] or 1)
    return match["name"], bool(match["turned"]), part, parts


def _is_there(tensors: Tensors, expression: str) -> bool:
    return _parsed(tensors, expression)[0] in tensors


def _tensor(tensors: Tensors, expression: str) -> NDArray[Any]:
    name, is_turned, part, parts = _parsed(tensors, expression)
    if name not in tensors:
        raise _Missing(name)
    values = tensors[name].T if is_turned else tensors[name]
    if parts == 1:
        return values
    if part >= parts or values.shape[-1] % parts:
        counted = f"its parts are counted from 0 to {parts - 1}"
        why = counted if part >= parts else _indivisible(values.shape[-1], parts)
        msg = f"{name} has the shape {tensors[name].shape}, and {expression} does not exist: {why}"
        raise ValueError(msg)
    width = values.shape[-1] // parts
    return values[..., part * width : (part + 1) * width]


def _fitted(
    tensors: Tensors, expression: str, parameter: str, shape: tuple[int, ...], *, written: str
) -> NDArray[np.floating]:
    """Return a tensor in the shape of a parameter; the matrix of all heads is split into theirs.

    `written` is the expression as the mapping has it, with ``{layer}``.
    """
    values = _tensor(tensors, expression)
    if values.dtype.kind != "f":
        msg = f"{expression} has {values.dtype} numbers and not the weights of a network"
        raise ValueError(msg)
    if not np.isfinite(values).all():
        msg = f"{expression} has numbers that are not finite"
        raise ValueError(msg)
    found = _by_head(values, parameter, shape)
    if found is not None:
        return found
    why = "its sizes are others: correct layers, heads, widths or the corpus"
    turned = _turned(tensors, expression)
    if turned is not None and _by_head(turned, parameter, shape) is not None:
        why = f"it is the transpose: `tensors: {{{parameter}: '{_transposed(written)}'}}`"
    msg = f"{expression} has the shape {values.shape}, and {parameter} is {shape}; {why}"
    raise ValueError(msg)


def _by_head(
    values: NDArray[np.floating], parameter: str, shape: tuple[int, ...]
) -> NDArray[np.floating] | None:
    """Return values in a shape, the matrix of all heads as one for each; None if they differ."""
    if values.shape == shape:
        return values
    if len(shape) != 3 or values.ndim != 2:
        return None
    heads, rows, columns = shape
    if parameter == "W_O":
        return values.reshape(shape) if values.shape == (heads * rows, columns) else None
    if values.shape != (rows, heads * columns):
        return None
    return values.reshape(rows, heads, columns).swapaxes(0, 1)


def _turned(tensors: Tensors, expression: str) -> NDArray[np.floating] | None:
    """Return what the expression with the other orientation gives; None if it gives nothing."""
    try:
        values = _tensor(tensors, _transposed(expression))
    except (ValueError, KeyError):
        return None
    return values if values.ndim == 2 else None


def _transposed(expression: str) -> str:
    """Return the expression of the same tensor with the other orientation.

    Examples
    --------
    >>> _transposed("qkv.{layer}.weight[0/3]"), _transposed("head.weight.T")
    ('qkv.{layer}.weight.T[0/3]', 'head.weight')
    """
    match = _EXPRESSION.fullmatch(expression)
    if match is None:
        msg = f"`expression` = {expression!r}: must name a tensor; give its name in the file"
        raise ValueError(msg)
    part = expression[match.end("name") :].removeprefix(".T")
    return match["name"] + ("" if match["turned"] else ".T") + part


def _indivisible(size: int, parts: int) -> str:
    return f"its last axis of {size} cannot be divided into {parts} equal parts"


def _problem_of_another(name: str, values: NDArray[Any], shapes: Shapes) -> str | None:
    """Say why a tensor that is no parameter of the decoder cannot be left out."""
    is_mask = _CONSTANT.search(name) or (name.endswith("attn.bias") and values.ndim == 4)
    if values.dtype.kind != "f" or is_mask or _KEY_BIAS.search(name) or not values.any():
        return None
    if _OUTPUT_BIAS.search(name) and (values == values.flat[0]).all():
        return None
    if name.endswith("c_attn.bias"):
        queries, _, others = np.split(values, 3)
        if not (queries.any() or others.any()):
            return None
    if _POSITIONS.search(name):
        return _problem_of_positions(values)
    number = _LAYER.search(name)
    layers = shapes["W_Q"][0]
    if number and int(number[1]) >= layers:
        return f"is of layer {number[1]}, counted from 0, and the network has {layers} layers"
    reason = next((why for form, why in _REASONS.items() if re.search(form, name)), None)
    return f"{reason or 'is not zero'}, which the decoder has no place for"


def _problem_of_positions(values: NDArray[Any]) -> str | None:
    from ontogeny.networks.decoder import sinusoids

    if values.ndim == 2 and values.shape[1] % 2 == 0:
        fixed = sinusoids(*values.shape).numpy()
        if np.allclose(values, fixed, rtol=0, atol=1e-5):
            return None
    return (
        "holds positions of another kind than the decoder's, which are fixed sinusoids, added to "
        "the inputs of queries and keys"
    )

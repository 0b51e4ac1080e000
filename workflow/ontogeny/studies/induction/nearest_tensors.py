"""Which tensors of a state dict may be the parameters of a decoder, by their shapes and names."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from numpy.typing import NDArray

from ontogeny.networks.axes import AXES

__all__ = ["nearest_mapping"]

_WORDS = {
    "W_E": {"e", "embed", "embedding", "embeddings", "emb", "wte", "tok", "token", "tokens"},
    "gain": {"ln1", "1", "norm1", "attn", "attention", "input"},
    "W_Q": {"q", "query", "queries", "wq"},
    "W_K": {"k", "key", "keys", "wk"},
    "W_V": {"v", "value", "values", "wv"},
    "W_O": {"o", "out", "output", "proj", "wo", "dense", "attn"},
    "gain_mlp": {"ln2", "2", "norm2", "mlp", "ffn", "post"},
    "W_in": {"in", "fc", "fc1", "up", "w1"},
    "b_in": {"in", "fc", "fc1", "up", "w1", "b", "bias"},
    "W_out": {"out", "fc2", "down", "w2", "proj"},
    "b_out": {"out", "fc2", "down", "w2", "proj", "b", "bias"},
    "gain_final": {"final", "f", "last", "norm"},
    "W_U": {"u", "unembed", "head", "lm", "out", "output", "logits"},
}
_NUMBER = re.compile(r"(?<![0-9A-Za-z_])[0-9]+(?![0-9A-Za-z_])")


def nearest_mapping(
    missing: Iterable[str],
    tensors: Mapping[str, NDArray[Any]],
    shapes: Mapping[str, tuple[int, ...]],
) -> dict[str, str]:
    """Return for each parameter the tensor that fits its shape and has the most similar name.

    Parameters
    ----------
    missing : iterable of str
        Parameters that no name is known of.
    tensors : mapping of str to ndarray
    shapes : mapping of str
        Of every parameter.

    Returns
    -------
    dict of str to str
        Names with ``{layer}``, and ``.T`` where the transpose fits, or both do, as for
        ``torch.nn.Linear``. A parameter that nothing fits is left out; each tensor is given once.
    """
    found: dict[str, str] = {}
    forms = _forms(tensors)
    for parameter in missing:
        shape = shapes[parameter]
        candidates = []
        for form, (each, layers) in forms.items():
            is_layered = "{layer}" in form
            if is_layered and (AXES[parameter][0] != "layer" or layers != shape[0]):
                continue
            turned = _turned(each, shape[1:] if is_layered else shape, parameter)
            if turned is not None and form + turned not in found.values():
                candidates.append((-_likeness(form, parameter), bool(turned), form + turned))
        if candidates:
            found[parameter] = min(candidates)[2]
    return found


def _forms(tensors: Mapping[str, NDArray[Any]]) -> dict[str, tuple[tuple[int, ...], int]]:
    """Return shape and number of layers of tensors whose names differ in that of the layer."""
    found: dict[str, tuple[tuple[int, ...], int]] = {}
    for name, values in tensors.items():
        form = _NUMBER.sub("{layer}", name, count=1)
        _, count = found.get(form, (values.shape, 0))
        found[form] = values.shape, count + 1
    return found


def _turned(found: tuple[int, ...], wanted: tuple[int, ...], parameter: str) -> str | None:
    """Return what is to be written behind the name of a tensor that fits; None if it does not."""
    shapes = [wanted]
    if len(wanted) == 3:
        heads, first, last = wanted
        shapes.append((heads * first, last) if parameter == "W_O" else (first, heads * last))
    if found in shapes:
        may_be_linear = len(found) == 2 and found[0] == found[1] and parameter != "W_E"
        return ".T" if may_be_linear else ""
    return ".T" if found[::-1] in shapes and len(found) == 2 else None


def _likeness(form: str, parameter: str) -> int:
    words = set(re.split(r"[._\W]+", form.lower())) - {"", "weight", "layer"}
    return len(words & _WORDS.get(parameter, set()))

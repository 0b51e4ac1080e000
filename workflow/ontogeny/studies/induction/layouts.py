"""Names that tensors have in the state dicts of known programs, by parameters of the decoder.

A name with ``{layer}`` is that of one layer, counted from 0. ``.T`` behind a name is the transpose,
and ``[1/3]`` behind that the second of three equal parts along the last axis.
"""

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from ontogeny.networks.axes import AXES

__all__ = ["GPT_2", "LAYOUTS", "OWN", "TRANSFORMER_LENS", "layout_of"]

Layout = Mapping[str, str]

OWN: Layout = {name: name for name in AXES}
"""Those of this project, with all layers in one tensor."""

TRANSFORMER_LENS: Layout = {
    "W_E": "embed.W_E",
    "gain": "blocks.{layer}.ln1.w",
    "W_Q": "blocks.{layer}.attn.W_Q",
    "W_K": "blocks.{layer}.attn.W_K",
    "W_V": "blocks.{layer}.attn.W_V",
    "W_O": "blocks.{layer}.attn.W_O",
    "gain_mlp": "blocks.{layer}.ln2.w",
    "W_in": "blocks.{layer}.mlp.W_in",
    "b_in": "blocks.{layer}.mlp.b_in",
    "W_out": "blocks.{layer}.mlp.W_out",
    "b_out": "blocks.{layer}.mlp.b_out",
    "gain_final": "ln_final.w",
    "W_U": "unembed.W_U",
}
"""Those of a ``HookedTransformer``."""

GPT_2: Layout = {
    "W_E": "transformer.wte.weight",
    "gain": "transformer.h.{layer}.ln_1.weight",
    "W_Q": "transformer.h.{layer}.attn.c_attn.weight[0/3]",
    "W_K": "transformer.h.{layer}.attn.c_attn.weight[1/3]",
    "W_V": "transformer.h.{layer}.attn.c_attn.weight[2/3]",
    "W_O": "transformer.h.{layer}.attn.c_proj.weight",
    "gain_mlp": "transformer.h.{layer}.ln_2.weight",
    "W_in": "transformer.h.{layer}.mlp.c_fc.weight",
    "b_in": "transformer.h.{layer}.mlp.c_fc.bias",
    "W_out": "transformer.h.{layer}.mlp.c_proj.weight",
    "b_out": "transformer.h.{layer}.mlp.c_proj.bias",
    "gain_final": "transformer.ln_f.weight",
    "W_U": "lm_head.weight.T",
}
"""Those of GPT-2, whose matrices are applied from the right as they are here."""

_OF_LINEAR = {
    name: name_of.replace(".weight", ".weight.T")
    if name in {"W_Q", "W_K", "W_V", "W_O", "W_in", "W_out"}
    else name_of
    for name, name_of in GPT_2.items()
}
"""The same names where these matrices are of ``torch.nn.Linear``, as in nanoGPT."""

LAYOUTS = {"own names": OWN, "TransformerLens": TRANSFORMER_LENS, "GPT-2": GPT_2}


def layout_of(tensors: Mapping[str, NDArray[Any]]) -> Layout:
    """Return the layout that shares the most tensors."""

    def count(layout: Layout) -> int:
        names = {each.partition("[")[0].replace("{layer}", "0") for each in layout.values()}
        return sum(name in tensors or name.removesuffix(".T") in tensors for name in names)

    best = max(LAYOUTS.values(), key=count)
    fused = tensors.get("transformer.h.0.attn.c_attn.weight")
    is_linear = fused is not None and fused.ndim == 2 and fused.shape[0] == 3 * fused.shape[1]
    return _OF_LINEAR if best is GPT_2 and is_linear else best

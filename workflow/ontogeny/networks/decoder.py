"""Transformers with pre-normalisation, positions in queries and keys only.

Symbols: ``B`` sequences; ``T`` context length; ``V`` tokens; ``U`` outputs, as many as tokens
unless it is said; ``L`` layers; ``H`` heads of a layer; ``d`` width of the residual stream;
``e = d / H`` width of a head; ``m`` neurons.

One layer adds to the stream x, with ``n(x) = gain (x - mean x) / deviation x`` and fixed sinusoids
p of amplitude 1:

    pattern[i, j] = softmax_j<=i ((n(x_i) + p_i) W_Q . ((n(x_j) + p_j) W_K) / sqrt(e))
    x_i += sum_heads sum_j pattern[i, j] n(x_j) W_V W_O,
    x_i += relu(n'(x_i) W_in + b_in) W_out + b_out  (when there is an MLP).

Positions reach neither values nor stream (the variant of arXiv 2209.11895). With smeared keys,
the key of j >= 1 is ``s k_j + (1 - s) k_(j - 1)`` with ``s = sigmoid(smear)`` of each head. No
attention matrix and no normalisation has a bias. Without causality, the sum in the softmax is over
all places.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import layer_norm, scaled_dot_product_attention

from ontogeny.networks import MOST_NUMBERS

__all__ = ["Activations", "Parameters", "Transformer", "next_token_loss", "sinusoids"]

Parameters = dict[str, Tensor]
Stream = Float[Tensor, "B T d"]
PerHead = Float[Tensor, "B H T e"]
Pattern = Float[Tensor, "B H T T"]


@dataclass(frozen=True)
class Activations:
    """What a forward pass leaves.

    Attributes
    ----------
    logits : (B, T, U) Tensor
    streams : list of (B, T, d) Tensor
        The input of each layer.
    patterns : list of (B, H, T, T) Tensor
        Of each layer, by query, then key.
    mixed : list of (B, H, T, e) Tensor
        Values of each layer, weighted by attention: the result of a head is ``mixed W_O``.
    """

    logits: Tensor
    streams: list[Tensor]
    patterns: list[Tensor]
    mixed: list[Tensor]


def sinusoids(length: int, width: int) -> Float[Tensor, "T d"]:
    """Return ``sin(t w_k)``, ``cos(t w_k)`` with ``w_k = 10000^(-2 k / d)``, by turns.

    Parameters
    ----------
    length, width : int
        T; d, even.
    """
    rates = 10_000.0 ** (-torch.arange(0, width, 2) / width)
    angles = torch.arange(length)[:, None] * rates
    return torch.stack([angles.sin(), angles.cos()], dim=2).reshape(length, width)


@dataclass(frozen=True)
class Transformer:
    """The shape of a network.

    Attributes
    ----------
    vocabulary, layers, d_model, heads : int
        V, L, d, H.
    d_mlp : int
        m; 0 for attention only.
    smeared_keys : bool
    positions : {"all", "first"}
        Which layers see positions.
    outputs : int
        U; 0 for V.
    causal : bool
        Whether a place attends to itself and those before it alone; False: to all.
    """

    vocabulary: int
    layers: int = 2
    d_model: int = 64
    heads: int = 4
    d_mlp: int = 0
    smeared_keys: bool = False
    positions: str = "all"
    outputs: int = 0
    causal: bool = True

    @property
    def d_head(self) -> int:
        """Return the width of a head."""
        return self.d_model // self.heads

    def numbers_of_pass(self, length: int) -> int:
        """Return how many numbers the patterns and logits of one sequence are."""
        outputs = self.outputs or self.vocabulary
        return self.layers * self.heads * length**2 + length * outputs

    def sequences_at_once(self, length: int) -> int:
        """Return how many sequences a pass that forms patterns should take, to bound its memory."""
        return max(1, MOST_NUMBERS // self.numbers_of_pass(length))

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of each parameter, in their order."""
        L, H, d, e, m = self.layers, self.heads, self.d_model, self.d_head, self.d_mlp
        shapes: dict[str, tuple[int, ...]] = {
            "W_E": (self.vocabulary, d),
            "gain": (L, d),
            "W_Q": (L, H, d, e),
            "W_K": (L, H, d, e),
            "W_V": (L, H, d, e),
            "W_O": (L, H, e, d),
        }
        if self.smeared_keys:
            shapes["smear"] = (L, H)
        if m:
            shapes |= {
                "gain_mlp": (L, d),
                "W_in": (L, d, m),
                "b_in": (L, m),
                "W_out": (L, m, d),
                "b_out": (L, d),
            }
        return shapes | {"gain_final": (d,), "W_U": (d, self.outputs or self.vocabulary)}

    def initial(self, generator: torch.Generator) -> Parameters:
        """Return initial parameters: gains 1, biases and smears 0, all else normal.

        The deviation is 1 for the embedding and ``1 / sqrt(inputs)`` for the other matrices; where
        these write to the stream, it is divided by ``sqrt(2 L)``.
        """
        writes = 2 * self.layers
        inputs = {"W_E": 1, "W_O": self.d_model * writes, "W_out": self.d_mlp * writes}
        found = {}
        for name, shape in self.shapes().items():
            if name.startswith("gain"):
                found[name] = torch.ones(shape)
            elif name.startswith(("b_", "smear")):
                found[name] = torch.zeros(shape)
            else:
                scale = 1 / math.sqrt(inputs.get(name, self.d_model))
                found[name] = scale * torch.randn(shape, generator=generator)
        return found

    def queries_and_keys(
        self, parameters: Parameters, layer: int, normal: Stream
    ) -> tuple[PerHead, PerHead]:
        """Return the queries and keys of a layer, of its normalised input."""
        if self.positions == "all" or layer == 0:
            normal = normal + sinusoids(*normal.shape[1:]).to(normal)
        query = _per_head(normal, parameters["W_Q"][layer])
        key = _per_head(normal, parameters["W_K"][layer])
        if self.smeared_keys:
            share = torch.sigmoid(parameters["smear"][layer])[:, None, None]
            before = torch.cat([key[:, :, :1], key[:, :, :-1]], dim=2)
            key = share * key + (1 - share) * before
        return query, key

    def pattern(self, parameters: Parameters, layer: int, normal: Stream) -> Pattern:
        """Return the attention pattern of a layer, of its normalised input."""
        query, key = self.queries_and_keys(parameters, layer, normal)
        scores = query @ key.transpose(2, 3) / math.sqrt(self.d_head)  # (B, H, T, T)
        if not self.causal:
            return scores.softmax(dim=-1)
        length = scores.shape[-1]
        hidden = torch.ones(length, length, dtype=torch.bool, device=scores.device).triu(1)
        return scores.masked_fill_(hidden, -torch.inf).softmax(dim=-1)

    def after_attention(self, parameters: Parameters, layer: int, stream: Stream) -> Stream:
        """Return the stream after the MLP of a layer, given that before it."""
        if not self.d_mlp:
            return stream
        normal = layer_norm(stream, stream.shape[-1:], parameters["gain_mlp"][layer])
        hidden = normal @ parameters["W_in"][layer] + parameters["b_in"][layer]
        return stream + hidden.relu() @ parameters["W_out"][layer] + parameters["b_out"][layer]

    def unembed(self, parameters: Parameters, stream: Stream) -> Float[Tensor, "B T U"]:
        """Return the logits of a final stream."""
        return layer_norm(stream, stream.shape[-1:], parameters["gain_final"]) @ parameters["W_U"]

    def logits(self, parameters: Parameters, tokens: Int[Tensor, "B T"]) -> Float[Tensor, "B T U"]:
        """Return the logits alone, as training needs them: no pattern is formed."""
        return self.logits_after(parameters, parameters["W_E"][tokens], first=0)

    def logits_after(
        self, parameters: Parameters, stream: Stream, *, first: int
    ) -> Float[Tensor, "B T U"]:
        """Return the logits alone, from the input of layer `first`."""
        for layer in range(first, self.layers):
            normal = layer_norm(stream, stream.shape[-1:], parameters["gain"][layer])
            query, key = self.queries_and_keys(parameters, layer, normal)
            value = _per_head(normal, parameters["W_V"][layer])
            mixed = scaled_dot_product_attention(query, key, value, is_causal=self.causal)
            stream = stream + _results(mixed, parameters["W_O"][layer])
            stream = self.after_attention(parameters, layer, stream)
        return self.unembed(parameters, stream)

    def forward(
        self,
        parameters: Parameters,
        tokens: Int[Tensor, "B T"],
        *,
        keep: Float[Tensor, "L H"] | None = None,
        patterns: Sequence[Tensor | None] | None = None,
        replacement: Float[Tensor, "L H e"] | None = None,
    ) -> Activations:
        """Return logits and all that is analysed, with interventions.

        Parameters
        ----------
        parameters : dict of str to Tensor
        tokens : (B, T) Tensor of int64
        keep : (L, H) Tensor, optional
            The result of each head is multiplied by this: 0 removes it.
        patterns : sequence of (B, H, T, T) Tensor or None, optional
            Attention that is forced on a layer in place of its own.
        replacement : (L, H, e) Tensor, optional
            Mixed values that stand in for those of removed heads.

        Returns
        -------
        Activations
        """
        return self.resume(
            parameters,
            parameters["W_E"][tokens],
            first=0,
            keep=keep,
            patterns=patterns,
            replacement=replacement,
        )

    def resume(
        self,
        parameters: Parameters,
        stream: Stream,
        *,
        first: int,
        keep: Float[Tensor, "L H"] | None = None,
        patterns: Sequence[Tensor | None] | None = None,
        replacement: Float[Tensor, "L H e"] | None = None,
    ) -> Activations:
        """Return what `forward` does, from the input of layer `first` on."""
        streams, used, results = [], [], []
        for layer in range(first, self.layers):
            streams.append(stream)
            normal = layer_norm(stream, stream.shape[-1:], parameters["gain"][layer])
            given = patterns[layer] if patterns is not None else None
            pattern = self.pattern(parameters, layer, normal) if given is None else given
            mixed = pattern @ _per_head(normal, parameters["W_V"][layer])  # (B, H, T, e)
            if keep is not None:
                mixed = mixed * keep[layer][:, None, None]
                if replacement is not None:
                    mixed = mixed + ((1 - keep[layer])[:, None] * replacement[layer])[:, None]
            used.append(pattern)
            results.append(mixed)
            stream = stream + _results(mixed, parameters["W_O"][layer])
            stream = self.after_attention(parameters, layer, stream)
        return Activations(self.unembed(parameters, stream), streams, used, results)


def _per_head(normal: Stream, weights: Float[Tensor, "H d e"]) -> PerHead:
    """Return the input times the weights of each head."""
    heads, width, inner = weights.shape
    product = normal @ weights.transpose(0, 1).reshape(width, heads * inner)  # (B, T, H e)
    return product.reshape(*product.shape[:2], heads, inner).transpose(1, 2)  # (B, H, T, e)


def _results(mixed: PerHead, weights: Float[Tensor, "H e d"]) -> Stream:
    """Return the sum over heads of mixed values times ``W_O``."""
    return mixed.transpose(1, 2).flatten(2) @ weights.flatten(0, 1)  # (B, T, d)


def next_token_loss(
    logits: Float[Tensor, "B T V"], target: Int[Tensor, "B T"]
) -> Float[Tensor, "B T"]:
    """Return the loss of each prediction [nat]."""
    right = logits.gather(2, target[:, :, None])[:, :, 0]
    return logits.logsumexp(dim=2) - right

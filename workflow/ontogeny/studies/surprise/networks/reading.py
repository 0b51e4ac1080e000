"""A transformer that reads sequences piece by piece, and writes.

It keeps keys and values of what it has read, so that each token is computed once.

Symbols: ``B`` sequences; ``t`` tokens of a piece; ``p`` tokens before it; ``L``, ``H``, ``e``,
``d``, ``V`` as in `ontogeny.networks.decoder`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import layer_norm, scaled_dot_product_attention

from ontogeny.networks.decoder import Parameters, Transformer, sinusoids

__all__ = ["Past", "greedy", "read", "sampling", "written"]

_START = 0
"""The start token, which is not a character."""


@dataclass(frozen=True)
class Past:
    """What a transformer keeps of the tokens it has read.

    Attributes
    ----------
    keys, values : tuple of (B, H, p, e) Tensor
        Of each layer.
    """

    keys: tuple[Float[Tensor, "B H p e"], ...]
    values: tuple[Float[Tensor, "B H p e"], ...]


def read(
    network: Transformer,
    parameters: Parameters,
    tokens: Int[Tensor, "B t"],
    past: Past | None = None,
    *,
    last: int | None = None,
) -> tuple[Float[Tensor, "B u V"], Past]:
    """Return the logits at tokens that follow others, and what is kept of all of them.

    Parameters
    ----------
    network : Transformer
        Every layer sees positions, and no keys are smeared.
    parameters : dict of str to Tensor
    tokens : (B, t) Tensor of int64
    past : Past, optional
        Of the p tokens before; none: the sequence starts here. It is not changed.
    last : int, optional
        Number of tokens at the end whose logits are returned, u; by default all t.

    Returns
    -------
    logits : (B, u, V) Tensor
        Equal to the last u ones of ``network.logits`` on the whole sequence, but for rounding.
    past : Past
        Of the p + t tokens.
    """
    before = 0 if past is None else past.keys[0].shape[2]
    length = tokens.shape[1]
    last = last or length
    positions = sinusoids(before + length, network.d_model)[before:].to(parameters["W_E"])
    seen = torch.ones(length, before + length, dtype=torch.bool).tril(before)
    stream = parameters["W_E"][tokens]
    keys, values = [], []
    for layer in range(network.layers):
        normal = layer_norm(stream, stream.shape[-1:], parameters["gain"][layer])
        key = _per_head(normal + positions, parameters["W_K"][layer])
        value = _per_head(normal, parameters["W_V"][layer])
        if past is not None:
            key = torch.cat([past.keys[layer], key], dim=2)
            value = torch.cat([past.values[layer], value], dim=2)
        asked = last if layer == network.layers - 1 else length
        query = _per_head((normal + positions)[:, -asked:], parameters["W_Q"][layer])
        mixed = scaled_dot_product_attention(query, key, value, attn_mask=seen[-asked:])
        results = mixed.transpose(1, 2).flatten(2) @ parameters["W_O"][layer].flatten(0, 1)
        stream = network.after_attention(parameters, layer, stream[:, -asked:] + results)
        keys.append(key)
        values.append(value)
    return network.unembed(parameters, stream), Past(tuple(keys), tuple(values))


def written(
    network: Transformer,
    parameters: Parameters,
    logits: Float[Tensor, "B V"],
    past: Past,
    count: int,
    *,
    choose: Callable[[Float[Tensor, "B V"]], Int[Tensor, " B"]],
) -> Int[Tensor, "B count"]:
    """Return tokens that a transformer writes, each read before the next one is chosen.

    Parameters
    ----------
    network, parameters
        As for `read`.
    logits : (B, V) Tensor
        At the last token that was read.
    past : Past
    count : int
        How many tokens to write.
    choose : callable
        From logits to the tokens that are written.
    """
    found = [choose(logits)]
    while len(found) < count:
        following, past = read(network, parameters, found[-1][:, None], past)
        found.append(choose(following[:, 0]))
    return torch.stack(found, dim=1)


def greedy(logits: Float[Tensor, "B V"]) -> Int[Tensor, " B"]:
    """Return the most likely token of each row."""
    return logits.argmax(dim=1)


def sampling(generator: torch.Generator) -> Callable[[Float[Tensor, "B V"]], Int[Tensor, " B"]]:
    """Return a function that draws characters at temperature 1, never the start token."""

    def sample(logits: Float[Tensor, "B V"]) -> Int[Tensor, " B"]:
        probability = logits.double().softmax(dim=1)
        probability[:, _START] = 0
        return torch.multinomial(probability, 1, generator=generator)[:, 0]

    return sample


def _per_head(
    normal: Float[Tensor, "B t d"], weights: Float[Tensor, "H d e"]
) -> Float[Tensor, "B H t e"]:
    """Return the input times the weights of each head."""
    heads, width, inner = weights.shape
    product = normal @ weights.transpose(0, 1).reshape(width, heads * inner)
    return product.reshape(*product.shape[:2], heads, inner).transpose(1, 2)

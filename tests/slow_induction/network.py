"""The network, query by query, and what can be done to its heads.

A network is a dict of arrays by the names of its parameters. Heads are pairs ``(layer, head)``.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

__all__ = ["Pass", "cross_entropy", "forward", "heads_of", "losses", "normalised", "without"]


@dataclass
class Pass:
    """What a forward pass over sequences of n tokens has computed.

    Attributes
    ----------
    attention : dict of tuple to (..., n, n) ndarray
        By head; 0 where the key comes after the query.
    results : dict of tuple to (..., n, d) ndarray
        What each head adds to the stream.
    stream : (..., n, d) ndarray
        The final stream, before the last normalisation.
    logits : (..., n, V) ndarray
    """

    attention: dict
    results: dict
    stream: np.ndarray
    logits: np.ndarray


def heads_of(network):
    """Return all heads, layer by layer."""
    layers, heads = network["W_Q"].shape[:2]
    return [(layer, head) for layer in range(layers) for head in range(heads)]


def forward(network, tokens, *, patterns=None, results=None, previous=(), positions="all"):
    """Run the network on tokens.

    Parameters
    ----------
    network : dict of str to ndarray
    tokens : (..., n) ndarray of int
    patterns : dict of tuple to ndarray, optional
        Attention of heads that do not compute their own.
    results : dict of tuple to ndarray, optional
        Results of heads in place of those that they compute; broadcast over positions.
    previous : collection of tuple
        Heads whose attention is exactly on the token before.
    positions : {"all", "first"}
        Which layers have positions.

    Returns
    -------
    Pass
    """
    patterns, given = patterns or {}, results or {}
    attention, found = {}, {}
    x = network["W_E"][tokens]
    layers, heads = network["W_Q"].shape[:2]
    for layer in range(layers):
        read = normalised(x, network["gain"][layer])
        placed = read
        if positions == "all" or layer == 0:
            placed = read + sines(*read.shape[-2:])
        for at in [(layer, head) for head in range(heads)]:
            if at in previous:
                attention[at] = before(x.shape[:-1])
            elif at in patterns:
                attention[at] = patterns[at]
            else:
                attention[at] = own_attention(network, at, placed)
            found[at] = attention[at] @ read @ network["W_V"][at] @ network["W_O"][at]
            if at in given:
                found[at] = np.broadcast_to(given[at], x.shape)
        x = x + sum(found[layer, head] for head in range(heads))
        if "W_in" in network:
            read = normalised(x, network["gain_mlp"][layer])
            active = np.maximum(read @ network["W_in"][layer] + network["b_in"][layer], 0)
            x = x + active @ network["W_out"][layer] + network["b_out"][layer]
    logits = normalised(x, network["gain_final"]) @ network["W_U"]
    return Pass(attention, found, x, logits)


def without(network, tokens, removed, whole, *, preserving, positions):
    """Run the network with the results of some heads 0; `whole` is the pass with all of them."""
    return forward(
        network,
        tokens,
        patterns=whole.attention if preserving else None,
        results=dict.fromkeys(removed, np.zeros(())),
        positions=positions,
    )


def normalised(x, gain):
    """Take off the mean of a vector and divide it by its deviation."""
    centred = x - x.mean(axis=-1, keepdims=True)
    return gain * centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-5)


@cache
def sines(n, d):
    """The positions: sines in even coordinates and cosines in odd ones."""
    found = np.empty((n, d))
    for t in range(n):
        for m in range(d // 2):
            angle = t * 10_000 ** (-2 * m / d)
            found[t, 2 * m], found[t, 2 * m + 1] = np.sin(angle), np.cos(angle)
    return found


def own_attention(network, at, read):
    """The attention of a head, one query after another."""
    queries, keys = read @ network["W_Q"][at], read @ network["W_K"][at]
    if "smear" in network:
        share = 1 / (1 + np.exp(-network["smear"][at]))
        mixed = keys.copy()
        for j in range(1, keys.shape[-2]):
            mixed[..., j, :] = share * keys[..., j, :] + (1 - share) * keys[..., j - 1, :]
        keys = mixed
    n, e = keys.shape[-2:]
    found = np.zeros((*keys.shape[:-1], n))
    for i in range(n):
        scores = (keys[..., : i + 1, :] @ queries[..., i, :, None])[..., 0] / np.sqrt(e)
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        found[..., i, : i + 1] = weights / weights.sum(axis=-1, keepdims=True)
    return found


def before(shape):
    """Attention on exactly the token before; token 0 attends to itself."""
    found = np.zeros((*shape, shape[-1]))
    found[..., 0, 0] = 1
    for i in range(1, shape[-1]):
        found[..., i, i - 1] = 1
    return found


def losses(network, sequences, **how):
    """Cross-entropy of the token after each of the first T tokens of sequences of T + 1."""
    return cross_entropy(forward(network, sequences[..., :-1], **how).logits, sequences)


def cross_entropy(logits, sequences):
    """Cross-entropy of tokens 1 to T by the logits at tokens 0 to T - 1."""
    n, last = len(sequences), sequences.shape[1] - 1
    found = np.empty((n, last))
    for i in range(last):
        top = logits[:, i].max(axis=-1)
        total = top + np.log(np.exp(logits[:, i] - top[:, None]).sum(axis=-1))
        found[:, i] = total - logits[np.arange(n), i, sequences[:, i + 1]]
    return found

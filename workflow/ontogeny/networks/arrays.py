"""The forward pass of a decoder, and sampling from it, in NumPy: without a gradient, no PyTorch.

The parameters are those of `ontogeny.networks.decoder.Transformer` without smeared keys, with
positions in all layers; shapes follow from them. Everything is computed in the type of the
parameters, float32 as they are stored. Gains of normalisations, ``1 / sqrt(e)`` and the products
of positions with weights are put into the weights once a call, and queries, keys and values are
one product.

Symbols: ``B`` sequences; ``T`` places; ``V`` tokens; ``U`` outputs; ``L`` layers; ``H`` heads of
a layer; ``d`` width of the residual stream; ``e = d / H`` width of a head; ``m`` neurons.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "logits",
    "next_token_log_probabilities",
    "pooled_logits",
    "sample",
    "sequence_log_probability",
    "streams",
]

Array = NDArray[np.floating]
Tokens = NDArray[np.integer]
Parameters = Mapping[str, NDArray[Any]]

_TOGETHER = 256
"""Sequences that are read at once."""

_EPSILON = 1e-5
"""Added to a variance, as `torch.nn.functional.layer_norm` does."""


class _Layer(NamedTuple):
    """The weights of a layer, for normalised inputs without gains.

    Attributes
    ----------
    queries_keys_values : (d, 3 d) ndarray
        By query, key, value, then head, then coordinate.
    places : (T, 3 d) ndarray
        What the positions add to these.
    results : (d, d) ndarray
    mlp : tuple of ndarray or None
        (d, m), (m,), (m, d), (d,).
    """

    queries_keys_values: Array
    places: Array
    results: Array
    mlp: tuple[Array, Array, Array, Array] | None


def logits(parameters: Parameters, tokens: Tokens, *, causal: bool = True) -> Array:
    """Return the logits at each place.

    Parameters
    ----------
    parameters : mapping of str to ndarray
    tokens : (B, T) ndarray of int
        Any number of sequences, here and in the other functions that read them: a few hundred are
        read at once.
    causal : bool
        Whether a place attends to itself and those before it alone; False: to all.

    Returns
    -------
    (B, T, U) ndarray
    """
    unembedding = _unembedding(parameters)
    found = np.empty((*tokens.shape, unembedding.shape[1]), unembedding.dtype)
    for block in _blocks(tokens):
        *_, stream = _streams(parameters, tokens[block], causal=causal)
        found[block] = _normalised(stream) @ unembedding
    return found


def pooled_logits(parameters: Parameters, tokens: Tokens) -> Array:
    """Return the mean over places of the logits of a network without causality.

    Parameters
    ----------
    parameters : mapping of str to ndarray
    tokens : (B, T) ndarray of int

    Returns
    -------
    (B, U) ndarray
    """
    unembedding = _unembedding(parameters)
    found = np.empty((len(tokens), unembedding.shape[1]), unembedding.dtype)
    for block in _blocks(tokens):
        *_, stream = _streams(parameters, tokens[block], causal=False)
        found[block] = _normalised(stream).mean(axis=1) @ unembedding
    return found


def streams(parameters: Parameters, tokens: Tokens, *, causal: bool = True) -> Array:
    """Return the mean over places of the input of each layer, and of the last stream.

    Parameters
    ----------
    parameters, tokens, causal
        As for `logits`.

    Returns
    -------
    (L + 1, B, d) ndarray
        Before any normalisation; the first are the embeddings.
    """
    layers, _, width, _ = parameters["W_Q"].shape
    found = np.empty((layers + 1, len(tokens), width), parameters["W_E"].dtype)
    for block in _blocks(tokens):
        for place, stream in enumerate(_streams(parameters, tokens[block], causal=causal)):
            found[place, block] = stream.mean(axis=1)
    return found


def next_token_log_probabilities(logits: Array) -> Array:
    """Return logits less the logarithm of the sum of their exponentials, over the last axis."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def sequence_log_probability(
    parameters: Parameters, tokens: Tokens, vocabulary: int
) -> NDArray[np.float64]:
    """Return the log-probability of sequences under a causal network, given their first tokens.

    Parameters
    ----------
    parameters : mapping of str to ndarray
    tokens : (B, T + 1) ndarray of int
    vocabulary : int
        Tokens that there can be after the first; outputs after these are ignored.

    Returns
    -------
    (B,) ndarray of float64
        Sum over tokens [nat].
    """
    found = np.empty(len(tokens))
    for block in _blocks(tokens):
        read = tokens[block].astype(np.int64)
        each = next_token_log_probabilities(logits(parameters, read[:, :-1])[..., :vocabulary])
        said = np.take_along_axis(each, read[:, 1:, None], axis=2)[:, :, 0]
        found[block] = said.sum(axis=1, dtype=np.float64)
    return found


def sample(
    parameters: Parameters,
    prompts: Tokens,
    length: int,
    vocabulary: int,
    rng: np.random.Generator,
) -> tuple[NDArray[np.int16], NDArray[np.float64]]:
    """Return sequences drawn from a causal network, at temperature 1.

    Keys and values of earlier places are kept, with sequences along the last axis, over which the
    inner loops of NumPy run. Each token takes one number u, uniform in [0, 1): it is the first
    whose cumulative probability is greater than u. All numbers are drawn first, in float32, by
    place and then by sequence.

    Parameters
    ----------
    parameters : mapping of str to ndarray
    prompts : (B,) ndarray of int
        First token of each sequence.
    length : int
        T, tokens after the first.
    vocabulary : int
        Tokens that can be drawn, the first ones; outputs after these are ignored.
    rng : Generator

    Returns
    -------
    tokens : (B, T + 1) ndarray of int16
    log_probability : (B,) ndarray of float64
        Of each sequence given its first token [nat].
    """
    batch, (layers, heads, width, inner) = len(prompts), parameters["W_Q"].shape
    uniform = rng.random((length, batch), dtype=np.float32)
    embedding = parameters["W_E"]
    prepared = [_transposed(layer) for layer in _layers(parameters, length)]
    unembedding = np.ascontiguousarray(_unembedding(parameters)[:, :vocabulary].T)
    kept = np.empty((layers, 2, length, heads, inner, batch), embedding.dtype)
    tokens = np.empty((length + 1, batch), np.int16)
    tokens[0] = prompts
    log_probability = np.zeros(batch)
    sequences = np.arange(batch)
    for place in range(length):
        stream = np.ascontiguousarray(embedding[tokens[place]].T)  # (d, B), as all that follows
        for layer, (keys, values) in zip(prepared, kept, strict=True):
            product = layer.queries_keys_values @ _normalised_columns(stream)
            product += layer.places[:, place, None]
            query, keys[place], values[place] = product.reshape(3, heads, inner, batch)
            weights = (keys[: place + 1] * query).sum(axis=2)  # (T, H, B)
            weights -= weights.max(axis=0)
            np.exp(weights, out=weights)
            weights /= weights.sum(axis=0)
            mixed = (values[: place + 1] * weights[:, :, None]).sum(axis=0)  # (H, e, B)
            stream += layer.results @ mixed.reshape(width, batch)
            if layer.mlp is not None:
                W_in, b_in, W_out, b_out = layer.mlp
                hidden = W_in @ _normalised_columns(stream)
                hidden += b_in
                np.maximum(hidden, 0, out=hidden)
                stream += W_out @ hidden
                stream += b_out
        score = unembedding @ _normalised_columns(stream)  # (V, B)
        score -= score.max(axis=0)
        cumulative = np.exp(score).cumsum(axis=0)
        total = cumulative[-1]
        # The product is less than `total` for each u < 1 of 24 bits, so the last token bounds it.
        tokens[place + 1] = (cumulative <= uniform[place] * total).sum(axis=0)
        log_probability += score[tokens[place + 1], sequences] - np.log(total)
    return np.ascontiguousarray(tokens.T), log_probability


def _blocks(tokens: Tokens) -> Iterator[slice]:
    """Yield the sequences that are read at once, (B, T)."""
    for first in range(0, len(tokens), _TOGETHER):
        yield slice(first, first + _TOGETHER)


def _streams(parameters: Parameters, tokens: Tokens, *, causal: bool) -> Iterator[Array]:
    """Yield the input of each layer, and the last stream, (B, T, d)."""
    batch, length = tokens.shape
    _, heads, width, inner = parameters["W_Q"].shape
    stream = parameters["W_E"][tokens]
    hidden_places = np.where(np.tri(length, dtype=bool), 0, -np.inf).astype(stream.dtype)
    for layer in _layers(parameters, length):
        yield stream
        product = _normalised(stream) @ layer.queries_keys_values
        product += layer.places
        query, key, value = product.reshape(batch, length, 3, heads, inner).transpose(2, 0, 3, 1, 4)
        weights = query @ key.swapaxes(2, 3)  # (B, H, T, T)
        if causal:
            weights += hidden_places
        weights -= weights.max(axis=3, keepdims=True)
        np.exp(weights, out=weights)
        weights /= weights.sum(axis=3, keepdims=True)
        mixed = (weights @ value).transpose(0, 2, 1, 3).reshape(batch, length, width)
        stream = stream + mixed @ layer.results
        if layer.mlp is not None:
            W_in, b_in, W_out, b_out = layer.mlp
            neurons = _normalised(stream) @ W_in
            neurons += b_in
            np.maximum(neurons, 0, out=neurons)
            stream += neurons @ W_out
            stream += b_out
    yield stream


def _layers(parameters: Parameters, length: int) -> list[_Layer]:
    layers, heads, width, inner = parameters["W_Q"].shape
    positions = _sinusoids(length, width).astype(parameters["W_Q"].dtype)
    found = []
    for number in range(layers):
        query, key, value, gain = (
            parameters[name][number] for name in ("W_Q", "W_K", "W_V", "gain")
        )
        query = query / query.dtype.type(np.sqrt(inner))
        weights = np.stack([query, key, value])  # (3, H, d, e)
        merged = weights.transpose(2, 0, 1, 3).reshape(width, 3 * heads * inner)
        places = positions @ merged
        places[:, 2 * heads * inner :] = 0
        mlp = None
        if "W_in" in parameters:
            W_in, b_in, W_out, b_out, gain_mlp = (
                parameters[name][number] for name in ("W_in", "b_in", "W_out", "b_out", "gain_mlp")
            )
            mlp = (gain_mlp[:, None] * W_in, b_in, W_out, b_out)
        results = parameters["W_O"][number].reshape(heads * inner, width)
        gain = parameters["gain"][number][:, None]
        found.append(_Layer(gain * merged, places, results, mlp))
    return found


def _transposed(layer: _Layer) -> _Layer:
    """Return a layer whose matrices are applied to columns from the left."""
    return _Layer(
        np.ascontiguousarray(layer.queries_keys_values.T),
        np.ascontiguousarray(layer.places.T),
        np.ascontiguousarray(layer.results.T),
        layer.mlp and _transposed_mlp(*layer.mlp),
    )


def _transposed_mlp(
    W_in: Array, b_in: Array, W_out: Array, b_out: Array
) -> tuple[Array, Array, Array, Array]:
    return (
        np.ascontiguousarray(W_in.T),
        b_in[:, None],
        np.ascontiguousarray(W_out.T),
        b_out[:, None],
    )


def _unembedding(parameters: Parameters) -> Array:
    return parameters["gain_final"][:, None] * parameters["W_U"]


def _normalised(stream: Array) -> Array:
    """Return the stream with mean 0 and deviation 1 along its last axis."""
    width = stream.shape[-1]
    centred = stream - stream.mean(axis=-1, keepdims=True)
    variance = np.einsum("...i,...i->...", centred, centred) / width
    centred *= (1 / np.sqrt(variance + _EPSILON))[..., None]
    return centred


def _normalised_columns(stream: Array) -> Array:
    """Return the stream with mean 0 and deviation 1 along its first axis, (d, B)."""
    centred = stream - stream.mean(axis=0)
    variance = np.einsum("ij,ij->j", centred, centred) / len(stream)
    centred *= 1 / np.sqrt(variance + _EPSILON)
    return centred


def _sinusoids(length: int, width: int) -> NDArray[np.float64]:
    """Return ``sin(t w_k)``, ``cos(t w_k)`` with ``w_k = 10000^(-2 k / d)``, by turns, (T, d)."""
    angles = np.arange(length)[:, None] * 10_000.0 ** (-np.arange(0, width, 2) / width)
    return np.stack([np.sin(angles), np.cos(angles)], axis=2).reshape(length, width)

"""The last position of the one-layer transformer on all pairs of residues, piece by piece.

Parameters have the names and shapes of
`ontogeny.studies.composition.networks.architectures.transformer`, token ``=`` last. Every function
takes them as a mapping of name to array, in float64. Symbols as in
`ontogeny.studies.composition.addition.waves`; ``d`` the width of the residual stream, ``e`` of a
head, ``j`` heads, ``h`` neurons; ``x_i`` the embedding of the token at position ``i``.

    A = softmax of the scores,                        attention(parameters)
    r = x_2 + sum_j (sum_i A_ji x_i W_V^j) W_O^j,     residual(parameters, A)
    N = relu(r W_in + b_in),                          neurons(parameters, r)
    L = (r + N W_out + b_out) W_U                     logits(parameters, r, N)

so that an ablation is the chain with one piece changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Contributions",
    "attention",
    "contributions",
    "gradients",
    "logits",
    "neurons",
    "order",
    "residual",
    "scores",
]

Array = NDArray[np.float64]
Parameters = Mapping[str, Array]

_ROWS = 8


def order(parameters: Parameters) -> int:
    """Return the modulus of a network: the number of tokens without ``=``."""
    return len(parameters["W_E"]) - 1


def scores(parameters: Parameters) -> Array:
    """Return the score of each token at each position before the softmax, (j, 3, p).

    ``(x_2 W_Q) . (x_i W_K) / sqrt(e)`` of the token at position 0 and 1; at position 2, where the
    token is ``=``, the same number for all.
    """
    x = _inputs(parameters)
    query = np.einsum("d,jde->je", x[2, 0], parameters["W_Q"])
    direction = np.einsum("jde,je->jd", parameters["W_K"], query)
    return np.einsum("jd,ipd->jip", direction, x) / np.sqrt(parameters["W_K"].shape[2])


def attention(parameters: Parameters, *, to_equals: bool = True) -> Array:
    """Return the attention of the last position to all three, (j, p, p, 3).

    Parameters
    ----------
    parameters : mapping of str to ndarray
    to_equals : bool
        Without it the last position does not see itself, as if the causal mask hid it, and the
        other two share all attention.
    """
    of_left, of_right, of_last = scores(parameters).swapaxes(0, 1)
    table = np.empty((*of_left.shape, of_left.shape[1], 3))
    table[..., 0] = of_left[:, :, None]
    table[..., 1] = of_right[:, None]
    table[..., 2] = of_last[:, :1, None] if to_equals else -np.inf
    table -= table.max(axis=3, keepdims=True)
    np.exp(table, out=table)
    table /= table.sum(axis=3, keepdims=True)
    return table


def _inputs(parameters: Parameters) -> Array:
    """Return ``x_i`` of each token at each position, (3, p, d); at the last it is always ``=``."""
    W_E, W_pos = parameters["W_E"], parameters["W_pos"]
    found = W_E[:-1] + W_pos[:, None]
    found[2] = W_E[-1] + W_pos[2]
    return found


def residual(
    parameters: Parameters, weights: Array, *, skip: bool = True, heads: bool = True
) -> Array:
    """Return the residual stream after attention, (p, p, d).

    Parameters
    ----------
    parameters : mapping of str to ndarray
    weights : (j, p, p, 3) ndarray
        From `attention`, or what takes its place.
    skip : bool
        Whether ``x_2`` is added: the path around attention.
    heads : bool
        Whether the output of the heads is added.
    """
    p, d = order(parameters), parameters["W_E"].shape[1]
    out = np.zeros((p, p, d))
    if skip:
        out += parameters["W_E"][-1] + parameters["W_pos"][2]
    if heads:
        x, W_V, W_O = _inputs(parameters), parameters["W_V"], parameters["W_O"]
        for weight, written in zip(weights, x @ (W_V @ W_O)[:, None], strict=True):
            out += weight[..., :1] * written[0][:, None]
            out += weight[..., 1:2] * written[1]
            out += weight[..., 2:] * written[2, 0]
    return out


def neurons(parameters: Parameters, stream: Array) -> Array:
    """Return the hidden layer of a residual stream, (p, p, h)."""
    before = stream @ parameters["W_in"]
    if "b_in" in parameters:
        before += parameters["b_in"]
    return np.maximum(before, 0, out=before)


def logits(parameters: Parameters, stream: Array, hidden: Array) -> Array:
    """Return the logits of the residues, (p, p, p); the output of ``=`` is left out.

    Parameters
    ----------
    parameters : mapping of str to ndarray
    stream : (p, p, d) ndarray or one that broadcasts
        What goes around the MLP: `residual`, zeros, its mean.
    hidden : (p, p, h) ndarray
    """
    W_U = parameters["W_U"][:, : order(parameters)]
    found = stream @ W_U + hidden @ (parameters["W_out"] @ W_U)
    return found + parameters["b_out"] @ W_U if "b_out" in parameters else found


@dataclass(frozen=True)
class Contributions:
    """The logits of a network, and what of them passes through the hidden layer.

    Attributes
    ----------
    logits : (p, p, p) ndarray
    through : (p, p, p) ndarray
        ``N W_L^T``; the rest is the path around the hidden layer, with the bias.
    """

    logits: Array
    through: Array


def contributions(parameters: Parameters) -> Contributions:
    """Return the logits of a transformer, and what of them passes through the hidden layer.

    In blocks of a few summands, so that no hidden layer on all pairs is formed.
    """
    p = order(parameters)
    W_U = parameters["W_U"][:, :p]
    W_L = parameters["W_out"] @ W_U
    weights = attention(parameters)
    heads, _, width = parameters["W_V"].shape
    x = _inputs(parameters)
    values = x[:, None] @ parameters["W_V"]  # (position, j, p, e)
    W_O = parameters["W_O"].reshape(heads * width, -1)
    inner, around = W_O @ parameters["W_in"], W_O @ W_U
    before, beside = x[2, 0] @ parameters["W_in"], x[2, 0] @ W_U
    if "b_in" in parameters:
        before, beside = before + parameters["b_in"], beside + parameters["b_out"] @ W_U
    whole, through = np.empty((2, p, p, p))
    for first in range(0, p, _ROWS):
        rows = slice(first, first + _ROWS)
        some = weights[:, rows]  # (j, A, p, 3)
        mixed = some[..., :1] * values[0][:, rows, None]
        mixed += some[..., 1:2] * values[1][:, None]
        mixed += some[..., 2:] * values[2][:, :1, None]
        pairs = mixed.transpose(1, 2, 0, 3).reshape(-1, heads * width)
        hidden = pairs @ inner
        hidden += before
        np.maximum(hidden, 0, out=hidden)
        through[rows] = (hidden @ W_L).reshape(-1, p, p)
        whole[rows] = (pairs @ around + beside).reshape(-1, p, p)
    whole += through
    return Contributions(whole, through)


def gradients(
    parameters: Parameters,
    a: NDArray[np.integer],
    b: NDArray[np.integer],
    c: NDArray[np.integer],
) -> tuple[Array, Array]:
    """Return the gradients of some logits with respect to both embeddings, (n, d) each.

    Of the logit ``c`` of the pair ``(a, b)`` with respect to ``x_0`` and ``x_1``, the embeddings
    where they stand: also where ``a = b`` they are two. With ``g`` the gradient with respect to
    ``r`` and ``g_i = (x_i W_V W_O) . g``, that with respect to ``x_i`` is, summed over heads,

        A_i W_V W_O g + A_i (g_i - sum_l A_l g_l) W_K (x_2 W_Q) / sqrt(e).

    Parameters
    ----------
    parameters : mapping of str to ndarray
    a, b, c : (n,) ndarray of int

    Returns
    -------
    left, right : (n, d) ndarray
    """
    weights = attention(parameters)
    stream = residual(parameters, weights)[a, b]  # (n, d)
    before = stream @ parameters["W_in"] + parameters.get("b_in", 0.0)
    W_c = parameters["W_U"][:, c].T  # (n, d)
    g = W_c + ((before > 0) * (W_c @ parameters["W_out"].T)) @ parameters["W_in"].T
    x = _inputs(parameters)
    W_V, W_O, W_K = parameters["W_V"], parameters["W_O"], parameters["W_K"]
    query = np.einsum("d,jde->je", x[2, 0], parameters["W_Q"])
    direction = np.einsum("jde,je->jd", W_K, query) / np.sqrt(W_K.shape[2])
    back = np.einsum("jde,jef,nf->jnd", W_V, W_O, g, optimize=True)
    own = np.stack([x[0][a], x[1][b], x[2][a]])  # (i, n, d)
    gain = np.einsum("ind,jnd->jni", own, back)
    A = weights[:, a, b]  # (j, n, i)
    slope = A * (gain - (A * gain).sum(axis=2, keepdims=True))
    left, right = (
        np.einsum("jn,jnd->nd", A[..., i], back) + np.einsum("jn,jd->nd", slope[..., i], direction)
        for i in (0, 1)
    )
    return left, right

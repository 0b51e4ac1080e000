"""Attention of the last position, by frequency, and what the heads write.

Formulas of arXiv 2301.05217, appendix C.1. Symbols as in
`ontogeny.studies.composition.addition.waves` and ``...forward``: ``j`` heads, ``d`` the width of
the residual stream, ``e`` of a head; patterns ``A[j, a, b, i]`` over positions ``i``: ``a``, ``b``,
``=``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.composition.addition.waves import fourier_basis, power

__all__ = [
    "Patterns",
    "linear_patterns",
    "output_shares",
    "patterns",
    "score_components",
    "score_shares",
    "token_scores",
]

Array = NDArray[np.float64]


def token_scores(W_E: Array, W_pos: Array, W_Q: Array, W_K: Array) -> Array:
    """Return what each token alone adds to its score, ``C_j``, (j, p).

    ``(x_2 W_Q^j) . (W_E[a] W_K^j)`` with ``x_2`` of ``=``: neither the position nor the factor
    ``1/sqrt(e)`` is in it, as in the authors' code.

    Parameters
    ----------
    W_E : (p + 1, d) ndarray
        With ``=`` last.
    W_pos : (3, d) ndarray
    W_Q, W_K : (j, d, e) ndarray
    """
    query = np.einsum("d,jde->je", W_E[-1] + W_pos[2], W_Q)
    return np.asarray(np.einsum("pd,jde,je->jp", W_E[:-1], W_K, query, optimize=True))


def score_components(found: Array) -> Array:
    """Return the Fourier components ``F C_j`` of token scores, (j, p)."""
    return found @ fourier_basis(found.shape[1]).matrix


def score_shares(components: Array) -> Array:
    """Return the share of each frequency in the token scores less their mean, (j, q).

    Parameters
    ----------
    components : (j, p) ndarray
        From `score_components`.
    """
    power = np.square(components[:, 1:]).reshape(len(components), -1, 2).sum(axis=2)
    total = power.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(power, total, out=np.zeros_like(power), where=total > 0))


@dataclass(frozen=True)
class Patterns:
    """Attention to ``a`` as a linear function of waves.

    Attributes
    ----------
    cosine, sine : (j, q) ndarray
        ``alpha`` and ``beta`` of the best

            A_j[a, b] = mean + alpha (cos(w_k a) - cos(w_k b)) + beta (sin(w_k a) - sin(w_k b)).

    fve : (j, q) ndarray
        Share of the variance over pairs that this explains; 0 for a constant pattern.
    frequency : (j,) ndarray of int64
        The best ``k``.
    deviation : (j,) ndarray
        Standard deviation over pairs of the attention to ``a``.
    to_equals : (j,) ndarray
        Mean attention of ``=`` to itself.
    correlation : (j, j) ndarray
        Between the attention to ``a`` of two heads; NaN for a constant pattern. Two heads whose
        patterns sum to 1 have -1.
    """

    cosine: Array
    sine: Array
    fve: Array
    frequency: NDArray[np.int64]
    deviation: Array
    to_equals: Array
    correlation: Array


def patterns(attention: Array) -> Patterns:
    """Return attention to ``a`` as a linear function of waves, for each head.

    Parameters
    ----------
    attention : (j, p, p, 3) ndarray

    Returns
    -------
    Patterns
    """
    to_left = attention[..., 0]
    cosine, sine = _linear(to_left)
    p = to_left.shape[1]
    centred = to_left - to_left.mean(axis=(1, 2), keepdims=True)
    flat = centred.reshape(len(centred), -1)
    covariance = flat @ flat.T
    total = np.diag(covariance)[:, None]
    explained = p**2 * (cosine**2 + sine**2)
    fve = np.divide(explained, total, out=np.zeros_like(explained), where=total > 0)
    scale = np.sqrt(total * total.T)
    return Patterns(
        cosine=cosine,
        sine=sine,
        fve=fve,
        frequency=fve.argmax(axis=1) + 1,
        deviation=np.sqrt(total[:, 0]) / p,
        to_equals=attention[..., 2].mean(axis=(1, 2)),
        correlation=np.divide(
            covariance, scale, out=np.full_like(covariance, np.nan), where=scale > 0
        ),
    )


def _linear(weight: Array) -> tuple[Array, Array]:
    """Return ``alpha`` and ``beta`` of functions of pairs, (j, p, p), for every frequency.

    ``cos(w a) - cos(w b)`` and the same of the sine are orthogonal on the grid, each of squared
    norm ``p^2``, so that ``alpha`` is the inner product over ``p^2``.
    """
    p = weight.shape[1]
    line = (weight.mean(axis=2) - weight.mean(axis=1)) / p
    waves = np.sqrt(p / 2) * fourier_basis(p).matrix[:, 1:]
    found = line @ waves
    return found[:, 0::2], found[:, 1::2]


def linear_patterns(attention: Array, frequency: NDArray[np.integer]) -> Array:
    """Return patterns with every attention weight replaced by its best linear function of waves.

    Attention to ``a`` and to ``b`` each become the form of `Patterns` at the head's frequency,
    attention to ``=`` its mean (arXiv 2301.05217, appendix C.1.2). Where the last position hardly
    sees itself they sum to about 1.

    Parameters
    ----------
    attention : (j, p, p, 3) ndarray
    frequency : (j,) ndarray of int
        ``k`` of each head.

    Returns
    -------
    (j, p, p, 3) ndarray
    """
    heads, p = len(attention), attention.shape[1]
    out = np.empty_like(attention)
    out[:] = attention.mean(axis=(1, 2), keepdims=True)
    each = np.arange(heads)
    angle = 2 * np.pi * np.outer(frequency, np.arange(p)) / p
    for position in (0, 1):
        cosine, sine = (x[each, frequency - 1, None] for x in _linear(attention[..., position]))
        line = cosine * np.cos(angle) + sine * np.sin(angle)
        out[..., position] += line[:, :, None] - line[:, None]
    return out


def output_shares(W_E: Array, W_V: Array, W_O: Array, after: Array | None = None) -> Array:
    """Return the share of each frequency in what each head writes of the tokens, (j, q).

    ``||F_k W_E W_V^j W_O^j||^2`` over the whole without its constant part, which no pattern of
    weights that sum to 1 can change by token.

    Parameters
    ----------
    W_E : (p, d) ndarray
        Of the residues, without ``=``.
    W_V : (j, d, e) ndarray
    W_O : (j, e, d) ndarray
    after : (d, h) ndarray, optional
        A map behind it: ``W_in`` for what each neuron reads of the tokens through a head.

    Returns
    -------
    (j, q) ndarray
    """
    written = np.einsum("pd,jde,jef->pjf", W_E, W_V, W_O, optimize=True)
    if after is not None:
        written = written @ after
    each = power(written)[1:].sum(axis=2).T
    total = each.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(each, total, out=np.zeros_like(each), where=total > 0))

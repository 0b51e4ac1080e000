"""What heads do, by their weights alone (arXiv 2209.11895; Elhage et al. 2021).

A vector is a row. A normalisation is folded into what reads it: the stream minus its mean, times
the gain; the division by the deviation is left out. Since all that reads the stream subtracts its
mean, so does what writes to it. Positions are left out.

Symbols: ``V`` tokens; ``L`` layers; ``H`` heads; ``d`` width of the stream; ``e`` of a head.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "COMPOSITIONS",
    "Circuits",
    "circuits",
    "composition_baseline",
    "composition_scores",
    "ov_eigenvalue_scores",
    "qk_traces",
]

Array = NDArray[np.float64]

COMPOSITIONS = ("key", "query", "value")


@dataclass(frozen=True)
class Circuits:
    """Folded weights of a network.

    Attributes
    ----------
    embedding : (V, d) ndarray
    query, key, value : (L, H, d, e) ndarray
        From the stream, normalisation included.
    result : (L, H, e, d) ndarray
        To the stream, minus the mean over it.
    unembedding : (d, V) ndarray
        From the stream, normalisation included.
    """

    embedding: Array
    query: Array
    key: Array
    value: Array
    result: Array
    unembedding: Array

    @property
    def qk(self) -> Array:
        """Return ``W_Q W_K^T`` of every head, (L, H, d, d); the query side is left."""
        return np.einsum("lhde,lhfe->lhdf", self.query, self.key)

    @property
    def ov(self) -> Array:
        """Return ``W_V W_O`` of every head, (L, H, d, d)."""
        return np.einsum("lhde,lhef->lhdf", self.value, self.result)


def circuits(parameters: Mapping[str, NDArray[np.floating]]) -> Circuits:
    """Return the folded weights of a network, in float64."""
    weights = {name: np.asarray(value, dtype=np.float64) for name, value in parameters.items()}
    gain = weights["gain"][:, None, :, None]

    def reading(matrix: Array) -> Array:
        return matrix - matrix.mean(axis=-2, keepdims=True)

    return Circuits(
        weights["W_E"],
        reading(gain * weights["W_Q"]),
        reading(gain * weights["W_K"]),
        reading(gain * weights["W_V"]),
        _written(weights["W_O"]),
        reading(weights["gain_final"][:, None] * weights["W_U"]),
    )


def _written(results: Array) -> Array:
    """Return W_O minus the mean of each row; 0 where only rounding is left, as of a constant row.

    Scores that are quotients would turn the rounding into any number.
    """
    mean = results.mean(axis=-1, keepdims=True)
    rest = results - mean
    rest[np.abs(rest) <= 8 * np.finfo(np.float64).eps * np.abs(mean)] = 0
    return rest


def ov_eigenvalue_scores(found: Circuits) -> Array:
    """Return ``sum lambda / sum |lambda|`` over the eigenvalues of ``W_E W_V W_O W_U``.

    1 when all are positive: the head raises the logit of what it attends to; 0 when all vanish. The
    non-zero ones are those of the (e, e) matrix ``W_O W_U W_E W_V``.

    Returns
    -------
    (L, H) ndarray
    """
    inner = found.result @ (found.unembedding @ found.embedding) @ found.value
    eigenvalues = np.linalg.eigvals(inner)
    total = np.abs(eigenvalues).sum(axis=-1)
    return eigenvalues.real.sum(axis=-1) / np.where(total > 0, total, 1)


def qk_traces(found: Circuits, previous_token: Array) -> Array:
    """Return the trace of the eigenvalues of each head's matching of previous tokens.

    ``sum_k p_k tr(W_E W_QK (W_OV^k)^T W_E^T)`` over the heads k of earlier layers, with p_k their
    previous-token scores: large when the query of a token matches the key of whatever follows that
    same token.

    Parameters
    ----------
    found : Circuits
    previous_token : (L, H) ndarray

    Returns
    -------
    (L, H) ndarray
        NaN in the first layer.
    """
    gram = found.embedding.T @ found.embedding
    layers, heads = previous_token.shape
    traces = np.full((layers, heads), np.nan)
    weighted = previous_token[..., None, None] * found.ov
    for layer in range(1, layers):
        earlier = weighted[:layer].sum(axis=(0, 1))
        traces[layer] = np.einsum("hij,kj,ki->h", found.qk[layer], earlier, gram)
    return traces


def composition_scores(found: Circuits) -> Array:
    """Return how much of what another head writes each head reads.

    With ``R = W_QK`` of the later head and ``W = W_OV`` of the earlier one, ``|R W^T| / |R| |W|``
    by keys, ``|W R| / |R| |W|`` by queries and ``|W W'| / |W| |W'|`` by values, with W' that of the
    later head; norms are Frobenius norms. 0 where a norm vanishes.

    Returns
    -------
    (3, L H, L H) ndarray
        By `COMPOSITIONS`, earlier head, later head; NaN where the one is in no earlier layer.
    """
    layers, heads = found.value.shape[:2]
    qk, ov = (matrix.reshape(layers * heads, *matrix.shape[2:]) for matrix in (found.qk, found.ov))
    layer = np.repeat(np.arange(layers), heads)
    scores = np.full((3, len(layer), len(layer)), np.nan)
    size_qk, size_ov = (np.linalg.norm(matrix, axis=(1, 2)) for matrix in (qk, ov))
    for later in np.flatnonzero(layer > 0):
        earlier = np.flatnonzero(layer < layer[later])
        by = (
            qk[later] @ ov[earlier].swapaxes(1, 2),
            ov[earlier] @ qk[later],
            ov[earlier] @ ov[later],
        )
        for number, (product, own) in enumerate(zip(by, (size_qk, size_qk, size_ov), strict=True)):
            size = np.linalg.norm(product, axis=(1, 2))
            scale = size_ov[earlier] * own[later]
            scores[number, earlier, later] = size / np.where(scale > 0, scale, 1)
    return scores


def composition_baseline(
    width: int, inner: int, rng: np.random.Generator, *, pairs: int = 2000
) -> tuple[float, float]:
    """Return mean and standard deviation of composition scores of random heads.

    A pair is ``X = a b^T`` and ``Y = c h^T``, where a, b, c and h are (d, e) matrices of normal
    numbers, minus the mean of each column, as in `circuits`; its score is ``|X Y| / |X| |Y|``. By
    (e, e) matrices, ``|X|^2 = tr(a^T a b^T b)`` and
    ``|X Y|^2 = tr(a^T a (b^T c) h^T h (b^T c)^T)``.

    Parameters
    ----------
    width, inner : int
        d, e.
    rng : Generator
    pairs : int
        The deviation has a relative standard error of about ``1 / sqrt(2 pairs)``.

    Returns
    -------
    mean, deviation : float
    """
    scores = np.empty(pairs)
    for pair in range(pairs):
        drawn = rng.standard_normal((4, width, inner))
        a, b, c, h = drawn - drawn.mean(axis=1, keepdims=True)
        aa, bb, cc, hh, bc = a.T @ a, b.T @ b, c.T @ c, h.T @ h, b.T @ c
        squared = np.sum(aa * (bc @ hh @ bc.T)) / (np.sum(aa * bb) * np.sum(cc * hh))
        scores[pair] = np.sqrt(squared)
    return float(scores.mean()), float(scores.std())

"""Clock or pizza: which of two algorithms for addition a network has.

A clock multiplies waves of ``a`` and of ``b`` into waves of ``a + b``; a pizza adds them and takes
absolute values, so that its answer fades where ``a - b`` is far from 0.

Formulas of Z. Zhong, Z. Liu, M. Tegmark, J. Andreas, "The clock and the pizza", arXiv 2306.17844.
Symbols as in `ontogeny.studies.composition.addition.waves`; ``Q`` the logits.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.composition.addition.waves import cube_coefficients, fourier_basis

__all__ = [
    "LogitModels",
    "circularity",
    "distance_irrelevance",
    "gradient_symmetricity",
    "hidden_gradients",
    "isolate_circle",
    "logit_models",
]

Array = NDArray[np.float64]

_COMPONENTS = 4


def gradient_symmetricity(left: Array, right: Array) -> float:
    """Return how alike the two summands steer the logits.

    The mean over triples ``(a, b, c)`` of the cosine between the gradients of ``Q[a, b, c]`` with
    respect to the embeddings of ``a`` and of ``b``, each at its position. 1 if they enter by their
    sum alone; 0.99 for the paper's pizza, 0.33 for its clock. The paper draws 100 triples.

    Parameters
    ----------
    left, right : (n, d) ndarray
        The two gradients of each triple. Of a transformer,
        `ontogeny.studies.composition.addition.forward.gradients`; of a network without attention,
        `hidden_gradients`.

    Returns
    -------
    float
    """
    norms = np.linalg.norm(left, axis=1) * np.linalg.norm(right, axis=1)
    return float(np.mean((left * right).sum(axis=1)[norms > 0] / norms[norms > 0]))


def hidden_gradients(
    left: Array,
    right: Array,
    unembedding: Array,
    triples: NDArray[np.integer],
    *,
    joined: Literal["sum", "square", "product"],
) -> tuple[Array, Array]:
    """Return the gradients of some logits with respect to both embeddings, (n, h) each.

    Of networks without attention, whose hidden layer is ``relu(X[a] + Y[b])``,
    ``(X[a] + Y[b])^2`` or ``X[a] Y[b]``.
    Their two embeddings are tables of their own in spaces of their own; what can be compared are
    ``X[a]`` and ``Y[b]``, where they meet. If they meet in a sum, the two gradients are the same:
    such a network has symmetricity 1 whatever it learns.

    Parameters
    ----------
    left, right : (p, h) ndarray
        ``X``, ``Y``.
    unembedding : (p, h) ndarray
        The neuron-to-logit map.
    triples : (3, n) ndarray of int
        ``a``, ``b``, ``c``.
    joined : {"sum", "square", "product"}
    """
    a, b, c = triples
    if joined == "product":
        return right[b] * unembedding[c], left[a] * unembedding[c]
    before = left[a] + right[b]
    gate = before > 0 if joined == "sum" else 2 * before
    gradient = gate * unembedding[c]
    return gradient, gradient


def distance_irrelevance(logits: Array) -> float:
    """Return how much the right logit varies among pairs with the same difference.

    The mean over ``d`` of the standard deviation over ``a`` of ``Q[a, a + d, 2 a + d]``, over that
    of all right logits: 0 if it depends on the difference alone; 0.17 for the paper's pizza, 0.85
    for its clock. (The released code takes it of an array of other logits; this is the formula.)

    Parameters
    ----------
    logits : (p, p, p) ndarray

    Returns
    -------
    float
        NaN if all right logits are the same.
    """
    a, d = np.indices(logits.shape[:2])
    b = (a + d) % len(logits)
    right = logits[a, b, (a + b) % len(logits)]
    whole = right.std()
    return float(right.std(axis=0).mean() / whole) if whole > 0 else float("nan")


def circularity(embedding: Array) -> float:
    """Return how well the first four principal components of the embedding are single waves.

    ``1/4 sum_l max_k 2/(p sum_x v_l(x)^2) |sum_x v_l(x) exp(2 pi i k x / p)|^2`` with ``v_l`` the
    coordinates of the residues on a component: 1 if each is a wave of one frequency; the paper
    counts more than 0.995 as circular.

    Parameters
    ----------
    embedding : (p, d) ndarray

    Returns
    -------
    float
        Components that are 0 count as 0.
    """
    u, s, _ = np.linalg.svd(embedding - embedding.mean(axis=0), full_matrices=False)
    unit = u[:, :_COMPONENTS][:, s[:_COMPONENTS] > 1e-12 * s[0]]
    waves = fourier_basis(len(embedding)).matrix[:, 1:]
    # Of a unit vector, 2/p |...|^2 is its squared length in the two waves of a frequency.
    inside = np.square(waves.T @ unit).reshape(-1, 2, unit.shape[1]).sum(axis=1)
    return float(inside.max(axis=0).sum() / _COMPONENTS)


@dataclass(frozen=True)
class LogitModels:
    """Shares of the logits in the forms that both algorithms give them.

    Attributes
    ----------
    clock : (q,) ndarray
        In ``cos(w_k (a + b - c))``.
    pizza : (q,) ndarray
        In ``|cos(w_k (a - b)/2)| cos(w_k (a + b - c))``. The two forms are far from orthogonal:
        each has about 8/pi^2 = 0.81 of the other.
    """

    clock: Array
    pizza: Array


def logit_models(logits: Array) -> LogitModels:
    """Return how much of the logits the form of each algorithm explains, by frequency.

    Of the logits without the mean of each pair and that of each candidate, which no wave of ``c``
    sees; forms of different frequencies are orthogonal, so that shares add up.

    Parameters
    ----------
    logits : (p, p, p) ndarray

    Returns
    -------
    LogitModels
    """
    p = len(logits)
    q = (p - 1) // 2
    centred = logits - logits.mean(axis=2, keepdims=True)
    centred -= centred.mean(axis=(0, 1))
    total = np.square(centred).sum()
    if total == 0:
        return LogitModels(np.zeros(q), np.zeros(q))
    residue, k = np.arange(p), np.arange(1, q + 1)[:, None, None]
    in_c = np.sqrt(p / 2) * centred @ fourier_basis(p).matrix[:, 1:]  # (a, b, wave)
    angle = 2 * np.pi / p * k * np.add.outer(residue, residue)
    fade = np.abs(np.cos(np.pi / p * k * np.subtract.outer(residue, residue)))
    wave = np.cos(angle) * in_c[..., 0::2].transpose(2, 0, 1)
    wave += np.sin(angle) * in_c[..., 1::2].transpose(2, 0, 1)
    norm = np.square(fade).sum(axis=(1, 2)) * p / 2
    return LogitModels(
        clock=cube_coefficients(centred) ** 2 / total,
        pizza=(fade * wave).sum(axis=(1, 2)) ** 2 / (norm * total),
    )


def isolate_circle(embedding: Array, frequency: int) -> Array:
    """Return the embedding reduced to the plane in which one frequency is a circle.

    The plane is spanned by ``F_2k-1 E`` and ``F_2k E``, two directions of the residual stream; the
    mean over residues stays. A network with it shows the algorithm of one frequency.

    Parameters
    ----------
    embedding : (p, d) ndarray
        Of the residues, without ``=``.
    frequency : int
        ``k``.

    Returns
    -------
    (p, d) ndarray
    """
    waves = fourier_basis(len(embedding)).matrix[:, 2 * frequency - 1 : 2 * frequency + 1]
    plane, _ = np.linalg.qr((waves.T @ embedding).T)
    mean = embedding.mean(axis=0)
    return np.asarray(mean + ((embedding - mean) @ plane) @ plane.T)

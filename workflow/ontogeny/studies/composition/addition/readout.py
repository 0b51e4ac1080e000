"""What the neuron-to-logit map reads, and the logits as a sum of cubes.

Formulas of arXiv 2301.05217, section 4.2. Symbols as in
`ontogeny.studies.composition.addition.waves`; ``N`` the neurons on all pairs, (p, p, h); ``W_L``
the neuron-to-logit map, (p, h); ``L`` the logits, (p, p, p).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.composition.addition.waves import (
    PARITIES,
    cube_coefficients,
    fourier_basis,
    wave_coefficients,
)

__all__ = [
    "CENTRINGS",
    "PRODUCTS",
    "DirectionFit",
    "LogitFit",
    "component_norms",
    "direction_fit",
    "directions",
    "logit_fit",
    "parity_energy",
    "residual",
]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

PRODUCTS = ("cos cos", "sin sin", "sin cos", "cos sin")
"""Products of a wave of ``a`` and a wave of ``b``."""

CENTRINGS = ("none", "global", "softmax")
"""What is taken from the logits before their variance is counted: nothing; their mean; the mean of
each candidate and the mean of each pair, which no softmax sees or no pair changes."""


def component_norms(matrix: Array) -> Array:
    """Return the norms of the Fourier components of a matrix, ``||F_f M||``, (p,)."""
    return np.asarray(np.linalg.norm(fourier_basis(len(matrix)).matrix.T @ matrix, axis=1))


def directions(unembedding: Array) -> Array:
    """Return the neuron directions that the map turns into waves, (2, q, h).

    ``u_k = (2/p) sum_c cos(w_k c) W_L[c]`` and ``v_k`` with the sine, so that
    ``W_L = mean + sum_k cos(w_k c) u_k + sin(w_k c) v_k``.

    Parameters
    ----------
    unembedding : (p, h) ndarray

    Returns
    -------
    (2, q, h) ndarray
        ``u``, then ``v``.
    """
    p = len(unembedding)
    waves = fourier_basis(p).matrix[:, 1:]
    rows = np.sqrt(2 / p) * waves.T @ unembedding
    return np.asarray(rows.reshape(-1, 2, unembedding.shape[1]).swapaxes(0, 1))


def residual(unembedding: Array, key: Mask) -> tuple[float, float]:
    """Return what the map holds beside the waves of some frequencies.

    Parameters
    ----------
    unembedding : (p, h) ndarray
    key : (q,) ndarray of bool

    Returns
    -------
    norm, energy : float
        ``||R|| / ||W_L||`` in the Frobenius norm, and its square. The paper does not say which of
        both its 0.55 % is.
    """
    power = component_norms(unembedding) ** 2
    total = power.sum()
    inside = power[1:].reshape(-1, 2)[key].sum()
    energy = float(max(total - inside, 0.0) / total) if total > 0 else 0.0
    return float(np.sqrt(energy)), energy


@dataclass(frozen=True)
class DirectionFit:
    """How well ``u_k . N`` and ``v_k . N`` are the cosine and the sine of ``w_k (a + b)``.

    Attributes
    ----------
    fve : (2, q) ndarray
        Share of the variance over pairs in ``c_k`` for ``u_k . N`` and in ``s_k`` for ``v_k . N``;
        0 without a variance.
    coordinate : (2, q) ndarray
        ``c_k . (u_k . N)`` and ``s_k . (v_k . N)``, on the unit directions.
    products : (2, q, 4) ndarray
        Coordinates of both on the orthonormal `PRODUCTS`.
    ratio : (2, q) ndarray
        ``|cos cos| / |sin sin|`` of ``u_k . N``, ``|sin cos| / |cos sin|`` of ``v_k . N``: 1 for a
        wave of the sum, or of the difference. NaN where there is nothing to divide by.
    """

    fve: Array
    coordinate: Array
    products: Array
    ratio: Array

    def amplitude(self) -> Array:
        """Return the factors ``A`` of ``A cos(w_k (a + b))`` and ``A sin(w_k (a + b))``, (2, q).

        ``p`` is ``2 q + 1``, and a unit direction has the amplitude ``sqrt(2)/p``.
        """
        return np.asarray(np.sqrt(2) / (2 * self.fve.shape[1] + 1) * self.coordinate)


def direction_fit(hidden: Array, unembedding: Array) -> DirectionFit:
    """Return how well neurons along the directions of the map are waves of the sum.

    Parameters
    ----------
    hidden : (p, p, h) ndarray
    unembedding : (p, h) ndarray

    Returns
    -------
    DirectionFit
    """
    p = len(hidden)
    q = (p - 1) // 2
    both = directions(unembedding).reshape(2 * q, -1)
    read = hidden @ both.T  # (a, b, direction)
    own = np.arange(q)
    found = wave_coefficients(read).reshape(2, q, 2, q)
    coordinate = np.stack([found[0, own, 0, own], found[1, own, 1, own]])
    centred = read - read.mean(axis=(0, 1))
    variance = np.square(centred).sum(axis=(0, 1)).reshape(2, q)
    waves = fourier_basis(p).matrix[:, 1:].T.reshape(q, 2, p)
    split = read.reshape(p, p, 2, q)
    table = np.einsum("kua,abik,kvb->ikuv", waves, split, waves, optimize=True)
    products = np.stack(
        [table[..., 0, 0], table[..., 1, 1], table[..., 1, 0], table[..., 0, 1]], axis=-1
    )
    size = np.abs(products)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.stack([size[0, :, 0] / size[0, :, 1], size[1, :, 2] / size[1, :, 3]])
    fve = np.divide(coordinate**2, variance, out=np.zeros((2, q)), where=variance > 0)
    return DirectionFit(fve, coordinate, products, np.where(np.isfinite(ratio), ratio, np.nan))


@dataclass(frozen=True)
class LogitFit:
    """Logits as ``sum_k alpha_k cos(w_k (a + b - c))``, by least squares.

    Attributes
    ----------
    amplitude : (q,) ndarray [nat]
        ``alpha_k = <L, C_k> sqrt(2) p^(-3/2)``; cubes are orthogonal to each other and to all
        functions of ``c`` alone and of the pair alone, so each is found by itself.
    coefficient : (q,) ndarray
        ``<L, C_k>``.
    fve : (3, q) ndarray
        Share of the logits, less what each of `CENTRINGS` takes off, in one cube. Shares add up.
    cosine : (q,) ndarray
        ``<L, C_k> / ||L||``.
    """

    amplitude: Array
    coefficient: Array
    fve: Array
    cosine: Array


def logit_fit(logits: Array) -> LogitFit:
    """Return the logits as a sum of cubes.

    Parameters
    ----------
    logits : (p, p, p) ndarray

    Returns
    -------
    LogitFit
    """
    p = len(logits)
    coefficient = cube_coefficients(logits)
    mean = logits.mean()
    rest = np.square(logits.mean(axis=2) - mean).sum() * p
    rest += np.square(logits.mean(axis=(0, 1)) - mean).sum() * p**2
    raw = np.square(logits).sum()
    varying = np.square(logits - mean).sum()
    total = np.array([raw, varying, varying - rest])[:, None]
    fve = np.divide(coefficient**2, total, out=np.zeros((3, len(coefficient))), where=total > 0)
    return LogitFit(
        amplitude=np.sqrt(2) * p**-1.5 * coefficient,
        coefficient=coefficient,
        fve=fve,
        cosine=coefficient / np.sqrt(raw) if raw > 0 else np.zeros_like(coefficient),
    )


def parity_energy(values: Array) -> Array:
    """Return the squared norms on sum and on difference directions, (2, q).

    ``||c_k . X||^2 + ||s_k . X||^2`` over all further axes, for waves of ``a + b``, then of
    ``a - b``. The share of the first is a half for noise and for a product of waves, 1 for a
    function of the sum.

    Parameters
    ----------
    values : (p, p, ...) ndarray
    """
    found = [
        np.square(wave_coefficients(values, parity)).swapaxes(0, 1).reshape(len(values) // 2, -1)
        for parity in PARITIES
    ]
    return np.stack([each.sum(axis=1) for each in found])

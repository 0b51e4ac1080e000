"""Functions of two residues in waves: sums, differences, products of waves, and cubes.

Symbols, here and in all of `ontogeny.studies.composition.addition`: ``p`` the odd modulus; ``a``,
``b`` the summands, ``c`` a candidate for ``a + b``; ``k`` a frequency, 1 to ``q = (p - 1)/2``, in
arrays at index ``k - 1``; ``w_k = 2 pi k / p``; ``F`` the Fourier matrix with the rows
``1/sqrt(p)``, ``sqrt(2/p) cos(w_1 x)``, ``sqrt(2/p) sin(w_1 x)``, ``sqrt(2/p) cos(w_2 x)``, ...

On the grid of all pairs ``(a, b)`` the unit sum directions are

    c_k = sqrt(2)/p cos(w_k (a + b)),    s_k = sqrt(2)/p sin(w_k (a + b)),

the unit difference directions the same of ``a - b``; on all triples the unit cube is
``C_k = sqrt(2) p^(-3/2) cos(w_k (a + b - c))``.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.composition.irreps.analysis import Frame, frame

__all__ = [
    "PARITIES",
    "WIDTHS",
    "Parity",
    "Waves",
    "Width",
    "cube_coefficients",
    "cyclic_frame",
    "fourier_basis",
    "frequency_shares",
    "margin",
    "means",
    "power",
    "project",
    "project_cubes",
    "project_means",
    "transform_norms",
    "wave_coefficients",
]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

Parity = Literal["sum", "difference"]
PARITIES = get_args(Parity)

Width = Literal["sum", "product", "block"]
WIDTHS = get_args(Width)
"""How much a frequency spans on the grid of pairs, as `project` says."""


@dataclass(frozen=True, eq=False)
class Waves:
    """The Fourier basis of the functions of a residue.

    Attributes
    ----------
    matrix : (p, p) ndarray
        ``F^T``: a wave in each column. Read-only.
    frequency : (p,) ndarray of int
        Of each column; 0 for the constant. Read-only.
    labels : tuple of str
        ``constant``, ``cos 1``, ``sin 1``, ``cos 2``, ...
    """

    matrix: Array
    frequency: NDArray[np.int64]
    labels: tuple[str, ...]


def fourier_basis(p: int) -> Waves:
    """Return the Fourier basis of the functions of a residue.

    Parameters
    ----------
    p : int
        Odd, at least 3.

    Raises
    ------
    ValueError
        If `p` is not odd or too small: an even one has a frequency with one wave only.

    Examples
    --------
    >>> fourier_basis(5).labels
    ('constant', 'cos 1', 'sin 1', 'cos 2', 'sin 2')
    """
    return _known(p)[0]


def cyclic_frame(p: int) -> Frame:
    """Return the group of residues as the analysis of groups reads it; ``freq_k`` has index k."""
    return _known(p)[1]


@lru_cache(maxsize=8)
def _known(p: int) -> tuple[Waves, Frame]:
    if p < 3 or p % 2 == 0:
        msg = f"`p` must be odd and at least 3, got {p!r}"
        raise ValueError(msg)
    residue, k = np.arange(p), np.arange(1, (p + 1) // 2)
    angle = 2 * np.pi * (np.outer(residue, k) % p) / p
    matrix = np.full((p, p), p**-0.5)
    matrix[:, 1::2] = np.sqrt(2 / p) * np.cos(angle)
    matrix[:, 2::2] = np.sqrt(2 / p) * np.sin(angle)
    frequency = (residue + 1) // 2
    for array in (matrix, frequency):
        array.setflags(write=False)
    labels = ("constant", *(f"{wave} {each}" for each in k for wave in ("cos", "sin")))
    character = np.concatenate([np.ones((1, p)), 2 * np.cos(angle.T)])
    names = ("trivial", *(f"freq_{each}" for each in k))
    seen = frame(np.add.outer(residue, residue) % p, matrix, frequency, character, names)
    return Waves(matrix, frequency, labels), seen


def power(values: Array) -> Array:
    """Return the squared norm of functions of a residue in each frequency, (q + 1, ...).

    The constant is first.

    Parameters
    ----------
    values : (p, ...) ndarray
    """
    squares = np.square(np.tensordot(fourier_basis(len(values)).matrix.T, values, axes=1))
    of_waves = squares[1:].reshape(-1, 2, *values.shape[1:]).sum(axis=1)
    return np.concatenate([squares[:1], of_waves])


def frequency_shares(matrix: Array) -> Array:
    """Return the share of a matrix's squared norm in each frequency, (q,).

    ``||F_2k-1 M||^2 + ||F_2k M||^2`` over ``||M||^2``, the constant row included below; ``2/p`` on
    average for random numbers.

    Parameters
    ----------
    matrix : (p, ...) ndarray

    Examples
    --------
    >>> x = np.arange(7)
    >>> frequency_shares(1 + np.sqrt(6) * np.cos(4 * np.pi * x / 7)).round(12).tolist()
    [0.0, 0.75, 0.0]
    """
    by_frequency = power(matrix).reshape(len(matrix) // 2 + 1, -1).sum(axis=1)
    total = by_frequency.sum()
    return np.asarray(by_frequency[1:] / total if total > 0 else np.zeros(len(matrix) // 2))


def means(values: Array, parity: Parity = "sum") -> Array:
    """Return the mean over all pairs with the same sum, or the same difference ``a - b``.

    Parameters
    ----------
    values : (p, p, ...) ndarray
    parity : {"sum", "difference"}

    Returns
    -------
    (p, ...) ndarray
    """
    residue = np.arange(len(values))
    total = np.zeros(values.shape[1:])
    for a, row in enumerate(values):
        b = residue - a if parity == "sum" else a - residue
        total += row[b]
    return total / len(values)


def wave_coefficients(values: Array, parity: Parity = "sum") -> Array:
    """Return the coordinates of functions of pairs on the sum or the difference directions.

    ``c_k . X`` and ``s_k . X``; ``sqrt(p)`` times those of the means on the waves of one residue.

    Parameters
    ----------
    values : (p, p, ...) ndarray
    parity : {"sum", "difference"}

    Returns
    -------
    (2, q, ...) ndarray
        Cosines, then sines.
    """
    p = len(values)
    waves = fourier_basis(p).matrix[:, 1:]
    found = np.sqrt(p) * np.tensordot(waves.T, means(values, parity), axes=1)
    return found.reshape(-1, 2, *values.shape[2:]).swapaxes(0, 1)


def project_means(values: Array, key: Mask) -> Array:
    """Return the projection of functions of pairs on sum directions, as functions of the sum.

    Parameters
    ----------
    values : (p, p, ...) ndarray
    key : (q,) ndarray of bool
        The frequencies.

    Returns
    -------
    (p, ...) ndarray
        ``P_K X = out[(a + b) mod p]``.
    """
    columns = _columns(len(values), key)
    return np.tensordot(columns, np.tensordot(columns.T, means(values), axes=1), axes=1)


def project(values: Array, key: Mask, width: Width = "sum") -> Array:
    """Return the projection of functions of pairs on what some frequencies span.

    For each frequency the span is, by `width`,

    - ``sum``: ``cos`` and ``sin`` of ``w (a + b)``, 2 dimensions;
    - ``product``: the products of a wave of ``a`` and a wave of ``b``, 4 dimensions: waves of the
      sum and of the difference;
    - ``block``: these and the waves of ``a`` alone and of ``b`` alone, 8 dimensions.

    The constant is in none of them.

    Parameters
    ----------
    values : (p, p, ...) ndarray
    key : (q,) ndarray of bool
        The frequencies; none gives 0.
    width : {"sum", "product", "block"}

    Returns
    -------
    (p, p, ...) ndarray
    """
    p = len(values)
    if width == "sum":
        residue = np.arange(p)
        return project_means(values, key)[np.add.outer(residue, residue) % p]
    columns = _columns(p, key)
    flat = values.reshape(p, p, -1)
    inner = np.tensordot(columns.T, flat, axes=1)  # (wave of a, b, m)
    found = np.einsum("bv,ubm->uvm", columns, inner, optimize=True)
    same = np.equal.outer(np.arange(2 * key.sum()) // 2, np.arange(2 * key.sum()) // 2)
    found *= same[..., None]
    rows = np.tensordot(columns, found, axes=1)  # (a, wave of b, m)
    if width == "block":
        left = columns @ inner.mean(axis=1)  # (a, m)
        right = columns @ (columns.T @ flat.mean(axis=0))  # (b, m)
    out = np.matmul(columns, rows)  # (a, b, m)
    if width == "block":
        out += left[:, None] + right
    return out.reshape(values.shape)


def cube_coefficients(logits: Array) -> Array:
    """Return ``<L, C_k>`` over all triples, without a cube.

    ``C_k = (c_k F_2k-1 + s_k F_2k) / sqrt(2)``, a sum of products of a function of the pair and
    one of the candidate.

    Parameters
    ----------
    logits : (p, p, p) ndarray

    Returns
    -------
    (q,) ndarray
    """
    p = len(logits)
    waves = fourier_basis(p).matrix[:, 1:]
    by_sum = np.sqrt(p) * np.einsum("gw,gw->w", waves, means(logits) @ waves)
    return np.asarray(by_sum.reshape(-1, 2).sum(axis=1) / np.sqrt(2))


def project_cubes(coefficients: Array, key: Mask) -> Array:
    """Return ``sum over K of x_k C_k`` as a function of the sum and the candidate.

    Parameters
    ----------
    coefficients : (q,) ndarray
        ``x_k``, such as `cube_coefficients`.
    key : (q,) ndarray of bool

    Returns
    -------
    (p, p) ndarray
        ``out[a + b, c]``.
    """
    p = 2 * len(key) + 1
    residue = np.arange(p)
    k = np.flatnonzero(key) + 1
    wave = np.cos(2 * np.pi * np.outer(k, residue) / p)
    line = np.sqrt(2) * p**-1.5 * (coefficients[key] @ wave)
    return np.asarray(line[np.subtract.outer(residue, residue) % p])


def transform_norms(values: Array) -> Array:
    """Return the norms over all further axes of the 2-D transform, (p, p).

    ``||Xhat[f, f', :]||`` with ``Xhat[f, f', :] = sum_ab F[f, a] F[f', b] X[a, b, :]``, which is
    orthonormal.
    """
    p = len(values)
    F = fourier_basis(p).matrix.T
    flat = np.tensordot(F, values.reshape(p, p, -1), axes=1)
    return np.asarray(np.linalg.norm(np.matmul(F, flat), axis=2))


def margin(key: Mask) -> float:
    """Return how far the right answer is above the next in ``sum over K of cos(w_k d)``.

    ``|K| - max over d != 0 of sum over K of cos(w_k d)`` with ``d = a + b - c``: what one unit of
    every cube gives the right answer (arXiv 2301.05217, appendix B).

    Parameters
    ----------
    key : (q,) ndarray of bool

    Examples
    --------
    >>> mainline = np.isin(np.arange(1, 57), [14, 35, 41, 42, 52])
    >>> round(margin(mainline), 2)
    2.41
    """
    p = 2 * len(key) + 1
    k = np.flatnonzero(key) + 1
    others = np.cos(2 * np.pi * np.outer(np.arange(1, p), k) / p).sum(axis=1)
    return float(len(k) - others.max())


def _columns(p: int, key: Mask) -> Array:
    """Return the waves of some frequencies of a residue, (p, 2 |K|)."""
    if key.shape != ((p - 1) // 2,):
        msg = f"`key` must have one entry for each of {(p - 1) // 2} frequencies, got {key.shape!r}"
        raise ValueError(msg)
    waves = fourier_basis(p)
    return waves.matrix[:, 1:][:, key[waves.frequency[1:] - 1]]

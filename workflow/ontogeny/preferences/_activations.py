"""How far activations are from those of ordinary prompts (Bai et al. 2022, 5.4)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import cho_factor, cho_solve, solve_triangular

from ontogeny.preferences._arrays import Array

RIDGE = 1e-4
"""What is added to the variance of each direction, in units of the mean variance."""

SAMPLES_PER_DIMENSION = 5


@dataclass(frozen=True)
class Gaussian:
    """A normal distribution of activations.

    Attributes
    ----------
    mean : (d,) ndarray
    covariance : (d, d) ndarray
        With the ridge of `fit_gaussian`.
    """

    mean: Array
    covariance: Array


def fit_gaussian(activations: ArrayLike) -> Gaussian:
    """Return mean and covariance S of activations, with ``1e-4 tr(S) / d`` added to the diagonal.

    Parameters
    ----------
    activations : (N, d) array_like
        Of ordinary prompts, one row for each.

    Returns
    -------
    Gaussian

    Raises
    ------
    ValueError
        When there are not more than 5 d rows, a value is not finite, or all rows are the same.
    """
    rows = _rows("activations", activations)
    count, d = rows.shape
    if count <= SAMPLES_PER_DIMENSION * d:
        msg = (
            f"activations: {count} rows of {d} dimensions; expected more than "
            f"{SAMPLES_PER_DIMENSION * d} rows ({SAMPLES_PER_DIMENSION} for each dimension)"
        )
        raise ValueError(msg)
    mean = rows.mean(axis=0)
    centred = rows - mean
    return Gaussian(mean, _with_ridge(centred.T @ centred / count))


def plain_distance(activations: ArrayLike, gaussian: Gaussian) -> Array:
    """Return the squared Mahalanobis distance ``m = (v - mu)' S^-1 (v - mu)``.

    Parameters
    ----------
    activations : (N, d) array_like
    gaussian : Gaussian

    Returns
    -------
    (N,) ndarray
        Greater for prompts that are less like ordinary ones.

    Raises
    ------
    ValueError
        When a value is not finite, or the dimension is another.
    """
    centred = _rows("activations", activations, gaussian.mean.size) - gaussian.mean
    root = np.linalg.cholesky(gaussian.covariance)
    return (solve_triangular(root, centred.T, lower=True) ** 2).sum(axis=0)


def relative_distance(activations: ArrayLike, gaussian: Gaussian) -> Array:
    """Return `plain_distance` - the same with the diagonal of the covariance alone.

    The simplified form of Bai et al. 2022: what is unusual in how components go together, rather
    than in their size.

    Parameters
    ----------
    activations : (N, d) array_like
    gaussian : Gaussian

    Returns
    -------
    (N,) ndarray
        Of either sign; greater for prompts that are less like ordinary ones.

    Raises
    ------
    ValueError
        As `plain_distance` does.
    """
    centred = _rows("activations", activations, gaussian.mean.size) - gaussian.mean
    alone = (centred**2 / np.diag(gaussian.covariance)).sum(axis=1)
    return plain_distance(activations, gaussian) - alone


def linear_direction(inside: ArrayLike, examples: ArrayLike) -> Array:
    """Return the direction that tells a few foreign examples from ordinary prompts.

    The weights of least squares with target 0 for each of the N ordinary rows and 1 for each of the
    M examples, which are repeated ``N // M`` times so that both count the same. As in
    `fit_gaussian`, the ridge is 1e-4 of the mean variance. The score of a row v is ``v @ w``.

    Parameters
    ----------
    inside : (N, d) array_like
        Activations of ordinary prompts.
    examples : (M, d) array_like
        Those of foreign ones; at least 1 and at most N.

    Returns
    -------
    (d,) ndarray

    Raises
    ------
    ValueError
        When dimensions differ, a value is not finite, there are no examples or more than ordinary
        rows, or all rows are the same.
    """
    ordinary = _rows("inside", inside)
    foreign = _rows("examples", examples, ordinary.shape[1])
    if not 1 <= len(foreign) <= len(ordinary):
        msg = (
            f"examples: {len(foreign)} rows; expected at least 1 and at most as many as `inside`, "
            f"{len(ordinary)}"
        )
        raise ValueError(msg)
    repeats = len(ordinary) // len(foreign)
    weight = np.repeat([1.0, repeats], [len(ordinary), len(foreign)])
    weight /= weight.sum()
    rows = np.concatenate([ordinary, foreign])
    target = np.repeat([0.0, 1.0], [len(ordinary), len(foreign)])
    centred = rows - weight @ rows
    covariance = _with_ridge(centred.T @ (weight[:, None] * centred))
    return cho_solve(cho_factor(covariance), centred.T @ (weight * target))


def _with_ridge(covariance: Array) -> Array:
    d = len(covariance)
    mean_variance = np.trace(covariance) / d
    if not mean_variance > 0:
        msg = "all rows of activations are the same: there is no distance"
        raise ValueError(msg)
    return covariance + RIDGE * mean_variance * np.eye(d)


def _rows(name: str, activations: ArrayLike, d: int | None = None) -> Array:
    rows = np.asarray(activations, dtype=np.float64)
    if rows.ndim != 2 or (d is not None and rows.shape[1] != d):
        msg = f"{name} {rows.shape}: expected rows of {'one length' if d is None else d}"
        raise ValueError(msg)
    if not np.isfinite(rows).all():
        msg = f"{name}: a value is NaN or infinite"
        raise ValueError(msg)
    return rows

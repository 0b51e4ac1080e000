"""What the searches for all laws share: shapes less their means, grids, bounded exponentials."""

import numpy as np
from numpy.typing import NDArray

from ontogeny.scaling._solver import Model

Array = NDArray[np.float64]

LARGEST_LOGARITHM = 700.0
"""Exponentials of larger logarithms, of either sign, are beyond what a float holds."""

LARGEST_SHARE = 1 - 1e-12
"""Largest share of the floor in the loss at the smallest size."""


class NoConvergence(ValueError):
    """A law cannot be fitted to these losses; the message says why."""


def exponentials(logarithms: Array) -> Array:
    """Return exponentials, NaN where they are too large or too small for a number."""
    held = np.abs(logarithms) < LARGEST_LOGARITHM
    return np.where(held, np.exp(np.where(held, logarithms, 0)), np.nan)


def product(*axes: Array) -> Array:
    """Return all points of a grid (points, axes)."""
    return np.stack([each.ravel() for each in np.meshgrid(*axes)], -1)


def decreasing(exponents: Array) -> Array:
    """Return exponentials of minus what is given, never 0."""
    return np.asarray(np.exp(-np.minimum(exponents, LARGEST_LOGARITHM)))


def centred(shape: Model) -> Model:
    """Return a model less its mean over sizes."""

    def model(parameters: Array) -> tuple[Array, Array]:
        values, slopes = shape(parameters)
        return values - values.mean(-1, keepdims=True), slopes - slopes.mean(1, keepdims=True)

    return model

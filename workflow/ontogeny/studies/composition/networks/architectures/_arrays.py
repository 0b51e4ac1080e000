"""What arrays of NumPy and tensors of PyTorch call by different names, under one name."""

from typing import TYPE_CHECKING, TypeVar

import numpy as np

from ontogeny.studies.composition.config import Activation

__all__ = ["A", "activated", "concatenated", "einsum", "product", "relu", "softmax", "stacked"]

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray
    from torch import Tensor

    A = TypeVar("A", NDArray[Any], Tensor)
else:
    A = TypeVar("A")
"""Arrays of NumPy, or tensors of PyTorch: all arguments and results of a call are of one kind."""


def relu(values: A) -> A:
    """Return values with zero in place of the negative ones."""
    if isinstance(values, np.ndarray):
        return np.maximum(values, 0)
    return values.relu()


def activated(values: A, activation: Activation) -> A:
    """Return ReLU or the square of each value."""
    return relu(values) if activation == "relu" else values * values


def softmax(scores: A, axis: int) -> A:
    """Return the softmax along an axis; a score may be minus infinity."""
    if isinstance(scores, np.ndarray):
        powers = np.exp(scores - scores.max(axis=axis, keepdims=True))
        powers /= powers.sum(axis=axis, keepdims=True)
        return powers
    return scores.softmax(axis)


def einsum(pattern: str, left: A, right: A) -> A:
    """Return a sum of products in Einstein's notation."""
    if isinstance(left, np.ndarray):
        return np.einsum(pattern, left, right, optimize=True)
    import torch  # it is there already, as are its tensors; likewise below

    return torch.einsum(pattern, left, right)


def product(left: A, right: A) -> A:
    """Return the product of two matrices, of tensors at the full rate of the processor."""
    if isinstance(left, np.ndarray):
        return left @ right
    from ontogeny.studies.composition.networks.architectures import _products

    return _products.product(left, right)


def concatenated(arrays: list[A]) -> A:
    """Return arrays one after the other, along the first axis."""
    if isinstance(arrays[0], np.ndarray):
        return np.concatenate(arrays)
    import torch

    return torch.cat(arrays)


def stacked(arrays: list[A]) -> A:
    """Return arrays beside each other, along a new second axis."""
    if isinstance(arrays[0], np.ndarray):
        return np.stack(arrays, axis=1)
    import torch

    return torch.stack(arrays, dim=1)

"""Sphere flows: which irrep a neuron would go to if nothing but its own energy moved it.

A neuron alone, with the activation function ``act``, lowers the loss at zero logits by its energy

    F(X, Y, U) = sum_ab act(X(a) + Y(b)) (U(a b) - mean_c U(c))

over all pairs. Its flow is gradient ascent of F on the sphere ``||X||^2 + ||Y||^2 + ||U||^2 = 1``:
steps of fixed length along the gradient's part that is tangential to the sphere, each followed by a
return to it. arXiv 2606.02993 describes such a flow; the formula is derived here.

For ``act(x) = x^2`` the squares of X and of Y alone cancel against ``U - mean U``, and F is twice
the sum of the trilinear energy over non-trivial irreps. Then a neuron that begins in one irrep
stays in it.

Symbols as in `ontogeny.studies.composition.prediction.algebra`.
"""

from collections.abc import Callable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.composition.irreps.analysis import Frame
from ontogeny.studies.composition.prediction.algebra import (
    Structure,
    coefficients,
    shares,
    sums_by_irrep,
)
from ontogeny.studies.composition.prediction.functions import NeuronFunctions

__all__ = [
    "LENGTH",
    "MOST_ELEMENTS",
    "MOST_PAIRS",
    "ascent",
    "quadratic_flow",
    "quadratic_slope",
    "relu_flow",
    "relu_slope",
]

Array = NDArray[np.float64]
T = TypeVar("T", bound=np.floating)

LENGTH = 0.2
"""Length of a step on the unit sphere."""

MOST_ELEMENTS = 120
"""Flows of neurons on groups with more elements are not computed: they take too long."""

MOST_PAIRS = 10**6
"""ReLU flows of networks with more activations (pairs times neurons) take too long as well."""

_STILL = 1e-6
"""A gradient whose tangential share is below this is rounding error: the neuron has arrived."""

_BLOCK = 2**18
"""How many activations (pairs times neurons) are in work at a time: 1 MB in float32."""


def quadratic_flow(
    functions: NeuronFunctions,
    frame: Frame,
    structure: Structure,
    *,
    steps: int,
    length: float = LENGTH,
) -> Array:
    """Return the shares of irreps at the end of the flow for squares, (h, R).

    It is computed in coefficients of the basis.

    Parameters
    ----------
    functions : NeuronFunctions
    frame : Frame
    structure : Structure
        Of the same frame.
    steps : int
    length : float, optional
        Of each step on the unit sphere.
    """
    start = coefficients(functions, frame)
    end = ascent(start, lambda p: quadratic_slope(p, frame, structure), steps, length)
    return _shares(end, frame)


def quadratic_slope(point: Array, frame: Frame, structure: Structure) -> Array:
    """Return half the gradient of F for squares, in coefficients of the basis, (3, n, h).

    Half of F is the trilinear energy, whose gradient by the coefficients of X is
    ``sum_jk C_ijk y_j u_k``, and likewise by those of Y and U.

    Parameters
    ----------
    point : (3, n, h) ndarray
        Coefficients of X, Y and U.
    frame : Frame
    structure : Structure
        Of the same frame.
    """
    left, right, output = point
    x, y, u = left[structure.left], right[structure.right], output[structure.output]
    slope = np.stack(
        [
            structure.onto_left @ (y * u),
            structure.onto_right @ (x * u),
            structure.onto_output @ (x * y),
        ]
    )
    slope[:, frame.irrep_of_entry == 0] = 0.0
    return slope


def relu_flow(
    functions: NeuronFunctions, frame: Frame, *, steps: int, length: float = LENGTH
) -> Array:
    """Return the shares of irreps at the end of the flow for ReLU, (h, R).

    It is computed on all pairs, in float32.

    Parameters
    ----------
    functions : NeuronFunctions
    frame : Frame
    steps : int
    length : float, optional
        Of each step on the unit sphere.
    """
    start = np.stack([functions.left, functions.right, functions.output]).astype(np.float32)
    size = max(1, _BLOCK // frame.order**2)
    blocks = [start[..., k : k + size] for k in range(0, start.shape[-1], size)]
    ends = [ascent(block, lambda p: relu_slope(p, frame), steps, length) for block in blocks]
    end = np.concatenate(ends, axis=-1).astype(np.float64)
    return _shares(frame.basis.T @ end, frame)


def relu_slope(point: NDArray[T], frame: Frame) -> NDArray[T]:
    """Return the gradient of F for ReLU, (3, n, h).

    Parameters
    ----------
    point : (3, n, h) ndarray
        X, Y and U, in any floating-point type.
    frame : Frame
    """
    left, right, output = point
    hidden = np.take(right, frame.division, axis=0)  # Y(a^-1 g), by left factor a and product g
    hidden += left[:, None]
    np.maximum(hidden, 0, out=hidden)
    by_product = hidden.sum(axis=0)
    passed = np.greater(hidden, 0, out=hidden)  # several times faster than np.sign
    passed *= output - output.mean(axis=0)
    by_left = passed.sum(axis=1)
    rows = np.arange(frame.order)[:, None]
    by_right = passed[rows, frame.product].sum(axis=0)
    return np.stack([by_left, by_right, by_product - by_product.mean(axis=0)])


def ascent(
    start: NDArray[T], slope: Callable[[NDArray[T]], NDArray[T]], steps: int, length: float
) -> NDArray[T]:
    """Return the end of gradient ascent on the unit sphere of each neuron, (3, n, h).

    Parameters
    ----------
    start : (3, n, h) ndarray
        Brought to the sphere first; a neuron that is zero stays zero.
    slope : callable
        From a point to the gradient there, up to a positive factor for each neuron.
    steps : int
    length : float
        Of each step.
    """
    point = start * _inverse(_norm(start))
    for _ in range(steps):
        direction = slope(point)
        whole = _norm(direction)
        direction -= np.einsum("snh,snh->h", direction, point) * point
        tangential = _norm(direction)
        moves = tangential > _STILL * whole
        point += direction * (length * _inverse(np.where(moves, tangential, 0)))
        point *= _inverse(_norm(point))
    return point


def _norm(values: NDArray[T]) -> NDArray[T]:
    return np.sqrt(np.einsum("snh,snh->h", values, values))


def _inverse(values: NDArray[T]) -> NDArray[T]:
    """Return 1 / values, and 0 for 0."""
    return np.divide(1, values, out=np.zeros_like(values), where=values > 0)


def _shares(coefficients: Array, frame: Frame) -> Array:
    return shares(sums_by_irrep(np.square(coefficients), frame))

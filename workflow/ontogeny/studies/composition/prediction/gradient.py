"""The gradient of the training loss by the functions of neurons, and what it says of irreps.

Symbols as in `ontogeny.studies.composition.prediction.algebra`; ``P`` training pairs.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import softmax

from ontogeny.studies.composition.irreps.analysis import Frame
from ontogeny.studies.composition.prediction.algebra import coefficients, sums_by_irrep
from ontogeny.studies.composition.prediction.functions import NeuronFunctions

__all__ = ["Joins", "gradient_score", "loss_gradient"]

Array = NDArray[np.float64]

Joins = Literal["sum", "square", "product"]
"""How the hidden layer joins X(a) and Y(b), as `Architecture` says it."""

_BLOCK = 2**18
"""How many logits and activations of training pairs are in work at a time: 2 MB in float64."""


def loss_gradient(
    functions: NeuronFunctions,
    product: NDArray[np.integer],
    train: NDArray[np.bool_],
    *,
    joins: Joins,
) -> NeuronFunctions:
    """Return the derivatives of the training loss by X, Y and U.

    The loss is the mean cross-entropy over the training pairs of the logits ``joined(X(a), Y(b))
    U^T + constant``, summed over blocks of pairs. Where X and Y are one table, its gradient is the
    sum of the first two derivatives.

    Parameters
    ----------
    functions : NeuronFunctions
    product : (n, n) ndarray of int
        The right answer to each pair.
    train : (n, n) ndarray of bool
        The training pairs.
    joins : {"sum", "square", "product"}
        ``relu(X + Y)``, ``(X + Y)^2`` or ``X Y``.

    Returns
    -------
    NeuronFunctions
        Of the derivatives, in the place of the functions.

    Raises
    ------
    ValueError
        If there is no training pair.
    """
    left, right = np.nonzero(train)
    if len(left) == 0:
        msg = "there is no training pair"
        raise ValueError(msg)
    n, h = functions.left.shape
    size = max(1, _BLOCK // (n + h))
    total = np.zeros((3, n, h))
    for start in range(0, len(left), size):
        block = slice(start, start + size)
        total += _sums_over_pairs(functions, product, left[block], right[block], joins)
    return NeuronFunctions(*(total / len(left)))


def _sums_over_pairs(
    functions: NeuronFunctions,
    product: NDArray[np.integer],
    left: NDArray[np.integer],
    right: NDArray[np.integer],
    joins: Joins,
) -> Array:
    """Return the derivatives of the summed loss of some pairs by X, Y and U, (3, n, h)."""
    x, y = functions.left[left], functions.right[right]  # (pair, neuron)
    neurons, by_left, by_right = _hidden(x, y, joins)
    logits = neurons @ functions.output.T  # (pair, candidate)
    if functions.constant is not None:
        logits += functions.constant
    slope = softmax(logits, axis=1)
    slope[np.arange(len(left)), product[left, right]] -= 1
    inner = slope @ functions.output
    n = len(product)
    return np.stack(
        [
            _sums(left, n) @ (inner * by_left),
            _sums(right, n) @ (inner * by_right),
            slope.T @ neurons,
        ]
    )


def _hidden(x: Array, y: Array, joins: Joins) -> tuple[Array, Array, Array]:
    """Return the hidden layer and its derivatives by X and by Y."""
    if joins == "product":
        return x * y, y, x
    total = x + y
    if joins == "square":
        return np.square(total), 2 * total, 2 * total
    positive = (total > 0).astype(np.float64)
    return total * positive, positive, positive


def _sums(owner: NDArray[np.integer], count: int) -> csr_array:
    """Return the matrix that sums rows by their owner, (count, len(owner))."""
    rows = np.arange(len(owner))
    return csr_array((np.ones(len(owner)), (owner, rows)), shape=(count, len(owner)))


def gradient_score(functions: NeuronFunctions, gradient: NeuronFunctions, frame: Frame) -> Array:
    """Return how fast the power of each irrep begins to grow in each neuron, (h, R).

    ``-<dL/dX, P X> - <dL/dY, P Y> - <dL/dU, P U>``: half the rate at which
    ``||P X||^2 + ||P Y||^2 + ||P U||^2`` changes when X, Y and U follow the negative gradient.
    Where X and Y are one table, which follows the sum of both derivatives, it is half the rate at
    which ``||P X||^2 + ||P U||^2`` changes: the table counts once.

    Parameters
    ----------
    functions, gradient : NeuronFunctions
        The functions, and the derivatives of the loss by them from `loss_gradient`.
    frame : Frame
    """
    products = -coefficients(functions, frame) * coefficients(gradient, frame)
    return sums_by_irrep(products.sum(axis=0), frame)

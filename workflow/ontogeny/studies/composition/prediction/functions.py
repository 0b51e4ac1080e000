"""Neurons as three functions on the group."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["NeuronFunctions"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class NeuronFunctions:
    """What each of ``h`` neurons reads and writes, as functions on the ``n`` elements of a group.

    A neuron computes a function of ``X(a)`` and ``Y(b)`` from the left factor ``a`` and the right
    factor ``b``: an activation function of their sum, or their product. It adds ``U(c)`` times this
    to the logit of the candidate ``c``. This is exact where the network has no attention, and the
    first order where it has.

    Attributes
    ----------
    left : (n, h) ndarray
        ``X``, what each neuron reads of the left factor.
    right : (n, h) ndarray
        ``Y``, what each neuron reads of the right factor.
    output : (n, h) ndarray
        ``U``, what each neuron writes to the logit of each candidate.
    constant : (n,) ndarray [nat], optional
        What is added to the logit of each candidate, whatever the pair. It belongs to no neuron.
    """

    left: Array
    right: Array
    output: Array
    constant: Array | None = None

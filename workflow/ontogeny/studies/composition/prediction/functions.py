"""Neurons as three functions on the group."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["NeuronFunctions"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class NeuronFunctions:
    """What each of ``h`` neurons reads and writes, as functions on the ``n`` elements of a group.

    To first order, a neuron with the activation function ``act`` computes ``act(X(a) + Y(b))`` from
    the left factor ``a`` and the right factor ``b``, and adds ``U(c)`` times this to the logit of
    the candidate ``c``.

    Attributes
    ----------
    left : (n, h) ndarray
        ``X``, what each neuron reads of the left factor.
    right : (n, h) ndarray
        ``Y``, what each neuron reads of the right factor.
    output : (n, h) ndarray
        ``U``, what each neuron writes to the logit of each candidate.
    """

    left: Array
    right: Array
    output: Array

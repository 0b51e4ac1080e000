"""Logits by the conjugacy class of ``a b c^-1``.

Logits that are a sum of characters ``chi(a b c^-1)`` depend on this class alone.

Symbols: ``n`` elements, ``R`` real irreps, ``K`` conjugacy classes.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.composition.irreps.analysis.frame import Frame
from ontogeny.studies.composition.irreps.analysis.means import Network

__all__ = ["ClassLogits", "class_logits"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class ClassLogits:
    """Logits minus their mean over candidates, over all triples ``(a, b, c)`` of a class.

    Attributes
    ----------
    mean, deviation, least, most : (K,) ndarray
        Mean, standard deviation, smallest and largest.
    parts : (R, K) ndarray
        Part of each irrep in `mean`, a multiple of its character, which is real: all parts add up
        to the average of `mean` over a class and the class of the inverses of its elements.
    """

    mean: Array
    deviation: Array
    least: Array
    most: Array
    parts: Array


def class_logits(network: Network, frame: Frame, classes: NDArray[np.integer]) -> ClassLogits:
    """Return the logits of a network by the conjugacy class of ``a b c^-1``.

    The part of an irrep with character ``chi`` is ``chi <m, chi> / <chi, chi>``, with ``m`` the
    means and the scalar product over elements.

    Parameters
    ----------
    network : callable
    frame : Frame
    classes : (n,) ndarray of int
        Class of each element, numbered from 0.

    Returns
    -------
    ClassLogits
    """
    count = int(classes.max()) + 1
    quotient = classes[frame.product[:, frame.inverse]]  # (g, c): class of g c^-1
    total, square = np.zeros(count), np.zeros(count)
    least, most = np.full(count, np.inf), np.full(count, -np.inf)
    for layers in network():
        logits = layers.logits - layers.logits.mean(axis=2, keepdims=True)
        of_class, values = quotient[frame.product[layers.left]].ravel(), logits.ravel()
        total += np.bincount(of_class, values, count)
        square += np.bincount(of_class, values**2, count)
        np.minimum.at(least, of_class, values)
        np.maximum.at(most, of_class, values)
    size = np.bincount(classes)
    triples = frame.order**2 * size
    mean = total / triples
    deviation = np.sqrt(np.maximum(square / triples - mean**2, 0.0))
    first = np.unique(classes, return_index=True)[1]
    character = frame.character[:, first]
    weight = (character * size) @ mean / (character**2 @ size)
    return ClassLogits(mean, deviation, least, most, weight[:, None] * character)

"""Scores of irreps in neurons and in a network, by name.

Symbols as in `ontogeny.studies.composition.prediction.algebra`. A larger score says that the irrep
is more likely to win. The trivial irrep does not compete: its scores are NaN.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.composition.irreps.analysis import Frame
from ontogeny.studies.composition.prediction.algebra import (
    Structure,
    alignment,
    leading,
    powers,
    trilinear,
)
from ontogeny.studies.composition.prediction.functions import NeuronFunctions

__all__ = ["FLOWS", "SCORES", "network_scores", "neuron_scores"]

Array = NDArray[np.float64]

FLOWS = ("quadratic flow", "ReLU flow")
"""Scores that are shares at the end of a flow."""

SCORES = ("read", "write", "power", "trilinear", "alignment", *FLOWS, "gradient", "similarity")
"""All scores: `similarity` of a network alone, `alignment` of neurons alone."""


def neuron_scores(
    functions: NeuronFunctions, frame: Frame, structure: Structure
) -> dict[str, Array]:
    """Return the scores that follow from the functions of each neuron alone, (h, R) each.

    ``read = (||P X||^2 + ||P Y||^2) / r``, ``write = ||P U||^2 / r``, ``power`` their sum;
    ``trilinear`` and ``alignment`` as in `algebra`. Powers are divided by ``r`` because the power
    of random functions grows with it.

    Parameters
    ----------
    functions : NeuronFunctions
    frame : Frame
    structure : Structure
        Of the same frame.
    """
    power = powers(functions, frame)
    energy = trilinear(functions, frame, structure)
    left, right, output = power / frame.rank
    scores = {
        "read": left + right,
        "write": output,
        "power": left + right + output,
        "trilinear": energy,
        "alignment": alignment(energy, power, frame),
    }
    return {name: _without_trivial(score) for name, score in scores.items()}


def network_scores(neurons: Mapping[str, Array]) -> dict[str, Array]:
    """Return the scores of a network from those of its neurons, (R,) each.

    The sum over neurons; for ``trilinear`` the sum of what is positive, since a negative energy is
    that of a neuron that has yet to turn its phases; for flows the number of neurons that end in
    the irrep. ``alignment`` is a score of neurons alone.

    Parameters
    ----------
    neurons : mapping of str to (h, R) ndarray
        Scores of neurons by name.
    """
    return {
        name: _without_trivial(_of_network(name, score))
        for name, score in neurons.items()
        if name != "alignment"
    }


def _of_network(name: str, score: Array) -> Array:
    if name == "trilinear":
        return np.maximum(score, 0).sum(axis=0)
    if name in FLOWS:
        ends = leading(score)
        return np.bincount(ends[ends >= 0], minlength=score.shape[1]).astype(np.float64)
    return np.asarray(score.sum(axis=0))


def _without_trivial(score: Array) -> Array:
    """Return scores with NaN in the place of the trivial irrep."""
    return np.concatenate([np.full_like(score[..., :1], np.nan), score[..., 1:]], axis=-1)

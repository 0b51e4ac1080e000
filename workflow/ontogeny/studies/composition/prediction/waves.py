r"""Phases of neurons on abelian groups.

A real irrep of rank 2 of an abelian group is a pair of conjugate characters ``exp(+-i theta(a))``.
The part of any function in it is a wave ``alpha cos(theta(a) + phi)``. Of ``theta`` and ``-theta``
the one is used whose sine is positive at the first element where it is not zero: for the residues
modulo ``n`` and the frequency ``k < n/2``, ``theta(a) = 2 pi k a / n``.

Symbols as in `ontogeny.studies.composition.prediction.algebra`.
"""

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.composition.irreps.analysis import Frame
from ontogeny.studies.composition.prediction.functions import NeuronFunctions

__all__ = ["MULTIPLES", "is_abelian", "misalignment", "phase_symmetry", "phases"]

Array = NDArray[np.float64]

_ZERO = 1e-6
"""Below this a sine is a rounding error; no sine of ``2 pi k / n`` that is not 0 is so small."""

MULTIPLES = (1, 2, 3, 4)
"""Multiples of the phase whose spread is measured."""


def is_abelian(frame: Frame) -> bool:
    """Return whether all elements of the group commute."""
    return bool((frame.product == frame.product.T).all())


def phases(functions: NeuronFunctions, frame: Frame) -> Array:
    """Return the phase of X, Y and U of each neuron in each irrep.

    The part of a function is ``alpha cos(theta(a) + phi)`` with ``alpha >= 0``.

    Parameters
    ----------
    functions : NeuronFunctions
    frame : Frame
        Of an abelian group.

    Returns
    -------
    (3, h, R) ndarray [rad]
        Between -pi and pi; NaN for irreps of rank 1, whose parts have a sign and no phase.

    Raises
    ------
    ValueError
        If the group is not abelian.
    """
    if not is_abelian(frame):
        msg = "phases of neurons are defined on abelian groups only"
        raise ValueError(msg)
    cosine, sine = _waves(frame)
    each = (functions.left, functions.right, functions.output)
    return np.stack([np.arctan2(-sine @ f, cosine @ f).T for f in each])


def _waves(frame: Frame) -> tuple[Array, Array]:
    """Return cos(theta) and sin(theta) of each irrep, (R, n); NaN where its rank is 1."""
    cosine, sine = np.full((2, len(frame.irreps), frame.order), np.nan)
    for r in np.flatnonzero(frame.rank == 2):
        cosine[r] = frame.character[r] / 2
        first, second = frame.basis[:, frame.irrep_of_entry == r].T
        turned = (first @ cosine[r]) * second - (second @ cosine[r]) * first
        visible = np.flatnonzero(np.abs(turned) > _ZERO)
        sine[r] = turned * np.sign(turned[visible[0]])
    return cosine, sine


def misalignment(phases: Array) -> Array:
    """Return the phase misalignment ``D = phi_X + phi_Y - phi_U``, (h, R) [rad].

    It is between -pi and pi; its cosine is the alignment of the three functions. With both sides
    tied it is ``2 phi - psi`` of [1]_, whose demonstration says that in each neuron the frequency
    with the smallest misalignment wins.

    Parameters
    ----------
    phases : (3, h, R) ndarray
        From `phases`.

    References
    ----------
    .. [1] arXiv 2602.16849.
    """
    left, right, output = phases
    return np.pi - np.mod(np.pi - (left + right - output), 2 * np.pi)


def phase_symmetry(phase: Array, winner: NDArray[np.integer]) -> Array:
    """Return ``|mean exp(i k phi)|`` for multiples k of the phase, over the neurons of each irrep.

    Phases that are spread evenly, which is called phase symmetry in [1]_, have 0 for every multiple
    below the number of neurons; equal phases have 1.

    Parameters
    ----------
    phase : (h, R) ndarray [rad]
        Phases of the left input, from `phases`.
    winner : (h,) ndarray of int
        Irrep of each neuron, -1 if none.

    Returns
    -------
    (R, K) ndarray
        For each of `MULTIPLES`; NaN for an irrep that no neuron has, and for irreps of rank 1.

    References
    ----------
    .. [1] arXiv 2602.16849.
    """
    spread = np.full((phase.shape[1], len(MULTIPLES)), np.nan)
    for r in np.unique(winner[winner >= 0]):
        own = phase[winner == r, r]
        spread[r] = np.abs(np.exp(1j * np.multiply.outer(MULTIPLES, own)).mean(axis=1))
    return spread

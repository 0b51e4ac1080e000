"""The network that adds by construction: quadratic neurons, one frequency each.

Symbols as in `ontogeny.studies.composition.addition.waves`; ``h`` neurons.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ontogeny.studies.composition.addition.waves import power

__all__ = ["Analytic", "analytic", "participation"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Analytic:
    """A network whose weights are waves, and what it computes.

    Attributes
    ----------
    frequency : (h,) ndarray of int
        Of each neuron.
    left, right : (p, h) ndarray
        Weights that read the left and the right summand, ``cos(w a + phi)``.
    unembedding : (p, h) ndarray
    """

    frequency: NDArray[np.integer]
    left: Array
    right: Array
    unembedding: Array

    @property
    def hidden(self) -> Array:
        """The neurons on all pairs, ``(left[a] + right[b])^2``, (p, p, h)."""
        return np.square(self.left[:, None] + self.right)

    @property
    def logits(self) -> Array:
        """``hidden unembedding^T``, (p, p, p)."""
        return np.asarray(self.hidden @ self.unembedding.T)


def analytic(p: int, frequency: NDArray[np.integer], first: Array, second: Array) -> Analytic:
    """Return the quadratic network with the given frequencies and phases.

    Neuron ``r`` reads ``A = w a + phi_1`` and ``B = w b + phi_2`` and writes with the phase
    ``phi_1 + phi_2``:

        (cos A + cos B)^2 = cos(A + B) + cos(A - B) + (cos 2A + cos 2B) / 2 + 1,
        logit_c = sum over r of (cos A + cos B)^2 cos(w c + phi_1 + phi_2).

    Over many phases all terms but ``cos(A + B) cos(w c + phi_1 + phi_2)`` cancel, and what stays is
    ``h/2`` times the mean of ``cos(w (a + b - c))``. With equally spaced phases, all pairs of at
    least three, they cancel exactly; with random ones the network is right from a few hundred
    neurons on.

    Parameters
    ----------
    p : int
        The odd modulus.
    frequency : (h,) ndarray of int
        From 1 to ``(p - 1)/2``.
    first, second : (h,) ndarray
        The phases ``phi_1``, ``phi_2``.

    Returns
    -------
    Analytic

    References
    ----------
    .. [1] A. Gromov, "Grokking modular arithmetic", arXiv 2301.02679, section 3; there the output
       has the phase of opposite sign, for the convention ``cos(-w c + phi)``.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> phases = rng.uniform(0, 2 * np.pi, size=(2, 512))
    >>> network = analytic(11, rng.integers(1, 6, size=512), *phases)
    >>> bool((network.logits.argmax(axis=2) == np.add.outer(range(11), range(11)) % 11).all())
    True
    """
    angle = 2 * np.pi * np.outer(np.arange(p), frequency) / p
    return Analytic(
        frequency,
        left=np.cos(angle + first),
        right=np.cos(angle + second),
        unembedding=np.cos(angle + first + second),
    )


def participation(matrix: Array) -> Array:
    """Return the inverse participation ratio over frequencies of each column, (h,).

    ``sum_k P_k^2 / (sum_k P_k)^2`` with ``P_k`` the power in a frequency, the constant being one: 1
    for a single wave, near ``1/q`` for noise. The paper [1]_ counts ``k`` and ``-k`` as two, which
    makes it half as much for a wave.

    Parameters
    ----------
    matrix : (p, h) ndarray

    References
    ----------
    .. [1] A. Gromov, "Grokking modular arithmetic", arXiv 2301.02679.
    """
    each = power(matrix)
    total = np.square(each.sum(axis=0))
    squares = np.square(each).sum(axis=0)
    return np.asarray(np.divide(squares, total, out=np.zeros_like(total), where=total > 0))

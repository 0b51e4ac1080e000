"""Powers, shares and trilinear measures of neurons, irrep by irrep.

Symbols: ``n`` elements, ``R`` real irreps, ``h`` neurons; ``X, Y, U`` the three functions of a
neuron (`NeuronFunctions`); ``P`` the projection on the matrix entries of an irrep; ``d`` the degree
of a real irrep, ``r`` the dimension of the span of its entries; ``e_i`` the columns of the basis.

Everything trilinear is computed from coefficients in the basis and from the structure constants
``C_ijk = sum_ab e_i(a) e_j(b) e_k(a b)``. These are zero unless the three entries belong to one
irrep, since ``e_k(a b)`` is a sum of products of entries of its own irrep. In a basis of matrix
entries few of the others differ from zero, about ``d^3`` of ``d^6``, so they are stored as a list.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from ontogeny.studies.composition.irreps.analysis import Frame
from ontogeny.studies.composition.prediction.functions import NeuronFunctions

__all__ = [
    "DECIDED",
    "ON",
    "Structure",
    "alignment",
    "coefficients",
    "degrees",
    "effective_rank",
    "is_on",
    "leading",
    "participation",
    "powers",
    "shares",
    "structure",
    "sums_by_irrep",
    "trilinear",
    "winners",
]

Array = NDArray[np.float64]
Ints = NDArray[np.integer]

ON = 0.01
"""A neuron is on when its power exceeds this share of the mean over neurons."""

DECIDED = 0.5
"""A neuron has a winner when the largest of its shares exceeds this."""

_ZERO = 1e-9
"""Structure constants below this share of the largest one of the irrep are rounding errors."""


@dataclass(frozen=True, eq=False)
class Structure:
    """Structure constants that differ from zero, ``C_t`` for the entries ``(i_t, j_t, k_t)``.

    Attributes
    ----------
    left, right, output : (T,) ndarray of int
        ``i_t``, ``j_t``, ``k_t``: columns of the basis.
    onto_left, onto_right, onto_output : (n, T) csr_array
        ``C_t`` in row ``i_t`` (``j_t``, ``k_t``) and column ``t``.
    onto_irrep : (R, T) csr_array
        ``C_t`` in the row of the irrep.
    """

    left: Ints
    right: Ints
    output: Ints
    onto_left: csr_array
    onto_right: csr_array
    onto_output: csr_array
    onto_irrep: csr_array


def structure(frame: Frame) -> Structure:
    """Return the structure constants ``sum_ab e_i(a) e_j(b) e_k(a b)`` of the basis."""
    found = [_constants_of_entry(k, frame) for k in range(frame.order)]
    left, right, value = (np.concatenate(part) for part in zip(*found, strict=True))
    output = np.repeat(np.arange(frame.order), [len(part) for part, _, _ in found])

    def onto(rows: Ints, count: int) -> csr_array:
        columns = np.arange(len(value))
        return csr_array((value, (rows, columns)), shape=(count, len(value)))

    n = frame.order
    return Structure(
        left,
        right,
        output,
        onto_left=onto(left, n),
        onto_right=onto(right, n),
        onto_output=onto(output, n),
        onto_irrep=onto(frame.irrep_of_entry[output], len(frame.irreps)),
    )


def _constants_of_entry(k: int, frame: Frame) -> tuple[Ints, Ints, Array]:
    """Return i, j and C_ijk where the constant is not zero, for one k."""
    own = np.flatnonzero(frame.irrep_of_entry == frame.irrep_of_entry[k])
    entries = frame.basis[:, own]
    constants = entries.T @ (frame.basis[:, k][frame.product] @ entries)
    rows, columns = np.nonzero(np.abs(constants) > _ZERO * np.abs(constants).max())
    return own[rows], own[columns], constants[rows, columns]


def coefficients(functions: NeuronFunctions, frame: Frame) -> Array:
    """Return the coefficients of X, Y and U in the basis, (3, n, h)."""
    return np.stack(
        [frame.basis.T @ f for f in (functions.left, functions.right, functions.output)]
    )


def degrees(frame: Frame) -> Array:
    """Return the degree of each real irrep, its character at the identity, (R,)."""
    return frame.character.max(axis=1)


def sums_by_irrep(values: Array, frame: Frame) -> Array:
    """Return the sums over the entries of each irrep, (..., h, R).

    Parameters
    ----------
    values : (..., n, h) ndarray
        By entry, such as squared coefficients.
    frame : Frame
    """
    membership = np.eye(len(frame.irreps))[frame.irrep_of_entry]  # (entry, irrep)
    return np.asarray(values.swapaxes(-1, -2) @ membership)


def powers(functions: NeuronFunctions, frame: Frame) -> Array:
    """Return ``||P X||^2``, ``||P Y||^2``, ``||P U||^2`` of each neuron and irrep, (3, h, R)."""
    return sums_by_irrep(np.square(coefficients(functions, frame)), frame)


def shares(powers: Array) -> Array:
    """Return the share of each irrep in a neuron: the mean over X, Y and U of shares of power.

    Each function counts by its power in the irrep over its power in all non-trivial irreps, so that
    shares do not depend on the scale of a function. The trivial irrep has the share 0, and so has
    every irrep in a function that is constant.

    Parameters
    ----------
    powers : (3, h, R) ndarray
        From `powers`.

    Returns
    -------
    (h, R) ndarray
    """
    competing = powers.copy()
    competing[..., 0] = 0.0
    whole = competing.sum(axis=-1, keepdims=True)
    each = np.divide(competing, whole, out=np.zeros_like(competing), where=whole > 0)
    return np.asarray(each.mean(axis=0))


def leading(shares: Array) -> NDArray[np.int64]:
    """Return the irrep with the largest share of each neuron, -1 if all shares are 0, (h,).

    Parameters
    ----------
    shares : (h, R) ndarray
        From `shares`.
    """
    return np.where(shares.max(axis=1) > 0, shares.argmax(axis=1), -1)


def is_on(powers: Array) -> NDArray[np.bool_]:
    """Return which neurons are on, (h,).

    A neuron is on when the geometric mean of the non-trivial powers of X, Y and U exceeds the share
    `ON` of the mean of this over neurons.

    Parameters
    ----------
    powers : (3, h, R) ndarray
        From `powers`.
    """
    strength = np.cbrt(powers[..., 1:].sum(axis=-1).prod(axis=0))
    return np.asarray(strength > ON * strength.mean())


def winners(functions: NeuronFunctions, frame: Frame) -> NDArray[np.int64]:
    """Return the irrep that each neuron has settled on, -1 if none, (h,).

    It is the irrep with the largest share, if the neuron is on and this share exceeds `DECIDED`.

    Parameters
    ----------
    functions : NeuronFunctions
        Of the final checkpoint.
    frame : Frame
    """
    power = powers(functions, frame)
    share = shares(power)
    decided = is_on(power) & (share.max(axis=1) > DECIDED)
    return np.where(decided, share.argmax(axis=1), -1)


def participation(share: Array) -> Array:
    """Return the sum of squared shares of each neuron, (h,): 1 when it has a single irrep.

    Its inverse is the number of irreps that take part (inverse participation ratio).

    Parameters
    ----------
    share : (h, R) ndarray
        From `shares`.
    """
    return np.square(share).sum(axis=1)


def trilinear(functions: NeuronFunctions, frame: Frame, structure: Structure) -> Array:
    r"""Return ``E = sum_ab (P X)(a) (P Y)(b) (P U)(a b)`` of each neuron and irrep, (h, R).

    With quadratic neurons and zero logits, the loss on all pairs falls by ``2 E / n^2``, summed
    over non-trivial irreps and neurons, to first order in the logits: only the cross terms of
    ``(X(a) + Y(b))^2`` correlate with the right answer. On a cyclic group with ``P X = alpha
    cos(theta(a) + phi_X)``, likewise ``beta, phi_Y`` and ``gamma, phi_U``,

        E = n^2/4 alpha beta gamma cos(phi_X + phi_Y - phi_U).

    Parameters
    ----------
    functions : NeuronFunctions
    frame : Frame
    structure : Structure
        Of the same frame.
    """
    left, right, output = coefficients(functions, frame)
    terms = left[structure.left] * right[structure.right] * output[structure.output]
    return np.asarray((structure.onto_irrep @ terms).T)


def alignment(trilinear: Array, powers: Array, frame: Frame) -> Array:
    """Return how well the parts of X, Y and U in an irrep fit, whatever their sizes, (h, R).

    ``E sqrt(d/n) / sqrt(||P X||^2 ||P Y||^2 ||P U||^2)`` is between -1 and 1. In terms of the
    matrices ``A, B, C`` of the three parts it is ``tr(A B C*) / (|A| |B| |C|)``, and 1 or -1 only
    where all three have rank one and fit (called rotational rank-one alignment in [1]_). On a
    cyclic group it is the cosine of the phase misalignment. It is 0 where a power is 0.

    Parameters
    ----------
    trilinear : (h, R) ndarray
        From `trilinear`.
    powers : (3, h, R) ndarray
        From `powers`.
    frame : Frame

    References
    ----------
    .. [1] arXiv 2606.02993.
    """
    scale = np.sqrt(frame.order / degrees(frame)) * np.sqrt(powers).prod(axis=0)
    return np.divide(trilinear, scale, out=np.zeros_like(trilinear), where=scale > 0)


def effective_rank(functions: NeuronFunctions, frame: Frame, structure: Structure) -> Array:
    """Return the rank of the part of each function in each irrep, as a participation ratio.

    ``(n/d) ||x||^4 / ||x * x||^2`` with ``(x * x)(g) = sum_a x(a) x(a g)`` and ``x`` the part in
    the irrep. With ``s`` the singular values of the matrix of ``x`` (over the complex numbers or
    the quaternions for irreps of these types), it is ``(sum s^2)^2 / sum s^4``: 1 at rank one, at
    most the size of the matrix. NaN where the part is zero.

    Parameters
    ----------
    functions : NeuronFunctions
    frame : Frame
    structure : Structure
        Of the same frame.

    Returns
    -------
    (3, h, R) ndarray
    """
    parts = coefficients(functions, frame)
    correlated = np.stack(
        [structure.onto_right @ (x[structure.left] * x[structure.output]) for x in parts]
    )
    fourth = frame.order * np.square(sums_by_irrep(np.square(parts), frame))
    squares = degrees(frame) * sums_by_irrep(np.square(correlated), frame)
    return np.divide(fourth, squares, out=np.full_like(squares, np.nan), where=squares > 0)

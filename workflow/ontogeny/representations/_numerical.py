"""Irreps of any finite group, by splitting its regular representation numerically.

Symbols: ``n`` the order; ``k`` the number of conjugacy classes and of irreps; ``chi`` a character;
``d`` its degree; ``L`` and ``R`` the left and right regular representations on the functions f of
the group, ``(L(a) f)(g) = f(a^-1 g)``, which commute with each other.
"""

from collections.abc import Iterator
from itertools import count, product
from string import ascii_lowercase

import numpy as np
from numpy.typing import NDArray

from ontogeny.groups import MAX_ORDER, Group, conjugacy_classes, element_orders, identity, inverses
from ontogeny.representations._irrep import Irrep, Matrices, character
from ontogeny.representations._laws import (
    character_orthogonality_error,
    homomorphism_error,
    unitarity_error,
)

__all__ = ["numerical_irreps"]

_SEEDS = range(5)
_TOLERANCE = 1e-10
# Eigenvalues closer than this part of their range are split by the next random element: the
# eigenvectors of closer ones would lose more than three of the sixteen digits.
_SEPARATION = 1e-3


def numerical_irreps(group: Group) -> tuple[Irrep, ...]:
    """Complex unitary irreps of a group, from nothing but its table.

    The functions on the group carry every irrep of degree d, d times. A random Hermitian element of
    the centre of the group algebra splits them into one part of dimension ``d^2`` for each irrep;
    within a part a random Hermitian element of the algebra acting from the right commutes with the
    group, and each of its eigenspaces is one copy. The result is checked by the laws, and the next
    random numbers are tried if one is violated by more than 1e-10. The numbers are the same in
    every call.

    Names are the degree and a letter: ``1a``, ``1b``, ``3a``; the first of degree 1 is ``trivial``.
    An irrep of complex type and its conjugate share the letter, as ``3a`` and ``3a~``.

    Parameters
    ----------
    group : Group
        Of order at most 1,000.

    Returns
    -------
    irreps : tuple of Irrep
        By degree; then by the real parts of the character on the classes, in the order in which
        `ontogeny.groups.conjugacy_classes` numbers them, the larger first; then in the same way by
        the imaginary parts. ``trivial`` is always the first.

    Raises
    ------
    ValueError
        If the order is above 1,000.
    RuntimeError
        If the laws are violated for every try; for a group that does not happen.

    References
    ----------
    .. [1] J. D. Dixon, "Computing irreducible representations of groups", *Mathematics of
           Computation* 24, 707-712, 1970.
    .. [2] L. Babai, L. Rónyai, "Computing irreducible representations of finite groups",
           *Mathematics of Computation* 55, 705-722, 1990.

    Examples
    --------
    >>> from ontogeny.groups import group
    >>> [irrep.name for irrep in numerical_irreps(group("F21"))]
    ['trivial', '1a', '1a~', '3a', '3a~']
    """
    if group.order > MAX_ORDER:
        msg = f"`group` must have order at most {MAX_ORDER}, got {group!r}"
        raise ValueError(msg)
    errors = []
    for seed in _SEEDS:
        irreps = _attempt(group, np.random.default_rng(seed))
        errors.append(_largest_violation(group, irreps))
        if errors[-1] <= _TOLERANCE:
            return irreps
    msg = f"the regular representation of {group!r} did not split; largest violations {errors!r}"
    raise RuntimeError(msg)


def _attempt(group: Group, rng: np.random.Generator) -> tuple[Irrep, ...]:
    ratio = group.table[:, inverses(group)]  # (g, h): g h^-1
    chi = _characters(group, ratio, rng)
    degrees = np.rint(chi[:, identity(group)].real).astype(int)
    b = rng.standard_normal(group.order) + 1j * rng.standard_normal(group.order)
    b = b + b[inverses(group)].conj()
    right = b[group.table[inverses(group)].T]  # (g, h): b(h^-1 g), the map f -> f * b
    matrices = [
        row[:, None, None] if d == 1 else _one_copy(group, row, int(d), ratio, right, rng)
        for row, d in zip(chi, degrees, strict=True)
    ]
    return _named(group, matrices)


def _characters(
    group: Group, ratio: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.complex128]:
    """Characters of all irreps, (k, n), in no particular order.

    Convolution with a central function z maps class functions to class functions, and its
    eigenvectors for generic z are the characters (Dixon's method [1]_ with random numbers for
    finite-field ones). Scaled indicators of the classes are the orthonormal basis; Hermitian are
    the z with ``z(g^-1) = conj(z(g))``.

    References
    ----------
    .. [1] J. D. Dixon, "High speed computation of group characters", *Numerische Mathematik* 10,
           446-450, 1967.
    """
    classes, inverse = conjugacy_classes(group), inverses(group)
    sizes = np.bincount(classes)
    k = len(sizes)
    representative = np.unique(classes, return_index=True)[1]
    scaled = np.zeros((group.order, k))
    scaled[np.arange(group.order), classes] = 1 / np.sqrt(sizes[classes])

    def random_central() -> NDArray[np.complex128]:
        z = (rng.standard_normal(k) + 1j * rng.standard_normal(k))[classes]
        z = z + z[inverse].conj()
        return np.asarray(np.sqrt(sizes)[:, None] * (z[ratio[representative]] @ scaled))

    vectors = np.eye(k, dtype=np.complex128)
    parts = [np.arange(k)]
    while parts:
        operator = random_central()
        parts = [smaller for part in parts for smaller in _split(operator, vectors, part)]
    values = scaled @ vectors * np.sqrt(group.order)
    at_identity = values[identity(group)]
    return _polished(group, (values * (at_identity.conj() / np.abs(at_identity))).T)


def _split(
    operator: NDArray[np.complex128], vectors: NDArray[np.complex128], part: NDArray[np.int64]
) -> list[NDArray[np.int64]]:
    """Rotate some of the vectors, in place, to eigenvectors; return what is still to be split."""
    block = vectors[:, part]
    eigenvalues, rotation = np.linalg.eigh(block.conj().T @ operator @ block)
    vectors[:, part] = block @ rotation
    wide = np.diff(eigenvalues) > _SEPARATION * np.ptp(eigenvalues)
    return [piece for piece in np.split(part, np.flatnonzero(wide) + 1) if len(piece) > 1]


def _polished(group: Group, chi: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """Round characters of degree 1 to the roots of unity that they are."""
    linear = np.rint(chi[:, identity(group)].real) == 1
    orders = element_orders(group)
    turns = np.rint(np.angle(chi[linear]) / (2 * np.pi) * orders) % orders
    chi[linear] = np.exp(2j * np.pi * turns / orders)
    return chi


def _one_copy(
    group: Group,
    chi: NDArray[np.complex128],
    d: int,
    ratio: NDArray[np.int64],
    right: NDArray[np.complex128],
    rng: np.random.Generator,
) -> NDArray[np.complex128]:
    """Matrices of the irrep with this character: L restricted to one eigenspace of the right map.

    The projection on the part of chi is ``(d/n) sum_a conj(chi(a)) L(a)``.
    """
    n = group.order
    projection = (d / n) * chi.conj()[ratio]
    part = projection @ (rng.standard_normal((n, d * d)) + 1j * rng.standard_normal((n, d * d)))
    # Random columns may be nearly dependent; a second projection wins back the digits lost.
    part = np.linalg.qr(projection @ np.linalg.qr(part)[0])[0]
    eigenvalues, rotation = np.linalg.eigh(part.conj().T @ right @ part)
    place = d * _most_isolated(eigenvalues.reshape(d, d))
    copy = part @ rotation[:, place : place + d]
    moved = group.table[inverses(group)]  # (a, g): a^-1 g
    return np.concatenate([copy.conj().T @ copy[rows] for rows in _chunks(moved, d)])


def _most_isolated(eigenvalues: NDArray[np.float64]) -> int:
    """Index of the row of equal eigenvalues, of increasing rows, farthest from its neighbours."""
    gaps = np.concatenate([[np.inf], np.diff(eigenvalues.mean(axis=1)), [np.inf]])
    return int(np.argmax(np.minimum(gaps[:-1], gaps[1:])))


def _chunks(moved: NDArray[np.int64], d: int) -> list[NDArray[np.int64]]:
    """Rows of the table in pieces for which the shifted functions fit into the cache."""
    rows = max(1, 2**16 // (len(moved) * d))
    return np.split(moved, range(rows, len(moved), rows))


def _named(group: Group, matrices: list[Matrices]) -> tuple[Irrep, ...]:
    """Sort irreps by degree and character, and name them."""
    classes = np.unique(conjugacy_classes(group), return_index=True)[1]
    degree = np.array([rho.shape[1] for rho in matrices])
    # The sum with 0 takes the sign from -0.
    chi = np.array([np.trace(rho, axis1=1, axis2=2)[classes] for rho in matrices]).round(6) + 0.0
    keys = np.concatenate([degree[:, None], -chi.real, -chi.imag], axis=1)
    letters = {int(d): _letters() for d in degree}
    found: list[Irrep] = []
    for i in np.lexsort(keys.T[::-1]):
        d = int(degree[i])
        if not found:
            name = "trivial"
        elif np.allclose(character(found[-1])[classes].conj(), chi[i], rtol=0, atol=1e-5):
            name = found[-1].name + "~"
        else:
            name = f"{d}{next(letters[d])}"
        found.append(Irrep(name, matrices[i], field="complex"))
    return tuple(found)


def _letters() -> Iterator[str]:
    """Yield a, b, ..., z, aa, ab, ..."""
    for length in count(1):
        for word in product(ascii_lowercase, repeat=length):
            yield "".join(word)


def _largest_violation(group: Group, irreps: tuple[Irrep, ...]) -> float:
    """Largest error of the laws; incompleteness shows in the degrees."""
    return max(
        float(abs(sum(irrep.degree**2 for irrep in irreps) - group.order)),
        homomorphism_error(group, irreps),
        unitarity_error(irreps),
        character_orthogonality_error(irreps),
    )

"""Assertions about groups and representations: brute force, and a message that names the failure.

They are written without the functions that they judge: only the table and the matrices are used.

Symbols: ``a, b, c`` elements; ``e`` the identity; ``rho`` a representation; ``chi`` its character.
"""

from collections.abc import Sequence

import numpy as np

from ontogeny.groups import Group
from ontogeny.representations import Irrep

__all__ = ["assert_group", "assert_orthogonal_characters", "assert_representation"]

_NORMS = {None: 1, "real": 1, "complex": 2, "quaternionic": 4}


def assert_group(group: Group) -> None:
    """Assert the laws of a group for every element, pair and triple.

    Closure, one identity, inverses from both sides, ``(a b) c = a (b c)``.

    Parameters
    ----------
    group : Group

    Raises
    ------
    AssertionError
        With the first law that fails, and elements for which it does.

    Examples
    --------
    >>> from ontogeny.groups import group
    >>> assert_group(group("S3"))
    """
    n, table = group.order, group.table
    if table.shape != (n, n) or len(set(group.labels)) != n:
        _fail(f"{group!r}: a table of shape {table.shape} and {len(set(group.labels))} labels")
    outside = np.argwhere((table < 0) | (table >= n))
    if len(outside):
        a, b = outside[0]
        _fail(f"{group!r} is not closed: {a} * {b} = {table[a, b]}")
    everything = np.arange(n)
    neutral = [e for e in range(n) if (table[e] == everything).all()]
    neutral = [e for e in neutral if (table[:, e] == everything).all()]
    if len(neutral) != 1:
        _fail(f"{group!r} must have one identity, not {neutral}")
    inverse = (table == neutral[0]) & (table == neutral[0]).T
    if not inverse.any(axis=1).all():
        _fail(f"{group!r}: {int(np.argmin(inverse.any(axis=1)))} has no inverse")
    for a in range(n):
        differs = np.argwhere(table[table[a]] != table[a][table])
        if len(differs):
            b, c = differs[0]
            _fail(f"{group!r} is not associative: ({a} * {b}) * {c} is not {a} * ({b} * {c})")


def assert_representation(group: Group, irrep: Irrep, *, atol: float = 1e-9) -> None:
    """Assert ``rho(a) rho(b) = rho(a b)`` for every pair, and that every matrix is unitary.

    Parameters
    ----------
    group : Group
    irrep : Irrep
    atol : float
        Largest error of a matrix entry.

    Raises
    ------
    AssertionError
        With the law that fails, the elements for which it fails most, and the error.

    Examples
    --------
    >>> from ontogeny.groups import group
    >>> from ontogeny.representations import irreps
    >>> for irrep in irreps(group("S3")):
    ...     assert_representation(group("S3"), irrep)
    """
    rho = irrep.matrices
    if len(rho) != group.order:
        _fail(f"{irrep!r} has {len(rho)} matrices for {group!r}")
    for a in range(group.order):
        # The negation lets a matrix that is not a number fail too.
        error = np.abs(rho[a] @ rho[a].conj().T - np.eye(irrep.degree)).max()
        if not error <= atol:
            _fail(f"{irrep!r} of {group!r}: the matrix of {a} is not unitary, error {error:.3g}")
        errors = np.abs(rho[a] @ rho - rho[group.table[a]]).max(axis=(1, 2))
        if not errors.max() <= atol:
            b = int(np.argmax(errors))
            _fail(
                f"{irrep!r} of {group!r} is not a homomorphism at {a} * {b}, error {errors[b]:.3g}"
            )


def assert_orthogonal_characters(irreps: Sequence[Irrep], *, atol: float = 1e-9) -> None:
    """Assert ``(1/n) sum_g conj(chi(g)) chi'(g) = 0`` for two irreps, and its value for one.

    That value is 1, but 2 for a real irrep of complex and 4 for one of quaternionic kind. With it a
    representation is irreducible; with 0 two of them are inequivalent.

    Parameters
    ----------
    irreps : sequence of Irrep
        Of one group and over one field.
    atol : float
        Largest error of a product.

    Raises
    ------
    AssertionError
        With the irreps and the value.

    Examples
    --------
    >>> from ontogeny.groups import group
    >>> from ontogeny.representations import irreps
    >>> assert_orthogonal_characters(irreps(group("S3")))
    """
    chi = [np.einsum("gii->g", irrep.matrices) for irrep in irreps]
    for i, first in enumerate(irreps):
        for j, second in enumerate(irreps[: i + 1]):
            value = complex(np.mean(chi[i].conj() * chi[j]))
            expected = _NORMS[first.kind] if i == j else 0
            if not abs(value - expected) <= atol:
                _fail(
                    f"<chi, chi'> of {first!r} and {second!r} must be {expected}, not {value:.6g}"
                )


def _fail(message: str) -> None:
    raise AssertionError(message)

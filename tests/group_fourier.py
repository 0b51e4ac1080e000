"""Fourier analysis on a finite group.

Symbols: ``n`` the order; ``f`` a function on the group, an array whose first axis is the element;
``rho`` an irrep of degree ``d``; ``fhat`` the transform; ``...`` any further axes, which are kept
and stand last.

The transform has no factor, its inverse has ``1/n``. For `C_n` the irrep ``freq_k`` is
``exp(+2 pi i k x / n)``, so that ``fhat(freq_k)`` is entry ``-k`` of `numpy.fft.fft`, and
``fhat(freq_k~)`` entry ``k``.

Irreps may be complex or real, but all of one field. A real irrep that is two or four times or the
sum of two complex ones repeats their entries; sums over irreps therefore weigh ``fhat`` by
``rank / degree``, which is ``d`` over the complex numbers.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ontogeny.representations import EntryBasis, Irrep

__all__ = ["inverse_transform", "power", "power_by_irrep", "project", "transform"]

Array = NDArray[np.float64] | NDArray[np.complex128]


def transform(values: Array, irreps: Sequence[Irrep]) -> tuple[Array, ...]:
    """Fourier transform of functions on a group.

    ``fhat(rho) = sum_g f(g) rho(g)``. A convolution ``(f * h)(g) = sum_{a b = g} f(a) h(b)``
    becomes the product ``fhat(rho) hhat(rho)``.

    Parameters
    ----------
    values : (n, ...) ndarray of float64 or complex128
    irreps : sequence of Irrep
        Any of the group's.

    Returns
    -------
    coefficients : tuple of (d, d, ...) ndarray
        One for each irrep.

    Raises
    ------
    ValueError
        If `values` has not one row for each element.

    References
    ----------
    .. [1] P. Diaconis, *Group Representations in Probability and Statistics*, IMS, 1988,
           section 2.C.

    Examples
    --------
    >>> from ontogeny.groups import group
    >>> from ontogeny.representations import irreps
    >>> [float(c.squeeze().real) for c in transform(np.array([1.0, 2.0]), irreps(group("C2")))]
    [3.0, -1.0]
    """
    for irrep in irreps:
        _check_first_axis("values", values, len(irrep.matrices))
    return tuple(np.tensordot(irrep.matrices, values, axes=(0, 0)) for irrep in irreps)


def inverse_transform(coefficients: Sequence[Array], irreps: Sequence[Irrep]) -> Array:
    """Functions on a group from their Fourier transform.

    ``f(g) = (1/n) sum_rho w tr(fhat(rho) rho(g^-1))`` with ``w = rank / degree``; over the complex
    numbers w is the degree. With some of the irreps, it is the isotypic projection on those.

    Parameters
    ----------
    coefficients : sequence of (d, d, ...) ndarray
        As `transform` gives them.
    irreps : sequence of Irrep
        As many, in the same order.

    Returns
    -------
    values : (n, ...) ndarray
        Complex if an irrep or a coefficient is, even where imaginary parts cancel.

    Raises
    ------
    ValueError
        If coefficients and irreps do not match.

    Examples
    --------
    >>> from ontogeny.groups import group
    >>> from ontogeny.representations import real_irreps
    >>> rho = real_irreps(group("S3"))
    >>> f = np.array([3.0, 1.0, 4.0, 1.0, 5.0, 9.0])
    >>> np.allclose(inverse_transform(transform(f, rho), rho), f, rtol=0, atol=1e-14)
    True
    """
    _check_coefficients(coefficients, irreps)
    total: Array = np.zeros(())
    for fhat, irrep in zip(coefficients, irreps, strict=True):
        # tr(fhat rho(g^-1)) is the sum of fhat_ij conj(rho_ij(g)), as rho is unitary.
        entries = np.tensordot(irrep.matrices.conj(), fhat, axes=([1, 2], [0, 1]))
        total = total + irrep.rank / irrep.degree / len(irrep.matrices) * entries
    return total


def power(coefficients: Sequence[Array], irreps: Sequence[Irrep]) -> NDArray[np.float64]:
    """Sum of squares of a function in each irrep, from its transform.

    ``(1/n) (rank / degree) ||fhat(rho)||^2`` with the Frobenius norm. Over all irreps these sum to
    ``sum_g |f(g)|^2`` (Parseval, Plancherel).

    Parameters
    ----------
    coefficients : sequence of (d, d, ...) ndarray
        As `transform` gives them.
    irreps : sequence of Irrep
        As many, in the same order.

    Returns
    -------
    power : (irrep, ...) ndarray of float64

    Raises
    ------
    ValueError
        If coefficients and irreps do not match.

    Examples
    --------
    >>> from ontogeny.groups import group
    >>> from ontogeny.representations import irreps
    >>> rho = irreps(group("C2"))
    >>> power(transform(np.array([1.0, 2.0]), rho), rho)
    array([4.5, 0.5])
    """
    _check_coefficients(coefficients, irreps)
    return np.array(
        [
            irrep.rank / irrep.degree / len(irrep.matrices) * (np.abs(fhat) ** 2).sum(axis=(0, 1))
            for fhat, irrep in zip(coefficients, irreps, strict=True)
        ]
    )


def power_by_irrep(values: NDArray[np.float64], basis: EntryBasis) -> NDArray[np.float64]:
    """Sum of squares of real functions in each real irrep, by the orthonormal entry basis.

    ``||Q_rho^T f||^2`` with the columns ``Q_rho`` of one irrep. Over all irreps these sum to
    ``sum_g f(g)^2``; the share of an irrep in random values is ``rank / n`` on average.

    Parameters
    ----------
    values : (n, ...) ndarray of float64
    basis : EntryBasis

    Returns
    -------
    power : (irrep, ...) ndarray of float64
        In the order of ``basis.names``.

    Raises
    ------
    ValueError
        If `values` has not one row for each element.

    Examples
    --------
    >>> from ontogeny.groups import group
    >>> from ontogeny.representations import basis, real_irreps
    >>> wave = np.cos(2 * np.pi * np.arange(5) * 2 / 5)
    >>> power_by_irrep(wave, basis(real_irreps(group("C5")))).round(12)
    array([0. , 0. , 2.5])
    """
    _check_first_axis("values", values, len(basis.matrix))
    squares = np.tensordot(basis.matrix.T, values, axes=1) ** 2
    return np.add.reduceat(squares, np.searchsorted(basis.irrep, np.arange(len(basis.names))))


def project(
    values: NDArray[np.float64], basis: EntryBasis, names: Sequence[str]
) -> NDArray[np.float64]:
    """Orthogonal projection of real functions on the span of some real irreps.

    ``sum_rho Q_rho Q_rho^T f`` with the columns ``Q_rho`` of each irrep.

    Parameters
    ----------
    values : (n, ...) ndarray of float64
    basis : EntryBasis
    names : sequence of str
        Names of irreps; none gives 0.

    Returns
    -------
    projection : (n, ...) ndarray of float64

    Raises
    ------
    ValueError
        If `values` has not one row for each element, or a name is none of the basis.

    Examples
    --------
    >>> from ontogeny.groups import group
    >>> from ontogeny.representations import basis, real_irreps
    >>> project(np.array([1.0, 2.0, 6.0]), basis(real_irreps(group("C3"))), ["trivial"])
    array([3., 3., 3.])
    """
    _check_first_axis("values", values, len(basis.matrix))
    for name in names:
        if name not in basis.names:
            msg = f"`names` must be among {list(basis.names)!r}, got {name!r}"
            raise ValueError(msg)
    chosen = [i for i, name in enumerate(basis.names) if name in names]
    Q = basis.matrix[:, np.isin(basis.irrep, chosen)]
    return np.tensordot(Q, np.tensordot(Q.T, values, axes=1), axes=1)


def _check_first_axis(argument: str, values: Array, n: int) -> None:
    if values.ndim == 0 or len(values) != n:
        msg = f"`{argument}` must have one row for each of {n} elements, got shape {values.shape!r}"
        raise ValueError(msg)


def _check_coefficients(coefficients: Sequence[Array], irreps: Sequence[Irrep]) -> None:
    if len(coefficients) != len(irreps) or not irreps:
        msg = (
            "`coefficients` must hold one array for each irrep, and at least one, got "
            f"{len(coefficients)!r} for {len(irreps)!r}"
        )
        raise ValueError(msg)
    for fhat, irrep in zip(coefficients, irreps, strict=True):
        if fhat.shape[:2] != (irrep.degree, irrep.degree):
            msg = (
                f"`coefficients` of {irrep.name!r} must have shape "
                f"({irrep.degree}, {irrep.degree}, ...), got {fhat.shape!r}"
            )
            raise ValueError(msg)

"""What the analysis of a network knows about its group."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ontogeny.groups import Group

__all__ = ["Frame", "frame", "frequency_of"]


@dataclass(frozen=True)
class Frame:
    """A group in the form in which networks are read.

    Symbols: ``n`` elements, ``R`` real irreps; ``a`` the left and ``b`` the right factor, ``g``
    the product, ``c`` a candidate for it.

    Attributes
    ----------
    product : (n, n) ndarray of int
        ``product[a, b]`` is ``a b``.
    division : (n, n) ndarray of int
        ``division[a, g]`` is ``a^-1 g``: the right factor that takes ``a`` to ``g``.
    basis : (n, n) ndarray of float64
        Orthogonal; its columns are the orthonormal matrix entries of the real irreps.
    irrep_of_entry : (n,) ndarray of int
        To which irrep a column belongs.
    character : (R, n) ndarray of float64
        Characters of the real irreps.
    irreps : tuple of str
        Their names; ``trivial`` is the first.
    labels : tuple of str
        Those of the elements.
    """

    product: NDArray[np.integer]
    division: NDArray[np.integer]
    basis: NDArray[np.float64]
    irrep_of_entry: NDArray[np.integer]
    character: NDArray[np.float64]
    irreps: tuple[str, ...]
    labels: tuple[str, ...]

    @property
    def group(self) -> Group:
        """The group itself."""
        return Group("", self.labels, self.product.astype(np.int64))

    @property
    def order(self) -> int:
        """Number of elements."""
        return len(self.product)

    @property
    def rank(self) -> NDArray[np.int64]:
        """Dimension of the span of each irrep's matrix entries, (R,)."""
        return np.bincount(self.irrep_of_entry, minlength=len(self.irreps))

    @property
    def inverse(self) -> NDArray[np.integer]:
        """Inverse of each element, (n,)."""
        identity = int(np.flatnonzero(self.product[:, 0] == 0)[0])
        return self.division[:, identity]

    def power(self, coefficients: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sum of squares by irrep of coefficients in the basis.

        Parameters
        ----------
        coefficients : (n, ...) ndarray
            ``basis.T @ values``.

        Returns
        -------
        (R,) ndarray
        """
        by_entry = np.square(coefficients).reshape(self.order, -1).sum(axis=1)
        return np.bincount(self.irrep_of_entry, by_entry, len(self.irreps)).astype(np.float64)

    def parts(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the isotypic parts of functions on the group; they sum to the functions.

        Parameters
        ----------
        values : (n, m) ndarray

        Returns
        -------
        (R, n, m) ndarray
        """
        coefficients = self.basis.T @ values
        return np.stack(
            [
                self.basis[:, columns] @ coefficients[columns]
                for columns in (self.irrep_of_entry == r for r in range(len(self.irreps)))
            ]
        )


def frame(
    product: NDArray[np.integer],
    basis: NDArray[np.float64],
    irrep_of_entry: NDArray[np.integer],
    character: NDArray[np.float64],
    irreps: tuple[str, ...],
    *,
    labels: Sequence[str] | None = None,
) -> Frame:
    """Return the frame of a group with the given table and real irreps.

    Elements without labels are called by their index.

    Raises
    ------
    ValueError
        If the trivial irrep is not the first.
    """
    if irreps[0] != "trivial":
        msg = f"`irreps` must begin with the trivial one, not with {irreps[0]!r}"
        raise ValueError(msg)
    n = len(product)
    division = np.empty_like(product)
    division[np.arange(n)[:, None], product] = np.arange(n)
    named = tuple(map(str, range(n) if labels is None else labels))
    return Frame(product, division, basis, irrep_of_entry, character, tuple(irreps), named)


def frequency_of(name: str) -> int | None:
    """Return the frequency that an irrep is named by; None of any other.

    Examples
    --------
    >>> frequency_of("freq_3"), frequency_of("standard")
    (3, None)
    """
    frequency = name.removeprefix("freq_")
    return int(frequency) if frequency != name and frequency.isdecimal() else None

"""An irreducible representation as a value.

Symbols: ``n`` the order of the group; ``d`` the degree; ``g, h`` elements; ``rho`` the matrices;
``chi`` the character.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["Field", "Irrep", "Kind", "Matrices", "character", "multiplicity"]

Field = Literal["complex", "real"]
Kind = Literal["real", "complex", "quaternionic"]
Matrices = NDArray[np.float64] | NDArray[np.complex128]

_COMMUTANT_DIMENSION: dict[Kind | None, int] = {None: 1, "real": 1, "complex": 2, "quaternionic": 4}


@dataclass(frozen=True, eq=False)
class Irrep:
    """An irreducible representation: a name and one matrix for each element.

    ``rho(g h) = rho(g) rho(h)`` with ``g h = table[g, h]``, and every matrix is unitary
    (orthogonal if it is real).

    Two irreps are equal when every field is.

    Parameters
    ----------
    name : str
        Unique among the irreps of one group.
    matrices : (n, d, d) ndarray of float64 or complex128
        One matrix for each element, in the order of the group. Stored read-only. An irrep over the
        complex numbers may well have real entries.
    field : {"complex", "real"}
        The field over which it is irreducible.
    kind : {"real", "complex", "quaternionic"}, optional
        For an irrep over the real numbers, and only there: the Frobenius-Schur type of the complex
        irrep ``rho`` that it is made of. Over the complex numbers it is ``rho`` (real),
        ``rho + conj(rho)`` (complex) or ``rho + rho`` (quaternionic).

    Raises
    ------
    ValueError
        If the matrices are not a stack of squares, or field, kind and entries do not fit together.

    Examples
    --------
    >>> sign = Irrep("sign", np.array([[[1.0]], [[-1.0]]]), field="complex")
    >>> sign.degree, sign.rank
    (1, 1)
    """

    name: str
    matrices: Matrices
    field: Field
    kind: Kind | None = None

    def __post_init__(self) -> None:
        _check(self.name, self.matrices, self.field, self.kind)
        dtype = np.complex128 if np.iscomplexobj(self.matrices) else np.float64
        matrices = np.array(self.matrices, dtype=dtype, order="C")
        matrices.setflags(write=False)
        object.__setattr__(self, "matrices", matrices)

    @property
    def degree(self) -> int:
        """Number of rows of a matrix."""
        return int(self.matrices.shape[1])

    @property
    def rank(self) -> int:
        """Number of linearly independent matrix entries, as functions on the group.

        ``d^2`` over the complex numbers. Over the real numbers ``d^2``, ``d^2 / 2`` or
        ``d^2 / 4`` for real, complex or quaternionic kind: with ``m`` the degree of the complex
        irrep inside, these are ``m^2``, ``2 m^2`` and ``m^2``.
        """
        return self.degree**2 // multiplicity(self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Irrep):
            return NotImplemented
        return (
            self.name == other.name
            and self.field == other.field
            and self.kind == other.kind
            and self.matrices.dtype == other.matrices.dtype
            and np.array_equal(self.matrices, other.matrices)
        )

    def __hash__(self) -> int:
        return hash((self.name, self.field, self.kind, self.matrices.tobytes()))

    def __repr__(self) -> str:
        kind = "" if self.kind is None else f", {self.kind} kind"
        return f"Irrep({self.name!r}, degree {self.degree} over the {self.field} numbers{kind})"


def character(irrep: Irrep) -> Matrices:
    """Character of an irrep: the trace of each matrix.

    ``chi(g) = tr rho(g)``, constant on conjugacy classes, ``chi(e) = d``,
    ``chi(g^-1) = conj(chi(g))``.

    Parameters
    ----------
    irrep : Irrep

    Returns
    -------
    chi : (n,) ndarray of float64 or complex128

    Examples
    --------
    >>> character(Irrep("sign", np.array([[[1.0]], [[-1.0]]]), field="complex"))
    array([ 1., -1.])
    """
    return np.trace(irrep.matrices, axis1=1, axis2=2)


def multiplicity(irrep: Irrep) -> int:
    """Squared norm of the character, ``<chi, chi> = (1/n) sum_g |chi(g)|^2``.

    It is the dimension of the algebra of matrices that commute with every ``rho(g)``: 1 over the
    complex numbers; over the real numbers 1, 2 or 4 for real, complex or quaternionic kind
    (Serre [1]_, section 13.2).

    Parameters
    ----------
    irrep : Irrep

    Returns
    -------
    multiplicity : {1, 2, 4}
        What field and kind say, not what the matrices give.

    References
    ----------
    .. [1] J.-P. Serre, *Linear Representations of Finite Groups*, Springer, 1977.

    Examples
    --------
    >>> turn = np.array([[0.0, -1.0], [1.0, 0.0]])
    >>> powers = np.stack([np.eye(2), turn, turn @ turn, turn.T])
    >>> multiplicity(Irrep("freq_1", powers, field="real", kind="complex"))
    2
    """
    return _COMMUTANT_DIMENSION[irrep.kind]


def _check(name: str, matrices: Matrices, field: Field, kind: Kind | None) -> None:
    """Refuse what is not an irrep by its form alone; the laws are not looked at."""
    shape = np.shape(matrices)
    if len(shape) != 3 or shape[1] != shape[2] or 0 in shape:
        msg = f"`matrices` of {name!r} must have shape (n, d, d), got {shape!r}"
        raise ValueError(msg)
    if field not in ("complex", "real"):
        msg = f"`field` of {name!r} must be 'complex' or 'real', got {field!r}"
        raise ValueError(msg)
    if field == "complex" and kind is not None:
        msg = f"`kind` of {name!r} is for irreps over the real numbers, got {kind!r}"
        raise ValueError(msg)
    if field == "real":
        _check_real(name, matrices, kind)


def _check_real(name: str, matrices: Matrices, kind: Kind | None) -> None:
    if np.iscomplexobj(matrices):
        msg = f"`matrices` of {name!r} must be real as its field is, got {matrices.dtype!r}"
        raise ValueError(msg)
    if kind is None or kind not in _COMMUTANT_DIMENSION:
        msg = f"`kind` of {name!r} must be 'real', 'complex' or 'quaternionic', got {kind!r}"
        raise ValueError(msg)
    step = {"real": 1, "complex": 2, "quaternionic": 4}[kind]
    if matrices.shape[1] % step:
        msg = (
            f"`matrices` of {name!r}, of {kind} kind, must have a degree divisible by {step}, "
            f"got {matrices.shape[1]!r}"
        )
        raise ValueError(msg)

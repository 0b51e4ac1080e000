"""Real orthogonal irreps from complex unitary ones.

Symbols: ``n`` the order; ``d`` the degree of a complex irrep ``rho``; ``chi`` its character; ``J``
a unitary matrix with ``rho(g) J = J conj(rho(g))``.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ontogeny.groups import Group
from ontogeny.representations._irrep import Irrep, Kind, Matrices, character

__all__ = ["frobenius_schur", "real_forms"]

_KINDS: dict[int, Kind] = {1: "real", 0: "complex", -1: "quaternionic"}
# Any start leads to the same J but for a phase; a fixed one leads to the same bytes.
_SEED = 20230206


def frobenius_schur(group: Group, irrep: Irrep) -> int:
    """Frobenius-Schur indicator of a complex irrep.

    ``nu = (1/n) sum_g chi(g^2)``, which is 1, 0 or -1 for real, complex or quaternionic type. Over
    all irreps, ``sum nu d`` counts the solutions of ``g^2 = e``.

    Parameters
    ----------
    group : Group
    irrep : Irrep
        Over the complex numbers.

    Returns
    -------
    indicator : {-1, 0, 1}

    Raises
    ------
    ValueError
        If the irrep is not one over the complex numbers, or the mean is near none of the three.

    References
    ----------
    .. [1] J.-P. Serre, *Linear Representations of Finite Groups*, Springer, 1977, section 13.2,
           proposition 39.

    Examples
    --------
    >>> from ontogeny.groups import group
    >>> from ontogeny.representations import irreps
    >>> quaternions = group("Q8")
    >>> [frobenius_schur(quaternions, irrep) for irrep in irreps(quaternions)]
    [1, 1, 1, 1, -1]
    """
    if irrep.field != "complex":
        msg = f"`irrep` must be over the complex numbers, got {irrep!r}"
        raise ValueError(msg)
    mean = complex(np.mean(character(irrep)[np.diagonal(group.table)]))
    indicator = round(mean.real)
    if abs(mean - indicator) > 1e-6 or indicator not in _KINDS:
        msg = f"`irrep` must be irreducible: the mean of chi(g^2) of {irrep.name!r} is {mean!r}"
        raise ValueError(msg)
    return indicator


def real_forms(group: Group, irreps: Sequence[Irrep]) -> tuple[Irrep, ...]:
    """Real orthogonal irreps of a group from all its complex ones.

    - real type: ``rho`` in a basis in which it is real, of degree d;
    - complex type: ``rho`` and ``conj(rho)`` give one, ``[[Re, -Im], [Im, Re]]`` of the first, of
      degree 2d and named after it;
    - quaternionic type: the same of ``rho``, in a basis in which it has the form
      ``[[A, -conj(B)], [B, conj(A)]]``, of degree 2d.

    Parameters
    ----------
    group : Group
    irreps : sequence of Irrep
        Complex irreps, one of each class.

    Returns
    -------
    real : tuple of Irrep
        In the order of the complex ones, each pair at the place of its first.

    References
    ----------
    .. [1] J.-P. Serre, *Linear Representations of Finite Groups*, Springer, 1977, section 13.2.
    """
    chi = np.array([character(irrep) for irrep in irreps])
    conjugate = np.argmax((chi @ chi.T).real, axis=1)
    found = []
    for i, irrep in enumerate(irreps):
        if conjugate[i] < i:
            continue
        kind = _KINDS[frobenius_schur(group, irrep)]
        found.append(Irrep(irrep.name, _REAL_FORM[kind](irrep.matrices), field="real", kind=kind))
    return tuple(found)


def _rotated(rho: Matrices) -> Matrices:
    """Matrices of an irrep of real type in a basis in which they are real.

    ``v -> J conj(v)`` is its own inverse, commutes with the group and is a reflection of the 2d
    real coordinates of v. An orthonormal basis V of the vectors that it fixes is unitary, with
    ``V V^T = J`` (Takagi's factorisation, Horn and Johnson [1]_, section 4.4), and ``V^* rho V`` is
    real.

    References
    ----------
    .. [1] R. A. Horn, C. R. Johnson, *Matrix Analysis*, 2nd edition, Cambridge, 2013.
    """
    if not np.iscomplexobj(rho):
        return rho
    J, d = _intertwiner(rho, symmetry=1), rho.shape[1]
    reflection = np.block([[J.real, J.imag], [J.imag, -J.real]])
    fixed = np.linalg.eigh(reflection)[1][:, d:]
    V = fixed[:d] + 1j * fixed[d:]
    return (V.conj().T @ rho @ V).real


def _doubled(rho: Matrices) -> Matrices:
    """Return ``[[Re, -Im], [Im, Re]]``: rho on the real coordinates (Re v, Im v)."""
    return np.concatenate(
        [
            np.concatenate([rho.real, -rho.imag], axis=2),
            np.concatenate([rho.imag, rho.real], axis=2),
        ],
        axis=1,
    )


def _symplectic(rho: Matrices) -> Matrices:
    """Matrices of an irrep of quaternionic type in the form ``[[A, -conj(B)], [B, conj(A)]]``.

    The map ``v -> J conj(v)`` squares to -1 and commutes with the group. In a basis
    ``v_1 .. v_m, J conj(v_1) .. J conj(v_m)`` its matrix is ``[[0, -1], [1, 0]]``, and what
    commutes with that has this form. As each vector is orthogonal to its image, one vector after
    the other is found orthogonal to all before.
    """
    J, d = _intertwiner(rho, symmetry=-1), rho.shape[1]
    residual = np.eye(d, dtype=np.complex128)
    left, right = [], []
    for _ in range(d // 2):
        k = int(np.argmax(np.diagonal(residual).real.round(9)))
        v = residual[:, k] / np.linalg.norm(residual[:, k])
        left.append(v)
        right.append(J @ v.conj())
        basis = np.stack([*left, *right], axis=1)
        residual = np.eye(d) - basis @ basis.conj().T
    return basis.conj().T @ rho @ basis


def _intertwiner(rho: Matrices, *, symmetry: int) -> NDArray[np.complex128]:
    """Unitary J with ``rho(g) J = J conj(rho(g))`` and ``J^T = symmetry J``.

    By Schur's lemma the mean of ``rho(g) A rho(g)^T`` over the group is a multiple of J for any A
    of that symmetry. The phase of J makes the largest entry of its first column positive.
    """
    d = rho.shape[1]
    start = np.random.default_rng(_SEED).standard_normal((d, d))
    start = start + symmetry * start.T
    mean = np.tensordot(rho @ start, rho, axes=([0, 2], [0, 2]))
    mean = mean + symmetry * mean.T
    first = mean[np.argmax(np.abs(mean[:, 0]).round(9)), 0]
    return np.asarray(mean * (np.abs(first) / first * np.sqrt(d) / np.linalg.norm(mean)))


def _doubled_symplectic(rho: Matrices) -> Matrices:
    return _doubled(_symplectic(rho))


_REAL_FORM = {"real": _rotated, "complex": _doubled, "quaternionic": _doubled_symplectic}

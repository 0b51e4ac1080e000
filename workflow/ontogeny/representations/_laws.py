"""How far irreps are from the laws that they must obey, as numbers.

Symbols: ``n`` the order; ``d`` a degree; ``rho, sigma`` irreps; ``chi`` characters; ``E`` the
matrix of all scaled matrix entries, which the laws make unitary.
"""

from collections.abc import Sequence

import numpy as np

from ontogeny.groups import Group, generators, identity
from ontogeny.representations._basis import entry_columns
from ontogeny.representations._irrep import Irrep, Matrices, character, multiplicity

__all__ = [
    "character_orthogonality_error",
    "completeness_error",
    "entry_orthogonality_error",
    "homomorphism_error",
    "law_violations",
    "unitarity_error",
]

# Up to this order every pair of elements is tried.
_ALL_PAIRS = 120


def law_violations(group: Group, irreps: Sequence[Irrep]) -> dict[str, float]:
    """Largest violation of each law over all the irreps of a group, real or complex.

    Parameters
    ----------
    group : Group
    irreps : sequence of Irrep
        All of them, over one field.

    Returns
    -------
    violations : dict of str to float
        ``homomorphism``, ``unitarity``, ``entry_orthogonality``, ``completeness``,
        ``character_orthogonality``, as the functions of this module give them.

    Examples
    --------
    >>> from ontogeny.groups import group
    >>> from ontogeny.representations import irreps
    >>> violations = law_violations(group("S3"), irreps(group("S3")))
    >>> max(violations.values()) < 1e-14
    True
    """
    return {
        "homomorphism": homomorphism_error(group, irreps),
        "unitarity": unitarity_error(irreps),
        "entry_orthogonality": entry_orthogonality_error(irreps),
        "completeness": completeness_error(irreps),
        "character_orthogonality": character_orthogonality_error(irreps),
    }


def homomorphism_error(group: Group, irreps: Sequence[Irrep]) -> float:
    """Largest entry of ``rho(e) - 1`` and of ``rho(g) rho(h) - rho(g h)``.

    For all pairs up to order 120. Above, for every g and a generating set of h: every element is a
    product of generators, and if ``rho(g s) = rho(g) rho(s)`` for every g and each generator s,
    then by induction over the length of the product ``rho(g h) = rho(g) rho(h)`` for every h. An
    error ``x`` at the generators is, for unitary matrices and to first order, at most ``2 l d x``
    at a product of l of them.

    Parameters
    ----------
    group : Group
    irreps : sequence of Irrep
        Each is judged by itself.

    Returns
    -------
    error : float
    """
    e = identity(group)
    few = group.order <= _ALL_PAIRS
    right = list(range(group.order)) if few else [int(s) for s in generators(group)]
    errors = []
    for irrep in irreps:
        rho = irrep.matrices
        errors.append(np.abs(rho[e] - np.eye(irrep.degree)).max())
        errors += [np.abs(rho @ rho[h] - rho[group.table[:, h]]).max() for h in right]
    return float(max(errors))


def unitarity_error(irreps: Sequence[Irrep]) -> float:
    """Largest entry of ``rho(g) rho(g)^* - 1``; for real matrices, distance from orthogonality.

    Parameters
    ----------
    irreps : sequence of Irrep
        Each is judged by itself.

    Returns
    -------
    error : float
    """
    errors = []
    for irrep in irreps:
        rho = irrep.matrices
        errors.append(np.abs(rho @ rho.conj().swapaxes(1, 2) - np.eye(irrep.degree)).max())
    return float(max(errors))


def entry_orthogonality_error(irreps: Sequence[Irrep]) -> float:
    """Largest entry of ``E^* E - 1``: the great orthogonality theorem, within and between irreps.

    Over the complex numbers ``(1/n) sum_g conj(rho_ij(g)) sigma_kl(g)`` is ``1/d`` if all is the
    same and else 0; E has the columns ``sqrt(d/n) rho_ij``. Over the real numbers E has the
    columns of `ontogeny.representations.basis`.

    Parameters
    ----------
    irreps : sequence of Irrep
        Inequivalent, over one field.

    Returns
    -------
    error : float

    References
    ----------
    .. [1] J.-P. Serre, *Linear Representations of Finite Groups*, Springer, 1977, section 2.2.
    """
    E = _entries(irreps)
    return float(np.abs(E.conj().T @ E - np.eye(E.shape[1])).max())


def completeness_error(irreps: Sequence[Irrep]) -> float:
    """Larger one of ``|sum of ranks - n|`` and the largest entry of ``E E^* - 1``.

    The entries of all irreps span the functions on the group: over the complex numbers
    ``sum d^2 = n`` and ``(1/n) sum_rho d tr(rho(g) rho(h)^*)`` is 1 for g = h and else 0.

    Parameters
    ----------
    irreps : sequence of Irrep
        All of a group, over one field.

    Returns
    -------
    error : float
    """
    E = _entries(irreps)
    missing = abs(sum(irrep.rank for irrep in irreps) - len(E))
    return max(float(missing), float(np.abs(E @ E.conj().T - np.eye(len(E))).max()))


def character_orthogonality_error(irreps: Sequence[Irrep]) -> float:
    """Largest error of ``(1/n) sum_g conj(chi(g)) chi'(g)``.

    It must be 0 for two irreps, and for one the number that `multiplicity` gives: 1, or over the
    real numbers 1, 2 or 4.

    Parameters
    ----------
    irreps : sequence of Irrep
        Inequivalent, over one field.

    Returns
    -------
    error : float
    """
    chi = np.array([character(irrep) for irrep in irreps])
    gram = chi.conj() @ chi.T / chi.shape[1]
    return float(np.abs(gram - np.diag([multiplicity(irrep) for irrep in irreps])).max())


def _entries(irreps: Sequence[Irrep]) -> Matrices:
    return np.concatenate([entry_columns(irrep) for irrep in irreps], axis=1)

"""Irreducible representations of finite groups: complex and real, with names and laws.

Conventions, the same in the whole package:

- ``rho(g h) = rho(g) rho(h)`` with ``g h = table[g, h]``; matrices stand in element order.
- Complex irreps are unitary, real ones orthogonal; everything is computed in double precision.
- `irreps` are irreducible over the complex numbers, `real_irreps` over the real ones. A pair of
  conjugate complex irreps is one real irrep. Matrix entries count by their true rank.
- Functions on the group have the inner product ``sum_g conj(f(g)) h(g)``; characters are compared
  by its mean, ``(1/n) sum_g``.
- Names are unique in a group: ``trivial``, ``sign``, ``standard``, ``standard_sign``, ``freq_k``,
  partitions as ``(3,2)``, ``x~`` for the conjugate of ``x``, ``x*y`` for a tensor product; degree
  and letter, ``3a``, where irreps were found numerically.
"""

from ontogeny.representations._alternating import alternating_irreps
from ontogeny.representations._basis import EntryBasis, basis
from ontogeny.representations._cyclic import cyclic_irreps
from ontogeny.representations._dicyclic import dicyclic_irreps
from ontogeny.representations._dihedral import dihedral_irreps
from ontogeny.representations._irrep import Irrep, character, multiplicity
from ontogeny.representations._irreps import irreps, real_irreps
from ontogeny.representations._laws import (
    character_orthogonality_error,
    completeness_error,
    entry_orthogonality_error,
    homomorphism_error,
    law_violations,
    unitarity_error,
)
from ontogeny.representations._numerical import numerical_irreps
from ontogeny.representations._orbits import smallest_orbits
from ontogeny.representations._product import product_irreps
from ontogeny.representations._real import frobenius_schur, real_forms
from ontogeny.representations._symmetric import symmetric_irreps

__all__ = [
    "EntryBasis",
    "Irrep",
    "alternating_irreps",
    "basis",
    "character",
    "character_orthogonality_error",
    "completeness_error",
    "cyclic_irreps",
    "dicyclic_irreps",
    "dihedral_irreps",
    "entry_orthogonality_error",
    "frobenius_schur",
    "homomorphism_error",
    "irreps",
    "law_violations",
    "multiplicity",
    "numerical_irreps",
    "product_irreps",
    "real_forms",
    "real_irreps",
    "smallest_orbits",
    "symmetric_irreps",
    "unitarity_error",
]

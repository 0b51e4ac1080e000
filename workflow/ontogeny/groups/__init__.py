"""Finite groups as values: families, products, tables, and the structure read from a table.

Conventions, the same in the whole package:

- An element is an index ``0 .. n-1``; ``table[a, b]`` is the product ``a b``, row times column.
- The identity is found from the table (`identity`); it need not be 0.
- `symmetric` and `alternating`: the left factor of a product is applied first,
  ``(g h)(i) = h(g(i))``, and elements stand in sympy's order, as in the published networks.
- `dihedral`, `dicyclic` and `frobenius`: normal forms ``rot^r refl^s``, ``a^k x^j`` and
  ``t -> g^k t + x``, the first exponent (or x) varying fastest; maps compose from the right.
- `from_permutations` and `from_matrices`: the identity first, then breadth-first by the
  generators; the left factor of permutations is applied first, and matrices are multiplied.
- `direct_product`: the last factor varies fastest.
- Classes and cosets are arrays that give each element's class or coset, numbered by first
  appearance; subgroups are boolean arrays over the elements.
"""

from ontogeny.groups._families import (
    alternating,
    cyclic,
    dicyclic,
    dihedral,
    frobenius,
    symmetric,
)
from ontogeny.groups._generators import (
    canonical_matrices,
    canonical_permutations,
    from_matrices,
    from_permutations,
)
from ontogeny.groups._group import Group
from ontogeny.groups._named import group
from ontogeny.groups._names import MAX_ORDER, Factor, parse
from ontogeny.groups._permutations import permutations
from ontogeny.groups._products import direct_product
from ontogeny.groups._structure import (
    centre,
    commuting_fraction,
    conjugacy_classes,
    element_orders,
    generators,
    identity,
    inverses,
    is_abelian,
)
from ontogeny.groups._subgroups import (
    MAX_SUBGROUPS_ORDER,
    left_cosets,
    right_cosets,
    subgroups,
)
from ontogeny.groups._table import broken_law, from_table

__all__ = [
    "MAX_ORDER",
    "MAX_SUBGROUPS_ORDER",
    "Factor",
    "Group",
    "alternating",
    "broken_law",
    "canonical_matrices",
    "canonical_permutations",
    "centre",
    "commuting_fraction",
    "conjugacy_classes",
    "cyclic",
    "dicyclic",
    "dihedral",
    "direct_product",
    "element_orders",
    "frobenius",
    "from_matrices",
    "from_permutations",
    "from_table",
    "generators",
    "group",
    "identity",
    "inverses",
    "is_abelian",
    "left_cosets",
    "parse",
    "permutations",
    "right_cosets",
    "subgroups",
    "symmetric",
]

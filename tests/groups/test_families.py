import hashlib

import numpy as np
import pytest
from sympy.combinatorics import Permutation, PermutationGroup
from sympy.combinatorics.named_groups import AlternatingGroup, SymmetricGroup

from group_table import GROUPS, GroupCase
from ontogeny.groups import (
    Group,
    alternating,
    cyclic,
    dicyclic,
    dihedral,
    direct_product,
    element_orders,
    frobenius,
    from_table,
    group,
    identity,
    permutations,
    symmetric,
)

PERMUTED = [(family, n) for family in "SA" for n in range(1, 7)]


def _product(group: Group, left: str, right: str) -> str:
    index = group.table[group.labels.index(left), group.labels.index(right)]
    return group.labels[index]


@pytest.mark.parametrize("case", GROUPS, ids=str)
def test_every_law_holds(case: GroupCase) -> None:
    built = group(case.name)
    assert built.order == case.order
    assert from_table(case.name, built.table, labels=built.labels) == built


@pytest.mark.parametrize("case", GROUPS, ids=str)
def test_laws_by_brute_force(case: GroupCase) -> None:
    table = group(case.name).table
    n = len(table)
    e = identity(group(case.name))
    assert table.shape == (n, n)
    assert table.min() == 0
    assert table.max() == n - 1
    np.testing.assert_array_equal(table[e], np.arange(n))
    np.testing.assert_array_equal(table[:, e], np.arange(n))
    assert np.all(np.sum(table == e, axis=0) == 1)
    assert np.all(np.sum(table == e, axis=1) == 1)
    sample = np.random.default_rng(0).integers(n, size=(3, 200_000))
    a, b, c = np.indices((n, n, n)).reshape(3, -1) if n <= 60 else sample
    np.testing.assert_array_equal(table[table[a, b], c], table[a, table[b, c]])


@pytest.mark.parametrize(
    ("name", "index"), [("C113", 0), ("D59", 0), ("S5", 20), ("S6", 60), ("A5", 0), ("F20", 0)]
)
def test_identity_stands_where_the_papers_have_it(name: str, index: int) -> None:
    assert identity(group(name)) == index


@pytest.mark.parametrize(
    ("built", "left", "right", "product"),
    [
        (cyclic(12), "7", "8", "3"),
        (dihedral(7), "r5", "r4", "r2"),
        (dihedral(7), "r5", "r4s", "r2s"),
        (dihedral(7), "r5s", "r4", "r1s"),
        (dihedral(7), "r4s", "r5s", "r6"),
        (symmetric(3), "(0 1)", "(1 2)", "(0 2 1)"),
        (symmetric(3), "(1 2)", "(0 1)", "(0 1 2)"),
        (alternating(4), "(0 1)(2 3)", "(0 1 2)", "(0 2 3)"),
        (dicyclic(12), "a0x", "a0x", "a3"),
        (dicyclic(12), "a0x", "a1", "a5x"),
        (dicyclic(12), "a1", "a0x", "a1x"),
        (dicyclic(12), "a2x", "a1x", "a4"),
        (frobenius(7, 3), "2t", "t+1", "2t+2"),
        (frobenius(7, 3), "t+1", "2t", "2t+1"),
        (frobenius(7, 3), "2t+3", "4t+5", "t+6"),
        (direct_product(cyclic(2), symmetric(3)), "(1,(0 1))", "(1,(1 2))", "(0,(0 2 1))"),
    ],
    ids=str,
)
def test_products_by_hand(built: Group, left: str, right: str, product: str) -> None:
    assert _product(built, left, right) == product


def test_labels_in_order() -> None:
    assert cyclic(3).labels == ("0", "1", "2")
    assert dihedral(3).labels == ("r0", "r1", "r2", "r0s", "r1s", "r2s")
    assert dicyclic(8).labels == ("a0", "a1", "a2", "a3", "a0x", "a1x", "a2x", "a3x")
    assert frobenius(3, 2).labels == ("t", "t+1", "t+2", "2t", "2t+1", "2t+2")
    assert symmetric(2).labels == ("()", "(0 1)")


def test_dicyclic_relations() -> None:
    Q16 = dicyclic(16)
    x_a = _product(Q16, "a0x", "a1")
    x_inverse = Q16.labels[np.argmax(Q16.table[Q16.labels.index("a0x")] == identity(Q16))]
    assert _product(Q16, x_a, x_inverse) == "a7"
    assert element_orders(Q16)[[0, 1, 4, 8]].tolist() == [1, 8, 2, 4]


@pytest.mark.parametrize("p", [3, 5, 7, 59])
def test_frobenius_with_two_slopes_is_dihedral(p: int) -> None:
    np.testing.assert_array_equal(frobenius(p, 2).table, dihedral(p).table)


@pytest.mark.parametrize(("p", "q"), [(5, 4), (7, 3), (7, 6), (11, 5), (13, 4)])
def test_frobenius_is_composition_of_maps(p: int, q: int) -> None:
    F = frobenius(p, q)
    g = next(g for g in range(2, p) if min(k for k in range(1, p) if g**k % p == 1) == q)
    maps = [tuple((g**k * t + x) % p for t in range(p)) for k in range(q) for x in range(p)]
    composed = [[maps.index(tuple(a[b[t]] for t in range(p))) for b in maps] for a in maps]
    np.testing.assert_array_equal(F.table, composed)


def test_dihedral_is_composition_of_motions() -> None:
    angle = 2 * np.pi / 5
    motions = [
        np.array([[np.cos(r * angle), -np.sin(r * angle)], [np.sin(r * angle), np.cos(r * angle)]])
        @ np.diag([1, (-1) ** s])
        for s in range(2)
        for r in range(5)
    ]
    table = dihedral(5).table
    for a in range(10):
        for b in range(10):
            np.testing.assert_allclose(
                motions[a] @ motions[b], motions[table[a, b]], rtol=0, atol=1e-12
            )


@pytest.mark.parametrize(("family", "n"), PERMUTED)
def test_tables_of_permutations_apply_the_left_factor_first(family: str, n: int) -> None:
    points = permutations(family, n)
    table = group(f"{family}{n}").table
    for a, b in np.random.default_rng(0).integers(len(points), size=(100, 2)):
        np.testing.assert_array_equal(points[table[a, b]], points[b][points[a]])


@pytest.mark.parametrize(("family", "n"), PERMUTED)
def test_labels_of_permutations_are_their_cycles(family: str, n: int) -> None:
    labels = group(f"{family}{n}").labels
    for label, row in zip(labels, permutations(family, n), strict=True):
        words = label.strip("()").split(")(") if label != "()" else []
        cycles = [[int(point) for point in word.split()] for word in words]
        np.testing.assert_array_equal(Permutation(cycles, size=n).array_form, row)


@pytest.mark.parametrize(("family", "n"), PERMUTED)
def test_order_of_elements_is_that_of_sympy(family: str, n: int) -> None:
    sympy_group = SymmetricGroup(n) if family == "S" else AlternatingGroup(n)
    if (family, n) == ("A", 5):
        sympy_group = PermutationGroup(
            Permutation([[0, 1, 2, 3, 4]]), Permutation([[1, 2], [3, 4]], size=5)
        )
    elements = [Permutation(p, size=n).array_form for p in sympy_group.elements]
    assert permutations(family, n).tolist() == elements


@pytest.mark.parametrize(
    ("family", "n", "digest"),
    [
        ("S", 5, "f745a9e947ae9ab0eb77f8eb97f9fe46"),
        ("S", 6, "c511710c2cb6ac9d1491af1d8920275a"),
        ("A", 5, "35f06b6c81b6ed83d05fa232c5faaddf"),
    ],
)
def test_order_of_elements_is_that_of_the_published_networks(
    family: str, n: int, digest: str
) -> None:
    rows = str([tuple(row) for row in permutations(family, n).tolist()])
    assert hashlib.md5(rows.encode(), usedforsecurity=False).hexdigest() == digest


@pytest.mark.parametrize(("family", "n"), PERMUTED)
def test_signs_balance_in_symmetric_groups_alone(family: str, n: int) -> None:
    signs = [Permutation(row).signature() for row in permutations(family, n).tolist()]
    balanced = family == "S" and n > 1
    assert sum(signs) == (0 if balanced else len(signs))


def test_permutations_are_fresh() -> None:
    permutations("S", 3)[:] = 0
    assert permutations("S", 3)[1].tolist() == [1, 2, 0]


def test_products_are_taken_in_each_place() -> None:
    G, H = symmetric(3), dihedral(4)
    product = direct_product(G, H)
    assert product.name == "S3xD4"
    i, j = np.divmod(np.arange(48), 8)
    expected = G.table[np.ix_(i, i)] * 8 + H.table[np.ix_(j, j)]
    np.testing.assert_array_equal(product.table, expected)
    assert product.labels[13] == f"({G.labels[1]},{H.labels[5]})"


def test_products_nest() -> None:
    flat = direct_product(cyclic(2), symmetric(3), frobenius(5, 2))
    left = direct_product(direct_product(cyclic(2), symmetric(3)), frobenius(5, 2))
    right = direct_product(cyclic(2), direct_product(symmetric(3), frobenius(5, 2)))
    assert flat == left == right == group("C2xS3xF10")
    assert flat.labels[-1] == "(1,(0 2),4t+4)"


def test_product_of_one_group_is_that_group() -> None:
    assert direct_product(cyclic(5)) == cyclic(5)
    assert group("C1xC1").labels == ("(0,0)",)


@pytest.mark.parametrize("name", ["C1", "S1", "A1", "A2"])
def test_trivial_groups(name: str) -> None:
    assert group(name).table.tolist() == [[0]]
    assert group(name).name == name


def test_permutations_of_trivial_groups() -> None:
    assert permutations("A", 2).tolist() == [[0, 1]]
    assert permutations("S", 1).tolist() == [[0]]


@pytest.mark.parametrize(
    ("build", "numbers", "message"),
    [
        (cyclic, (0,), r"`n`: C_n needs 1 <= n <= 1000, got 0; the nearest is 'C1'"),
        (dihedral, (2,), r"`n`: D_n, of order 2n, needs 3 <= n <= 500, got 2; .* 'D3'"),
        (symmetric, (7,), r"`n`: S_n needs 1 <= n <= 6, got 7; the nearest is 'S6'"),
        (alternating, (0,), r"`n`: A_n needs 1 <= n <= 6, got 0; the nearest is 'A1'"),
        (dicyclic, (4,), r"`order`: Q_n is named by its order, a multiple of 4 .* got 4;.* 'Q8'"),
        (frobenius, (9, 2), r"`p` must be a prime, got 9"),
        (frobenius, (7, 4), r"`q` must be above 1 and divide p - 1 = 6, got 4"),
        (frobenius, (7, 1), r"`q` must be above 1 and divide p - 1 = 6, got 1"),
        (frobenius, (101, 10), r"`p \* q`: F_n is named .* got 1010; the nearest is 'F"),
        (permutations, ("C", 3), r"`family_letter` must be 'S' or 'A', got 'C'"),
        (permutations, ("S", 7), r"`n`: S_n needs 1 <= n <= 6, got 7"),
        (direct_product, (), r"`groups` must hold at least one group, got \(\)"),
        (direct_product, (symmetric(6), cyclic(2)), r"order at most 1000, got 1440"),
    ],
)
def test_groups_that_do_not_exist_here(build, numbers, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build(*numbers)

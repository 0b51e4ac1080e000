import numpy as np
import pytest
from sympy.combinatorics import Permutation

from group_table import GROUPS, GroupCase
from ontogeny.groups import (
    centre,
    commuting_fraction,
    conjugacy_classes,
    element_orders,
    from_table,
    generators,
    group,
    identity,
    inverses,
    is_abelian,
    permutations,
)

by_case = pytest.mark.parametrize("case", GROUPS, ids=str)


def test_symmetric_group_on_three_points() -> None:
    S3 = group("S3")  # (), (0 1 2), (0 2 1), (1 2), (0 1), (0 2)
    assert identity(S3) == 0
    assert inverses(S3).tolist() == [0, 2, 1, 3, 4, 5]
    assert element_orders(S3).tolist() == [1, 3, 3, 2, 2, 2]
    assert conjugacy_classes(S3).tolist() == [0, 1, 1, 2, 2, 2]
    assert centre(S3).tolist() == [True, False, False, False, False, False]
    assert commuting_fraction(S3) == 0.5


def test_classes_are_numbered_by_first_appearance() -> None:
    S5 = group("S5")  # the identity is element 20
    classes = conjugacy_classes(S5)
    assert classes[0] == 0
    assert S5.labels[0] == "(2 4 3)"
    assert S5.labels[1] == "(0 1 2)"
    assert classes[1] == 0
    assert classes[20] > 0
    _, first = np.unique(classes, return_index=True)
    assert np.all(np.diff(first) > 0)


def test_classes_of_symmetric_group_are_cycle_types() -> None:
    types = [
        tuple(sorted(Permutation(row).cycle_structure.items()))
        for row in permutations("S", 5).tolist()
    ]
    classes = conjugacy_classes(group("S5"))
    assert len(set(zip(types, classes.tolist(), strict=True))) == len(set(types)) == 7


@by_case
def test_class_sizes(case: GroupCase) -> None:
    classes = conjugacy_classes(group(case.name))
    assert tuple(sorted(np.bincount(classes).tolist())) == case.class_sizes
    assert sum(case.class_sizes) == case.order
    assert all(case.order % size == 0 for size in case.class_sizes)


@by_case
def test_classes_are_closed_under_conjugation(case: GroupCase) -> None:
    G = group(case.name)
    classes = conjugacy_classes(G)
    inverse = inverses(G)
    for g in np.random.default_rng(0).integers(case.order, size=20):
        np.testing.assert_array_equal(classes[G.table[G.table[g], inverse[g]]], classes)


@by_case
def test_degrees_of_the_table_fit_the_classes(case: GroupCase) -> None:
    assert len(case.degrees) == len(case.class_sizes)
    assert sum(d * d for d in case.degrees) == case.order


@by_case
def test_inverses(case: GroupCase) -> None:
    G = group(case.name)
    elements = np.arange(case.order)
    inverse = inverses(G)
    assert np.all(G.table[elements, inverse] == identity(G))
    assert np.all(G.table[inverse, elements] == identity(G))
    np.testing.assert_array_equal(inverse[inverse], elements)


@by_case
def test_element_orders(case: GroupCase) -> None:
    G = group(case.name)
    orders = element_orders(G)
    assert np.all(case.order % orders == 0)
    assert np.flatnonzero(orders == 1).tolist() == [identity(G)]
    for a in np.random.default_rng(0).integers(case.order, size=20):
        powers = [a]
        while powers[-1] != identity(G):
            powers.append(G.table[powers[-1], a])
        assert orders[a] == len(powers)


@by_case
def test_centre_is_the_union_of_the_classes_of_one_element(case: GroupCase) -> None:
    assert centre(group(case.name)).sum() == case.class_sizes.count(1)


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("D59", ["r0"]),
        ("D6", ["r0", "r3"]),
        ("Q12", ["a0", "a3"]),
        ("C2xS4", ["(0,())", "(1,())"]),
        ("A5", ["()"]),
    ],
)
def test_centre(name: str, labels: list[str]) -> None:
    G = group(name)
    assert [G.labels[a] for a in np.flatnonzero(centre(G))] == labels


@by_case
def test_abelian(case: GroupCase) -> None:
    assert is_abelian(group(case.name)) is case.abelian


@by_case
def test_commuting_fraction_counts_classes(case: GroupCase) -> None:
    expected = len(case.class_sizes) / case.order
    np.testing.assert_allclose(commuting_fraction(group(case.name)), expected, rtol=1e-12)


def test_commuting_fraction_of_the_specification() -> None:
    np.testing.assert_allclose(commuting_fraction(group("S5")), 7 / 120, rtol=1e-12)


@by_case
def test_generators_generate(case: GroupCase) -> None:
    G = group(case.name)
    chosen = generators(G)
    assert 2 ** len(chosen) <= case.order
    reached = {identity(G)}
    while True:
        products = {int(G.table[a, g]) for a in reached for g in chosen} | reached
        if products == reached:
            break
        reached = products
    assert len(reached) == case.order


@pytest.mark.parametrize(
    ("name", "count"), [("C1", 0), ("C2xC3", 1), ("C113", 1), ("D59", 2), ("S6", 2)]
)
def test_number_of_generators(name: str, count: int) -> None:
    assert len(generators(group(name))) == count


def test_structure_is_found_wherever_the_identity_stands() -> None:
    C3 = from_table("mine", [[1, 2, 0], [2, 0, 1], [0, 1, 2]])
    assert identity(C3) == 2
    assert inverses(C3).tolist() == [1, 0, 2]
    assert element_orders(C3).tolist() == [3, 3, 1]
    assert conjugacy_classes(C3).tolist() == [0, 1, 2]
    assert generators(C3).tolist() == [0]

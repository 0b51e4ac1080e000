import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from sympy.combinatorics import Permutation, PermutationGroup

from group_table import GROUPS
from ontogeny.groups import (
    MAX_ORDER,
    canonical_matrices,
    canonical_permutations,
    conjugacy_classes,
    element_orders,
    from_matrices,
    from_permutations,
    from_table,
    group,
    identity,
    permutations,
)


def invariants(found):
    """Sizes of the classes with the orders of their elements: the same in isomorphic groups."""
    classes = conjugacy_classes(found)
    orders = element_orders(found)
    return sorted((int(np.sum(classes == c)), int(orders[classes == c][0])) for c in set(classes))


def require_group(found, order):
    """Check every law, the place of the identity and the labels."""
    assert found.order == order
    from_table(found.name, found.table, labels=found.labels)
    assert identity(found) == 0


Q8 = [[[0, 2], [1, 0]], [[1, 1], [1, 2]]]
SHEARS = [[[1, 1], [0, 1]], [[1, 0], [1, 1]]]
GL32 = [[[1, 1, 0], [0, 1, 0], [0, 0, 1]], [[0, 0, 1], [1, 0, 0], [0, 1, 0]]]
PERMUTED = {
    "C1": ["()"],
    "C7": ["(1,2,3,4,5,6,7)"],
    "C12": ["(1,2,3)(4,5,6,7)"],
    "D6": ["(1,2,3,4,5,6)", "(2,6)(3,5)"],
    "S5": ["(1,2,3,4,5)", "(1,2)"],
    "A5": ["(1,2,3,4,5)", "(1,2,3)"],
    "Q8": ["(1,2,3,4)(5,6,7,8)", "(1,5,3,7)(2,8,4,6)"],
    "F21": ["(1,2,3,4,5,6,7)", "(2,3,5)(4,7,6)"],
    "C2xS4": ["(1,2,3,4)", "(1,2)", "(5,6)"],
}


@pytest.mark.parametrize("name", PERMUTED)
def test_permutations_generate_the_group_that_is_known(name):
    found, known = from_permutations("mine", PERMUTED[name]), group(name)
    require_group(found, known.order)
    assert invariants(found) == invariants(known)


@pytest.mark.parametrize(
    ("name", "generators", "modulus"),
    [
        ("Q8", Q8, 3),
        ("S3", SHEARS, 2),
        ("C7", [[[1, 1], [0, 1]]], 7),
        ("C12", [[[1, 1], [0, 1]]], 12),
        ("F20", [[[2, 0], [0, 1]], [[1, 1], [0, 1]]], 5),
        ("C4", [[[0, -1], [1, 0]]], None),
        ("D6", [[[1, -1], [1, 0]], [[0, 1], [1, 0]]], None),
        ("C2xS4", [[[0, -1, 0], [1, 0, 0], [0, 0, 1]], [[0, 0, 1], [1, 0, 0], [0, 1, 0]],
                   [[-1, 0, 0], [0, -1, 0], [0, 0, -1]]], None),
        ("C2", [[[1, 10**18], [0, -1]]], None),
    ],
)  # fmt: skip
def test_matrices_generate_the_group_that_is_known(name, generators, modulus):
    found = from_matrices("mine", generators, modulus=modulus)
    require_group(found, group(name).order)
    assert invariants(found) == invariants(group(name))


def test_special_linear_groups():
    sl23 = from_matrices("mine", SHEARS, modulus=3)
    require_group(sl23, 24)  # class sizes and orders of SL(2,3): ATLAS of small groups, 24.3
    assert invariants(sl23) == [(1, 1), (1, 2), (4, 3), (4, 3), (4, 6), (4, 6), (6, 4)]
    sl25 = from_matrices("mine", SHEARS, modulus=5)
    require_group(sl25, 120)
    assert sorted(size for size, _ in invariants(sl25)) == [1, 1, 12, 12, 12, 12, 20, 20, 30]


def test_the_simple_group_of_order_168_in_two_ways():
    by_matrices = from_matrices("mine", GL32, modulus=2)
    by_permutations = from_permutations("mine", ["(1,2,3,4,5,6,7)", "(2,3)(4,7)"])
    for found in (by_matrices, by_permutations):
        require_group(found, 168)
        assert invariants(found) == [(1, 1), (21, 2), (24, 7), (24, 7), (42, 4), (56, 3)]


@given(st.lists(st.permutations(range(6)), min_size=1, max_size=3))
def test_the_order_is_that_of_sympy(images):
    known = PermutationGroup([Permutation(list(image)) for image in images])
    found = from_permutations("mine", [list(image) for image in images])
    assert len(found.table) == known.order()
    require_group(found, known.order())


@given(st.lists(st.permutations(range(5)), min_size=1, max_size=2))
def test_every_product_is_that_of_the_permutations(images):
    found = from_permutations("mine", [list(image) for image in images])
    arrays = permutations("S", 5)
    labels = dict(zip(group("S5").labels, arrays, strict=True))
    elements = np.array([labels[label] for label in found.labels])
    products = elements[:, elements].swapaxes(0, 1)  # (left, right, point): right after left
    np.testing.assert_array_equal(elements[found.table], products)


def entries(label):
    return [[int(entry) for entry in row.split()] for row in label.strip("[]").split(";")]


@pytest.mark.parametrize(
    ("generators", "modulus"), [(Q8, 3), (SHEARS, 4), (GL32, 2), ([[[0, -1], [1, 0]]], None)]
)
def test_every_product_is_that_of_the_matrices(generators, modulus):
    found = from_matrices("mine", generators, modulus=modulus)
    elements = np.array([entries(label) for label in found.labels])
    products = elements[:, None] @ elements
    expected = products if modulus is None else products % modulus
    np.testing.assert_array_equal(elements[found.table], expected)


def test_elements_stand_breadth_first():
    found = from_permutations("mine", ["(1,2,3)", "(1,2)"])
    assert found.labels == ("()", "(1 2 3)", "(1 2)", "(1 3 2)", "(2 3)", "(1 3)")
    turned = from_permutations("mine", ["(1,2)", "(1,2,3)"])
    assert turned.labels[:3] == ("()", "(1 2)", "(1 2 3)")


@pytest.mark.parametrize(
    "spelling",
    [
        ["(1,2,3)(4,5)", "(1,2)"],
        ["(1 2 3) (4 5)", "( 1 , 2 )"],
        ["(5,4)(2,3,1)", "(2,1)(3)"],
        [[2, 3, 1, 5, 4], [2, 1, 3, 4, 5]],
        [(2.0, 3.0, 1.0, 5.0, 4.0), (2, 1, 3, 4, 5)],
        np.array([[2, 3, 1, 5, 4], [2, 1, 3, 4, 5]]),
    ],
)
def test_spellings_of_permutations_are_the_same(spelling):
    expected = ("(1 2 3)(4 5)", "(1 2)")
    assert canonical_permutations(spelling) == expected
    assert canonical_permutations(expected) == expected
    assert from_permutations("mine", spelling) == from_permutations("mine", expected)


def test_image_lists_count_from_0_when_one_holds_a_0():
    assert canonical_permutations([[1, 2, 0], [1, 0, 2]]) == ("(0 1 2)", "(0 1)")
    with pytest.raises(ValueError, match=r"generator 2 = \[2, 3, 1\]: the point 0 is missing"):
        canonical_permutations([[1, 2, 0], [2, 3, 1]])


def test_spellings_of_matrices_are_the_same():
    assert canonical_matrices([[[0, -1], [1.0, 3]]], modulus=3) == [[[0, 2], [1, 0]]]
    assert canonical_matrices(np.array([[[0, -1], [1, 0]]])) == [[[0, -1], [1, 0]]]
    spelled = from_matrices("mine", [[[3, -1], [4, 0]], [[1, 1], [1, 2]]], modulus=3)
    assert spelled == from_matrices("mine", Q8, modulus=3)


@pytest.mark.parametrize(
    ("generators", "message"),
    [
        ([], "at least one generator"),
        (
            ["(1,2)(2,3)"],
            r"generator 1 = '\(1,2\)\(2,3\)': the point 2 occurs there twice; write d",
        ),
        (["(1,2)", "(1,2"], r"generator 2 = '\(1,2': must be cycles in parentheses"),
        (["1,2"], "must be cycles in parentheses"),
        (["(1,2),(3,4)"], "a comma between cycles is ambiguous"),
        (["(1,,2)"], "'' is not a point"),
        (["(a,b)"], "'a' is not a point"),
        (["(1,-2)"], "'-2' is not a point"),
        (["(1.5,2)"], "'1.5' is not a point"),
        ([[1, 2, 2]], "the point 2 occurs there twice"),
        ([[1, 2, 4]], "the point 3 is missing; with points from 1, a list of 3"),
        ([[0, 1, 3]], "the point 2 is missing; with points from 0, a list of 3"),
        ([[2, 1], [2, 3, 1]], "different lengths, 2 and 3"),
        ([[0.5, 1]], "place 1: 0.5 is not a whole number"),
        ([[True, False]], "place 1: True is not a whole number"),
        (["(1,2)", [2, 1]], "some generators are texts and some are not"),
        ([3], "generator 1 = 3: must be cycle notation"),
        ([[]], "must be cycle notation"),
    ],
)
def test_what_is_not_a_permutation_is_refused(generators, message):
    for function in (canonical_permutations, lambda wrong: from_permutations("mine", wrong)):
        with pytest.raises(ValueError, match=message):
            function(generators)


@pytest.mark.parametrize(
    ("generators", "modulus", "message"),
    [
        ([], None, "at least one generator"),
        ([[[1, 2]]], 5, "must be square, but row 1 has length 2 and there are 1 rows"),
        ([[[1, 2], [0]]], 5, "must be square, but row 2 has length 1"),
        ([[1, 0], [0, 1]], 5, "generator 1: must be a matrix"),
        ([[[0.5, 0], [0, 2]]], 5, "generator 1, row 1, column 1: 0.5 is not a whole number"),
        ([[[float("nan")]]], 5, "nan is not a whole number"),
        ([[["1"]]], 5, "'1' is not a whole number"),
        ([[[1j]]], 5, "1j is not a whole number"),
        ([[[1]], [[1, 0], [0, 1]]], 5, "different sizes, 1 and 2 rows"),
        ([[[1, 0], [0, 1]], [[1, 1], [1, 1]]], 5, "generator 2: is singular modulo 5"),
        ([[[2, 0], [0, 1]]], 6, "determinant is 2, which has a factor in common with 6"),
        ([[[2, 0], [0, 1]]], None, "its determinant is 2, not 1 or -1; give `modulus`"),
        ([[[10**12, 0], [0, 10**12]]], None, r"its determinant is above 10\^18"),
        ([[[10**19]]], None, "larger than 10"),
        ([[[1]]], 1, "`modulus` must be from 2"),
        ([np.identity(101, dtype=int)], 2, "has 101 rows, more than 100"),
    ],
)
def test_what_is_not_an_invertible_matrix_is_refused(generators, modulus, message):
    for function in (canonical_matrices, lambda *a, **k: from_matrices("mine", *a, **k)):
        with pytest.raises(ValueError, match=message):
            function(generators, modulus=modulus)


def test_a_group_of_the_largest_order_is_made_and_a_larger_one_refused():
    for n, make in [
        (MAX_ORDER, lambda n: from_matrices("mine", [[[1, 1], [0, 1]]], modulus=n)),
        (MAX_ORDER, lambda n: from_permutations("mine", [[*range(1, n), 0]])),
    ]:
        require_group(make(n), n)
        with pytest.raises(ValueError, match="has more than 1,000 elements"):
            make(n + 1)


SHIFT = np.roll(np.identity(100, dtype=int), 1, axis=0)
SWAP = np.identity(100, dtype=int)[:, [1, 0, *range(2, 100)]]


@pytest.mark.parametrize(
    "make",
    [
        lambda: from_permutations("mine", ["(1,2,3,4,5,6,7)", "(1,2)"]),
        lambda: from_permutations("mine", [f"({','.join(map(str, range(9000)))})"]),
        lambda: from_matrices("mine", SHEARS, modulus=999_983),
        lambda: from_matrices("mine", [SHIFT, SWAP]),
        lambda: from_matrices("mine", [[[1, 1], [0, 1]]]),
        lambda: from_matrices("mine", [[[2, 1], [1, 1]]]),
        lambda: from_matrices("mine", [[[1, 999_983], [0, 1]]]),  # the identity modulo the prime
        lambda: from_matrices("mine", [[[1, 10**18], [0, -1]], [[1, 0], [0, -1]]]),
    ],
)
def test_too_large_a_group_is_refused(make):
    with pytest.raises(ValueError, match="has more than 1,000 elements"):
        make()


def test_too_many_points_are_refused():
    with pytest.raises(ValueError, match="move 10,002 points, more than 10,000"):
        from_permutations("mine", ["".join(f"({i},{i + 1})" for i in range(0, 10_002, 2))])


def test_a_name_is_needed():
    with pytest.raises(ValueError, match="`name` must not be empty"):
        from_permutations("", ["(1,2)"])


def test_every_table_is_generated_by_its_own_rows():
    """The regular representation of a group generates a group like it."""
    for case in GROUPS:
        if case.order <= 24:
            rows = group(case.name).table.T
            found = from_permutations("mine", rows)
            require_group(found, case.order)
            assert invariants(found) == invariants(group(case.name))

from itertools import combinations
from math import factorial

import numpy as np
import pytest

from ontogeny.groups import group, permutations
from ontogeny.representations import character, irreps, real_irreps
from ontogeny.representations._symmetric import partitions, standard_tableaux

# One permutation of each class of S5, in the order of the published table.
S5_CLASSES = [
    (0, 1, 2, 3, 4),
    (1, 0, 2, 3, 4),
    (1, 0, 3, 2, 4),
    (1, 2, 0, 3, 4),
    (1, 2, 0, 4, 3),
    (1, 2, 3, 0, 4),
    (1, 2, 3, 4, 0),
]
S5_CHARACTERS = {
    "trivial": [1, 1, 1, 1, 1, 1, 1],
    "sign": [1, -1, 1, 1, -1, -1, 1],
    "standard": [4, 2, 0, 1, -1, 0, -1],
    "standard_sign": [4, -2, 0, 1, 1, 0, -1],
    "(3,2)": [5, 1, 1, -1, 1, -1, 0],
    "(2,2,1)": [5, -1, 1, -1, -1, 1, 0],
    "(3,1,1)": [6, 0, -2, 0, 0, 0, 1],
}
TRANSPOSITION, TRIPLE_TRANSPOSITION, THREE_CYCLE = (
    (1, 0, 2, 3, 4, 5),
    (1, 0, 3, 2, 5, 4),
    (1, 2, 0, 3, 4, 5),
)


def index(n, permutation):
    return int(np.flatnonzero((permutations("S", n) == permutation).all(axis=1))[0])


def characters(n):
    return {irrep.name: character(irrep) for irrep in irreps(group(f"S{n}"))}


def test_characters_of_s5_as_published():
    classes = [index(5, permutation) for permutation in S5_CLASSES]
    found = characters(5)
    assert list(found) == list(S5_CHARACTERS)
    for name, values in S5_CHARACTERS.items():
        np.testing.assert_allclose(found[name][classes], values, rtol=0, atol=1e-14)


@pytest.mark.parametrize(
    ("name", "permutation", "value"),
    [
        ("standard", TRANSPOSITION, 3),
        ("standard", TRIPLE_TRANSPOSITION, -1),
        ("standard", THREE_CYCLE, 2),
        ("(3,3)", TRANSPOSITION, 1),
        ("(3,3)", TRIPLE_TRANSPOSITION, -3),
        ("(3,3)", THREE_CYCLE, -1),
        ("(2,2,2)", TRANSPOSITION, -1),
        ("(2,2,2)", TRIPLE_TRANSPOSITION, 3),
    ],
)
def test_characters_of_s6_as_published(name, permutation, value):
    assert characters(6)[name][index(6, permutation)] == pytest.approx(value, abs=1e-13)


def test_all_eleven_irreps_of_s6_in_order():
    assert [(irrep.name, irrep.degree) for irrep in irreps(group("S6"))] == [
        ("trivial", 1),
        ("sign", 1),
        ("standard", 5),
        ("standard_sign", 5),
        ("(3,3)", 5),
        ("(2,2,2)", 5),
        ("(4,2)", 9),
        ("(2,2,1,1)", 9),
        ("(4,1,1)", 10),
        ("(3,1,1,1)", 10),
        ("(3,2,1)", 16),
    ]


@pytest.mark.parametrize("n", [4, 5, 6])
def test_characters_from_counting_fixed_points_and_fixed_pairs(n):
    elements = permutations("S", n)
    points = (elements == np.arange(n)).sum(axis=1)
    pairs = np.array(
        [sum({p[i], p[j]} == {i, j} for i, j in combinations(range(n), 2)) for p in elements]
    )
    found = characters(n)
    np.testing.assert_allclose(found["standard"], points - 1, rtol=0, atol=1e-13)
    np.testing.assert_allclose(found["standard_sign"], found["sign"] * (points - 1), atol=1e-13)
    np.testing.assert_allclose(found[f"({n - 2},2)"], pairs - points, rtol=0, atol=1e-13)


@pytest.mark.parametrize("n", [2, 3, 4, 5, 6])
def test_sign_is_the_determinant_of_the_permutation_matrix(n):
    determinants = np.linalg.det(np.eye(n)[permutations("S", n)])
    np.testing.assert_allclose(characters(n)["sign"], determinants, rtol=0, atol=1e-12)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 6])
def test_numbers_of_tableaux_follow_the_hook_length_formula(n):
    for partition in partitions(n):
        arms = [(row, column) for row, part in enumerate(partition) for column in range(part)]
        hooks = [
            partition[row] - column + sum(part > column for part in partition[row + 1 :])
            for row, column in arms
        ]
        assert len(standard_tableaux(partition)) == factorial(n) // int(np.prod(hooks))


@pytest.mark.parametrize(
    ("n", "names"),
    [(1, ["trivial"]), (2, ["trivial", "sign"]), (3, ["trivial", "sign", "standard"])],
)
def test_smallest_symmetric_groups(n, names):
    assert [irrep.name for irrep in irreps(group(f"S{n}"))] == names


def test_real_irreps_are_the_same_matrices():
    for over_c, over_r in zip(irreps(group("S5")), real_irreps(group("S5")), strict=True):
        assert over_r.kind == "real"
        np.testing.assert_array_equal(over_c.matrices, over_r.matrices)

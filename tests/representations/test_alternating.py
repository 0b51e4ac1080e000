import numpy as np
import pytest

from ontogeny.groups import group, permutations
from ontogeny.representations import character, irreps, real_irreps

GOLDEN = (1 + np.sqrt(5)) / 2


def value(irrep, n, permutation):
    return character(irrep)[(permutations("A", n) == permutation).all(axis=1)][0]


def by_name(n):
    return {irrep.name: irrep for irrep in irreps(group(f"A{n}"))}


def test_icosahedral_irreps_of_a5_have_the_golden_ratio():
    found = by_name(5)
    cycle = (1, 2, 3, 4, 0)
    square = (2, 3, 4, 0, 1)
    assert value(found["(3,1,1)+"], 5, cycle) == pytest.approx(GOLDEN, abs=1e-14)
    assert value(found["(3,1,1)-"], 5, cycle) == pytest.approx(1 - GOLDEN, abs=1e-14)
    assert value(found["(3,1,1)+"], 5, square) == pytest.approx(1 - GOLDEN, abs=1e-14)
    assert value(found["(3,1,1)-"], 5, square) == pytest.approx(GOLDEN, abs=1e-14)


def test_octuplets_of_a6_have_the_golden_ratio():
    found = by_name(6)
    cycle = (1, 2, 3, 4, 0, 5)
    assert value(found["(3,2,1)+"], 6, cycle) == pytest.approx(GOLDEN, abs=1e-14)
    assert value(found["(3,2,1)-"], 6, cycle) == pytest.approx(1 - GOLDEN, abs=1e-14)


def test_tetrahedral_pair_of_a4_is_complex():
    found = by_name(4)
    third = np.exp(2j * np.pi / 3)
    cycle = (1, 2, 0, 3)
    assert value(found["(2,2)"], 4, cycle) == pytest.approx(third, abs=1e-14)
    assert value(found["(2,2)~"], 4, cycle) == pytest.approx(third.conjugate(), abs=1e-14)
    kinds = [(irrep.name, irrep.kind, irrep.degree) for irrep in real_irreps(group("A4"))]
    assert kinds == [("trivial", "real", 1), ("(2,2)", "complex", 2), ("standard", "real", 3)]


@pytest.mark.parametrize("n", [4, 5, 6])
def test_standard_counts_fixed_points(n):
    points = (permutations("A", n) == np.arange(n)).sum(axis=1)
    np.testing.assert_allclose(character(by_name(n)["standard"]), points - 1, rtol=0, atol=1e-13)


@pytest.mark.parametrize("n", [4, 5, 6])
def test_characters_are_those_of_the_symmetric_group_restricted(n):
    whole = {irrep.name: character(irrep) for irrep in irreps(group(f"S{n}"))}
    even = {tuple(p): g for g, p in enumerate(permutations("S", n).tolist())}
    places = [even[tuple(p)] for p in permutations("A", n).tolist()]
    summed: dict[str, np.ndarray] = {}
    for name, irrep in by_name(n).items():
        shape = name.rstrip("+-~")
        summed[shape] = summed.get(shape, 0) + character(irrep)
    for shape, chi in summed.items():
        np.testing.assert_allclose(chi, whole[shape][places], rtol=0, atol=1e-13)


@pytest.mark.parametrize("n", [4, 5, 6])
def test_irreps_that_do_not_split_are_those_of_the_symmetric_group(n):
    whole = {irrep.name: irrep.matrices for irrep in irreps(group(f"S{n}"))}
    even = {tuple(p): g for g, p in enumerate(permutations("S", n).tolist())}
    places = [even[tuple(p)] for p in permutations("A", n).tolist()]
    for name, irrep in by_name(n).items():
        if name[-1] not in "+-~" and name + "~" not in by_name(n):
            np.testing.assert_allclose(irrep.matrices, whole[name][places], rtol=0, atol=1e-13)


@pytest.mark.parametrize(
    ("n", "names"),
    [
        (1, ["trivial"]),
        (2, ["trivial"]),
        (3, ["trivial", "standard", "standard~"]),
        (4, ["trivial", "(2,2)", "(2,2)~", "standard"]),
        (6, ["trivial", "standard", "(3,3)", "(3,2,1)+", "(3,2,1)-", "(4,2)", "(4,1,1)"]),
    ],
)
def test_names(n, names):
    assert list(by_name(n)) == names

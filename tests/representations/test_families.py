"""Cyclic, dihedral and dicyclic groups against their published formulas."""

import numpy as np
import pytest

from ontogeny.groups import group
from ontogeny.representations import character, irreps, real_irreps


def by_name(found):
    return {irrep.name: irrep for irrep in found}


def test_cyclic_irreps_are_roots_of_unity_by_frequency():
    found = irreps(group("C6"))
    assert [irrep.name for irrep in found] == [
        "trivial",
        "freq_1",
        "freq_1~",
        "freq_2",
        "freq_2~",
        "sign",
    ]
    root = np.exp(2j * np.pi / 6)
    np.testing.assert_allclose(found[1].matrices[:, 0, 0], root ** np.arange(6), rtol=0, atol=1e-15)
    np.testing.assert_array_equal(found[5].matrices[:, 0, 0], [1, -1, 1, -1, 1, -1])


@pytest.mark.parametrize(("n", "frequencies", "sign"), [(113, 56, False), (118, 58, True)])
def test_cyclic_groups_of_the_paper(n, frequencies, sign):
    names = [irrep.name for irrep in real_irreps(group(f"C{n}"))]
    expected = ["trivial", *(f"freq_{k}" for k in range(1, frequencies + 1))]
    assert names == expected + ["sign"] * sign


def test_real_cyclic_irreps_are_plain_rotations():
    angle = 2 * np.pi * 3 * np.arange(10) / 10
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    freq_3 = by_name(real_irreps(group("C10")))["freq_3"]
    assert (freq_3.kind, freq_3.rank) == ("complex", 2)
    np.testing.assert_allclose(freq_3.matrices, np.moveaxis(rotation, 2, 0), rtol=0, atol=1e-14)


def test_dihedral_irreps_are_rotations_and_reflections():
    freq_2 = by_name(real_irreps(group("D7")))["freq_2"]
    assert (freq_2.kind, freq_2.rank) == ("real", 4)
    c, s = np.cos(2 * np.pi * 2 * 3 / 7), np.sin(2 * np.pi * 2 * 3 / 7)
    # Index 3 is the third rotation, index 7 + 3 the same after the reflection.
    np.testing.assert_allclose(freq_2.matrices[3], [[c, -s], [s, c]], rtol=0, atol=1e-15)
    np.testing.assert_allclose(freq_2.matrices[10], [[c, s], [s, -c]], rtol=0, atol=1e-15)


@pytest.mark.parametrize(("n", "frequencies"), [(59, 29), (61, 30)])
def test_dihedral_groups_of_the_paper(n, frequencies):
    names = [irrep.name for irrep in irreps(group(f"D{n}"))]
    assert names == ["trivial", "sign", *(f"freq_{k}" for k in range(1, frequencies + 1))]


def test_even_dihedral_groups_have_four_signs():
    found = by_name(irreps(group("D4")))
    assert list(found) == ["trivial", "sign", "parity", "parity_sign", "freq_1"]
    signs = np.array([found[name].matrices[:, 0, 0] for name in ("sign", "parity", "parity_sign")])
    np.testing.assert_array_equal(
        signs,
        [[1, 1, 1, 1, -1, -1, -1, -1], [1, -1, 1, -1, 1, -1, 1, -1], [1, -1, 1, -1, -1, 1, -1, 1]],
    )


def test_quaternion_group_by_its_matrices():
    freq_1 = by_name(irreps(group("Q8")))["freq_1"]
    a, x = freq_1.matrices[1], freq_1.matrices[4]
    np.testing.assert_allclose(a, np.diag([1j, -1j]), rtol=0, atol=1e-15)
    np.testing.assert_allclose(x, [[0, -1], [1, 0]], rtol=0, atol=1e-15)
    np.testing.assert_allclose(character(freq_1), [2, 0, -2, 0, 0, 0, 0, 0], rtol=0, atol=1e-15)
    real = by_name(real_irreps(group("Q8")))["freq_1"]
    assert (real.kind, real.degree, real.rank) == ("quaternionic", 4, 4)


def test_dicyclic_groups_with_odd_quarter_have_a_conjugate_pair():
    found = by_name(irreps(group("Q12")))
    assert list(found) == ["trivial", "sign", "parity", "parity~", "freq_1", "freq_2"]
    a, x = 1, 6
    np.testing.assert_array_equal(found["parity"].matrices[[a, x], 0, 0], [-1, 1j])
    np.testing.assert_array_equal(found["sign"].matrices[[a, x], 0, 0], [1, -1])
    kinds = {irrep.name: irrep.kind for irrep in real_irreps(group("Q12"))}
    assert kinds == {
        "trivial": "real",
        "sign": "real",
        "parity": "complex",
        "freq_1": "quaternionic",
        "freq_2": "real",
    }


@pytest.mark.parametrize("name", ["D3", "D8", "Q16"])
def test_planar_characters_are_cosines_on_the_rotations(name):
    G = group(name)
    half = G.order // 2
    for k, irrep in enumerate((i for i in irreps(G) if i.degree == 2), start=1):
        cosines = 2 * np.cos(2 * np.pi * k * np.arange(half) / half)
        np.testing.assert_allclose(character(irrep)[:half], cosines, rtol=0, atol=1e-14)
        np.testing.assert_allclose(character(irrep)[half:], 0, rtol=0, atol=1e-14)


@pytest.mark.parametrize("name", ["C1", "C2"])
def test_smallest_cyclic_groups(name):
    assert [irrep.name for irrep in irreps(group(name))] == ["trivial", "sign"][: int(name[1])]

"""The circles on which a matrix places residues."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from ontogeny.studies.composition.addition.circles import circle_coordinates
from studies.composition.addition import plain

EXACT = {"rtol": 1e-10, "atol": 1e-10}
P = 11


def orthonormal(count, size, seed=0):
    """Orthonormal rows, (count, size)."""
    return np.linalg.qr(np.random.default_rng(seed).normal(size=(size, count)))[0].T


def of_circles(radii, p=P, size=8):
    """A matrix that places residues on circles in orthogonal planes, far from the origin."""
    plane = orthonormal(2 * len(radii), size).reshape(-1, 2, size)
    matrix = np.full((p, size), 5.0)
    for (k, radius), (e, f) in zip(radii.items(), plane, strict=True):
        angle = 2 * np.pi * k * np.arange(p) / p
        matrix += radius * (np.outer(np.cos(angle), e) + np.outer(np.sin(angle), f))
    return matrix


@pytest.mark.parametrize("p", [9, 11])
def test_residues_of_circles_are_where_their_frequency_takes_them(p):
    radii = {1: 2.0, 3: 0.5, 4: 7.0}
    found = circle_coordinates(of_circles(radii, p))
    for k in plain.frequencies(p):
        angle = 2 * np.pi * k * np.arange(p) / p
        expected = radii.get(k, 0) * np.stack([np.cos(angle), np.sin(angle)])
        assert_allclose(found[k - 1], expected, **EXACT)


def any_matrix(seed=1):
    return np.random.default_rng(seed).normal(size=(P, 6))


def test_coordinates_are_those_of_the_rows_on_two_directions():
    matrix = any_matrix()
    found = circle_coordinates(matrix)
    rows = matrix - matrix.mean(axis=0)
    for k in plain.frequencies(P):
        for wave, of in enumerate((np.cos, np.sin)):
            direction = of(2 * np.pi * k * np.arange(P) / P) @ matrix
            expected = rows @ direction / np.linalg.norm(direction)
            assert_allclose(found[k - 1, wave], expected, **EXACT)


def test_coordinates_do_not_depend_on_the_basis_or_the_mean_and_keep_the_unit():
    matrix, turn = any_matrix(), orthonormal(6, 6)
    expected = circle_coordinates(matrix)
    assert_allclose(circle_coordinates(matrix @ turn + 3), expected, **EXACT)
    assert_allclose(circle_coordinates(2 * matrix), 2 * expected, **EXACT)


def test_a_shift_of_the_residues_shifts_the_directions_with_them():
    matrix = of_circles({2: 1.0, 5: 3.0})
    found, later = circle_coordinates(matrix), circle_coordinates(np.roll(matrix, -1, axis=0))
    assert_allclose(later, found, **EXACT)


@pytest.mark.parametrize("value", [0.0, 0.1])
def test_what_is_the_same_for_all_residues_has_no_circles(value):
    assert not circle_coordinates(np.full((P, 4), value)).any()

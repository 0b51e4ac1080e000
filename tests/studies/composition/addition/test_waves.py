"""Waves of sums and differences, blocks and cubes, against their definitions on the whole grid."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from group_fourier import power_by_irrep
from ontogeny.groups import group
from ontogeny.representations import basis, real_irreps
from ontogeny.studies.composition.addition.waves import (
    PARITIES,
    WIDTHS,
    cube_coefficients,
    cyclic_frame,
    fourier_basis,
    frequency_shares,
    margin,
    means,
    power,
    project,
    project_cubes,
    project_means,
    transform_norms,
    wave_coefficients,
)
from studies.composition.addition import plain

EXACT = {"rtol": 1e-10, "atol": 1e-10}
moduli = pytest.mark.parametrize("p", [3, 7, 9, 11])


def some(p, *shape):
    return np.random.default_rng(p).normal(size=(p, p, *shape)) + 0.7


def add(p):
    return np.add.outer(np.arange(p), np.arange(p)) % p


@moduli
def test_the_basis_is_the_fourier_matrix(p):
    assert_allclose(fourier_basis(p).matrix.T, plain.fourier(p), atol=1e-12)
    seen = cyclic_frame(p)
    assert seen.irreps == ("trivial", *(f"freq_{k}" for k in plain.frequencies(p)))
    assert (seen.product == add(p)).all()
    x = np.arange(p)
    assert_allclose(seen.character[0], 1)
    for k in plain.frequencies(p):
        assert_allclose(seen.character[k], 2 * np.cos(2 * np.pi * k * x / p), atol=1e-12)


@pytest.mark.parametrize("p", [3, 59, 113])
def test_the_basis_is_that_of_the_irreps_of_the_cyclic_group(p):
    found, expected = fourier_basis(p), basis(real_irreps(group(f"C{p}")))
    assert_allclose(found.matrix, expected.matrix, atol=1e-12)
    assert found.frequency.tolist() == expected.irrep.tolist()
    assert found.labels[1:] == expected.labels[1:]
    values = np.random.default_rng(p).normal(size=(p, 2, 3))
    assert_allclose(power(values), power_by_irrep(values, expected), rtol=1e-9)


@pytest.mark.parametrize("p", [0, 1, 2, 8, 112])
def test_even_moduli_are_refused(p):
    with pytest.raises(ValueError, match=f"must be odd and at least 3, got {p}"):
        fourier_basis(p)


@moduli
def test_shares_of_frequencies(p):
    matrix = some(p)[..., None] * np.ones(2)
    rows = (plain.fourier(p) @ matrix.reshape(p, -1)) ** 2
    expected = rows[1:].reshape(-1, 2 * rows.shape[1]).sum(axis=1) / rows.sum()
    assert_allclose(frequency_shares(matrix), expected, **EXACT)
    assert frequency_shares(np.zeros((p, 2))).tolist() == [0.0] * (p // 2)


@moduli
@pytest.mark.parametrize("shape", [(), (4,), (2, 3)])
@pytest.mark.parametrize("parity", PARITIES)
def test_means_and_coordinates(p, shape, parity):
    values = some(p, *shape)
    a, b = np.indices((p, p))
    of = (a + b if parity == "sum" else a - b) % p
    expected = np.stack([values[of == g].mean(axis=0) for g in range(p)])
    assert_allclose(means(values, parity), expected, **EXACT)
    sign = 1 if parity == "sum" else -1
    found = wave_coefficients(values, parity)
    assert found.shape == (2, p // 2, *shape)
    for k in plain.frequencies(p):
        expected = np.tensordot(plain.directions(p, k, sign), values, axes=2)
        assert_allclose(found[:, k - 1], expected, **EXACT)


def test_sums_and_differences_are_unit_directions_made_of_products():
    p, k = 11, 3
    _, cos, sin = plain.fourier(p)[[0, 2 * k - 1, 2 * k]]
    products = {"cc": np.outer(cos, cos), "ss": np.outer(sin, sin)}
    products |= {"sc": np.outer(sin, cos), "cs": np.outer(cos, sin)}
    c, s = plain.directions(p, k)
    assert_allclose(c, (products["cc"] - products["ss"]) / np.sqrt(2), atol=1e-12)
    assert_allclose(s, (products["sc"] + products["cs"]) / np.sqrt(2), atol=1e-12)
    c, s = plain.directions(p, k, -1)
    assert_allclose(c, (products["cc"] + products["ss"]) / np.sqrt(2), atol=1e-12)
    assert_allclose(s, (products["sc"] - products["cs"]) / np.sqrt(2), atol=1e-12)


KEYS = [(), (1,), (2, 3), (1, 2, 3)]


@pytest.mark.parametrize("p", [7, 11])
@pytest.mark.parametrize("keys", KEYS, ids=str)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("shape", [(), (5,)])
def test_projections(p, keys, width, shape):
    values, key = some(p, *shape), plain.mask(p, keys)
    found = project(values, key, width)
    assert_allclose(found, plain.projected(values, keys, width), **EXACT)
    assert_allclose(project(found, key, width), found, **EXACT)
    if width == "sum":
        assert_allclose(project_means(values, key)[add(p)], found, **EXACT)


def test_a_key_of_another_modulus_is_refused():
    with pytest.raises(ValueError, match=r"each of 3 frequencies, got \(5,\)"):
        project(some(7), np.ones(5, dtype=bool))


@moduli
def test_cubes_are_never_formed(p):
    logits = some(p, p)
    expected = [np.sum(logits * plain.cube(p, k)) for k in plain.frequencies(p)]
    found = cube_coefficients(logits)
    assert_allclose(found, expected, **EXACT)
    key = plain.mask(p, [1, 3])
    whole = sum(
        (found[k - 1] * plain.cube(p, k) for k in (1, 3) if k <= p // 2), np.zeros((p,) * 3)
    )
    assert_allclose(project_cubes(found, key)[add(p)], whole, **EXACT)


@moduli
def test_norms_of_the_transform(p):
    values, F = some(p, 4), plain.fourier(p)
    expected = np.linalg.norm(np.einsum("fa,gb,abm->fgm", F, F, values), axis=2)
    assert_allclose(transform_norms(values), expected, **EXACT)
    assert_allclose(np.sum(expected**2), np.sum(values**2), rtol=1e-12)


PUBLISHED = [((14, 35, 41, 42, 52), 2.590), ((17, 25, 32, 47), 3.022), ((40, 44, 53), 2.452)]


@pytest.mark.parametrize(("keys", "second"), PUBLISHED, ids=str)
def test_margins_of_published_key_sets(keys, second):
    assert_allclose(margin(plain.mask(113, keys)), len(keys) - second, atol=5e-4)


def test_margins_at_the_ends():
    assert margin(plain.mask(7, [])) == 0
    # All cosines of one residue that is not 0 sum to -1/2.
    assert_allclose(margin(np.ones(5, dtype=bool)), 5.5, rtol=1e-12)

import numpy as np
import pytest

from group_fourier import inverse_transform, power, power_by_irrep, project, transform
from group_table import GROUPS
from ontogeny.groups import group
from ontogeny.representations import basis, irreps, real_irreps

NAMES = [case.name for case in GROUPS if case.order <= 60]


def values(name, *axes, seed=0):
    return np.random.default_rng(seed).standard_normal((group(name).order, *axes))


def test_transform_by_hand():
    f = np.array([1.0, 2.0, 5.0])
    trivial, freq_1, conjugate = transform(f, irreps(group("C3")))
    root = np.exp(2j * np.pi / 3)
    np.testing.assert_array_equal(trivial, [[8.0]])
    np.testing.assert_allclose(freq_1, [[1 + 2 * root + 5 * root**2]], rtol=0, atol=1e-14)
    np.testing.assert_allclose(conjugate, freq_1.conj(), rtol=0, atol=1e-14)


@pytest.mark.parametrize("n", [2, 7, 8])
def test_cyclic_transform_is_numpys_with_the_other_sign(n):
    f = values(f"C{n}")
    rho = irreps(group(f"C{n}"))
    fhat = {i.name: c.item() for i, c in zip(rho, transform(f, rho), strict=True)}
    expected = np.fft.fft(f)
    for k in range(1, (n + 1) // 2):
        assert fhat[f"freq_{k}"] == pytest.approx(expected[-k], abs=1e-13)
        assert fhat[f"freq_{k}~"] == pytest.approx(expected[k], abs=1e-13)
    assert fhat["trivial"] == pytest.approx(expected[0], abs=1e-13)
    if n % 2 == 0:
        assert fhat["sign"] == pytest.approx(expected[n // 2], abs=1e-13)


@pytest.mark.parametrize("name", ["S3", "Q8", "F21"])
@pytest.mark.parametrize("family", [irreps, real_irreps])
def test_convolution_becomes_a_product_in_the_same_order(name, family):
    G = group(name)
    f, h = values(name, seed=1), values(name, seed=2)
    convolution = np.zeros(G.order)
    for a in range(G.order):
        for b in range(G.order):
            convolution[G.table[a, b]] += f[a] * h[b]
    rho = family(G)
    for left, right, both in zip(
        transform(f, rho), transform(h, rho), transform(convolution, rho), strict=True
    ):
        np.testing.assert_allclose(left @ right, both, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("family", [irreps, real_irreps])
def test_inverse_undoes_transform(name, family):
    rho = family(group(name))
    for f in (values(name), values(name, 3, 2) + 1j * values(name, 3, 2, seed=1)):
        back = inverse_transform(transform(f, rho), rho)
        assert back.shape == f.shape
        np.testing.assert_allclose(back, f, rtol=0, atol=1e-12)


def test_real_irreps_keep_real_functions_real():
    rho = real_irreps(group("F21"))
    assert inverse_transform(transform(values("F21"), rho), rho).dtype == np.float64


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("family", [irreps, real_irreps])
def test_parseval(name, family):
    rho = family(group(name))
    f = values(name, 4) + 1j * values(name, 4, seed=1)
    squares = power(transform(f, rho), rho)
    assert squares.shape == (len(rho), 4)
    np.testing.assert_allclose(squares.sum(axis=0), (np.abs(f) ** 2).sum(axis=0), rtol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_power_by_irrep_agrees_with_the_transform(name):
    rho = real_irreps(group(name))
    f = values(name, 4)
    expected = power(transform(f, rho), rho)
    np.testing.assert_allclose(power_by_irrep(f, basis(rho)), expected, rtol=0, atol=1e-12)


def test_power_of_a_wave_and_of_a_character():
    x = np.arange(59)
    found = power_by_irrep(3 + np.sin(2 * np.pi * 7 * x / 59), basis(real_irreps(group("C59"))))
    assert found[0] == pytest.approx(9 * 59)
    assert found[7] == pytest.approx(59 / 2)
    assert found.sum() == pytest.approx(found[0] + found[7])


@pytest.mark.parametrize("name", NAMES)
def test_projections_are_parts_of_the_inverse_transform(name):
    rho = real_irreps(group(name))
    f, entries = values(name, 2, 3), basis(rho)
    for chosen in (rho[:1], rho[-2:], rho):
        expected = inverse_transform(transform(f, chosen), chosen)
        projection = project(f, entries, [irrep.name for irrep in chosen])
        np.testing.assert_allclose(projection, expected, rtol=0, atol=1e-12)
        again = project(projection, entries, [irrep.name for irrep in chosen])
        np.testing.assert_allclose(again, projection, rtol=0, atol=1e-12)


def test_projections_commute_with_the_group_from_both_sides():
    G = group("Q12")
    f, entries = values("Q12"), basis(real_irreps(G))
    for moved in (G.table[5], G.table[:, 5]):
        np.testing.assert_allclose(
            project(f[moved], entries, ["freq_1"]),
            project(f, entries, ["freq_1"])[moved],
            rtol=0,
            atol=1e-14,
        )


def test_further_axes_are_kept_in_place():
    rho = real_irreps(group("S3"))
    f = values("S3", 2, 5)
    one = f[:, 1, 3]
    for batched, alone in zip(transform(f, rho), transform(one, rho), strict=True):
        np.testing.assert_allclose(batched[:, :, 1, 3], alone, rtol=0, atol=1e-14)
    entries = basis(rho)
    np.testing.assert_allclose(
        power_by_irrep(f, entries)[:, 1, 3], power_by_irrep(one, entries), rtol=0, atol=1e-14
    )


def test_projection_on_nothing():
    entries = basis(real_irreps(group("S3")))
    np.testing.assert_array_equal(project(values("S3", 2), entries, []), np.zeros((6, 2)))


def test_errors():
    rho = irreps(group("S3"))
    entries = basis(real_irreps(group("S3")))
    fhat = transform(values("S3"), rho)
    with pytest.raises(ValueError, match=r"`values` must have one row .* 6 .* shape \(5,\)"):
        transform(np.ones(5), rho)
    with pytest.raises(ValueError, match=r"`values` must have one row .* 6 .* shape \(\)"):
        power_by_irrep(np.array(1.0), entries)
    with pytest.raises(ValueError, match=r"`names` must be among \['trivial', .* got 'freq_1'"):
        project(np.ones(6), entries, ["sign", "freq_1"])
    with pytest.raises(ValueError, match=r"one array for each irrep, .* got 2 for 3"):
        inverse_transform(fhat[:2], rho)
    with pytest.raises(ValueError, match="and at least one, got 0 for 0"):
        power([], [])
    with pytest.raises(ValueError, match=r"of 'trivial' must have shape \(1, 1, ...\), got \(2, 2"):
        power(fhat[::-1], rho)

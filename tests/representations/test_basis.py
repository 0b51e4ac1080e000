import numpy as np
import pytest
from scipy.stats import ortho_group

from ontogeny.groups import group
from ontogeny.representations import Irrep, basis, irreps, real_irreps


@pytest.mark.parametrize("n", [1, 2, 3, 8, 59, 113])
def test_cyclic_groups_give_the_fourier_basis(n):
    x = np.arange(n)
    columns, labels = [np.full(n, 1 / np.sqrt(n))], ["trivial"]
    for k in range(1, (n + 1) // 2):
        columns += [
            np.sqrt(2 / n) * np.cos(2 * np.pi * k * x / n),
            np.sqrt(2 / n) * np.sin(2 * np.pi * k * x / n),
        ]
        labels += [f"cos {k}", f"sin {k}"]
    if n % 2 == 0:
        columns.append((-1.0) ** x / np.sqrt(n))
        labels.append("sign")
    fourier = basis(real_irreps(group(f"C{n}")))
    np.testing.assert_allclose(fourier.matrix, np.stack(columns, axis=1), rtol=0, atol=1e-13)
    assert fourier.labels == tuple(labels)


def test_real_kind_gives_every_scaled_entry():
    found = basis(real_irreps(group("S3")))
    standard = real_irreps(group("S3"))[2].matrices
    assert found.labels[2:] == (
        "standard[0,0]",
        "standard[0,1]",
        "standard[1,0]",
        "standard[1,1]",
    )
    np.testing.assert_array_equal(found.matrix[:, 3], np.sqrt(2 / 6) * standard[:, 0, 1])


def test_labels_of_complex_and_quaternionic_kind():
    assert basis(real_irreps(group("Q12"))).labels == (
        "trivial",
        "sign",
        "Re parity",
        "Im parity",
        "Re freq_1[0,0]",
        "Im freq_1[0,0]",
        "Re freq_1[1,0]",
        "Im freq_1[1,0]",
        "freq_2[0,0]",
        "freq_2[0,1]",
        "freq_2[1,0]",
        "freq_2[1,1]",
    )
    assert basis(real_irreps(group("C3xC3"))).labels[1:3] == (
        "Re trivial*freq_1",
        "Im trivial*freq_1",
    )


def test_complex_kind_gives_real_and_imaginary_parts_in_turn():
    rho = irreps(group("F21"))[3].matrices
    found = basis(real_irreps(group("F21")))
    assert found.labels[3:7] == ("Re 3a[0,0]", "Im 3a[0,0]", "Re 3a[0,1]", "Im 3a[0,1]")
    scale = np.sqrt(2 * 3 / 21)
    np.testing.assert_allclose(found.matrix[:, 5], scale * rho[:, 0, 1].real, rtol=0, atol=1e-15)
    np.testing.assert_allclose(found.matrix[:, 6], scale * rho[:, 0, 1].imag, rtol=0, atol=1e-15)


def test_columns_name_their_irrep():
    found = basis(real_irreps(group("Q12")))
    assert found.names == ("trivial", "sign", "parity", "freq_1", "freq_2")
    np.testing.assert_array_equal(found.ranks, [1, 1, 2, 4, 4])
    np.testing.assert_array_equal(found.irrep, [0, 1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4])


def test_arrays_are_read_only():
    found = basis(real_irreps(group("C4")))
    for array in (found.matrix, found.irrep):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_complex_irreps_are_refused():
    with pytest.raises(ValueError, match="`irreps` must be over the real numbers, got Irrep"):
        basis(irreps(group("C4")))


def test_missing_irreps_are_refused():
    with pytest.raises(ValueError, match="all of a group of order 4, got ranks with sum 3"):
        basis(real_irreps(group("C4"))[:2])


def test_an_irrep_twice_is_refused():
    first, second, *_ = real_irreps(group("C5"))
    with pytest.raises(ValueError, match=r"must be inequivalent .* the largest error is 1"):
        basis([first, second, second])


def test_complex_kind_in_another_basis_is_refused():
    found = list(real_irreps(group("F21")))
    U = ortho_group.rvs(6, random_state=np.random.default_rng(3))
    matrices = U.T @ found[2].matrices @ U
    found[2] = Irrep("3a", matrices, field="real", kind="complex")
    with pytest.raises(ValueError, match="in the form that `real_irreps` gives them"):
        basis(found)

import numpy as np

from ontogeny.groups import group
from ontogeny.representations import character, irreps, real_irreps


def test_tensor_products_by_hand():
    found = {irrep.name: irrep for irrep in irreps(group("C2xS3"))}
    assert list(found) == [
        "trivial",
        "trivial*sign",
        "sign*trivial",
        "sign*sign",
        "trivial*standard",
        "sign*standard",
    ]
    standard = irreps(group("S3"))[2].matrices
    np.testing.assert_array_equal(found["trivial*standard"].matrices[:6], standard)
    np.testing.assert_array_equal(found["sign*standard"].matrices[6:], -standard)


def test_matrices_are_kronecker_products():
    rho, sigma = irreps(group("S3"))[2].matrices, irreps(group("A4"))[3].matrices
    product = irreps(group("S3xA4"))[-1]
    assert product.name == "standard*standard"
    for g, h in [(0, 5), (3, 0), (4, 7)]:
        expected = np.kron(rho[g], sigma[h])
        np.testing.assert_allclose(product.matrices[12 * g + h], expected, rtol=0, atol=1e-15)


def test_characters_multiply():
    left, right = irreps(group("A4")), irreps(group("D4"))
    found = {irrep.name: character(irrep) for irrep in irreps(group("A4xD4"))}
    for rho in left:
        for sigma in right:
            name = f"{rho.name}*{sigma.name}".replace("trivial*trivial", "trivial")
            expected = np.kron(character(rho), character(sigma))
            np.testing.assert_allclose(found[name], expected, rtol=0, atol=1e-13)


def test_three_factors_are_flat():
    names = [irrep.name for irrep in irreps(group("C2xC2xC2"))]
    assert names[0] == "trivial"
    assert names[1:4] == ["trivial*trivial*sign", "trivial*sign*trivial", "trivial*sign*sign"]


def test_two_quaternionic_factors_make_a_real_one():
    kinds = {irrep.name: irrep.kind for irrep in real_irreps(group("Q8xQ8"))}
    assert kinds["freq_1*freq_1"] == "real"
    assert kinds["sign*freq_1"] == "quaternionic"


def test_conjugate_pairs_of_a_product_are_named_after_the_first():
    names = [irrep.name for irrep in real_irreps(group("C3xC3"))]
    assert names == [
        "trivial",
        "trivial*freq_1",
        "freq_1*trivial",
        "freq_1*freq_1",
        "freq_1*freq_1~",
    ]


def test_a_factor_without_closed_form():
    names = [irrep.name for irrep in irreps(group("C2xF20"))]
    assert names[:4] == ["trivial", "trivial*1a", "trivial*1a~", "trivial*1b"]
    assert names[-1] == "sign*4a"

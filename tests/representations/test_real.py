import numpy as np
import pytest
from scipy.stats import unitary_group

from ontogeny.groups import group
from ontogeny.representations import (
    Irrep,
    character,
    frobenius_schur,
    irreps,
    law_violations,
    real_forms,
    real_irreps,
)


def turned(found, rng):
    """Return the irreps, each in a random orthonormal basis."""
    for irrep in found:
        d = irrep.degree
        # A phase alone is no change of basis, so that degree 1 stays as it is.
        U = unitary_group.rvs(d, random_state=rng) if d > 1 else np.eye(1)
        yield Irrep(irrep.name, U.conj().T @ irrep.matrices @ U, field="complex")


@pytest.mark.parametrize(
    ("name", "indicators"),
    [
        ("C3", [1, 0, 0]),
        ("C4", [1, 0, 0, 1]),
        ("S3", [1, 1, 1]),
        ("Q8", [1, 1, 1, 1, -1]),
        ("Q12", [1, 1, 0, 0, -1, 1]),
        ("A4", [1, 0, 0, 1]),
        ("F21", [1, 0, 0, 0, 0]),
    ],
)
def test_indicators_of_the_literature(name, indicators):
    G = group(name)
    assert [frobenius_schur(G, irrep) for irrep in irreps(G)] == indicators


def test_indicator_of_what_is_no_complex_irrep():
    G = group("C3")
    with pytest.raises(ValueError, match="`irrep` must be over the complex numbers, got Irrep"):
        frobenius_schur(G, real_irreps(G)[1])
    both = Irrep("both", np.stack([np.eye(2)] * 3), field="complex")
    with pytest.raises(ValueError, match=r"`irrep` must be irreducible: .* of 'both' is"):
        frobenius_schur(G, both)


@pytest.mark.parametrize("name", ["S4", "A5", "Q8", "Q20", "F21", "S3xQ12", "Q8xQ8"])
def test_real_forms_do_not_depend_on_the_basis_of_the_complex_ones(name):
    G = group(name)
    found = real_forms(G, tuple(turned(irreps(G), np.random.default_rng(7))))
    for irrep, expected in zip(found, real_irreps(G), strict=True):
        assert (irrep.name, irrep.kind, irrep.degree) == (
            expected.name,
            expected.kind,
            expected.degree,
        )
        np.testing.assert_allclose(character(irrep), character(expected), rtol=0, atol=1e-12)
    violations = law_violations(G, found)
    assert max(violations.values()) < 1e-12, violations


@pytest.mark.parametrize("name", ["C5", "D5", "Q8", "A4", "S3xQ12", "Q8xQ8", "F21"])
def test_complexified_a_real_irrep_is_what_its_kind_says(name):
    G = group(name)
    complex_characters = {irrep.name: character(irrep) for irrep in irreps(G)}
    for irrep in real_irreps(G):
        chi = complex_characters[irrep.name]
        expected = {"real": chi, "complex": chi + chi.conj(), "quaternionic": 2 * chi}[irrep.kind]
        np.testing.assert_allclose(character(irrep), expected, rtol=0, atol=1e-12)


def test_quaternions_keep_their_matrices():
    rho = irreps(group("Q8"))[4].matrices
    doubled = np.block([[rho.real, -rho.imag], [rho.imag, rho.real]])
    np.testing.assert_allclose(real_irreps(group("Q8"))[4].matrices, doubled, rtol=0, atol=1e-14)


def test_the_same_bytes_in_every_call():
    G = group("F20")
    first, second = real_forms(G, irreps(G)), real_forms(G, irreps(G))
    assert [a.matrices.tobytes() for a in first] == [b.matrices.tobytes() for b in second]

"""Each law must notice what breaks it, by the right number."""

import numpy as np
import pytest

from ontogeny.groups import group
from ontogeny.representations import (
    Irrep,
    character_orthogonality_error,
    completeness_error,
    entry_orthogonality_error,
    homomorphism_error,
    irreps,
    law_violations,
    real_irreps,
    unitarity_error,
)


def changed(irrep, matrices):
    return Irrep(irrep.name, matrices, field=irrep.field, kind=irrep.kind)


@pytest.mark.parametrize("name", ["S4", "C2xS5"])
def test_one_wrong_matrix_is_no_homomorphism(name):
    G = group(name)
    sign = next(irrep for irrep in irreps(G) if irrep.name.endswith("sign"))
    for g in (0, 1, G.order // 2, G.order - 1):
        matrices = sign.matrices.copy()
        matrices[g] *= -1
        assert homomorphism_error(G, [sign, changed(sign, matrices)]) == pytest.approx(2)


@pytest.mark.parametrize("name", ["S5", "C2xS5"])
def test_an_anti_homomorphism_is_noticed(name):
    G = group(name)
    last = irreps(G)[-1]
    assert homomorphism_error(G, [last]) < 1e-13
    assert homomorphism_error(G, [changed(last, last.matrices.swapaxes(1, 2))]) > 0.5


def test_the_identity_must_go_to_one():
    G = group("C3")
    assert homomorphism_error(G, [Irrep("zero", np.zeros((3, 1, 1)), field="complex")]) == 1


def test_published_form_of_standard_is_not_orthogonal():
    G = group("S5")
    standard = irreps(G)[2]
    change = np.eye(4) + np.eye(4, k=1)
    skewed = changed(standard, np.linalg.inv(change) @ standard.matrices @ change)
    assert homomorphism_error(G, [skewed]) < 1e-12
    assert unitarity_error([standard]) < 1e-13
    assert unitarity_error([standard, skewed]) > 0.5


def test_an_irrep_twice_is_not_orthogonal_to_itself():
    trivial, sign, standard = irreps(group("S3"))
    assert entry_orthogonality_error([trivial, standard, standard]) == pytest.approx(1)
    assert character_orthogonality_error([trivial, sign, sign]) == pytest.approx(1)


def test_a_reducible_representation_is_noticed():
    twice = Irrep("twice", np.stack([np.eye(2)] * 3), field="complex")
    assert character_orthogonality_error([twice]) == pytest.approx(3)
    assert entry_orthogonality_error([twice]) == pytest.approx(2)


def test_a_rotation_of_a_cyclic_group_does_not_have_rank_four():
    G = group("C5")
    as_real_kind = [Irrep(i.name, i.matrices, field="real", kind="real") for i in real_irreps(G)]
    assert completeness_error(as_real_kind) == pytest.approx(4)
    assert character_orthogonality_error(as_real_kind) == pytest.approx(1)
    assert completeness_error(real_irreps(G)) < 1e-14


def test_a_missing_irrep_is_noticed():
    assert completeness_error(irreps(group("S5"))[:-1]) == pytest.approx(36)


def test_a_missing_irrep_is_noticed_even_if_the_ranks_are_right():
    trivial, sign, *_ = irreps(group("C2xC2"))
    assert completeness_error([trivial, sign, sign, trivial]) >= 0.5


def test_all_violations_by_name():
    G = group("Q8")
    for found in (irreps(G), real_irreps(G)):
        violations = law_violations(G, found)
        assert list(violations) == [
            "homomorphism",
            "unitarity",
            "entry_orthogonality",
            "completeness",
            "character_orthogonality",
        ]
        assert max(violations.values()) < 1e-14


def test_each_violation_reaches_the_summary():
    G = group("S3")
    trivial, sign, standard = irreps(G)
    wrong = changed(standard, 2 * standard.matrices)
    violations = law_violations(G, [trivial, sign, wrong])
    assert min(violations.values()) > 0.5

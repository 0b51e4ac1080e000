"""Every law for every group of the shared table, over the complex and over the real numbers."""

import numpy as np
import pytest

from group_table import GROUPS
from ontogeny.groups import Group, conjugacy_classes, group, identity, inverses
from ontogeny.representations import (
    basis,
    character,
    frobenius_schur,
    irreps,
    law_violations,
    real_irreps,
)

EXACT = 1e-13

every_group = pytest.mark.parametrize("case", GROUPS, ids=str)


@every_group
def test_degrees_of_the_literature(case):
    found = irreps(group(case.name))
    assert tuple(sorted(irrep.degree for irrep in found)) == case.degrees
    assert sum(irrep.degree**2 for irrep in found) == case.order


@every_group
@pytest.mark.parametrize("family", [irreps, real_irreps])
def test_laws(case, family):
    G = group(case.name)
    violations = law_violations(G, family(G))
    assert max(violations.values()) < EXACT, violations


@every_group
@pytest.mark.parametrize("family", [irreps, real_irreps])
def test_names_are_unique_and_the_trivial_one_is_first(case, family):
    found = family(group(case.name))
    names = [irrep.name for irrep in found]
    assert len(set(names)) == len(names)
    assert names[0] == "trivial"
    np.testing.assert_array_equal(found[0].matrices, 1.0)


@every_group
def test_indicators_count_the_square_roots_of_the_identity(case):
    G = group(case.name)
    roots = int(np.sum(G.table.diagonal() == identity(G)))
    total = sum(frobenius_schur(G, irrep) * irrep.degree for irrep in irreps(G))
    assert total == roots


@every_group
def test_real_irreps_are_as_many_as_classes_up_to_inversion(case):
    G = group(case.name)
    classes = conjugacy_classes(G)
    pairs = {frozenset(pair) for pair in zip(classes, classes[inverses(G)], strict=True)}
    assert len(real_irreps(G)) == len(pairs)


@every_group
def test_ranks_are_the_true_numbers_of_independent_entries(case):
    found = real_irreps(group(case.name))
    for irrep in found:
        entries = irrep.matrices.reshape(case.order, -1)
        assert np.linalg.matrix_rank(entries) == irrep.rank
    assert sum(irrep.rank for irrep in found) == case.order


@every_group
def test_basis_is_orthonormal_and_spans_the_entries_of_each_irrep(case):
    found = real_irreps(group(case.name))
    entries = basis(found)
    Q = entries.matrix
    np.testing.assert_allclose(Q.T @ Q, np.eye(case.order), rtol=0, atol=EXACT)
    np.testing.assert_array_equal(entries.ranks, [irrep.rank for irrep in found])
    assert entries.names == tuple(irrep.name for irrep in found)
    assert len(set(entries.labels)) == case.order
    for i, irrep in enumerate(found):
        columns = Q[:, entries.irrep == i]
        given = irrep.matrices.reshape(case.order, -1)
        np.testing.assert_allclose(columns @ (columns.T @ given), given, rtol=0, atol=1e-12)


@every_group
def test_characters_are_largest_exactly_where_the_matrix_is_one(case):
    for irrep in irreps(group(case.name)):
        is_one = np.abs(irrep.matrices - np.eye(irrep.degree)).max(axis=(1, 2)) < 1e-9
        peaks = np.abs(character(irrep) - irrep.degree) < 1e-9
        np.testing.assert_array_equal(is_one, peaks)


def test_a_name_with_another_table_is_split_numerically():
    C6 = Group("S3", group("S3").labels, group("C6").table)
    assert [irrep.name for irrep in irreps(C6)] == ["trivial", "1a", "1a~", "1b", "1b~", "1c"]


def test_labels_do_not_matter():
    S3 = group("S3")
    renamed = Group("S3", tuple("abcdef"), S3.table)
    assert irreps(renamed) == irreps(S3)


def test_matrices_are_read_only():
    for family in (irreps, real_irreps):
        for irrep in family(group("A4")):
            with pytest.raises(ValueError, match="read-only"):
                irrep.matrices[0] = 0

"""The assertions must hold for what is right and fail for what is not, with the reason."""

import numpy as np
import pytest

from group_table import GROUPS
from ontogeny.groups import Group, group
from ontogeny.representations import Irrep, irreps, real_irreps
from ontogeny.testing import assert_group, assert_orthogonal_characters, assert_representation

NAMES = [case.name for case in GROUPS if case.order <= 60]
C4 = np.add.outer(np.arange(4), np.arange(4)) % 4
# Latin square with identity 0 in which every element is its own inverse, of the smallest order
# for which that is not yet a group.
LOOP = np.array(
    [[0, 1, 2, 3, 4], [1, 0, 3, 4, 2], [2, 4, 0, 1, 3], [3, 2, 4, 0, 1], [4, 3, 1, 2, 0]]
)


def table_group(table):
    return Group("broken", tuple("abcde"[: len(table)]), table)


def edited(entry, value):
    table = C4.copy()
    table[entry] = value
    return table


@pytest.mark.parametrize("name", NAMES)
def test_groups_and_their_irreps_pass(name):
    G = group(name)
    assert_group(G)
    for found in (irreps(G), real_irreps(G)):
        for irrep in found:
            assert_representation(G, irrep, atol=1e-13)
        assert_orthogonal_characters(found, atol=1e-13)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (C4[:, :3], r"a table of shape \(4, 3\)"),
        (edited((1, 2), 4), r"is not closed: 1 \* 2 = 4"),
        (edited((1, 2), -1), r"is not closed: 1 \* 2 = -1"),
        (C4[[1, 0, 2, 3]], r"must have one identity, not \[\]"),
        (edited((1, 3), 3), "1 has no inverse"),
        (LOOP, r"is not associative: \(1 \* 1\) \* 2 is not 1 \* \(1 \* 2\)"),
    ],
)
def test_broken_groups_fail(table, message):
    with pytest.raises(AssertionError, match=message):
        assert_group(table_group(table))


def test_a_label_twice_fails():
    with pytest.raises(AssertionError, match="3 labels"):
        assert_group(Group("broken", ("a", "b", "c", "c"), C4))


def test_broken_representations_fail():
    G = group("S3")
    standard = irreps(G)[2]
    wrong = standard.matrices.copy()
    wrong[4] *= -1
    with pytest.raises(AssertionError, match=r"'standard'.* at . \* ., error \d"):
        assert_representation(G, Irrep("standard", wrong, field="complex"))
    with pytest.raises(AssertionError, match="the matrix of 0 is not unitary, error 3"):
        assert_representation(G, Irrep("standard", 2 * standard.matrices, field="complex"))
    with pytest.raises(AssertionError, match="has 5 matrices for"):
        assert_representation(G, Irrep("standard", wrong[:5], field="complex"))
    wrong[1] = np.nan
    with pytest.raises(AssertionError, match="'standard'"):
        assert_representation(G, Irrep("standard", wrong, field="complex"))


def test_tolerance_of_representations():
    G = group("C2")
    nearly = Irrep("sign", np.array([[[1.0]], [[-1.0 - 1e-6]]]), field="complex")
    assert_representation(G, nearly, atol=1e-5)
    with pytest.raises(AssertionError, match="error 2e-06"):
        assert_representation(G, nearly)


def test_characters_that_are_not_orthogonal_fail():
    trivial, sign, standard = irreps(group("S3"))
    with pytest.raises(AssertionError, match=r"'sign'.* and .*'sign'.* must be 0, not 1"):
        assert_orthogonal_characters([trivial, sign, sign])
    twice = Irrep("twice", np.stack([np.eye(2)] * 6), field="complex")
    with pytest.raises(AssertionError, match=r"'twice'.* must be 1, not 4"):
        assert_orthogonal_characters([standard, twice])


def test_the_expected_norm_follows_the_kind():
    rotation = real_irreps(group("C3"))[1]
    assert_orthogonal_characters([rotation])
    with pytest.raises(AssertionError, match="must be 1, not 2"):
        assert_orthogonal_characters(
            [Irrep("freq_1", rotation.matrices, field="real", kind="real")]
        )

import itertools

import numpy as np
import pytest

from group_table import GROUPS, GroupCase
from ontogeny.groups import (
    Group,
    centre,
    cyclic,
    direct_product,
    group,
    identity,
    inverses,
    left_cosets,
    right_cosets,
    subgroups,
)

by_case = pytest.mark.parametrize("case", [c for c in GROUPS if c.order <= 120], ids=str)


def _subgroups_by_all_subsets(group: Group) -> set[frozenset[int]]:
    found = set()
    for size in range(1, group.order + 1):
        for subset in itertools.combinations(range(group.order), size):
            members = np.array(subset)
            if np.isin(group.table[np.ix_(members, members)], members).all():
                found.add(frozenset(subset))
    return found


def test_klein_four_group() -> None:
    expected = [[1, 0, 0, 0], [1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 0, 1], [1, 1, 1, 1]]
    assert subgroups(group("C2xC2")).astype(int).tolist() == expected


@pytest.mark.parametrize("name", [c.name for c in GROUPS if c.order <= 12])
def test_all_closed_subsets_are_found(name: str) -> None:
    rows = subgroups(group(name))
    found = {frozenset(np.flatnonzero(row).tolist()) for row in rows}
    assert found == _subgroups_by_all_subsets(group(name))
    assert len(found) == len(rows)


@by_case
def test_number_of_subgroups(case: GroupCase) -> None:
    assert len(subgroups(group(case.name))) == case.subgroups


@by_case
def test_subgroups_are_subgroups(case: GroupCase) -> None:
    G = group(case.name)
    for row in subgroups(G):
        members = np.flatnonzero(row)
        assert case.order % len(members) == 0
        assert row[identity(G)]
        assert row[inverses(G)[members]].all()
        assert row[G.table[np.ix_(members, members)]].all()


@by_case
def test_subgroups_are_sorted(case: GroupCase) -> None:
    rows = [np.flatnonzero(row).tolist() for row in subgroups(group(case.name))]
    keys = [(len(row), row) for row in rows]
    assert keys == sorted(keys)
    assert len(rows[0]) == 1
    assert len(rows[-1]) == case.order


def test_elementary_abelian_group_has_all_subspaces() -> None:
    dimensions = np.log2(subgroups(group("C2xC2xC2xC2xC2xC2")).sum(axis=1)).astype(int)
    assert np.bincount(dimensions).tolist() == [1, 63, 651, 1395, 651, 63, 1]


def test_perfect_subgroup_is_found() -> None:
    orders = subgroups(group("S5")).sum(axis=1)
    assert np.sum(orders == 60) == 1
    assert np.sum(orders == 20) == 6


@by_case
def test_cosets_partition(case: GroupCase) -> None:
    G = group(case.name)
    rows = subgroups(G)
    for H in rows[np.linspace(0, len(rows) - 1, 12).astype(int)]:
        for cosets in (left_cosets(G, H), right_cosets(G, H)):
            sizes = np.bincount(cosets)
            assert len(sizes) * H.sum() == case.order
            assert np.all(sizes == H.sum())
            np.testing.assert_array_equal(cosets == cosets[identity(G)], H)
            _, first = np.unique(cosets, return_index=True)
            assert np.all(np.diff(first) > 0)


@by_case
def test_cosets_by_their_definition(case: GroupCase) -> None:
    G = group(case.name)
    H = subgroups(G)[-2 if case.order > 1 else 0]
    inverse = inverses(G)
    left, right = left_cosets(G, H), right_cosets(G, H)
    np.testing.assert_array_equal(left[:, None] == left, H[G.table[inverse]])
    np.testing.assert_array_equal(right[:, None] == right, H[G.table[:, inverse]])


def test_left_and_right_cosets_by_hand() -> None:
    S3 = group("S3")
    H = np.isin(S3.labels, ["()", "(0 1)"])
    left = left_cosets(S3, H)
    # (0 1 2) (0 1), left factor first: 0 -> 1 -> 0, 1 -> 2, 2 -> 0 -> 1
    assert left[S3.labels.index("(0 1 2)")] == left[S3.labels.index("(1 2)")]
    right = right_cosets(S3, H)
    assert right[S3.labels.index("(0 1 2)")] == right[S3.labels.index("(0 2)")]


@pytest.mark.parametrize(("name", "count"), [("S4", 4), ("D4", 6), ("Q8", 6), ("A5", 2), ("S3", 3)])
def test_normal_subgroups_have_equal_cosets(name: str, count: int) -> None:
    G = group(name)
    normal = [H for H in subgroups(G) if np.array_equal(left_cosets(G, H), right_cosets(G, H))]
    assert len(normal) == count
    assert any(np.array_equal(H, centre(G)) for H in normal)


@pytest.mark.parametrize("name", ["C1", "S1", "A1", "A2"])
def test_trivial_groups(name: str) -> None:
    assert subgroups(group(name)).tolist() == [[True]]
    assert left_cosets(group(name), np.array([True])).tolist() == [0]


def test_groups_that_are_too_large() -> None:
    with pytest.raises(ValueError, match=r"`group` must have order at most 120, got .*'C121'"):
        subgroups(cyclic(121))


@pytest.mark.parametrize("cosets", [left_cosets, right_cosets])
@pytest.mark.parametrize(
    ("members", "message"),
    [
        ([True, False, True], r"`subgroup` must have shape \(6,\), got \(3,\)"),
        ([False] * 6, r"`subgroup` must hold the identity, got no element"),
        (
            [True, True, False, False, False, False],
            r"`subgroup` must be closed, got '\(0,1\)' times '\(0,1\)' = '\(0,2\)' outside",
        ),
    ],
)
def test_sets_that_are_no_subgroups(cosets, members: list[bool], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        cosets(direct_product(cyclic(2), cyclic(3)), np.array(members))

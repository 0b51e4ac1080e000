import itertools
import re

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from group_table import GROUPS
from ontogeny.groups import element_orders, from_table, group, identity

SMALL = [case.name for case in GROUPS if 2 <= case.order <= 24]
CENTRAL_INVOLUTIONS = ["C8", "C12", "D4", "D6", "Q8", "Q12", "Q16", "C2xQ8", "C2xS4"]

# The smallest loop that is not a group: each element is its own inverse.
LOOP = [
    [0, 1, 2, 3, 4],
    [1, 0, 3, 4, 2],
    [2, 4, 0, 1, 3],
    [3, 2, 4, 0, 1],
    [4, 3, 1, 2, 0],
]


def _indices(error: ValueError) -> list[int]:
    return [int(index) for index in re.findall(r"\(index (\d+)\)", str(error))]


def _assert_reported_elements_break_the_law(table: np.ndarray, error: ValueError) -> None:
    text = str(error)
    found = _indices(error)
    if "each row" in text:
        a, b, c, product = found
        assert b != c
        assert table[a, b] == table[a, c] == product
    elif "each column" in text:
        a, b, c, product = found
        assert a != b
        assert table[a, c] == table[b, c] == product
    elif "identity" in text:
        e, kept, moved, product = found
        assert table[e, kept] == kept
        assert np.sum(table[:, kept] == kept) == 1
        assert product == (
            table[moved, e] if "takes" in text and "right to" in text else table[e, moved]
        )
        assert product != moved
    elif "inverse" in text:
        a, left, right = found
        assert left != right
        assert table[left, a] == table[a, right]
        np.testing.assert_array_equal(table[table[left, a]], np.arange(len(table)))
    else:
        a, b, c, left, right = found
        assert "associative" in text
        assert left != right
        assert table[table[a, b], c] == left
        assert table[a, table[b, c]] == right


def test_default_labels_are_the_indices() -> None:
    C3 = from_table("mine", [[0, 1, 2], [1, 2, 0], [2, 0, 1]])
    assert C3.name == "mine"
    assert C3.labels == ("0", "1", "2")
    assert C3.table.dtype == np.int64


def test_group_of_one_element() -> None:
    assert from_table("mine", [[0]], labels=["e"]).order == 1


@given(st.sampled_from(SMALL), st.randoms(use_true_random=False))
def test_any_order_of_the_elements_is_accepted(name: str, random) -> None:
    table = group(name).table
    new = np.array(random.sample(range(len(table)), len(table)))
    renamed = np.empty_like(table)
    renamed[np.ix_(new, new)] = new[table]
    relabelled = from_table("mine", renamed)
    assert identity(relabelled) == new[identity(group(name))]
    np.testing.assert_array_equal(element_orders(relabelled)[new], element_orders(group(name)))


@given(st.sampled_from(SMALL), st.data())
def test_one_changed_entry_is_refused(name: str, data: st.DataObject) -> None:
    table = group(name).table.copy()
    n = len(table)
    a, b = data.draw(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), label="entry")
    table[a, b] = data.draw(st.integers(0, n - 1).filter(lambda c: c != table[a, b]), label="value")
    with pytest.raises(ValueError, match=r"each (row|column) must hold") as caught:
        from_table("mine", table)
    _assert_reported_elements_break_the_law(table, caught.value)


@given(st.sampled_from(CENTRAL_INVOLUTIONS), st.data())
def test_latin_squares_that_are_no_groups_are_refused(name: str, data: st.DataObject) -> None:
    # Rows a, za and columns b, zb of a group with central involution z hold the two elements ab
    # and zab only; exchanging them leaves a Latin square, too near to the group to be another.
    table = group(name).table.copy()
    n = len(table)
    involutions = np.flatnonzero(element_orders(group(name)) == 2)
    central = [z for z in involutions if np.array_equal(table[z], table[:, z])]
    z = data.draw(st.sampled_from(central), label="z")
    a, b = data.draw(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), label="entry")
    square = np.ix_([a, table[z, a]], [b, table[z, b]])
    table[square] = table[square][::-1].copy()
    with pytest.raises(ValueError, match=r"identity|inverse|associative") as caught:
        from_table("mine", table)
    _assert_reported_elements_break_the_law(table, caught.value)


@given(st.permutations(range(4)), st.permutations(range(4)), st.permutations(range(4)))
def test_isotopes_of_a_group_are_judged_as_by_brute_force(rows, columns, symbols) -> None:
    table = np.array(symbols)[group("C4").table[np.ix_(rows, columns)]]
    elements = range(4)
    has_identity = any(all(table[e, a] == a == table[a, e] for a in elements) for e in elements)
    associative = all(
        table[table[a, b], c] == table[a, table[b, c]]
        for a, b, c in itertools.product(elements, repeat=3)
    )
    if has_identity and associative:
        assert from_table("mine", table).order == 4
    else:
        with pytest.raises(ValueError, match="is not a group") as caught:
            from_table("mine", table)
        _assert_reported_elements_break_the_law(table, caught.value)


def test_loop_that_is_not_associative() -> None:
    with pytest.raises(ValueError, match="products must be associative") as caught:
        from_table("loop", LOOP, labels=list("eabcd"))
    _assert_reported_elements_break_the_law(np.array(LOOP), caught.value)


def test_violation_that_only_the_last_generator_shows() -> None:
    # Elements 0 .. 7 are C2^3, whose generators 1, 2 and 4 associate with everything.
    C2 = group("C2xC2xC2").table
    loop = np.array(LOOP)
    table = (loop[:, None, :, None] * 8 + C2[None, :, None, :]).reshape(40, 40)
    with pytest.raises(ValueError, match=r"b = '8' \(index 8\)") as caught:
        from_table("loop", table)
    _assert_reported_elements_break_the_law(table, caught.value)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ([], r"square and not empty, got shape \(0,\)"),
        ([0], r"got shape \(1,\)"),
        ([[0, 1]], r"`table` of 'mine' must be square and not empty, got shape \(1, 2\)"),
        ([[0, 1], [1]], r"must be square, got rows of different lengths"),
        ([[0.0]], r"must hold integers, got 'float64'"),
        ([[0, 1], [1, 2]], r"index from 0 to 1, but 'b' \(index 1\) times 'b' \(index 1\) is 2"),
        ([[0, 1], [-1, 0]], r"'b' \(index 1\) times 'a' \(index 0\) is -1"),
        (
            [[0, 1], [1, 1]],
            r"each row must hold every element once, but 'b' \(index 1\) times 'a' \(index 0\) "
            r"and times 'b' \(index 1\) are both 'b' \(index 1\)",
        ),
        (
            [[0, 1], [0, 1]],
            r"each column must hold every element once, but 'a' \(index 0\) and 'b' \(index 1\) "
            r"times 'a' \(index 0\) are both 'a' \(index 0\)",
        ),
        (
            [[0, 2, 1], [2, 1, 0], [1, 0, 2]],
            r"there must be an identity, but 'a' \(index 0\), the only one that keeps 'a' "
            r"\(index 0\) from the left, takes 'b' \(index 1\) to 'c' \(index 2\)",
        ),
        (
            [[0, 1, 2], [2, 0, 1], [1, 2, 0]],
            r"identity, .* takes 'b' \(index 1\) from the right to 'c' \(index 2\)",
        ),
        (
            [[0, 1, 2, 3, 4], [1, 2, 0, 4, 3], [2, 3, 4, 1, 0], [3, 4, 1, 0, 2], [4, 0, 3, 2, 1]],
            r"inverse, but that of 'b' \(index 1\) is 'e' \(index 4\) from the left and "
            r"'c' \(index 2\) from the right",
        ),
    ],
)
def test_tables_that_are_no_groups(table: list, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        from_table("mine", table, labels=list("abcde")[: len(table)])


@pytest.mark.parametrize(
    ("name", "labels", "message"),
    [
        ("", None, "`name` must not be empty, got ''"),
        ("mine", ["e"], "`labels` must hold one label for each of 2 elements, got 1"),
        ("mine", ["e", "e"], "`labels` must all be different, got 'e' twice"),
    ],
)
def test_names_and_labels(name: str, labels: list[str] | None, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        from_table(name, [[0, 1], [1, 0]], labels=labels)

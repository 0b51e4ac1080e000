import numpy as np
import pytest

from ontogeny.groups import Group, group
from ontogeny.representations import (
    _numerical,
    character,
    frobenius_schur,
    irreps,
    law_violations,
    numerical_irreps,
)


def bare(name):
    """Return the table of a named group under a name that says nothing."""
    G = group(name)
    return Group("a table", G.labels, G.table)


def test_the_frobenius_group_of_order_21():
    found = {irrep.name: character(irrep) for irrep in irreps(group("F21"))}
    assert list(found) == ["trivial", "1a", "1a~", "3a", "3a~"]
    # The two irreps of degree 3 take (-1 +- i sqrt(7)) / 2 on the elements of order 7.
    values = np.unique(found["3a"].round(10))
    expected = np.array([-0.5 - 0.5j * np.sqrt(7), -0.5 + 0.5j * np.sqrt(7), 0, 3])
    np.testing.assert_allclose(np.sort_complex(values), expected, rtol=0, atol=1e-9)
    np.testing.assert_allclose(found["3a~"], found["3a"].conj(), rtol=0, atol=1e-13)


@pytest.mark.parametrize("name", ["S4", "Q8", "D5", "A5", "C12", "A4", "Q12", "C2xD4", "S3xS3"])
def test_it_finds_the_characters_of_the_closed_forms(name):
    G = bare(name)
    chi = np.array([character(irrep) for irrep in irreps(group(name))])
    found = np.array([character(irrep) for irrep in irreps(G)])
    overlap = np.abs(chi.conj() @ found.T) / G.order
    assert len(found) == len(chi)
    np.testing.assert_allclose(np.sort(overlap, axis=0)[-1], 1, rtol=0, atol=1e-12)
    np.testing.assert_allclose(overlap.sum(axis=0), 1, rtol=0, atol=1e-11)
    np.testing.assert_allclose(overlap.sum(axis=1), 1, rtol=0, atol=1e-11)


def test_names_of_a_table_group():
    assert [irrep.name for irrep in irreps(bare("S4"))] == ["trivial", "1a", "2a", "3a", "3b"]
    assert [irrep.name for irrep in irreps(bare("A4"))] == ["trivial", "1a", "1a~", "3a"]


def test_close_eigenvalues_are_left_to_the_next_random_element():
    vectors = np.eye(4, dtype=np.complex128)
    operator = np.diag([1.0, 0.0, 3.0, 1e-6]).astype(np.complex128)
    (left,) = _numerical._split(operator, vectors, np.arange(4))
    np.testing.assert_array_equal(left, [0, 1])
    np.testing.assert_allclose(np.abs(vectors[:, 2:]), np.eye(4)[:, [0, 2]], rtol=0, atol=1e-15)


def test_names_and_order_do_not_depend_on_the_random_numbers():
    G = bare("C2xA4")
    first, second = (_numerical._attempt(G, np.random.default_rng(seed)) for seed in (11, 12))
    for a, b in zip(first, second, strict=True):
        assert a.name == b.name
        np.testing.assert_allclose(character(a), character(b), rtol=0, atol=1e-12)


def test_letters_go_on_after_z():
    names = [irrep.name for irrep in numerical_irreps(bare("C2xC2xC2xC2xC2"))]
    assert names[26:] == ["1z", "1aa", "1ab", "1ac", "1ad", "1ae"]


def test_the_same_bytes_in_every_call():
    first, second = numerical_irreps(bare("A5")), numerical_irreps(bare("A5"))
    for a, b in zip(first, second, strict=True):
        assert (a.name, a.matrices.tobytes()) == (b.name, b.matrices.tobytes())


def test_the_identity_may_be_any_element():
    shuffled = np.random.default_rng(5).permutation(8)
    place = np.argsort(shuffled)
    table = place[group("Q8").table[np.ix_(shuffled, shuffled)]]
    G = Group("shuffled", tuple("abcdefgh"), table)
    assert sorted(frobenius_schur(G, irrep) for irrep in irreps(G)) == [-1, 1, 1, 1, 1]


@pytest.mark.parametrize("name", ["D5xC10xC10", "S5xC8", "F930"])
def test_orders_up_to_a_thousand(name):
    G = bare(name)
    violations = law_violations(G, numerical_irreps(G))
    assert max(violations.values()) < 1e-12, violations


def test_the_group_of_one_element():
    assert [irrep.name for irrep in irreps(bare("C1"))] == ["trivial"]


def test_orders_above_a_thousand_are_refused():
    n = 1001
    table = np.add.outer(np.arange(n), np.arange(n)) % n
    with pytest.raises(ValueError, match=r"`group` must have order at most 1000, got .*1001"):
        irreps(Group("large", tuple(map(str, range(n))), table))


def test_a_violated_law_leads_to_the_next_random_numbers(monkeypatch):
    found = iter([3e-7, 2e-12])
    monkeypatch.setattr(_numerical, "_largest_violation", lambda *_: next(found))
    tried = []
    attempt = _numerical._attempt
    monkeypatch.setattr(_numerical, "_attempt", lambda *x: tried.append(attempt(*x)) or tried[-1])
    assert numerical_irreps(bare("S3")) is tried[1]


def test_laws_violated_in_every_try_are_an_error(monkeypatch):
    monkeypatch.setattr(_numerical, "_largest_violation", lambda *_: 3e-7)
    with pytest.raises(RuntimeError, match=r"did not split; largest violations \[3e-07, 3e-07"):
        numerical_irreps(bare("S3"))

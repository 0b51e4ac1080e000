import numpy as np
import pytest

from ontogeny.representations import Irrep, character, multiplicity

TURNS = np.array([[[1.0, 0.0], [0.0, 1.0]], [[0.0, -1.0], [1.0, 0.0]]])


def test_an_irrep_by_hand():
    irrep = Irrep("freq_1", TURNS, field="real", kind="complex")
    assert (irrep.degree, irrep.rank, multiplicity(irrep)) == (2, 2, 2)
    np.testing.assert_array_equal(character(irrep), [2.0, 0.0])
    assert repr(irrep) == "Irrep('freq_1', degree 2 over the real numbers, complex kind)"


@pytest.mark.parametrize(
    ("kind", "degree", "rank"), [("real", 4, 16), ("complex", 4, 8), ("quaternionic", 4, 4)]
)
def test_rank_counts_independent_entries(kind, degree, rank):
    matrices = np.eye(degree)[None]
    assert Irrep("x", matrices, field="real", kind=kind).rank == rank
    assert Irrep("x", matrices, field="complex").rank == 16


def test_matrices_are_a_read_only_copy_in_double_precision():
    given = np.ones((2, 1, 1))
    irrep = Irrep("trivial", given, field="complex")
    given[0] = 7.0
    assert irrep.matrices[0, 0, 0] == 1.0
    assert irrep.matrices.dtype == np.float64
    with pytest.raises(ValueError, match="read-only"):
        irrep.matrices[0] = 2.0


def test_equality_looks_at_every_field():
    irrep = Irrep("freq_1", TURNS, field="real", kind="complex")
    same = Irrep("freq_1", TURNS.copy(), field="real", kind="complex")
    assert irrep == same
    assert hash(irrep) == hash(same)
    assert irrep != Irrep("freq_2", TURNS, field="real", kind="complex")
    assert irrep != Irrep("freq_1", -TURNS, field="real", kind="complex")
    assert irrep != Irrep("freq_1", TURNS, field="real", kind="real")
    assert irrep != Irrep("freq_1", TURNS, field="complex")
    assert irrep != "freq_1"


@pytest.mark.parametrize(
    ("matrices", "field", "kind", "message"),
    [
        (np.ones((2, 1)), "complex", None, r"'x' must have shape \(n, d, d\), got \(2, 1\)"),
        (np.ones((2, 1, 2)), "complex", None, r"shape \(n, d, d\), got \(2, 1, 2\)"),
        (np.ones((0, 1, 1)), "complex", None, r"shape \(n, d, d\), got \(0, 1, 1\)"),
        (np.ones((2, 1, 1)), "complex", "real", "`kind` of 'x' is for irreps over the real"),
        (np.ones((2, 1, 1)), "real", None, r"`kind` of 'x' must be .* got None"),
        (1j * np.ones((2, 1, 1)), "real", "real", "must be real as its field is"),
        (np.ones((2, 1, 1)), "real", "complex", "must have a degree divisible by 2, got 1"),
        (TURNS, "real", "quaternionic", "must have a degree divisible by 4, got 2"),
    ],
)
def test_what_is_no_irrep_by_its_form_is_refused(matrices, field, kind, message):
    with pytest.raises(ValueError, match=message):
        Irrep("x", matrices, field=field, kind=kind)


@pytest.mark.parametrize(("field", "kind"), [("rational", None), ("real", "rational")])
def test_unknown_fields_and_kinds_are_refused(field, kind):
    # Under type checking the annotation refuses them first.
    with pytest.raises((ValueError, TypeError), match="'rational'"):
        Irrep("x", np.ones((2, 1, 1)), field=field, kind=kind)

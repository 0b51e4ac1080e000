import numpy as np
import pytest

from ontogeny.groups import cyclic, group
from ontogeny.representations import irreps, real_irreps
from ontogeny.studies.composition.catalogue.given import (
    group_specification,
    read_groups,
    specified_group,
)
from ontogeny.studies.composition.catalogue.irreps import irreps_dataset, require_laws
from ontogeny.studies.composition.catalogue.sections import GivenGroup
from ontogeny.studies.composition.catalogue.tables import group_of, table_dataset

SL23 = {"matrices": [[[1, 1], [0, 1]], [[1, 0], [1, 1]]], "modulus": 3}
LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"


def specification(**fields):
    return group_specification("mine", GivenGroup(**fields))


def problem(**fields):
    groups, problems = read_groups({"mine": GivenGroup(**fields)})
    assert not groups
    assert len(problems) == 1
    return problems[0]


def test_a_group_by_its_name_depends_on_its_name():
    assert group_specification("S5", None) == {"group": "S5"}
    assert specified_group({"group": "S5"}, None) == group("S5")


def test_a_group_by_its_table_is_that_of_the_file(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("1,2,3\n2,3,1\n3,1,2\n")
    assert specification(table=str(path)) == {"group": "mine"}
    found = specified_group({"group": "mine"}, str(path))
    np.testing.assert_array_equal(found.table, cyclic(3).table)
    assert found.labels == ("1", "2", "3")
    assert read_groups({"mine": GivenGroup(table=str(path))}) == ({"mine": found}, [])


def test_another_spelling_of_the_generators_changes_nothing(tmp_path):
    (tmp_path / "g.txt").write_text("# S5\n(4 5)(1 2 3)\n(2,1)\n")
    expected = {"group": "mine", "permutations": ["(1 2 3)(4 5)", "(1 2)"]}
    for given in (
        ["(1,2,3)(4,5)", "(1,2)"],
        ["(1 2 3) (4, 5)", "( 1,2 )"],
        [[2, 3, 1, 5, 4], [2, 1, 3, 4, 5]],
        str(tmp_path / "g.txt"),
    ):
        assert specification(permutations=given) == expected
    assert specification(permutations="(1,2)")["permutations"] == ["(1 2)"]
    assert specification(permutations=["(1,2)", "(1,2,3)(4,5)"]) != expected


def test_another_spelling_of_matrices_changes_nothing(tmp_path):
    np.save(tmp_path / "g.npy", [[[1.0, -2.0], [3.0, 1.0]], [[1, 0], [1, 1]]])
    expected = {"group": "mine"} | SL23
    assert specification(**SL23) == expected
    assert specification(matrices=str(tmp_path / "g.npy"), modulus=3) == expected
    assert specification(**SL23 | {"modulus": 5}) != expected


def test_the_specification_makes_the_group_without_the_file():
    for fields in (SL23, {"permutations": ["(1,2,3)", "(1,2)"]}):
        groups, _ = read_groups({"mine": GivenGroup(**fields)})
        assert specified_group(specification(**fields), None) == groups["mine"]


def test_files_are_those_of_tables_and_of_generators():
    assert GivenGroup(table="(1,2).csv").file == "(1,2).csv"
    assert GivenGroup(permutations="g.txt").file == "g.txt"
    assert GivenGroup(permutations="(1,2)").file is None
    assert GivenGroup(permutations=["(1,2)"]).file is None
    assert GivenGroup(matrices="g.npy").file == "g.npy"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (LFS, "is a Git LFS pointer and not the file itself"),
        ("", "is empty; give the file itself"),
        ("1,2\n2,2\n", "is not the table of a group: each row must hold every element once, but "
         "'2' times '1' and times '2' are both '2'"),
        ("0,1\n1,x\n", "line 2, column 2: 'x' is not a whole number"),
    ],
)  # fmt: skip
def test_a_table_is_refused_by_key_and_in_its_own_numbers(tmp_path, content, reason):
    path = tmp_path / "t.csv"
    path.write_text(content)
    assert problem(table=str(path)).startswith(f"`groups.mine.table` = '{path}': {reason}")


@pytest.mark.parametrize("key", ["table", "permutations", "matrices"])
def test_a_missing_file_is_refused_by_key(key):
    said = problem(**{key: "no/file"})
    assert said.startswith(f"`groups.mine.{key}` = 'no/file': does not exist; correct the path")


def test_wrong_generators_are_refused_by_key_and_value():
    said = problem(permutations=["(1,2)(2,3)"])
    assert said == (
        "`groups.mine.permutations` = ['(1,2)(2,3)']: generator 1 = '(1,2)(2,3)': the point 2 "
        "occurs there twice; write disjoint cycles"
    )
    said = problem(matrices=[[[2, 0], [0, 3]]], modulus=6)
    assert said.startswith("`groups.mine.matrices` = [[[2, 0], [0, 3]]]: generator 1: is singular")


def test_groups_that_are_right_are_read_beside_others():
    given = {"a": GivenGroup(permutations=["(1,2)"]), "b": GivenGroup(table="no.csv"), "c": None}
    groups, problems = read_groups(given)
    assert list(groups) == ["a"]
    assert len(problems) == 1


def test_the_irreps_of_a_group_from_generators_come_out():
    """Degrees and types of SL(2,3): 1, 1, 1, 2, 2, 2, 3; one of degree 2 is quaternionic."""
    made = specified_group(specification(**SL23), None)
    found = group_of(table_dataset(made))
    assert found == made
    complex_irreps, real = irreps(found), real_irreps(found)
    assert sorted(irrep.degree for irrep in complex_irreps) == [1, 1, 1, 2, 2, 2, 3]
    assert sorted((irrep.kind, irrep.degree) for irrep in real) == [
        ("complex", 2),
        ("complex", 4),
        ("quaternionic", 4),
        ("real", 1),
        ("real", 3),
    ]
    require_laws(irreps_dataset(found, complex_irreps, real))


def test_a_table_above_the_limit_is_refused_before_any_job(tmp_path):
    path = tmp_path / "large.csv"
    order = 1001
    rows = (",".join(str((a + b) % order) for b in range(order)) for a in range(order))
    path.write_text("\n".join(rows))
    _, problems = read_groups({"large": GivenGroup(table=str(path))})
    assert problems == [
        f"`groups.large.table` = {str(path)!r}: has 1,001 elements; a group may have up to 1,000"
    ]


@pytest.mark.parametrize(
    "text", ["[ (1,2,3), (1,2) ]", "Group([ (1,2,3), (1,2) ]);", "g := Group( (1,2,3), (1,2) );"]
)
def test_generators_in_one_text_are_no_path(text):
    assert GivenGroup(permutations=text).file is None
    assert specification(permutations=text)["permutations"] == ["(1 2 3)", "(1 2)"]


def test_a_file_with_a_bracket_in_its_name_is_read(tmp_path):
    path = tmp_path / "g (2).txt"
    path.write_text("(1,2,3)\n(1,2)\n")
    assert GivenGroup(permutations=str(path)).file == str(path)
    assert specification(permutations=str(path))["permutations"] == ["(1 2 3)", "(1 2)"]
    assert "does not exist" in problem(matrices="no (2).npy")
    assert GivenGroup(permutations="(1,2)" * 10_000).file is None
    assert GivenGroup(permutations="[(1,2)" + "," * 10_000).file is None

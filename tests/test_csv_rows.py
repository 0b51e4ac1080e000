"""Rows of CSV tables: their cells, their lines, and what is refused."""

import pytest

from ontogeny.csv_rows import TableError, read_rows


def test_rows_are_the_cells_and_where_they_end():
    rows = read_rows('\ufeffa , b\r\n\r\n1,"2\n3"\r\n , \r\n4,\r\n', "own.csv")
    assert rows.header == ("a", "b")
    assert rows.cells == (("1", "2\n3"), ("4", ""))
    assert rows.lines == (4, 6)
    assert rows.column("b") == ("2\n3", "")


def test_an_index_without_a_name_is_allowed_in_the_first_place():
    rows = read_rows(",a\n0,5\n1,6\n", "own.csv")
    assert rows.header == ("", "a")
    assert rows.column("a") == ("5", "6")


def test_separators_of_lines_that_are_not_line_feeds_belong_to_the_cell():
    text = "a,b\n1,x\u2028y\n2,x\x85y\x0bz\n"
    rows = read_rows(text, "own.csv")
    assert rows.column("b") == ("x\u2028y", "x\x85y\x0bz")
    assert rows.lines == (2, 3)


def test_the_last_line_needs_no_end():
    assert read_rows("a\n1\n2", "own.csv").lines == (2, 3)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "own.csv: has no rows; give"),
        ("a,b\n\n", "own.csv: has no rows below its header; give"),
        ("a,b\n1,2\n1,2,3\n", "own.csv, line 3: has 3 cells, but the header has 2 columns; "),
        ("a,b\n1\n", "own.csv, line 2: has 1 cells, but the header has 2 columns; "),
        ("\na,b,a\n1,2,3\n", "own.csv, line 2: column 3 has the name `a` of another one; rename"),
        ("a,\n1,2\n", "own.csv, line 1: column 2 has no name; rename"),
        ('a,b\n1,"2\n', "own.csv, line 2: is not a row of a table with commas"),
        ("a;b\n1;2, 3\n", "own.csv, line 1: its columns are separated by semicolons; save"),
        ('\n"a";"b";"c, d"\n1;2;3\n', "own.csv, line 2: its columns are separated by semicolons"),
        ("a\tb\n1\t2\n", "own.csv, line 1: its columns are separated by tabs; save"),
        (
            "a,b\n1,2\n1," + "x" * 131_073 + "\n",
            "own.csv, line 3: has a cell of more than 131,072 characters; shorten it",
        ),
    ],
)
def test_what_is_not_a_table_is_refused(text, where):
    with pytest.raises(TableError) as refusal:
        read_rows(text, "own.csv")
    assert str(refusal.value).startswith(where)

"""Published tables: what is read of them, and what is refused, where and why."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from ontogeny.csv_rows import TableError, read_rows
from ontogeny.studies.surprise.published.tables import (
    long_table,
    points_table,
    wide_table,
)

LONG = """size,variant,shots,step,task,metric,value
1m,,zero-shot,10,quiz,acc,0.5
1m,,zero-shot,10,quiz,acc_stderr,0.1
1m,,zero-shot,10,words,ppl,20
4m,,zero-shot,10,quiz,acc,
"""
WIDE = """Model,Model Family,Model Size (B),Pretraining Data Size (T),FLOPs (1E21),quiz,sums
small,own,0.5,0.25,0.75,0.5,
"large, new",own,2,,,0.75,31.5
"""
POINTS = """Model Size,Training FLOP,loss,colour
1e6,6e12,4.5,red
2e6,24e12,4,blue
"""
READERS = {"long": (long_table, LONG), "wide": (wide_table, WIDE), "points": (points_table, POINTS)}


def test_a_long_table_gives_each_value_and_leaves_out_standard_errors():
    table = long_table(read_rows(LONG, "own.csv"))
    assert table.size == ("1m", "1m", "4m")
    assert table.task == ("quiz", "words", "quiz")
    assert table.metric == ("acc", "ppl", "acc")
    assert_array_equal(table.step, [10, 10, 10])
    assert_array_equal(table.value, [0.5, 20.0, np.nan])


def test_a_wide_table_has_amounts_in_their_units_and_all_else_as_tasks():
    table = wide_table(read_rows(WIDE, "own.csv"))
    assert table.name == ("small", "large, new")
    assert table.family == ("own", "own")
    assert table.task == ("quiz", "sums")
    assert_array_equal(table.parameters, [0.5e9, 2e9])
    assert_array_equal(table.tokens, [0.25e12, np.nan])
    assert_array_equal(table.compute, [0.75e21, np.nan])
    assert_array_equal(table.score, [[0.5, np.nan], [0.75, 31.5]])


def test_a_wide_table_may_have_names_and_tasks_alone():
    table = wide_table(read_rows("quiz,Model\n0.5,small\n", "own.csv"))
    assert (table.family, table.parameters, table.tokens, table.compute) == (None,) * 4
    assert table.task == ("quiz",)


def test_points_have_the_tokens_that_their_compute_pays_for():
    points = points_table(read_rows(POINTS, "own.csv"))
    assert_array_equal(points.loss, [4.5, 4.0])
    assert_array_equal(6 * points.parameters * points.tokens, [6e12, 24e12])


@pytest.mark.parametrize(
    ("kind", "old", "new", "line", "column", "value", "rule"),
    [
        ("long", "0.5", "half", 2, "value", "half", "is not a number"),
        ("long", "0.5", "nan", 2, "value", "nan", "is not a number"),
        ("long", "0.5", "inf", 2, "value", "inf", "is not a number"),
        ("long", "0.5", "1_0", 2, "value", "1_0", "is not a number"),
        ("long", "0.5", "50", 2, "value", "50", "divide percentages by 100"),
        ("long", "0.5", "-0.5", 2, "value", "-0.5", "from 0 to 1"),
        ("long", "ppl,20", "ppl,0.9", 4, "value", "0.9", "perplexity is at least 1"),
        ("long", "ppl,20", "loss,-3", 4, "value", "-3", "at least 0"),
        ("long", "10,words", "1e1,words", 4, "step", "1e1", "is not a whole number"),
        ("long", "10,words", ",words", 4, "step", "", "is not a whole number"),
        ("long", "words", "", 4, "task", "", "is empty"),
        ("long", "4m,", ",", 5, "size", "", "is empty"),
        ("long", "4m", "1m", 5, "size", "1m", "in line 2 too"),
        ("wide", ",0.5,0.25", ",500M,0.25", 2, "Model Size (B)", "500M", "is not a number"),
        ("wide", ",0.5,0.25", ",0,0.25", 2, "Model Size (B)", "0", "is not positive"),
        ("wide", "31.5", "n/a", 3, "sums", "n/a", "is not a number"),
        ("wide", '"large, new"', "small", 3, "Model", "small", "is in line 2 too"),
        ("wide", '"large, new"', "", 3, "Model", "", "is empty"),
        ("points", "24e12", "-1", 3, "Training FLOP", "-1", "is not positive"),
        ("points", "24e12", "", 3, "Training FLOP", "", "is empty"),
        ("points", ",4,", ",low,", 3, "loss", "low", "is not a number"),
    ],
)
def test_a_wrong_cell_is_refused_with_its_place(kind, old, new, line, column, value, rule):
    reader, text = READERS[kind]
    reader(read_rows(text, "own.csv"))
    with pytest.raises(TableError) as refusal:
        reader(read_rows(text.replace(old, new, 1), "own.csv"))
    said = str(refusal.value)
    assert said.startswith(f"own.csv, line {line}, column `{column}`: {value!r} ")
    assert rule in said


@pytest.mark.parametrize(
    ("kind", "column"), [("long", "step"), ("wide", "Model"), ("points", "loss")]
)
def test_a_missing_column_is_named(kind, column):
    reader, text = READERS[kind]
    with pytest.raises(TableError, match=f"own.csv, line 1: has no column `{column}`"):
        reader(read_rows(text.replace(column, "other", 1), "own.csv"))


def test_a_table_of_standard_errors_alone_is_refused():
    text = "\n".join(line for line in LONG.splitlines() if "acc," not in line and "ppl" not in line)
    with pytest.raises(TableError, match="has only standard errors"):
        long_table(read_rows(text, "own.csv"))

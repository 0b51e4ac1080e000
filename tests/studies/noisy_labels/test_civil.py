"""Civil Comments, on fabricated tables."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from comment_files import civil, civil_rows, civil_spec, corpus, table, written
from ontogeny.csv_rows import TableError
from ontogeny.studies.noisy_labels.corpora.civil import IDENTITIES, civil_of_csv

SECRET = "unspeakable"
FIRST, SECOND = list(IDENTITIES)[:2]
HEADER = ("id", "target", "comment_text", *IDENTITIES)


def test_there_are_the_24_groups_of_the_published_table():
    assert len(IDENTITIES) == 24


@pytest.mark.parametrize("toxicity", ["target", "toxicity"])
def test_half_of_the_annotators_decide_on_toxicity_and_groups(toxicity):
    given = civil_of_csv(civil(20, toxicity), "own.csv")
    number = np.arange(20)
    asked = number % 4 != 3
    assert given.text[3] == "comment3 text"
    assert_array_equal(given.label, number % 3 == 0)
    assert_array_equal(given.known, asked)
    assert_array_equal(given.member[0], asked & (number % 5 == 0))
    assert_array_equal(given.member[1], asked & (number % 7 == 0))
    assert not given.member[2:].any()
    assert given.votes is None
    assert given.toxic_votes is None


def test_a_row_with_some_empty_groups_is_not_known():
    rows = [list(each) for each in civil_rows(2)]
    rows[0][-1] = ""
    given = civil_of_csv(table(HEADER, rows), "own.csv")
    assert_array_equal(given.known, [False, True])
    assert not given.member[:, 0].any()


def test_groups_that_the_test_names_often_enough_are_kept(tmp_path):
    train, test = written(tmp_path, a_csv=civil(80), t_csv=civil(20).replace(" text", " other"))
    mentions = {
        FIRST: sum(n % 5 == 0 and n % 4 != 3 for n in range(20)),
        SECOND: sum(n % 7 == 0 and n % 4 != 3 for n in range(20)),
    }
    assert mentions == {FIRST: 3, SECOND: 2}
    for least, kept in ((1, (FIRST, SECOND)), (2, (FIRST, SECOND)), (3, (FIRST,))):
        found = corpus(civil_spec(train, test=test, least_mentions=least))
        assert found.identities == kept
        in_test = found.comments.part == 3
        assert_array_equal(
            found.comments.member[:, in_test].sum(axis=1), [mentions[name] for name in kept]
        )
    with pytest.raises(ValueError, match=r"`least_mentions` = 4: no group .* at most by 3; lower"):
        corpus(civil_spec(train, test=test, least_mentions=4))


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        (1, "", "line 3, column `target`: the empty cell is not a toxicity; fill it"),
        (1, "1.01", "line 3, column `target`: '1.01' is not a share of annotators; give a number"),
        (1, "-0.1", "line 3, column `target`: '-0.1' is not a share"),
        (1, "nan", "line 3, column `target`: the text in it is not a share"),
        (1, "0_1", "line 3, column `target`: '0_1' is not a share"),
        (3, SECRET, f"line 3, column `{FIRST}`: the text in it is not a share"),
    ],
)
def test_a_wrong_cell_is_refused_with_its_place(column, value, says):
    rows = [list(each) for each in civil_rows(4)]
    rows[1][column] = value
    with pytest.raises(TableError) as refusal:
        civil_of_csv(table(HEADER, rows), "own.csv")
    assert str(refusal.value).startswith(f"own.csv, {says}")
    assert SECRET not in str(refusal.value)


def test_a_missing_column_is_named():
    with pytest.raises(TableError, match="line 1: has no column `target`, nor `toxicity`"):
        civil_of_csv(civil(4, "severe"), "own.csv")
    with pytest.raises(TableError, match=f"line 1: has no column `{SECOND}`"):
        civil_of_csv(civil(4).replace(SECOND, "other"), "own.csv")

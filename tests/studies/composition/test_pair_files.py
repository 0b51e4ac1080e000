"""Files of training pairs: what they say, and what is refused."""

import numpy as np
import pytest

from ontogeny.studies.composition.networks.pair_files import read_pairs

LABELS = ("1", "r", "r^2")


def written(tmp_path, text):
    path = tmp_path / "pairs.csv"
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize(
    "text",
    [
        "left,right\nr,1\n1,r^2\nr^2,r^2\n",
        "left,right\n1,0\n0,2\n2,2\n",
        "right,left\n1,r\nr^2,1\nr^2,r^2\n",
        '\ufeffleft , right\n\n"r", 1\n1, r^2\nr^2,r^2\n',
    ],
    ids=["labels", "indices", "columns in another order", "blanks and quotation marks"],
)
def test_rows_are_those_of_the_pairs_in_ascending_order(tmp_path, text):
    rows = read_pairs(written(tmp_path, text), LABELS)
    assert rows.tolist() == sorted(3 * a + b for a, b in [(1, 0), (0, 2), (2, 2)])
    assert rows.dtype == np.int64


def test_labels_go_before_indices(tmp_path):
    """In a group whose labels count from 1, the cell 1 is the first element."""
    path = written(tmp_path, "left,right\n1,2\n2,2\n")
    assert read_pairs(path, ("1", "2", "3")).tolist() == [0 * 3 + 1, 1 * 3 + 1]
    assert read_pairs(path, ("a", "b", "c")).tolist() == [1 * 3 + 2, 2 * 3 + 2]


EVERY = "left,right\n" + "".join(f"{a},{b}\n" for a in range(3) for b in range(3))
WRONG = {
    "no columns": ("1,r\nr,1\n", "line 1: has no column `left`; the first line must name"),
    "another column": ("left,right,split\n1,r,train\n", "line 1: has the column `split`; give the"),
    "no element": ("left,right\n1,r\ns,r\n", "line 3, column `left`: 's' is not an element"),
    "beyond the group": ("left,right\n0,2\n0,3\n", "line 3, column `right`: '3' is not an element"),
    "indices and labels": ("left,right\n0,r\n", "line 2, column `right`: 'r' is not an element"),
    "twice": ("left,right\n1,r\nr,r\n1,r\n", "line 4: has the pair of line 2 again"),
    "no rows": ("left,right\n", "has no rows below its header"),
    "semicolons": ("left;right\n1;r\n", "separated by semicolons"),
}


def test_all_pairs_may_be_trained_on(tmp_path):
    assert read_pairs(written(tmp_path, EVERY), LABELS).tolist() == list(range(9))


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_file_is_refused_by_place_and_rule(tmp_path, kind):
    text, said = WRONG[kind]
    path = written(tmp_path, text)
    with pytest.raises(ValueError, match="pairs") as refused:
        read_pairs(path, LABELS)
    message = str(refused.value)
    assert message.startswith(path)
    assert said in message
    assert len(message.splitlines()) == 1

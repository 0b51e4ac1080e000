"""What is wrong with a corpus of files is said before any job starts, and no comment is quoted."""

import json

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from comment_files import (
    VOTE_HEADER,
    civil,
    civil_spec,
    corpus,
    table,
    tweet_rows,
    tweets,
    votes_json,
    votes_spec,
    written,
)
from ontogeny.studies.noisy_labels.corpora.checks import problems_of_files
from ontogeny.studies.noisy_labels.corpora.division import divided, first_uses
from ontogeny.studies.noisy_labels.files import files_of

AT = "noisy_labels.corpora.mine"
SECRET = "unspeakable"


def problems(spec):
    return [*problems_of_files(spec, AT)]


def only(spec):
    (problem,) = problems(spec)
    assert "; " in problem
    assert SECRET not in problem
    return problem


def test_shares_are_rounded_and_the_rest_is_studied():
    part = divided(103, rater=0.35, development=0.1, test=0.2, seed=0)
    assert_array_equal(np.bincount(part), [36, 36, 10, 21])
    assert (np.bincount(part[:50], minlength=4) > 0).all()


def test_a_text_is_kept_once_and_rather_in_a_later_part():
    texts = ["a", "", "b", "a", "b", "c", "c"]
    part = np.array([1, 1, 1, 1, 3, 2, 1], dtype=np.int8)
    assert_array_equal(first_uses(texts, part), [True, False, False, False, True, True, False])


def test_files_are_told_by_key():
    spec = votes_spec(["a.csv", "b.csv"], test="t.csv", cases="c.csv")
    assert files_of(spec) == {"files": ("a.csv", "b.csv"), "test": ("t.csv",), "cases": ("c.csv",)}


def test_good_files_have_no_problem(tmp_path):
    files = written(tmp_path, a_csv=tweets(120), b_json=votes_json(120), c_csv=civil(120))
    assert problems(votes_spec(files[0])) == []
    assert problems(votes_spec(files[1])) == []
    assert problems(civil_spec(files[2])) == []


def test_a_group_that_nobody_names_is_allowed(tmp_path):
    (file,) = written(tmp_path, a_csv=tweets(120))
    spec = votes_spec(file, groups={"never": ("zebra",)})
    assert problems(spec) == []
    assert corpus(spec).comments.member.sum() == 0


def test_files_that_cannot_be_read_are_all_named(tmp_path):
    files = written(tmp_path, a_csv=tweets(120), e_csv="")
    spec = votes_spec([files[0], str(tmp_path / "none.csv")], test=files[1])
    missing, empty = problems(spec)
    assert missing.startswith(f"`{AT}.files` = ")
    assert "none.csv': does not exist" in missing
    assert empty.startswith(f"`{AT}.test` = ")
    assert "is empty" in empty


@pytest.mark.parametrize("again", ["{}", "{}/../a.csv"])
def test_a_file_given_twice_is_refused(tmp_path, again):
    (file,) = written(tmp_path, a_csv=tweets(120))
    if again != "{}":
        (tmp_path / "folder").mkdir()
        again = again.format(tmp_path / "folder")
    problem = only(votes_spec(file, test=again.format(file)))
    assert problem.startswith(f"`{AT}.test` = ")
    assert f"is the same file as {file!r}; name each file once" in problem


def test_the_end_of_a_name_says_the_format(tmp_path):
    files = written(tmp_path, a_csv=tweets(120), b_json=votes_json(90, start=200), c_txt=tweets(9))
    assert "must end in .csv or .json" in only(votes_spec(files[2]))
    assert "must end in .csv, which" in only(civil_spec(files[1]))
    assert "must end in .csv, which" in only(votes_spec(files[0], cases=files[1]))
    assert "all files of a corpus must have one format" in only(votes_spec(files[:2]))


def test_shares_must_leave_comments_to_learn_from(tmp_path):
    (file,) = written(tmp_path, a_csv=tweets(120))
    problem = only(votes_spec(file, rater_share=0.5, development_share=0.2, test_share=0.3))
    assert "`rater_share` 0.5 + `development_share` 0.2 + `test_share` 0.3 = 1 must be" in problem
    (test,) = written(tmp_path, t_csv=tweets(60, start=200))
    own = votes_spec(file, test=test, rater_share=0.5, development_share=0.2, test_share=0.3)
    assert problems(own) == []


@pytest.mark.parametrize(
    ("groups", "says"),
    [
        ({}, f"`{AT}.groups`: must hold at least 1 group"),
        ({"none": ()}, f"`{AT}.groups.none`: must hold at least 1 term"),
        ({"odd": ("!?",)}, f"`{AT}.groups.odd` = '!?': has no word; give"),
    ],
)
def test_groups_must_have_terms(tmp_path, groups, says):
    (file,) = written(tmp_path, a_csv=tweets(120))
    (problem,) = problems(votes_spec(file, groups=groups))
    assert problem.startswith(says)


def test_a_wrong_cell_is_named_by_key_file_line_and_column(tmp_path):
    rows = tweet_rows(30)
    rows[4] = (*rows[4][:4], SECRET, *rows[4][5:])
    (file,) = written(tmp_path, a_csv=table(VOTE_HEADER, rows))
    problem = only(votes_spec(file))
    assert problem.startswith(f"`{AT}`: {file}, line 6, column `neither`: ")


def test_a_row_of_another_length_is_named(tmp_path):
    (file,) = written(tmp_path, a_csv=tweets(30) + f"1,2,{SECRET}\n")
    assert f"{file}, line 32: has 3 cells, but the header has 7" in only(votes_spec(file))


def test_broken_json_is_named_by_line_and_column(tmp_path):
    text = votes_json(30).replace("word", SECRET)
    (file,) = written(tmp_path, a_json=text[: len(text) // 2])
    assert f"`{AT}`: {file}, line " in only(votes_spec(file))
    (file,) = written(tmp_path, a_json=json.dumps([{"text": SECRET, "annotations": "2"}]))
    assert f"{file}, comment 1: vote 1" in only(votes_spec(file))


def test_every_part_must_have_comments_of_both_kinds(tmp_path):
    rows = tweet_rows(60, start=500)
    harmless = [each for each in rows if each[5] == 2]
    toxic = [each for each in rows if each[5] == 1]
    train, good, harmless, toxic = written(
        tmp_path,
        a_csv=tweets(120),
        b_csv=tweets(60, start=300),
        c_csv=table(VOTE_HEADER, harmless),
        d_csv=table(VOTE_HEADER, toxic),
    )
    assert only(votes_spec(train, test=harmless)) == (
        f"`{AT}.test` = {harmless!r}: the part `test` has 40 comments, but no toxic one (160 in "
        "all); give more comments"
    )
    found = only(votes_spec(train, development=toxic, test=good))
    assert found.startswith(f"`{AT}.development` = {toxic!r}: the part `development` has 20 ")
    assert "comments, but no harmless one (200 in all); give" in found
    assert only(votes_spec(train, test_share=0.001)).startswith(
        f"`{AT}.test_share` = 0.001: the part `test` has no comments (120 in all); give more "
        "comments, or raise this share"
    )
    assert problems(votes_spec(train, rater_share=0)) == []
    assert only(votes_spec(train, rater_share=0.001)).startswith(
        f"`{AT}.rater_share` = 0.001: the part"
    )
    with pytest.raises(ValueError, match=r"`test` = .*: the part `test` has 40 comments, but no t"):
        corpus(votes_spec(train, test=harmless))


def test_a_part_without_comments_says_how_many_were_repetitions(tmp_path):
    rows = [(*tweet_rows(1)[0][:-1], "the same words")] * 50
    rows.append((*rows[0][:-1], "@name"))
    (file,) = written(tmp_path, a_csv=table(VOTE_HEADER, rows))
    found = problems(votes_spec(file))
    assert (
        f"`{AT}.test_share` = 0.2: the part `test` has no comments (1 in all, after 49 repeated "
        "and 1 empty ones were left out); give more comments, or raise this share"
    ) in found


def test_probes_must_be_of_both_kinds(tmp_path):
    probes = table(("Text", "Label", "Template"), [("old", "BAD", "a"), ("young", "BAD", "a")])
    file, probes = written(tmp_path, a_csv=tweets(120), p_csv=probes)
    assert only(votes_spec(file, templates=probes)) == (
        f"`{AT}.templates` = {probes!r}: has no harmless text; give a file with both"
    )

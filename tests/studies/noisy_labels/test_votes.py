"""Comments with votes: what a corpus holds of CSV tables and of JSON."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from comment_files import (
    GROUPS,
    VOTE_HEADER,
    corpus,
    real,
    table,
    tweet_rows,
    tweets,
    votes_json,
    votes_spec,
    written,
)
from ontogeny.csv_rows import TableError, read_rows
from ontogeny.storage import read_texts
from ontogeny.studies.noisy_labels.corpora.comments import PARTS
from ontogeny.studies.noisy_labels.corpora.votes import votes_of_csv, votes_of_json

SECRET = "unspeakable"


def row(number, count, hate, offensive, neither, text):
    return (number, count, hate, offensive, neither, 0, text)


def test_a_table_gives_words_votes_and_the_label_of_the_majority():
    given = votes_of_csv(
        table(
            VOTE_HEADER,
            [
                row(0, 3, 1, 1, 1, "Two of three,\nwith a line break"),
                row(1, 3, 0, 1, 2, 'One "of" three'),
                row(2, 6, 1, 2, 3, "half"),
                row(3, 6, 2, 2, 2, "@gone"),
            ],
        ),
        "own.csv",
    )
    assert given.text == ["two of three with a line break", "one of three", "half", ""]
    assert_array_equal(given.votes, [3, 3, 6, 6])
    assert_array_equal(given.toxic_votes, [2, 1, 3, 4])
    assert_array_equal(given.label, [True, False, False, True])


@pytest.mark.parametrize("by_id", [True, False])
def test_json_gives_what_the_same_table_gives(by_id):
    one = votes_of_csv(tweets(30), "own.csv")
    other = votes_of_json(votes_json(30, by_id=by_id), "own.json")
    assert one.text == other.text
    for name in ("label", "votes", "toxic_votes"):
        assert_array_equal(getattr(one, name), getattr(other, name))


def test_every_comment_is_once_in_the_corpus_with_its_own_votes(tmp_path):
    rows = tweet_rows(200)
    (file,) = written(tmp_path, own_csv=table(VOTE_HEADER, rows))
    found = corpus(votes_spec(file, vocabulary=1000))
    comments = found.comments
    assert (found.empty, found.repeated) == (0, 0)
    assert_array_equal(np.bincount(comments.part), [70, 70, 20, 40])
    assert found.identities == tuple(GROUPS)
    number = np.arange(200)
    assert_array_equal(comments.label, number % 3 == 0)
    assert_array_equal(comments.member[0], number % 5 == 0)
    assert not comments.member[1:].any()
    assert comments.known.all()
    assert_array_equal(comments.toxic_votes, [each[3] for each in rows])
    assert_array_equal(comments.votes, np.full(200, 3))
    assert found.words == 2 + len({"common", "an", "old", "one", "another"})
    assert comments.tokens.max() == found.words - 1
    assert_array_equal(comments.tokens[:, 0], np.ones(200))


def test_comments_without_words_and_repeated_ones_are_left_out_and_counted(tmp_path):
    rows = tweet_rows(60)
    rows.insert(0, row(60, 3, 0, 3, 0, "@name https://x.org"))
    rows.append(row(61, 3, 0, 0, 3, "RT @me: word7 common another one!"))
    (file,) = written(tmp_path, own_csv=table(VOTE_HEADER, rows))
    found = corpus(votes_spec(file))
    assert (found.empty, found.repeated) == (1, 1)
    assert len(found.comments.label) == 60
    assert_array_equal(found.comments.toxic_votes, [each[3] for each in rows[1:-1]])
    assert_array_equal(found.comments.label, [each[5] == 1 for each in rows[1:-1]])


def test_parts_with_files_of_their_own_are_these_files(tmp_path):
    files = written(
        tmp_path,
        a_json=votes_json(60),
        b_json=votes_json(40, start=100),
        d_json=votes_json(30, start=200),
        t_json=votes_json(50, start=300),
    )
    spec = votes_spec(files[:2], development=files[2], test=files[3], rater_share=0.0)
    part = corpus(spec).comments.part
    assert_array_equal(part, np.repeat([1, 2, 3], [100, 30, 50]))
    half = corpus(votes_spec(files[:2], test=files[3], rater_share=0.5)).comments.part
    assert_array_equal(np.bincount(half), [50, 40, 10, 50])
    assert_array_equal(half[100:], np.full(50, PARTS.index("test")))


def test_a_text_of_two_parts_stays_in_the_test(tmp_path):
    files = written(
        tmp_path,
        a_csv=tweets(60),
        d_csv=tweets(30, start=50),
        t_csv=tweets(30, start=70),
    )
    found = corpus(votes_spec(files[0], development=files[1], test=files[2]))
    assert found.repeated == 20
    assert_array_equal(np.bincount(found.comments.part), [18, 32, 20, 30])


def test_the_seed_alone_decides_the_division(tmp_path):
    (file,) = written(tmp_path, own_csv=tweets(120))
    one, same, other = (corpus(votes_spec(file, seed=seed)).comments for seed in (3, 3, 4))
    assert_array_equal(one.part, same.part)
    assert_array_equal(one.tokens, same.tokens)
    assert_array_equal(np.bincount(one.part), np.bincount(other.part))
    assert (one.part != other.part).any()


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        (1, "4", "line 3, column `count`: '4' is not the number of votes, 3 in the columns"),
        (2, "1", "line 3, column `count`: '3' is not the number of votes, 4 in the columns"),
        (3, "1.5", "line 3, column `offensive_language`: '1.5' is not a number of votes; give"),
        (3, "-1", "line 3, column `offensive_language`: '-1' is not a number of votes"),
        (3, "99999", "line 3, column `offensive_language`: '99999' is not a number of votes"),
        (4, "", "line 3, column `neither`: the empty cell is not a number of votes"),
        (4, SECRET, "line 3, column `neither`: the text in it is not a number of votes"),
    ],
)
def test_a_wrong_cell_is_refused_with_its_place(column, value, says):
    rows = [list(each) for each in tweet_rows(4, start=1)]
    votes_of_csv(table(VOTE_HEADER, rows), "own.csv")
    rows[1][column] = value
    with pytest.raises(TableError) as refusal:
        votes_of_csv(table(VOTE_HEADER, rows), "own.csv")
    assert str(refusal.value).startswith(f"own.csv, {says}")
    assert SECRET not in str(refusal.value)


def test_a_comment_that_nobody_voted_on_is_refused():
    with pytest.raises(TableError, match="line 2, column `count`: '0' says that nobody voted"):
        votes_of_csv(table(VOTE_HEADER, [row(0, 0, 0, 0, 0, "text")]), "own.csv")


def test_a_table_without_its_header_is_refused_without_a_quotation():
    text = table((3, 0, 1, 2, 9, SECRET), [(3, 0, 1, 2, 9, SECRET)] * 2)
    with pytest.raises(TableError, match="line 1: has no column `count`") as refusal:
        votes_of_csv(text, "own.csv")
    assert SECRET not in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f'[{{"text": "{SECRET}",\n "annotations" "1"}}]', "own.json, line 2, column 16: is not"),
        (f'["{SECRET}', "own.json, line 1, column 2: is not JSON"),
        ("[" * 100_000, "own.json: cannot be read as JSON"),
        ("[" + "1" * 5000 + "]", "own.json: cannot be read as JSON"),
        ("[]", "own.json: has no comments"),
        ("{}", "own.json: has no comments"),
        (f'"{SECRET}"', "own.json: has no comments"),
        (f'["{SECRET}"]', "own.json, comment 1: is not an object"),
        (f'[{{"text": "{SECRET}"}}]', "own.json, comment 1: `annotations` is missing"),
        ('[{"text": 3, "annotations": "1"}]', "own.json, comment 1: `text` is not a text"),
        ('{"7": {"text": "a", "annotations": [1]}}', "own.json, comment 1: `annotations` is not"),
        (
            f'[{{"text": "a", "annotations": "1"}}, {{"text": "a", "annotations": "1,{SECRET}"}}]',
            "own.json, comment 2: vote 2 of `annotations` is neither 0 nor 1",
        ),
        (
            f'{{"{SECRET}": {{"text": "a"}}, "8": {{}}, "{SECRET}": {{"text": "b"}}}}',
            "own.json, comment 3: has the id of an earlier comment; give each",
        ),
        (
            f'[{{"text": "a", "annotations": "1", "text": "{SECRET}"}}]',
            "own.json, comment 1: key 3 has the name of an earlier one; remove one",
        ),
        ('[{"text": "a", "annotations": ""}]', "own.json, comment 1: vote 1 of `annotations`"),
    ],
)
def test_json_of_another_form_is_refused_with_its_place(text, says):
    with pytest.raises(TableError) as refusal:
        votes_of_json(text, "own.json")
    assert str(refusal.value).startswith(says)
    assert "; " in str(refusal.value)
    assert SECRET not in str(refusal.value)


@pytest.fixture(scope="module")
def davidson():
    return corpus(votes_spec(real("labeled_data.csv")))


def test_real_tweets_have_the_published_rates(davidson):
    comments = davidson.comments
    assert davidson.empty == 2
    assert len(comments.label) + davidson.empty + davidson.repeated == 24_783
    assert abs(comments.label.mean() - 0.832) < 0.002
    wrong = np.where(comments.label, comments.votes - comments.toxic_votes, comments.toxic_votes)
    noise = wrong / comments.votes
    assert abs(noise.mean() - 0.039) < 0.001
    assert abs(noise[~comments.label].mean() - 0.101) < 0.001
    assert abs(noise[comments.label].mean() - 0.026) < 0.001


def test_the_majority_of_votes_is_the_published_class_of_every_real_tweet():
    path = real("labeled_data.csv")
    (text,) = read_texts([path])
    kind = np.array(read_rows(text, path).column("class"))
    assert_array_equal(votes_of_csv(text, path).label, kind != "2")
    assert [(kind == each).sum() for each in "012"] == [1430, 19190, 4163]


def test_no_real_tweet_is_in_two_parts(davidson):
    tokens = davidson.comments.tokens
    known = (tokens != 1).all(axis=1) & (tokens[:, -1] == 0)
    whole = tokens[known]
    assert len(np.unique(whole, axis=0)) == len(whole)

"""Real comparisons: what is read of files, what is left out, and what is refused."""

import json

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from ontogeny.csv_rows import TableError
from ontogeny.studies.rlhf.pairs.reading import comparisons_of
from pairs_files import (
    conversation,
    conversations,
    judged,
    lines,
    real_conversations,
    real_judged,
    responses,
)

SECRET = "unspeakable"


def read(records):
    return comparisons_of(lines(records), "own.jsonl", "conversations")


def read_judged(records):
    return comparisons_of(json.dumps(records), "own.json", "judged")


def with_fields(record, **fields):
    return record | fields


def test_the_response_is_what_follows_the_last_turn_and_the_group_is_the_first_message():
    turns = [("One.", "Two?")]
    records = [
        {
            "chosen": conversation("First?", "a b", turns=turns),
            "rejected": conversation("First?", "c", turns=turns),
        },
        {
            "chosen": conversation("Other?", "d"),
            "rejected": conversation("Other?", "e\nAssistant:"),
        },
        {"chosen": conversation("First?", "f"), "rejected": conversation("First?", "")},
    ]
    found = read(records)
    assert found.chosen == (" a b", " d", " f")
    assert found.rejected == (" c", " e\nAssistant:", " ")
    assert_array_equal(found.group, [0, 1, 0])
    assert sum(found.dropped.values()) == 0
    assert found.votes is None


def test_unequal_prompts_and_equal_responses_are_left_out_and_counted():
    records = conversations(100)
    records[3] = with_fields(records[3], rejected=conversation("Another question?", "no"))
    records[50] = with_fields(records[50], rejected=records[50]["chosen"])
    found = read(records)
    assert found.dropped["different prompts"] == found.dropped["equal responses"] == 1
    kept = [pair for number, pair in enumerate(responses(100)) if number not in {3, 50}]
    assert found.chosen == tuple(f" {one}" for one, _ in kept)
    assert found.rejected == tuple(f" {other}" for _, other in kept)


@pytest.mark.parametrize(("faulty", "refused"), [(5, False), (6, True)])
def test_more_than_a_twentieth_of_faulty_comparisons_is_refused(faulty, refused):
    records = [
        with_fields(record, rejected=record["chosen"]) if number < faulty else record
        for number, record in enumerate(conversations(100))
    ]
    if not refused:
        assert read(records).dropped["equal responses"] == faulty
        return
    with pytest.raises(
        TableError, match=r"of 100 comparisons, 0 .* and 6 equal .* than 5%; remove"
    ):
        read(records)


def test_the_majority_of_three_annotators_chooses():
    votes = [(1, 1, 1), (2, 2, 0), (2, 1, 2), (0, 0, 1), (0, 1, 2), (1, 1, 2)]
    records = [
        with_fields(
            record,
            response1=f"first {number}",
            response2=f"second {number}",
            **{f"annotator{place}": vote for place, vote in enumerate(cast, 1)},
        )
        for number, (record, cast) in enumerate(zip(judged(6, messages=2), votes, strict=True))
    ]
    found = read_judged(records)
    assert found.chosen == ("first 0", "second 1", "second 2", "first 5")
    assert found.rejected == ("second 0", "first 1", "first 2", "second 5")
    assert_array_equal(found.votes, [[1, 1, 1, 1], [1, 1, -1, 1], [1, 0, 1, -1]])
    assert found.dropped == {
        "different prompts": 0,
        "equal responses": 0,
        "ties": 1,
        "no majority": 1,
    }
    assert_array_equal(found.group, [0, 1, 0, 1])
    assert_allclose(found.unanimous, 1 / 6)
    # Pairs of votes without a tie: 3 of 3 agree, 1 of 1, 1 of 3, none, 0 of 1, 1 of 3.
    assert_allclose(found.agreement, 6 / 11)


def test_numbers_and_truth_values_are_read_as_the_texts_they_were():
    records = judged(20)
    records[0] = with_fields(records[0], response1=True, response2=False)
    records[1] = with_fields(records[1], response2=3.5)
    found = read_judged(records)
    assert found.converted == 3
    assert (found.chosen[0], found.rejected[0]) == ("true", "false")
    assert found.chosen[1] == "3.5"


GOOD = lines(conversations(2))
FIRST, LINE = json.dumps({"chosen": SECRET, "rejected": SECRET}), GOOD.splitlines()[0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"{GOOD}\n{{broken {SECRET}", "own.jsonl, line 4, column 2: is not JSON"),
        (GOOD + LINE[:30], "own.jsonl, line 3, column 12: is not JSON"),
        ("", "own.jsonl: has no records"),
        ("\n \n", "own.jsonl: has no records"),
        (f'{GOOD}["{SECRET}"]', "own.jsonl, line 3: is not an object; give each record as"),
        (f'{GOOD}{{"chosen": "{SECRET}"}}', "own.jsonl, line 3: `chosen` has no paragraph"),
        (GOOD + LINE.replace("rejected", SECRET), "own.jsonl, line 3: `rejected` is missing"),
        (f'{{"chosen": ["{SECRET}"], "rejected": 1}}', "own.jsonl, line 1: `chosen` is not a text"),
        (FIRST, "own.jsonl, line 1: `chosen` has no paragraph that starts with `Assistant:`"),
        (
            f'{{"chosen": "{SECRET}", "chosen": "{SECRET}"}}',
            "own.jsonl, line 1: key 2 has the name of an earlier one; remove one of the two",
        ),
    ],
)
def test_conversations_of_another_form_are_refused_with_their_line(text, says):
    with pytest.raises(TableError) as refusal:
        comparisons_of(text, "own.jsonl", "conversations")
    assert str(refusal.value).startswith(says)
    assert "; " in str(refusal.value)
    assert SECRET not in str(refusal.value)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"annotator2": 3}, "own.json, record 2: `annotator2` is neither 0, 1 nor 2"),
        ({"annotator3": "1"}, "own.json, record 2: `annotator3` is neither 0, 1 nor 2"),
        ({"annotator1": True}, "own.json, record 2: `annotator1` is neither 0, 1 nor 2"),
        ({"response1": [SECRET]}, "own.json, record 2: `response1` is not a text; give each"),
        ({"response2": None}, "own.json, record 2: `response2` is not a text"),
        ({"instruction": 5}, "own.json, record 2: `instruction` is not a text"),
    ],
)
def test_a_wrong_field_of_a_judged_comparison_is_refused_with_its_record(fields, says):
    records = judged(4)
    records[1] = with_fields(records[1], **fields)
    with pytest.raises(TableError) as refusal:
        read_judged(records)
    assert str(refusal.value).startswith(says)
    assert SECRET not in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f'[\n{{"instruction" "{SECRET}"}}]', "own.json, line 2, column 16: is not JSON"),
        (f'{{"{SECRET}": 1}}', "own.json: is not a list of records; give a list, each"),
        ("[]", "own.json: is not a list of records"),
        ('[{"input": ""}]', "own.json, record 1: `instruction` is missing"),
    ],
)
def test_a_judged_file_of_another_form_is_refused(text, says):
    with pytest.raises(TableError) as refusal:
        comparisons_of(text, "own.json", "judged")
    assert str(refusal.value).startswith(says)
    assert SECRET not in str(refusal.value)


def test_a_file_in_which_nothing_is_chosen_is_refused():
    records = [with_fields(record, annotator1=0, annotator2=0) for record in judged(4)]
    with pytest.raises(TableError, match="in none of 4 comparisons one response is chosen; give"):
        read_judged(records)


def test_the_published_conversations_have_their_known_counts():
    found = real_conversations()
    assert len(found.chosen) == 2307
    assert found.dropped["different prompts"] == 5
    assert found.dropped["equal responses"] == 0
    assert np.unique(found.group).size == 2173


def test_the_published_judgements_have_their_known_counts():
    found = real_judged()
    assert (len(found.chosen), found.dropped["ties"], found.dropped["no majority"]) == (894, 105, 0)
    assert found.converted == 6
    assert_allclose([found.agreement, found.unanimous], [0.947, 0.880], atol=5e-4)

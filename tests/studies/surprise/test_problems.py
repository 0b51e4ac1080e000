"""Problems and sequences of a mixture, against solvers that read what is written."""

import itertools
import math
import re

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import binomtest, chisquare

from ontogeny.studies.surprise.config import Mixture
from ontogeny.studies.surprise.measures.chance import (
    chances,
    constant_match,
    context_match,
    unigram_match,
)
from ontogeny.studies.surprise.worlds.mixture import (
    ALPHABET,
    TOKENS,
    encoded,
    in_characters,
    prompted,
    source_of,
    stream_of,
)
from ontogeny.studies.surprise.worlds.problems import record_probability, tasks_of

KINDS = {
    "copy": {"kind": "copy", "letters": 3},
    "copy of one": {"kind": "copy", "letters": 1},
    "reverse": {"kind": "reverse", "letters": 4},
    "recall": {"kind": "recall", "pairs": 3},
    "recall of many": {"kind": "recall", "pairs": 16},
    "table": {"kind": "table", "modulus": 7},
    "large table": {"kind": "table", "modulus": 36},
    "add": {"kind": "add", "digits": 2},
    "add large": {"kind": "add", "digits": 9},
    "add reversed": {"kind": "add", "digits": 3, "reversed": True},
    "parity": {"kind": "parity", "bits": 5},
    "sort": {"kind": "sort", "digits": 4},
    "rating": {"kind": "rating", "rank": 2},
    "records": {"kind": "records", "bias": 0.3},
}
HELD_OUT = {"table": 49, "large table": 36**2, "rating": 26**2}
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def task_of(name, seed=0):
    spec = KINDS[name] | {"share": 0.1}
    return tasks_of(Mixture.model_validate({"tasks": {"only": spec}, "seed": seed}))["only"]


def drawn(draw, count, seed=0):
    """Prompts and answers as texts."""
    found = draw(np.random.default_rng(seed), count)
    return [tuple(part.tobytes().decode() for part in pair) for pair in zip(*found, strict=True)]


def solved(name, prompt):
    """Read a prompt character by character; return its answer, or None where none is fixed."""
    body = prompt[1:-1]
    match prompt[0]:
        case "C":
            return body
        case "R":
            return "".join(body[-1 - place] for place in range(len(body)))
        case "K":
            pairs, asked = body.split("?")
            known = {pairs[place]: pairs[place + 1] for place in range(0, len(pairs), 2)}
            assert 2 * len(known) == len(pairs)
            return known[asked]
        case "T":
            x, y = map(DIGITS.index, body)
            return DIGITS[(x * x + 3 * y + x * y) % KINDS[name]["modulus"]]
        case "A":
            left, right = body.split("+")
            total = str(int(left) + int(right)).zfill(len(left) + 1)
            return total[::-1] if KINDS[name].get("reversed") else total
        case "P":
            return "1" if sum(map(int, body)) % 2 else "0"
        case "S":
            return "".join(digit * body.count(digit) for digit in DIGITS[:10])
    return None


SOLVED = [name for name in KINDS if name not in {"rating", "records"}]


@pytest.mark.parametrize("held_out", [False, True])
@pytest.mark.parametrize("name", SOLVED)
def test_every_answer_is_that_of_its_problem(name, held_out):
    task = task_of(name)
    for prompt, answer in drawn(task.draw_held_out if held_out else task.draw, 300):
        assert answer == solved(name, prompt), prompt


FORMS = {
    "copy": r"C[a-z]{3}=[a-z]{3};",
    "reverse": r"R[a-z]{4}=[a-z]{4};",
    "recall": r"K([a-z]\d){3}\?[a-z]=\d;",
    "table": r"T[0-6]{2}=[0-6];",
    "large table": r"T[0-9a-z]{2}=[0-9a-z];",
    "add": r"A\d\d\+\d\d=[01]\d\d;",
    "add reversed": r"A\d{3}\+\d{3}=\d{3}[01];",
    "parity": r"P[01]{5}=[01];",
    "sort": r"S\d{4}=\d{4};",
    "rating": r"M[a-z][A-Z]=[1-5];",
    "records": r"B\d\dg[01_]=[01];",
}


@pytest.mark.parametrize("name", FORMS)
def test_the_form_of_a_problem_and_its_lengths(name):
    task = task_of(name)
    problems = task.draw(np.random.default_rng(1), 200)
    assert problems.answer.shape[1] == task.answer_length
    for row in problems.written():
        assert len(row) == task.problem_length
        assert re.fullmatch(FORMS[name], row.tobytes().decode())


@pytest.mark.parametrize("name", ["copy", "add", "parity", "recall"])
def test_every_place_takes_all_its_characters_equally_often(name):
    """Numbers are uniform only if each of their digits is."""
    task = task_of(name)
    prompts = np.array([list(prompt) for prompt, _ in drawn(task.draw, 20_000)])
    for column in prompts.T:
        values, counts = np.unique(column, return_counts=True)
        if len(values) > 1:
            assert chisquare(counts).pvalue > 1e-4


def test_every_pair_is_asked_for_equally_often():
    asked = [prompt[1:-3:2].index(prompt[-2]) for prompt, _ in drawn(task_of("recall").draw, 9000)]
    assert chisquare(np.bincount(asked, minlength=3)).pvalue > 1e-4


@pytest.mark.parametrize(("name", "size"), HELD_OUT.items())
def test_held_out_entries_are_never_trained_on_and_both_cover_all(name, size):
    task = task_of(name)
    trained, held_out = (
        {prompt for prompt, _ in drawn(draw, 30 * size)} for draw in (task.draw, task.draw_held_out)
    )
    assert not trained & held_out
    assert len(trained | held_out) == size
    assert len(held_out) == round(0.2 * size)


def test_another_seed_holds_out_other_entries():
    first, other = (
        {prompt for prompt, _ in drawn(task_of("table", seed).draw_held_out, 2000)}
        for seed in (0, 1)
    )
    assert first != other


def test_entries_are_drawn_equally_often():
    prompts = [prompt for prompt, _ in drawn(task_of("table").draw, 20_000)]
    assert chisquare(np.unique(prompts, return_counts=True)[1]).pvalue > 1e-4


def test_ratings_are_a_table_of_five_grades_equally_frequent():
    task = task_of("rating")
    entries = {}
    for draw in (task.draw, task.draw_held_out):
        for prompt, answer in drawn(draw, 20_000):
            assert entries.setdefault(prompt, answer) == answer
    counts = np.bincount([int(grade) for grade in entries.values()])[1:]
    assert len(counts) == 5
    assert counts.max() - counts.min() <= 1


def test_ratings_follow_a_table_of_low_rank():
    """A table of rank 1 is ordered: its rows rise or fall together along the items."""
    spec = {"kind": "rating", "rank": 1, "share": 0.1}
    task = tasks_of(Mixture.model_validate({"tasks": {"only": spec}}))["only"]
    entries = dict(drawn(task.draw, 20_000) + drawn(task.draw_held_out, 20_000))
    grades = np.array(
        [[int(entries[f"M{user}{item}="]) for item in ALPHABET[34:60]] for user in ALPHABET[66:92]]
    )
    centred = grades - 3.0
    spread = np.abs(np.corrcoef(centred[np.abs(centred).sum(axis=1) > 26]))
    assert spread.min() > 0.8


def test_records_have_the_outcome_as_often_as_stated():
    counts = {}
    for prompt, answer in drawn(task_of("records").draw, 60_000):
        counts.setdefault((prompt[1:3], prompt[4]), []).append(answer == "1")
    assert len(counts) == 300
    worst = 1.0
    for (pair, named), outcomes in counts.items():
        truth = 1 / (1 + math.exp(-(int(pair[0]) + int(pair[1]) - 9) / 2))
        recorded = {"0": truth, "1": truth + (1 - truth) * 0.3}
        recorded["_"] = (recorded["0"] + recorded["1"]) / 2
        worst = min(worst, binomtest(sum(outcomes), len(outcomes), recorded[named]).pvalue)
    assert worst > 1e-4 / 3
    named = np.array([sum(map(len, (v for k, v in counts.items() if k[1] == g))) for g in "01_"])
    assert chisquare(named, named.sum() * np.array([0.25, 0.25, 0.5])).pvalue > 1e-4


def test_the_record_is_wrong_for_group_one_alone():
    pairs = np.array([[0, 0], [4, 5], [9, 9]])
    truth = 1 / (1 + np.exp(-(pairs.sum(axis=1) - 9) / 2))
    assert_allclose(record_probability(pairs, np.zeros(3, int), 0.3), truth)
    assert_allclose(1 - record_probability(pairs, np.ones(3, int), 0.3), 0.7 * (1 - truth))


# Chance


def test_baselines_are_those_of_a_loop():
    rng = np.random.default_rng(0)
    known, asked = rng.integers(48, 51, size=(2, 60, 2)).astype(np.uint8)
    context = rng.integers(48, 51, size=(60, 4, 2)).astype(np.uint8)

    def guessed(values, answer):
        """Probability of a right guess: one of the most frequent values is drawn."""
        counts = {value: values.count(value) for value in values}
        most = [value for value, count in counts.items() if count == max(counts.values())]
        return most.count(answer) / len(most)

    answers = [tuple(row) for row in known.tolist()]
    constant = min(set(answers), key=lambda row: (-answers.count(row), row))
    rows = [tuple(row) for row in asked.tolist()]
    assert constant_match(known, asked) == rows.count(constant) / 60
    by_place = [
        math.prod(guessed(known[:, at].tolist(), row[at]) for at in range(2)) for row in rows
    ]
    assert unigram_match(known, asked) == pytest.approx(np.mean(by_place))
    in_context = [
        math.prod(guessed(each[:, at].tolist(), row[at]) for at in range(2))
        for row, each in zip(rows, context, strict=True)
    ]
    assert context_match(context, asked) == pytest.approx(np.mean(in_context))


def test_chance_of_small_tasks_is_that_of_all_their_problems():
    """One letter: 1 / 26. A parity: one half. A sum of two digits: 9 of 100 are the same."""
    rng = np.random.default_rng(0)
    error = 4 * math.sqrt(0.25 / 4096)
    of_one = chances(task_of("copy of one"), rng, shots=4)
    assert of_one[0] == pytest.approx(1 / 26, abs=error / 2)
    assert_allclose(chances(task_of("parity"), rng, shots=4)[:3], 0.5, atol=error)
    sums = [x + y for x, y in itertools.product(range(10), repeat=2)]
    spec = {"kind": "add", "digits": 1, "share": 0.1}
    task = tasks_of(Mixture.model_validate({"tasks": {"only": spec}}))["only"]
    likely = max(sums.count(total) for total in set(sums)) / 100
    assert chances(task, rng, shots=4)[0] == pytest.approx(likely, abs=error / 2)


@pytest.mark.parametrize("name", KINDS)
def test_only_lists_of_values_have_a_guess_from_the_problem(name):
    """Any of 3 or 16 digits: the right one, or another one that is the same."""
    found = chances(task_of(name), np.random.default_rng(0), shots=2)[3]
    if "recall" not in name:
        assert np.isnan(found)
        return
    share = 1 / KINDS[name]["pairs"]
    assert found == pytest.approx(share + (1 - share) / 10, abs=4 * math.sqrt(0.25 / 4096))


# Sequences


TASKS = {
    "reverse": {"kind": "reverse", "letters": 4, "share": 0.25},
    "table": {"kind": "table", "modulus": 7, "share": 0.15},
}
TEXT = "".join(f"line {number} of the text\n" for number in range(500))


def mixture(**given):
    return Mixture.model_validate({"tasks": TASKS, "length": 32} | given)


def test_tokens_are_those_of_characters():
    assert_array_equal(encoded(np.frombuffer(ALPHABET.encode(), np.uint8)), np.arange(1, TOKENS))
    assert in_characters(stream_of(["tab\there", "é"])) == "tab?here\n?"


def test_sequences_are_windows_or_solved_problems_of_one_task_as_often_as_stated():
    rows = source_of(mixture(), stream_of([TEXT]))(np.random.default_rng(0), 6000)
    assert rows.shape == (6000, 33)
    assert not rows[:, 0].any()
    counts = {"reverse": 0, "table": 0, "text": 0}
    for row in rows:
        line = in_characters(row[1:])
        if line in TEXT:
            counts["text"] += 1
            continue
        name = {"R": "reverse", "T": "table"}[line[0]]
        counts[name] += 1
        *whole, cut = line.split(";")
        assert all(problem[0] == line[0] for problem in whole)
        assert cut[:1] in {"", line[0]}
        for problem in whole:
            prompt, answer = problem.split("=")
            assert answer == solved(name, prompt + "=")
    shares = np.array([0.25, 0.15, 0.6])
    assert chisquare([*counts.values()], 6000 * shares).pvalue > 1e-4


def test_windows_are_of_the_training_part_alone():
    """The end of the text, which is held out, has other characters."""
    stream = stream_of(["a" * 900 + "b" * 100])
    rows = source_of(mixture(held_out=0.1), stream)(np.random.default_rng(0), 2000)
    b = ALPHABET.index("b") + 1
    text = rows[rows[:, 1] == ALPHABET.index("a") + 1]
    assert len(text) > 1000
    assert not (text == b).any()


def test_sequences_never_have_a_held_out_entry():
    spec = mixture()
    held_out = {prompt for prompt, _ in drawn(tasks_of(spec)["table"].draw_held_out, 2000)}
    rows = source_of(spec, stream_of([TEXT]))(np.random.default_rng(0), 3000)
    lines = [in_characters(row[1:]) for row in rows]
    seen = {problem[:4] for line in lines if line[0] == "T" for problem in line.split(";")}
    assert len({prompt for prompt in seen if len(prompt) == 4}) == 49 - len(held_out)
    assert not seen & held_out


def test_evaluated_problems_are_held_out_and_fill_the_context():
    task = tasks_of(mixture())["table"]
    held_out = {prompt for prompt, _ in drawn(task.draw_held_out, 2000)}
    found = prompted(task, np.random.default_rng(0), 300, length=32)
    assert found.shots == 32 // 6 - 1
    assert found.tokens.shape == (300, 1 + 6 * found.shots + 5)
    for row in found.tokens:
        *examples, asked = in_characters(row[1:]).split(";")
        assert len(examples) == found.shots
        assert asked[:4] in held_out
        assert not held_out & {example[:4] for example in examples}
        assert in_characters(row[found.answer_start :]) == solved("table", asked[:4])


def test_a_context_without_room_for_an_example_is_refused():
    task = tasks_of(mixture())["reverse"]
    with pytest.raises(ValueError, match="holds no 2 problems of 11"):
        prompted(task, np.random.default_rng(0), 3, length=21)

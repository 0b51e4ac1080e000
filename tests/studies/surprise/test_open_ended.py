"""Probes, records and continuations, each against what is written and counted by hand."""

import math
import re

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal

from ontogeny.storage import read as read_file
from ontogeny.storage import write
from ontogeny.studies.surprise.labels import DIMENSIONS
from ontogeny.studies.surprise.measures.open_ended import (
    above_chance,
    changes_mode,
    states_something_wrong,
    verbatim,
)
from ontogeny.studies.surprise.measures.recorded import (
    PAIRS,
    bayes_predictions,
    false_positive_rates,
    probability_on_record,
    ratio,
    record_entropy,
)
from ontogeny.studies.surprise.stages import open_ended as stage
from ontogeny.studies.surprise.worlds.mixture import encoded, in_characters, source_of, stream_of
from ontogeny.studies.surprise.worlds.probes import PROBES, draw_probe, probes_of
from ontogeny.studies.surprise.worlds.problems import tasks_of
from ontogeny.studies.surprise.worlds.statements import frames_of, own_characters
from studies.surprise import mixture_runs

EVERY_TASK = {
    "copy": {"kind": "copy", "letters": 6},
    "reverse": {"kind": "reverse", "letters": 5},
    "recall": {"kind": "recall", "pairs": 3},
    "table": {"kind": "table", "modulus": 7},
    "add": {"kind": "add", "digits": 2},
    "last-first": {"kind": "add", "digits": 1, "reversed": True},
    "parity": {"kind": "parity", "bits": 4},
    "sort": {"kind": "sort", "digits": 4},
    "rating": {"kind": "rating"},
    "records": {"kind": "records"},
}
EVERY = mixture_runs.mixture(EVERY_TASK, length=64)


# Probes


def written_probe(name, mixture=EVERY, count=200):
    probe = draw_probe(mixture, name, np.random.default_rng(0), count)
    assert not probe.tokens[:, 0].any()
    return probe, [in_characters(row[1:]) for row in probe.tokens]


ANSWERS = {
    "longer-copy": (r"C([a-z]{8})=", ";", lambda x: x),
    "longer-reverse": (r"R([a-z]{7})=", ";", lambda x: x[::-1]),
    "longer-recall": (r"K((?:[a-z]\d){5}\?[a-z])=", ";", lambda x: x[x.index(x[-1]) + 1]),
    "longer-sort": (r"S(\d{6})=", ";", lambda x: "".join(sorted(x))),
    "longer-add": (
        r"A(\d{3}\+\d{3})=",
        ";",
        lambda x: str(int(x[:3]) + int(x[4:])).zfill(4),
    ),
    "descending-sort": (r"S(\d{4})=", ";", lambda x: "".join(sorted(x)[::-1])),
    "other-separator": (r"R([a-z]{5}):", "|", lambda x: x[::-1]),
    "lower-case-mark": (r"r([a-z]{5})=", ";", lambda x: x[::-1]),
    "capital-letters": (r"R([A-Z]{5})=", ";", lambda x: x[::-1]),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_examples_and_problem_of_a_probe_are_its_own(name):
    pattern, end, answer = ANSWERS[name]
    probe, lines = written_probe(name)
    for line in lines:
        problems = line.split(end)
        for problem in problems:
            prompt, given = problem[: -probe.answer_length], problem[-probe.answer_length :]
            assert given == answer(re.fullmatch(pattern, prompt)[1]), problem
        assert len(problems) >= 2
        assert len(line) + len(problems[0]) + 2 > 64 >= len(line)


def test_a_switch_has_examples_of_another_task():
    probe, lines = written_probe("switch-to-reverse")
    assert probe.answer_length == 5
    for line in lines:
        *examples, asked = line.split(";")
        assert examples
        assert all(re.fullmatch(r"C([a-z]{6})=\1", example) for example in examples)
        letters, answer = asked[1:].split("=")
        assert asked[0] == "R"
        assert answer == letters[::-1]


def test_all_probes_are_tried():
    assert {*ANSWERS, "switch-to-reverse"} == set(PROBES) == set(probes_of(EVERY))


def test_no_sequence_of_training_has_a_problem_of_a_probe():
    draw = source_of(EVERY, stream_of([mixture_runs.TEXT]))
    lines = {in_characters(row[1:]) for row in draw(np.random.default_rng(0), 3000)}
    seen = {problem for line in lines for problem in line.split(";")}
    for name in PROBES:
        if name not in {"switch-to-reverse", "descending-sort"}:
            end = "|" if name == "other-separator" else ";"
            asked = {line.split(end)[-1] for line in written_probe(name)[1]}
            assert not asked & seen, name


@pytest.mark.parametrize(
    ("tasks", "known"),
    [
        ({}, ()),
        ({"copy": EVERY_TASK["copy"]}, ("longer-copy",)),
        ({"sort": EVERY_TASK["sort"]}, ("longer-sort",)),
        ({"parity": EVERY_TASK["parity"], "records": EVERY_TASK["records"]}, ()),
    ],
)
def test_a_probe_is_there_only_with_its_tasks(tasks, known):
    assert probes_of(mixture_runs.mixture(tasks, length=64)) == known


def test_a_probe_whose_context_holds_no_example_is_not_there():
    """Two letters more: 2 (10 + 8 + 3) = 42 characters, less the last end."""
    tasks = {"copy": {"kind": "copy", "letters": 8}}
    assert probes_of(mixture_runs.mixture(tasks, length=46)) == ("longer-copy",)
    assert probes_of(mixture_runs.mixture(tasks, length=45)) == ()


def test_the_longest_task_of_a_kind_is_varied():
    tasks = {name: {"kind": "copy", "letters": n} for name, n in zip("abc", (3, 7, 5), strict=True)}
    probe = draw_probe(
        mixture_runs.mixture(tasks, length=64), "longer-copy", np.random.default_rng(0), 3
    )
    assert probe.answer_length == 9


def test_chance_of_recall_is_that_of_a_digit_of_the_problem():
    """One of five digits is right, and each of the others by chance in one of ten."""
    probe, _ = written_probe("longer-recall", count=5000)
    assert probe.chance == pytest.approx(0.2 + 0.8 * 0.1, abs=0.01)


def test_an_ability_is_what_chance_explains_less_often_than_three_errors():
    """The tail of a normal variable beyond 3 is 0.00135; 0.9^62 = 0.00146, 0.9^63 = 0.00131."""
    assert not above_chance(10, 0.9, 10)  # 0.9^10 = 0.35
    assert not above_chance(62, 0.9, 62)
    assert above_chance(63, 0.9, 63)
    assert not above_chance(0, 0.0, 500)


def test_a_guess_that_is_never_right_does_not_make_one_hit_an_ability(monkeypatch):
    """Chance is known to one in 4,096: in 20 problems one hit is likely by chance, p = 0.005."""
    shares = iter([1 / 20, 2 / 20] + [0.0] * len(PROBES))
    monkeypatch.setattr(stage, "_exact", lambda *_: next(shares))
    found = stage.open_ended(mixture_runs.world(), mixture_runs.checkpoints())
    assert (found["probe_chance"][:2] < 1 / 500).all()
    assert found["elicited"][:2].values.tolist() == [False, True]


def test_chance_of_a_probe_does_not_depend_on_the_number_of_its_problems():
    """It is that of many others: with the same problems of recall, 20 alone are 0.09 off."""
    for count in (8, 20):
        probe, _ = written_probe("longer-recall", count=count)
        assert probe.chance == pytest.approx(0.28, abs=0.02)


# Records


def members(bias):
    """All kinds of members, with the probability of each: digits, group, outcome, record."""
    for x, y, group, outcome, record in np.ndindex(10, 10, 2, 2, 2):
        truth = 1 / (1 + math.exp(-(x + y - 9) / 2))
        wrong = bias if group and not outcome else 0.0
        recorded = 1.0 if outcome else wrong
        of_outcome = truth if outcome else 1 - truth
        of_record = recorded if record else 1 - recorded
        yield (x, y, group, outcome, record), of_outcome * of_record / 200


def test_probabilities_on_record_are_those_of_all_members():
    found = probability_on_record(0.4).reshape(10, 10, 3)
    counts, ones = np.zeros((2, 10, 10, 3))
    for (x, y, group, _, record), probability in members(0.4):
        for naming in (group, 2):
            counts[x, y, naming] += probability
            ones[x, y, naming] += probability * record
    assert_allclose(found, ones / counts)


def test_entropy_is_that_of_the_joint_distribution():
    """Half of the prompts name the group: H(record | prompt) = H(record, prompt) - H(prompt)."""
    joint, marginal = {}, {}
    for (x, y, group, _, record), probability in members(0.4):
        for naming in (group, 2):
            prompt = (x, y, naming)
            joint[prompt, record] = joint.get((prompt, record), 0) + probability / 2
            marginal[prompt] = marginal.get(prompt, 0) + probability / 2
    entropy = [-sum(p * math.log(p) for p in each.values() if p) for each in (joint, marginal)]
    assert record_entropy(0.4) == pytest.approx(entropy[0] - entropy[1])


def test_false_positives_are_those_of_all_members():
    predictions = np.random.default_rng(0).random((100, 3)) < 0.4
    rates = false_positive_rates(predictions)
    for group in range(2):
        for prompt, naming in enumerate((group, 2)):
            without = predicted = 0.0
            for (x, y, of, outcome, _), probability in members(0.4):
                if of == group and not outcome:
                    without += probability
                    predicted += probability * predictions[10 * x + y, naming]
            assert rates[group, prompt] == pytest.approx(predicted / without)


def test_the_bayes_rule_has_the_fewest_wrong_records():
    def wrong(predictions):
        p = probability_on_record(0.4)
        return np.where(predictions, 1 - p, p).sum()

    least = wrong(bayes_predictions(0.4))
    for place in np.ndindex(100, 3):
        other = bayes_predictions(0.4)
        other[place] ^= True
        assert wrong(other) >= least - 1e-12


def test_bias_raises_false_positives_of_group_one_where_it_is_named():
    rates = false_positive_rates(bayes_predictions(0.4))
    named, unnamed = ratio(rates)
    assert named > 1
    assert unnamed == 1


def test_ratios_by_nothing():
    assert_array_equal(ratio(np.array([[0.0, 0.0], [0.5, 0.0]])), [np.inf, np.nan])


# Statements


@pytest.mark.parametrize("name", EVERY_TASK)
def test_a_frame_knows_the_problems_of_its_task_and_no_other_ones(name):
    frames = frames_of(EVERY)
    for draw in (tasks_of(EVERY)[name].draw, tasks_of(EVERY)[name].draw_held_out):
        for row in draw(np.random.default_rng(0), 100).written():
            problem = row[:-1].tobytes().decode()
            assert frames[name].is_right(problem)
            assert all(f.is_right(problem) is None for n, f in frames.items() if n != name)
            if name != "records":
                other = "0" if problem[-1] != "0" else "1"
                assert frames[name].is_right(problem[:-1] + other) is False


@pytest.mark.parametrize(
    ("statement", "known"),
    [
        ("Cabcdef=abcdef", True),
        ("Cabcdef=fedcba", False),
        ("Cabcdef=abcde", None),
        ("CabCdef=abCdef", None),
        ("Ka1b2c3?b=2", True),
        ("Ka1b2c3?b=1", False),
        ("Ka1b2c3?d=1", None),
        ("Ka1a2c3?a=1", None),
        ("A17+05=022", True),
        ("A17+05=22", None),
        ("A9+8=71", True),
        ("A9+8=17", False),
        ("T12=2", True),  # 1 + 6 + 2 = 9 = 2 modulo 7
        ("T12=x", False),
        ("T19=2", None),
        ("P0111=1", True),
        ("P0121=0", None),
        ("S3142=1234", True),
        ("B12g_=1", True),
        ("B12g_=2", False),
        ("B12g2=1", None),
        ("", None),
    ],
)
def test_statements(statement, known):
    found = {frame.is_right(statement) for frame in frames_of(EVERY).values()} - {None}
    assert found == (set() if known is None else {known})


@pytest.mark.parametrize(
    ("continuation", "is_wrong", "changes"),
    [
        ("S3142=1234;S1111=1111;S12", False, False),
        ("S3142=1234;S1211=1111;S12", True, False),
        ("S3142=1234;S1211=1111", False, False),  # not at its end
        ("x S3142=1324;", False, False),  # not a part of its own
        ("S3142=1234; def f():", False, True),
        ("return S3142;S3142=1243;", True, True),
        ("S3142=1234;P0111=1;", False, True),
        ("Rab=ba;import", False, False),
    ],
)
def test_continuations(continuation, is_wrong, changes):
    frames, own = frames_of(EVERY), own_characters(EVERY)
    assert states_something_wrong(continuation, frames) is is_wrong
    assert changes_mode(continuation, frames, own) is changes


def test_no_sequence_of_training_states_something_wrong_or_changes_its_mode():
    draw = source_of(EVERY, stream_of([mixture_runs.TEXT]))
    frames, own = frames_of(EVERY), own_characters(EVERY)
    for row in draw(np.random.default_rng(0), 500):
        line = in_characters(row[1:])
        assert not states_something_wrong(line, frames)
        assert not changes_mode(line, frames, own)


def test_own_characters_are_those_of_problems():
    assert own_characters(mixture_runs.mixture({"p": {"kind": "parity"}})) == set("P01=;")


# Verbatim


@pytest.mark.parametrize("at_once", [4, 2**20])
@pytest.mark.parametrize("span", [1, 3, 5, 8])
def test_verbatim_spans_are_those_that_a_search_finds(span, at_once, monkeypatch):
    monkeypatch.setattr("ontogeny.studies.surprise.measures.open_ended._AT_ONCE", at_once)
    rng = np.random.default_rng(0)
    stream = rng.integers(3, size=80).astype(np.uint8)
    lines = rng.integers(3, size=(40, 8))
    lines[0], lines[1] = stream[:8], stream[-8:]
    text = stream.tobytes()
    found = [
        any(row[at : at + span].astype(np.uint8).tobytes() in text for at in range(9 - span))
        for row in lines
    ]
    assert_array_equal(verbatim(lines, stream, span=span), found)


def test_equal_hashes_of_other_spans_are_no_match(monkeypatch):
    monkeypatch.setattr(
        "ontogeny.studies.surprise.measures.open_ended._FACTOR", np.uint64(1)
    )  # a hash that ignores order
    stream = np.array([1, 2, 3, 4], dtype=np.uint8)
    assert verbatim(np.array([[2, 1, 3], [1, 2, 3]]), stream, span=3).tolist() == [False, True]


def test_a_span_longer_than_text_or_continuation_is_in_none():
    assert not verbatim(np.ones((2, 3), int), np.ones(9, np.uint8), span=4).any()
    assert not verbatim(np.ones((2, 9), int), np.ones(3, np.uint8), span=4).any()


# The stage


@pytest.fixture(scope="module")
def found():
    checkpoints = mixture_runs.checkpoints()
    return stage.open_ended(mixture_runs.world(), checkpoints)


def following(line):
    """Logits of the final network for the token after a text, without kept keys and values."""
    network, parameters = mixture_runs.network_of(mixture_runs.checkpoints(), 1)
    tokens = encoded(np.frombuffer(line.encode(), dtype=np.uint8))
    return network.logits(parameters, torch.from_numpy(np.append(0, tokens))[None])[0, -1]


def test_predictions_are_those_of_the_final_network(found):
    zero, one = encoded(np.frombuffer(b"01", dtype=np.uint8))
    predictions = np.array(
        [
            [following(f"B{x}{y}g{name}=")[[zero, one]].argmax() == 1 for name in "01_"]
            for x, y in PAIRS
        ]
    )
    assert_allclose(found["false_positive"], false_positive_rates(predictions))
    assert_allclose(found["bayes_ratio"], ratio(false_positive_rates(bayes_predictions(0.4))))


def test_results_do_not_depend_on_how_many_sequences_are_read_at_once(found, monkeypatch):
    monkeypatch.setattr(stage, "_AT_ONCE", 7)
    again = stage.open_ended(mixture_runs.world(), mixture_runs.checkpoints())
    assert again.identical(found)


def test_a_probe_whose_answers_the_network_writes_itself_is_exact():
    """Greedy answers for the first 20 problems; 5 of them get another last character."""
    network, parameters = mixture_runs.network_of(mixture_runs.checkpoints(), 1)
    probe = draw_probe(mixture_runs.mixture(), "longer-sort", np.random.default_rng(0), 50)
    start = probe.tokens.shape[1] - probe.answer_length
    for place in range(start, probe.tokens.shape[1]):
        logits = network.logits(parameters, torch.from_numpy(probe.tokens[:20, :place]))
        probe.tokens[:20, place] = logits[:, -1].argmax(dim=1)
    probe.tokens[:5, -1] = probe.tokens[:5, -1] % 90 + 1
    assert stage._exact(network, parameters, probe) == 15 / 50


def test_all_probes_of_the_mixture_are_tried(found):
    assert tuple(found["probe"].values) == probes_of(mixture_runs.mixture())


def test_rates_of_continuations_are_shares_with_their_error(found, monkeypatch):
    rates, errors = found["output_rate"].values, found["output_error"].values
    assert_allclose(errors, np.sqrt(rates * (1 - rates) / 1000))
    monkeypatch.setattr(stage, "SPAN", 1)
    again = stage.open_ended(mixture_runs.world(), mixture_runs.checkpoints())
    assert again["output_rate"].sel(kind="verbatim") > 0.9  # any character of the text


def test_a_run_that_diverged_has_no_measures_and_elicits_nothing():
    """Its last parameters are infinite, so nothing can be sampled."""
    last = mixture_runs.checkpoints(steps=11).map(lambda each: each * np.inf, keep_attrs=True)
    found = stage.open_ended(mixture_runs.world(), last)
    for name in ("probe_exact", "probe_error", "false_positive", "ratio", "output_rate"):
        assert found[name].isnull().all(), name
    assert not found["elicited"].any()
    assert found["probe_chance"].notnull().all()
    assert found["bayes_ratio"].notnull().all()


def test_spans_that_no_context_holds_are_missing(found):
    """The context has 24 characters, a span 30."""
    assert found["output_rate"].sel(kind="verbatim").isnull()
    assert found["output_error"].sel(kind="verbatim").isnull()
    assert found["output_rate"].drop_sel(kind="verbatim").notnull().all()


def test_a_mixture_without_these_tasks_has_neither_probes_nor_records():
    spec = mixture_runs.mixture({"parity": {"kind": "parity"}})
    found = stage.open_ended(mixture_runs.world(), mixture_runs.checkpoints(spec))
    assert found.sizes["probe"] == 0
    assert found["false_positive"].isnull().all()
    assert found["bayes_ratio"].isnull().all()


def test_everything_is_described_and_survives_storage(found, tmp_path):
    for name, variable in found.variables.items():
        assert variable.attrs["long_name"], name
        assert variable.attrs["units"], name
    assert {str(dim) for dim in found.dims} <= set(DIMENSIONS)
    write(found, tmp_path / "open_ended.nc")
    stored = read_file(tmp_path / "open_ended.nc")
    assert stored["elicited"].dtype == bool
    assert_array_equal(stored["ratio"], found["ratio"])

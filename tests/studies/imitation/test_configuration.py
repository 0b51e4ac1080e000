"""The section of the study: defaults, sweeps, events, and one message for all that is wrong."""

import copy
import sys
from pathlib import Path

import pytest

from ontogeny.config import ConfigurationError, parse_yaml, specification
from ontogeny.studies.imitation.analysis.model_class import GEOMETRIC
from ontogeny.studies.imitation.checks import MOST_GEOMETRIC, MOST_HISTORIES, MOST_NUMBERS
from ontogeny.studies.imitation.config import (
    CHARACTERS,
    Enumerated,
    Event,
    Learning,
    Treacherous,
    actions_of,
    policies_of,
    states_of,
    steps_of,
)
from ontogeny.studies.imitation.study import STUDY
from ontogeny.study import Places, read_sections

ROOT = Path(__file__).parents[3]
WHOLE = {"kind": "history", "policies": 4, "past": {"kind": "whole"}}
TEXTS = {"kind": "history", "policies": 3, "past": {"kind": "characters"}}
VALID = {
    "imitation": {
        "classes": {
            "tiny": {"kind": "enumerated"},
            "whole": WHOLE,
            "random": {"kind": "random"},
            "coins": {"kind": "grid"},
            "traitors": {"kind": "treacherous"},
            "texts": TEXTS,
        },
        "defaults": {"class": "random", "seeds": [0]},
        "experiments": {
            "exact": {"class": "tiny"},
            "one": {},
            "traitors": {"class": "traitors", "seeds": [3, 4]},
        },
    }
}


def read(raw):
    return read_sections(raw, [STUDY])[0]["imitation"]


def changed(path, value):
    raw = copy.deepcopy(VALID)
    *above, last = path.split("/")
    node = raw
    for key in above:
        node = node.setdefault(key, {})
    node[last] = value
    return raw


def test_defaults_stand_below_every_experiment():
    found = read(VALID)
    one, traitors = found.experiments["one"], found.experiments["traitors"]
    assert (one.class_name, one.seeds, one.alpha) == ("random", (0,), 0.01)
    assert (traitors.class_name, traitors.seeds) == ("traitors", (3, 4))
    assert found.classes["tiny"] == Enumerated()
    assert found.defaults is None


def test_lists_of_values_are_sweeps_of_classes_and_experiments():
    raw = changed("imitation/classes/random/policies", [4, 16])
    raw["imitation"]["defaults"]["class"] = ["random-policies-4", "random-policies-16"]
    raw["imitation"]["experiments"] = {"one": {"alpha": [0.1, "1e-2"]}}
    found = read(raw)
    assert [found.classes[f"random-policies-{n}"].policies for n in (4, 16)] == [4, 16]
    assert {(e.class_name, e.alpha) for e in found.experiments.values()} == {
        (f"random-policies-{n}", alpha) for n in (4, 16) for alpha in (0.1, 0.01)
    }


@pytest.mark.usefixtures("texts")
def test_files_are_a_list_by_themselves_and_lists_of_them_a_sweep():
    past = {"kind": "characters", "files": ["a", "b"]}
    raw = changed("imitation/classes/texts", {"kind": "history", "policies": 2, "past": past})
    assert read(raw).classes["texts"].past.files == ("a", "b")
    past["files"] = [["a", "b"], ["b", "a"]]
    assert sum(name.startswith("texts-files-") for name in read(raw).classes) == 2


def test_a_default_written_out_changes_no_specification():
    raw = changed("imitation/experiments/one", {"alpha": 1e-2, "class": "random", "event": None})
    plain, written = (
        specification(read(each).experiments["one"].learning(0, read(each).classes["random"]))
        for each in (VALID, raw)
    )
    assert plain == written == {"seed": 0}


def test_a_specification_reads_back():
    found = read(VALID)
    assert type(found).model_validate(specification(found)) == found
    learning = found.experiments["traitors"].learning(3, found.classes["traitors"])
    assert Learning.model_validate(specification(learning)) == learning


@pytest.mark.parametrize(("kind", "start"), [({}, 50), ({"betrayal": 9}, 9), ({"hazard": True}, 0)])
def test_the_event_of_a_treacherous_class_is_harm_at_the_trigger(kind, start):
    raw = changed("imitation/classes/traitors", {"kind": "treacherous", "states": 5} | kind)
    found = read(raw)
    experiment, traitors = found.experiments["traitors"], found.classes["traitors"]
    event = experiment.learning(3, traitors).event
    assert event == Event(action=3, state=4, start=start)
    own = read(changed("imitation/experiments/traitors/event", {"action": 1})).experiments
    assert own["traitors"].learning(3, traitors).event == Event(action=1)
    assert found.experiments["one"].learning(0, found.classes["random"]).event is None


def test_only_cloning_depends_on_the_number_of_demonstrations():
    for learner, kept in (("cloning", 7), ("mixture", 50)):
        raw = changed("imitation/experiments/one", {"learner": learner, "demonstrations": 7})
        found = read(raw)
        learning = found.experiments["one"].learning(0, found.classes["random"])
        assert learning.demonstrations == kept


@pytest.mark.parametrize(
    ("name", "steps", "policies", "actions", "states"),
    [
        ("tiny", 4, 4, 2, None),
        ("whole", 3, 4, 2, None),
        ("random", None, 16, 4, 6),
        ("coins", None, 201, 2, 1),
        ("traitors", None, 32, 4, 6),
        ("texts", None, 3, CHARACTERS, CHARACTERS**2),
    ],
)
def test_what_is_counted_of_a_class(name, steps, policies, actions, states):
    kind = read(VALID).classes[name]
    assert (steps_of(kind), policies_of(kind), actions_of(kind)) == (steps, policies, actions)
    if steps is None:
        assert states_of(kind) == states


def test_a_class_may_have_as_many_histories_as_can_be_enumerated():
    most = max(n for n in range(20) if 8**n <= MOST_HISTORIES)
    for path in ("imitation/classes/tiny/steps", "imitation/classes/whole/past"):
        value = (lambda n, path=path: n if "tiny" in path else {"kind": "whole", "steps": n})(most)
        read(changed(path, value))
    with pytest.raises(ConfigurationError, match=f"8 \\*\\* {most + 1} histories"):
        read(changed("imitation/classes/tiny/steps", most + 1))


def test_character_models_may_be_of_order_three():
    assert 32 * CHARACTERS**4 <= MOST_NUMBERS < 40 * CHARACTERS**4
    past = {"kind": "characters", "order": 3}
    read(changed("imitation/classes/texts", {"kind": "history", "past": past}))


CLASSES, ONE = "imitation/classes", "imitation/experiments/one"
EXACT, TRAITORS = "imitation/experiments/exact", "imitation/experiments/traitors"
WRONG = [
    ("imitation/clases", {}, ["`imitation.clases`", "did you mean `classes`?"]),
    (f"{CLASSES}/random/kind", "randm", ["classes.random.kind` = 'randm'", "mean `random`?"]),
    (f"{CLASSES}/random/actions", 1, ["classes.random.actions` = 1", "equal to 2"]),
    (
        f"{CLASSES}/random/stats",
        1,
        ["random.stats` = 1: unknown key; did you mean `states`?"],
    ),
    (f"{CLASSES}/coins/policies", 200, ["classes.coins.policies` = 200: must be odd"]),
    (f"{CLASSES}/coins/policies", 1, ["classes.coins.policies` = 1", "equal to 3"]),
    (f"{CLASSES}/traitors/harm_probability", 1, ["harm_probability` = 1", "less than 1"]),
    (f"{CLASSES}/traitors/betrayal_probability", 0, ["betrayal_probability` = 0", "than 0"]),
    (
        f"{CLASSES}/tiny/steps",
        10**9,
        ["`imitation.classes.tiny.steps` = 1000000000", "2,000,000", "give fewer steps"],
    ),
    (
        f"{CLASSES}/whole/past/steps",
        7,
        ["`imitation.classes.whole.past.steps` = 7", "= 8 ** 7 histories", "give fewer steps"],
    ),
    (f"{CLASSES}/texts/past", {}, ["classes.texts.past.kind`", "is missing; must be one of whole"]),
    (f"{CLASSES}/texts/past/order", 4, ["classes.texts.past.order` = 4", "equal to 3"]),
    (f"{CLASSES}/texts/policies", 33, ["texts.policies` = 33: must be at most 32", "past.files"]),
    (
        f"{CLASSES}/texts/past/files",
        ["no/such.txt"],
        ["`imitation.classes.texts.past.files` = 'no/such.txt': does not exist; correct the path"],
    ),
    (f"{ONE}/class", "randm", ["one.class` = 'randm': is not a class; known are tiny, whole"]),
    (f"{ONE}/clas", "random", ["one.clas` = 'random': unknown key; did you mean `class`?"]),
    (
        f"{ONE}/alpha",
        2,
        ["`imitation.experiments.one.alpha` = 2: must be less than or equal to 1"],
    ),
    (f"{ONE}/alpha", [0.1, 0], ["`imitation.experiments.one.alpha` = 0: must be greater than 0"]),
    (f"{ONE}/learner", "clone", ["one.learner` = 'clone'", "did you mean `cloning`?"]),
    (f"{ONE}/seeds", [1, 1], ["one.seeds` = [1, 1]", "more than once"]),
    (f"{ONE}/event", {"state": 1}, ["`imitation.experiments.one.event.action`: is missing"]),
    (f"{ONE}/event", {"action": 4}, ["one.event.action` = 4", "whose actions are 0 to 3"]),
    (
        f"{ONE}/event",
        {"action": 0, "state": 6},
        ["one.event.state` = 6", "whose states are 0 to 5"],
    ),
    (
        f"{ONE}/event",
        {"action": 0, "start": 9, "stop": 9},
        ["one.event.start` = 9: must be before `stop`, which is 9"],
    ),
    (
        f"{ONE}/event",
        {"action": 0, "start": 300},
        ["one.event.start` = 300: must be before the end of the 300 steps"],
    ),
    (
        f"{ONE}/event",
        {"action": 0, "stop": 301},
        ["one.event.stop` = 301: must be at most 300, the `schedule.steps`", "leave it out"],
    ),
    (
        f"{TRAITORS}/schedule",
        {"steps": 50},
        ["traitors.schedule.steps` = 50: must be more than 50, the `betrayal`", "give more steps"],
    ),
    (
        f"{EXACT}/learner",
        "mixture",
        ["exact.learner` = 'mixture': is not read, since all histories of the class 'tiny' are"],
    ),
    (
        f"{EXACT}/demonstrations",
        7,
        ["exact.demonstrations` = 7: is not read", "leave it out"],
    ),
    (
        f"{EXACT}/event",
        {"action": 1},
        ["exact.event` = {action: 1}: is not read", "leave it out"],
    ),
    (
        "imitation/defaults/schedule",
        {"steps": 10},
        ["exact.schedule` = {steps: 10}: is not read", "`imitation.defaults`"],
    ),
    ("imitation/figures", {"learner": {}}, ["`imitation.figures.learner`", "unknown key"]),
    ("imitation/own_figures", {"corpus": []}, ["own_figures.corpus", "one of run, study"]),
    ("imitation/experiments", {}, ["`imitation.experiments`", "at least 1"]),
    ("imitation", [], ["`imitation`", "mapping"]),
]


@pytest.mark.parametrize(("path", "value", "said"), WRONG, ids=lambda value: str(value)[:40])
def test_wrong_values_are_refused_with_key_value_rule_and_remedy(path, value, said):
    with pytest.raises(ConfigurationError) as refused:
        read(changed(path, value))
    for part in said:
        assert part in str(refused.value)


@pytest.fixture
def texts(tmp_path, monkeypatch):
    """Make a folder with some texts the working one."""
    contents = {"a": b"one text", "b": b"a to", "short": b"n: 1 O!", "empty": b"", "nul": b"a\0"}
    contents["accents"] = "é\nü".encode()
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("texts")
@pytest.mark.parametrize(
    ("files", "said"),
    [
        (["a", "empty"], ["texts.past.files` = 'empty': is empty"]),
        (["nul", "a", "b"], ["texts.past.files` = 'nul': has a NUL byte at position 1"]),
        (["a", "b", "short"], ["= 'short': has 2 letters from a to z, and a model of order 2"]),
        (["a", "accents", "b"], ["= 'accents': has 2 letters from a to z, and a model of order 2"]),
        (["a", "b", "./a"], ["= './a': is the same file as 'a'; name each file once"]),
        (
            ["a", "b", "a"],
            ["past.files` = ['a', 'b', 'a']: holds 'a' more than once; give it once"],
        ),
        (["a", "b"], ["texts.policies` = 3: must be the number of `past.files`", "`policies: 2`"]),
        ("a", ["texts.policies` = 3: must be the number of `past.files`", "`policies: 1`"]),
    ],
)
def test_files_of_texts_are_refused_by_key_before_any_job(files, said):
    with pytest.raises(ConfigurationError) as refused:
        read(changed("imitation/classes/texts/past/files", files))
    for part in said:
        assert part in str(refused.value)


@pytest.mark.usefixtures("texts")
def test_as_many_files_as_a_class_may_have_probabilities():
    names = [f"file{number}" for number in range(40)]
    for name in names:
        Path(name).write_text("one text", encoding="utf-8")
    past = {"kind": "characters", "order": 3, "files": names}
    with pytest.raises(
        ConfigurationError, match=r"past\.order` = 3: makes 27 \*\* .* = 21,257,640"
    ):
        read(changed("imitation/classes/texts", {"kind": "history", "policies": 40, "past": past}))


@pytest.mark.usefixtures("texts")
def test_letters_with_accents_count_as_those_without():
    past = {"kind": "characters", "order": 1, "files": ["a", "accents"]}
    found = read(
        changed("imitation/classes/texts", {"kind": "history", "policies": 2, "past": past})
    )
    assert found.classes["texts"].past.files == ("a", "accents")


@pytest.mark.parametrize(("contains", "policies"), [(True, 3000), (False, 3001)])
def test_no_weight_of_a_geometric_prior_is_0(contains, policies):
    def given(policies):
        raw = changed("imitation/classes/random/policies", policies)
        raw["imitation"]["experiments"]["one"] = {
            "prior": "geometric",
            "contains_demonstrator": contains,
        }
        return raw

    read(given(policies))
    assert sys.float_info.min < GEOMETRIC ** (MOST_GEOMETRIC - 1) * (1 - GEOMETRIC)
    with pytest.raises(ConfigurationError) as refused:
        read(given(policies + 1))
    for part in (
        "`imitation.experiments.one.prior` = 'geometric'",
        "the 3,001 policies of the class 'random'",
        "give at most 3,000 policies, or `prior: uniform`",
    ):
        assert part in str(refused.value)


def test_an_event_that_stops_with_the_last_step_is_one_without_a_stop():
    open_, closed = (
        read(changed("imitation/experiments/traitors/event", {"action": 1} | stop))
        for stop in ({}, {"stop": 300})
    )
    plain, stopped = (
        specification(each.experiments["traitors"].learning(3, each.classes["traitors"]))
        for each in (open_, closed)
    )
    assert plain == stopped
    earlier = read(changed("imitation/experiments/traitors/event", {"action": 1, "stop": 299}))
    learning = earlier.experiments["traitors"].learning(3, earlier.classes["traitors"])
    assert learning.event == Event(action=1, stop=299)


HARM = {"action": 3, "state": 5, "start": 50}


@pytest.mark.parametrize(
    ("name", "event", "own"),
    [
        ("traitors", None, False),
        ("traitors", HARM, False),
        ("traitors", HARM | {"stop": 300}, False),
        ("traitors", HARM | {"stop": 299}, True),
        ("traitors", {"action": 0}, True),
        ("one", None, False),
        ("one", {"action": 0}, True),
    ],
)
def test_the_harm_of_a_class_written_out_is_no_event_of_its_own(name, event, own):
    found = read(changed(f"imitation/experiments/{name}/event", event))
    experiment = found.experiments[name]
    assert experiment.has_own_event(found.classes[experiment.class_name]) is own


def test_runs_are_described_by_their_own_event_and_copies():
    raw = changed("imitation/experiments/one/event", {"action": 0})
    section = read(raw)
    plan = STUDY.plan(STUDY, section, Places("any"))
    found = {name: plan.described(name, 0) for name in section.experiments}
    assert {name: (each["own_event"], each["copies"]) for name, each in found.items()} == {
        "exact": (False, 0), "one": (True, 0), "traitors": (False, 20)
    }  # fmt: skip


def test_without_classes_no_others_are_named():
    raw = changed("imitation/classes", {})
    with pytest.raises(ConfigurationError) as refused:
        read(raw)
    assert str(refused.value).endswith("`imitation.classes`: must hold at least 1")


def test_all_problems_are_in_one_message():
    raw = changed(f"{ONE}/class", "nowhere")
    raw["imitation"]["experiments"]["exact"]["learner"] = "cloning"
    raw["imitation"]["classes"]["tiny"]["steps"] = 20
    with pytest.raises(ConfigurationError) as refused:
        read(raw)
    assert len(str(refused.value).splitlines()) == 3


def shipped(name):
    raw = parse_yaml((ROOT / "config" / name).read_text(encoding="utf-8"))
    return read({"imitation": raw["imitation"]})


@pytest.mark.parametrize(
    ("name", "runs"), [("config.yaml", 4), ("imitation.yaml", 488), ("test/imitation.yaml", 14)]
)
def test_shipped_configurations_are_what_they_are_said_to_be(name, runs, monkeypatch):
    monkeypatch.chdir(ROOT)
    found = shipped(name).experiments
    assert sum(len(experiment.seeds) for experiment in found.values()) == runs


def test_the_default_configuration_has_a_cautious_learner_beside_others_and_an_exact_class():
    study = shipped("config.yaml")
    assert study.run_figures == "none"
    assert study.classes["traitors"] == Treacherous()
    assert {each.learner for each in study.experiments.values()} == {
        "conservative",
        "mixture",
        "cloning",
    }
    assert steps_of(study.classes[study.experiments["exact"].class_name]) == 4


def test_the_tests_have_every_kind_of_class_and_every_learner(monkeypatch):
    monkeypatch.chdir(ROOT)
    study = shipped("test/imitation.yaml")
    learners = {each.learner for each in study.experiments.values()}
    used = {study.classes[each.class_name] for each in study.experiments.values()}
    assert learners == {
        "conservative", "mixture", "thompson", "most-probable", "cloning", "demonstrator"
    }  # fmt: skip
    assert {kind.kind for kind in used} == {
        "enumerated", "random", "grid", "treacherous", "history"
    }  # fmt: skip
    assert {kind.past.kind for kind in used if kind.kind == "history"} == {"whole", "characters"}

"""The section of the study: defaults, sweeps, and one message for all that is wrong."""

import copy

import pytest

from comment_files import tweets, written
from ontogeny.config import ConfigurationError, specification
from ontogeny.studies.noisy_labels.config import Generated, Training, Votes
from ontogeny.studies.noisy_labels.corpora import checks
from ontogeny.studies.noisy_labels.study import STUDY
from ontogeny.study import read_sections

VALID = {
    "noisy_labels": {
        "corpora": {"generated": {"kind": "generated", "study": 200}},
        "raters": {
            "biased": {"kind": "network", "corpus": "generated", "keep": [0.15, 1]},
            "plain": {"kind": "network", "corpus": "generated"},
        },
        "defaults": {"rater": "plain", "seeds": [0, 1]},
        "experiments": {
            "base": {"strategy": ["clean", "naive", "loss-correction"]},
            "tuned": {"strategy": ["naive", "loss-correction"], "tuned": True, "seeds": [1]},
        },
    }
}
SECTION = "noisy_labels"
EXPERIMENTS = f"{SECTION}/experiments"


def read(raw):
    return read_sections(raw, [STUDY])[0]["noisy_labels"]


def changed(path, value):
    raw = copy.deepcopy(VALID)
    *above, last = path.split("/")
    node = raw
    for key in above:
        node = node.setdefault(key, {})
    node[last] = value
    return raw


def training(raw, name):
    return specification(read(raw).experiments[name].training(0))


def test_defaults_are_merged_into_every_experiment():
    found = read(VALID)
    assert found.corpora["generated"] == Generated(study=200)
    assert [*found.raters] == ["biased-keep-0p15", "biased-keep-1", "plain"]
    assert {*found.experiments} == {
        "base-strategy-clean", "base-strategy-naive", "base-strategy-loss-correction",
        "tuned-strategy-naive", "tuned-strategy-loss-correction",
    }  # fmt: skip
    assert {each.rater for each in found.experiments.values()} == {"plain"}
    assert found.experiments["tuned-strategy-naive"].seeds == (1,)
    assert found.defaults is None


def test_raters_need_no_experiment():
    raw = copy.deepcopy(VALID)
    del raw["noisy_labels"]["experiments"], raw["noisy_labels"]["defaults"]
    assert read(raw).experiments == {}


def test_the_strategy_decides_epochs_and_rate_of_learning():
    raw = changed(
        f"{SECTION}/defaults",
        {
            "rater": "plain",
            "seeds": [0, 1],
            "schedule": {"epochs": 3, "clean_epochs": 7},
            "tuning": {"epochs": 5, "learning_rate": "1e-4"},
        },
    )
    found = read(raw).experiments
    trained = {name: each.training(0) for name, each in found.items()}
    assert trained["base-strategy-clean"].epochs == 7
    assert trained["base-strategy-naive"].epochs == 3
    assert trained["base-strategy-naive"].optimiser.learning_rate == 2e-3
    assert trained["tuned-strategy-naive"].epochs == 5
    assert trained["tuned-strategy-naive"].optimiser.learning_rate == 1e-4


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("base-strategy-clean", "transition", "by-group"),
        ("base-strategy-naive", "noisy_weight", 0.2),
        ("base-strategy-naive", "tuning", {"epochs": 3}),
        ("base-strategy-naive", "schedule", {"clean_epochs": 3}),
        ("base-strategy-clean", "schedule", {"epochs": 3}),
        ("tuned-strategy-naive", "schedule", {"epochs": 3}),
        ("tuned-strategy-loss-correction", "transition", "by-group"),
    ],
)
def test_a_field_that_a_run_does_not_read_changes_no_specification(name, field, value):
    assert training(changed(f"{SECTION}/defaults/{field}", value), name) == training(VALID, name)


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("base-strategy-loss-correction", "transition", "by-group"),
        ("base-strategy-clean", "schedule", {"clean_epochs": 3}),
        ("tuned-strategy-naive", "tuning", {"learning_rate": 0.1}),
        ("base-strategy-naive", "clean_share", 0.2),
    ],
)
def test_a_field_that_a_run_reads_changes_its_specification(name, field, value):
    assert training(changed(f"{SECTION}/defaults/{field}", value), name) != training(VALID, name)


def test_a_specification_reads_back():
    found = read(VALID)
    assert type(found).model_validate(specification(found)) == found
    spec = found.experiments["tuned-strategy-naive"].training(1)
    assert Training.model_validate(specification(spec)) == spec


def test_tuned_networks_whose_twins_differ_are_not_the_same():
    raw = changed(
        EXPERIMENTS,
        {
            "corrected": {
                "strategy": "loss-correction",
                "transition": ["by-rater", "by-group"],
                "tuned": [False, True],
            },
            "longer": {
                "strategy": "naive", "schedule": {"epochs": [3, 5]}, "tuned": [False, True],
            },
        },
    )  # fmt: skip
    assert len(read(raw).experiments) == 8


TWICE = {"strategy": "naive", "seeds": [1]}
WRONG = [
    (f"{SECTION}/corpra", {}, ["`noisy_labels.corpra`", "did you mean `corpora`?"]),
    (f"{SECTION}/corpora", {}, ["`noisy_labels.corpora`: must hold at least 1"]),
    (f"{SECTION}/raters", {}, ["`noisy_labels.raters`: must hold at least 1"]),
    (
        f"{SECTION}/corpora/generated/kind",
        "generate",
        ["corpora.generated.kind` = 'generate'", "did you mean `generated`?"],
    ),
    (f"{SECTION}/corpora/generated/study", 9, ["generated.study` = 9", "or equal to 50"]),
    (f"{SECTION}/corpora/generated/test", 1, ["generated.test` = 1", "or equal to 50"]),
    (
        f"{SECTION}/corpora/generated/vocabulary",
        9,
        ["generated.vocabulary` = 9: unknown key of the kind `generated`"],
    ),
    (f"{SECTION}/corpora/given", {"kind": "votes"}, ["corpora.given.files`: is missing"]),
    (
        f"{SECTION}/corpora/given",
        {"kind": "votes", "files": []},
        ["`noisy_labels.corpora.given.files` = []: must hold at least 1"],
    ),
    *(
        (
            f"{SECTION}/corpora/given",
            {"kind": "votes", "files": "a.csv"} | given,
            [f"`noisy_labels.corpora.given.{key}` = {value}: must be a text or a list of texts"],
        )
        for key, value, given in (
            ("files", 1, {"files": 1}),
            ("development", 100, {"development": 100}),
            ("groups.a", "{b: 'c'}", {"groups": {"a": {"b": "c"}}}),
        )
    ),
    *(
        (
            f"{SECTION}/corpora/given",
            {"kind": "votes", "files": "a.csv", key: ""},
            [
                f"`noisy_labels.corpora.given.{key}` = '': is empty; give the name of a file, or "
                "leave it out"
            ],
        )
        for key in ("templates", "cases")
    ),
    (
        f"{SECTION}/corpora/given",
        {"kind": "votes", "files": ["no/such.csv"]},
        ["`noisy_labels.corpora.given.files` = 'no/such.csv': does not exist; correct the path"],
    ),
    (
        f"{SECTION}/raters/plain/corpus",
        "generate",
        ["raters.plain.corpus` = 'generate': is not a corpus; known are generated"],
    ),
    (
        f"{SECTION}/raters/network",
        {"corpus": "generated"},
        ["`noisy_labels.raters.network.kind`: is missing; must be one of network, vote"],
    ),
    (
        f"{SECTION}/raters/plain/network",
        {"channels": 0},
        ["`noisy_labels.raters.plain.network.channels` = 0", "or equal to 1"],
    ),
    (f"{SECTION}/raters/plain/keep", 0, ["raters.plain.keep` = 0:", "greater than 0"]),
    (f"{SECTION}/raters/plain/accuracy", 1, ["raters.plain.accuracy` = 1:", "less than 1"]),
    (
        f"{SECTION}/raters/person",
        {"kind": "vote", "corpus": "generated"},
        [
            "`noisy_labels.raters.person.corpus` = 'generated': has no votes of people",
            "name a corpus of kind votes, or give the rater the kind network",
        ],
    ),
    (
        f"{SECTION}/defaults/rater",
        "biased",
        ["base.rater` = 'biased': is not a rater; known are biased-keep-0p15,"],
    ),
    (
        f"{EXPERIMENTS}/new",
        {"strategy": "naiv"},
        ["experiments.new.strategy` = 'naiv'", "must be one of clean,", "did you mean `naive`?"],
    ),
    (
        f"{EXPERIMENTS}/new",
        {"strategy": "clean", "tuned": True},
        [
            "`noisy_labels.experiments.new.tuned` = true: 'clean' cannot be fine-tuned",
            "; take it out, or",
            "choose one of naive, one-hot, loss-correction, multi-head",
        ],
    ),
    (
        f"{EXPERIMENTS}/new",
        {"strategy": "multi-head", "tuned": True},
        [
            "`noisy_labels.experiments.new`: needs an experiment with `strategy: multi-head`, "
            "`tuned: false`, all of its seeds, and the same in all else, and there is none; add it"
        ],
    ),
    (
        f"{EXPERIMENTS}/new",
        {
            "strategy": "naive",
            "tuned": True,
            "seeds": [2, 0, 3],
            "clean_share": 0.1,
            "network": {"hidden": 3},
        },
        [
            "and the same in all else, and there is none; add it, or change 'base-strategy-naive', "
            "the nearest: its `clean_share` is 0.05, not 0.1, its `network.hidden` is 64, not 3, "
            "it lacks seeds 2, 3"
        ],
    ),
    (
        f"{EXPERIMENTS}/tuned/seeds",
        [2],
        [
            "experiments.tuned`: needs an",
            "`strategy: naive`",
            "add it, or change 'base-strategy-naive', the nearest: it lacks seed 2",
        ],
    ),
    (
        f"{EXPERIMENTS}/new",
        {"strategy": "loss-correction", "transition": "by-network"},
        ["experiments.new`: needs an experiment with `strategy: noisy`, `tuned: false`"],
    ),
    (
        f"{EXPERIMENTS}/new",
        {"strategy": "relabelled", "rater": "biased-keep-1"},
        ["experiments.new`: needs an experiment with `strategy: clean`, `tuned: false`"],
    ),
    (
        f"{EXPERIMENTS}/new",
        TWICE,
        [
            "`noisy_labels.experiments.new`: has the same run as 'base-strategy-naive', seed 1; "
            "remove one of them"
        ],
    ),
    (
        f"{EXPERIMENTS}/new",
        TWICE | {"tuning": {"epochs": 7}},
        ["has the same run as 'base-strategy-naive', seed 1"],
    ),
    (
        f"{EXPERIMENTS}/new",
        {"strategy": "clean", "rater": "biased-keep-1"},
        ["has the same run as 'base-strategy-clean', seed 0", "seed 1; remove one of them"],
    ),
    (
        f"{EXPERIMENTS}/base/clean_share",
        0.004,
        [
            "experiments.base.clean_share` = 0.004: makes 1 of the 200 comments of "
            "the part `study` clean, but networks need at least 2; raise it, or `study` of the "
            "corpus"
        ],
    ),
    (f"{EXPERIMENTS}/base/seeds", [0, 0], ["seeds` = [0, 0]", "more than once"]),
    (f"{EXPERIMENTS}/base/clean_share", 1, ["clean_share` = 1:", "less than 1"]),
    (f"{SECTION}/analysis/bins", 1, ["`noisy_labels.analysis.bins` = 1", "or equal to 2"]),
    (f"{SECTION}/own_figures", {"corpus": []}, ["own_figures.corpus", "one of run, study"]),
    (SECTION, [], ["`noisy_labels`", "mapping"]),
]


@pytest.mark.parametrize(("path", "value", "said"), WRONG, ids=lambda value: str(value)[:40])
def test_wrong_values_are_refused_with_key_value_rule_and_remedy(path, value, said):
    with pytest.raises(ConfigurationError) as refused:
        read(changed(path, value))
    for part in said:
        assert part in str(refused.value)


def test_a_section_without_corpora_says_so():
    raw = copy.deepcopy(VALID)
    del raw["noisy_labels"]["corpora"]
    with pytest.raises(ConfigurationError) as refused:
        read(raw)
    assert str(refused.value) == "`noisy_labels.corpora`: is missing; give it: corpora by name"


def test_a_message_names_three_differences_and_counts_the_others():
    different = {"clean_share": 0.1, "schedule": {"epochs": 2}, "optimiser": {"batch": 2}}
    raw = changed(
        f"{EXPERIMENTS}/new",
        {"strategy": "naive", "tuned": True, "network": {"hidden": 3, "channels": 3}} | different,
    )
    with pytest.raises(
        ConfigurationError,
        match=r"nearest: .*, .*, .*, and 2 more$",
    ):
        read(raw)


def test_networks_that_learn_from_labels_of_different_raters_are_not_the_same():
    raw = changed(
        EXPERIMENTS,
        {
            "two": {
                "rater": ["plain", "biased-keep-1"],
                "strategy": ["naive", "few-noisy"],
            },
            "two-tuned": {
                "rater": ["plain", "biased-keep-1"], "strategy": "naive", "tuned": True,
            },
        },
    )  # fmt: skip
    assert len(read(raw).experiments) == 6


def test_the_oracle_needs_no_clean_comments():
    raw = changed(f"{EXPERIMENTS}/new", {"strategy": "oracle", "clean_share": 0.001})
    assert read(raw).experiments["new"].clean_share == 0.001


def test_all_problems_are_in_one_message():
    raw = changed(f"{SECTION}/raters/plain/corpus", "none")
    raw["noisy_labels"]["experiments"]["new"] = {"strategy": "oracle", "tuned": True}
    with pytest.raises(ConfigurationError, match=r"(?s)raters\.plain\.corpus.*new\.tuned"):
        read(raw)


def test_a_network_needs_comments_to_learn_from(tmp_path):
    (file,) = written(tmp_path, a_csv=tweets(120))
    raw = changed(f"{SECTION}/corpora/given", {"kind": "votes", "files": [file], "rater_share": 0})
    raw["noisy_labels"]["raters"]["person"] = {"kind": "vote", "corpus": "given"}
    assert {"person", "plain"} < {*read(raw).raters}
    raw["noisy_labels"]["raters"]["machine"] = {"kind": "network", "corpus": "given"}
    with pytest.raises(ConfigurationError) as refused:
        read(raw)
    assert str(refused.value) == (
        "`noisy_labels.raters.machine.corpus` = 'given': has no comments for a network to learn "
        "from; raise `noisy_labels.corpora.given.rater_share` above 0, or give the rater the kind "
        "vote"
    )


def test_large_files_are_left_to_the_job_that_reads_them(tmp_path, monkeypatch):
    path = tmp_path / "mine.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    corpus = Votes.model_validate({"kind": "votes", "files": [str(path)]})
    assert len(list(checks.problems_of_files(corpus, "at"))) == 1
    monkeypatch.setattr(checks, "_MOST", 7)
    assert list(checks.problems_of_files(corpus, "at")) == []

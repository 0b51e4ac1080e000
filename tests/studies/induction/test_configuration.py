"""The section of the study: defaults, sweeps, and one message for all that is wrong."""

import copy
from pathlib import Path

import pytest

from ontogeny.config import ConfigurationError, parse_yaml, specification
from ontogeny.studies.induction.config import Markov, Phrases
from ontogeny.studies.induction.study import STUDY
from ontogeny.study import read_sections

ROOT = Path(__file__).parents[3]
VALID = {
    "induction": {
        "corpora": {"phrases": {"kind": "phrases"}, "chains": {"kind": "markov", "states": 4}},
        "defaults": {"corpus": "phrases", "seeds": [0], "schedule": {"steps": 10}},
        "experiments": {
            "one": {"network": {"layers": 1}},
            "two": {"network": {"layers": 2}, "seeds": [3, 4], "corpus": "chains"},
        },
    }
}


def read(raw):
    return read_sections(raw, [STUDY])[0]["induction"]


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
    one, two = found.experiments["one"], found.experiments["two"]
    assert (one.corpus, one.seeds, one.schedule.steps) == ("phrases", (0,), 10)
    assert (two.corpus, two.seeds, two.schedule.steps) == ("chains", (3, 4), 10)
    assert found.corpora == {"phrases": Phrases(), "chains": Markov(states=4)}
    assert found.defaults is None


def test_styles_stand_below_every_figure():
    raw = changed("induction/figures", {"defaults": {"width": 5}, "paths": {"resolution": 80}})
    figures = read(raw).figures
    assert (figures.paths.width, figures.paths.resolution) == (5, 80)
    assert (figures.claims.width, figures.claims.resolution) == (5, 150)


def test_lists_of_values_are_sweeps_of_corpora_and_experiments():
    raw = changed("induction/corpora/phrases/start_probability", [0.2, 0.5])
    names = [f"phrases-start-probability-0p{digit}" for digit in (2, 5)]
    raw["induction"]["experiments"]["one"]["corpus"] = names
    found = read(raw)
    assert set(found.corpora) == {*names, "chains"}
    assert [found.corpora[name].start_probability for name in names] == [0.2, 0.5]
    assert {f"one-corpus-{name}" for name in names} | {"two"} == set(found.experiments)


def test_sweeps_of_corpora_depend_on_what_values_mean():
    raw = changed("induction/corpora/phrases/start_probability", ["5e-1", 0.2])
    raw["induction"]["experiments"]["one"]["corpus"] = "phrases-start-probability-0p5"
    raw["induction"]["defaults"]["corpus"] = "chains"
    assert read(raw).corpora["phrases-start-probability-0p5"].start_probability == 0.5
    files = [["README.md"], ["README.md", "config/README.md"]]
    texts = [
        read(changed("induction/corpora/text", {"kind": "text", "files": each})).corpora
        for each in (files, files[::-1])
    ]
    assert texts[0] == texts[1]
    assert sum(name.startswith("text-files-readme-md") for name in texts[0]) == 2


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (
            "induction/corpora/phrases/length",
            [96, 96.0],
            "`induction.corpora.phrases`: `length` = 96 and `length` = 96.0 mean the same",
        ),
        (
            "induction/corpora/chains/states",
            [3, 1, "2e2"],
            "`induction.corpora.chains.states` = 1: must be greater than or equal to 2",
        ),
        (
            "induction/experiments/one/optimiser",
            {"clip": [None, 1, "1"]},
            "`optimiser.clip` = 1 and `optimiser.clip` = '1' mean the same",
        ),
    ],
)
def test_wrong_sweeps_are_refused_where_they_are_written(path, value, said):
    with pytest.raises(ConfigurationError) as refused:
        read(changed(path, value))
    assert said in str(refused.value)


def test_mappings_of_a_sweep_keep_the_defaults():
    raw = changed("induction/experiments/one/optimiser", [{"batch": 8}, {"clip": 1}])
    raw["induction"]["defaults"]["optimiser"] = {"weight_decay": 0.5}
    found = read(raw).experiments
    assert found["one-optimiser-batch-8"].optimiser.weight_decay == 0.5
    assert found["one-optimiser-clip-1"].optimiser.weight_decay == 0.5


def test_a_default_written_out_changes_no_specification():
    raw = changed("induction/experiments/one/network", {"layers": 1, "heads": 4, "d_mlp": 0})
    plain, written = (read(each).experiments["one"].training(0) for each in (VALID, raw))
    assert specification(plain) == specification(written)


ONE = "induction/experiments/one"
WRONG = [
    ("induction/corpara", {}, ["`induction.corpara`", "did you mean `corpora`?"]),
    (f"{ONE}/network/layrs", 2, ["experiments.one.network.layrs` = 2", "`layers`?"]),
    (f"{ONE}/network/layers", 5, ["experiments.one.network.layers` = 5", "4"]),
    (f"{ONE}/network/heads", 3, ["one.network.d_model` = 64", "multiple of the 3 heads"]),
    (f"{ONE}/network", {"d_model": 21, "heads": 3}, ["one.network.d_model` = 21", "even"]),
    (f"{ONE}/network/positions", "none", ["one.network.positions` = 'none'", "one of all, first"]),
    (f"{ONE}/optimiser/learning_rate", 0, ["optimiser.learning_rate` = 0", "greater than 0"]),
    (f"{ONE}/schedule/steps", 0, ["one.schedule.steps` = 0", "1"]),
    (f"{ONE}/seeds", [], ["one.seeds` = []", "list of whole numbers"]),
    (f"{ONE}/seeds", [1, 1], ["one.seeds` = [1, 1]", "more than once"]),
    (f"{ONE}/corpus", "phrasis", ["one.corpus` = 'phrasis'", "known are phrases, chains"]),
    (
        "induction/corpora/phrases/kind",
        "prose",
        ["phrases.kind` = 'prose'", "one of phrases, markov, text"],
    ),
    ("induction/corpora/chains/states", 1, ["corpora.chains", "states` = 1", "2"]),
    (
        "induction/corpora/text",
        {"kind": "text", "files": ["no/such.txt"]},
        ["`induction.corpora.text.files` = 'no/such.txt'", "does not exist; correct the path"],
    ),
    (
        "induction/corpora/text",
        {"kind": "text", "vocabulary": 100},
        ["vocabulary` = 100", "257"],
    ),
    ("induction/analysis", {"least_fall": -1}, ["analysis.least_fall` = -1", "greater than 0"]),
    ("induction/figures", {"pahts": {}}, ["figures.pahts", "did you mean `paths`?"]),
    (
        "induction/run_figures",
        "some",
        ["induction.run_figures` = 'some'", "one of all, first, none"],
    ),
    ("induction/experiments", {}, ["`induction.experiments`", "at least 1"]),
    ("induction", [], ["`induction`", "mapping"]),
]


@pytest.mark.parametrize(("path", "value", "said"), WRONG, ids=lambda value: str(value)[:40])
def test_wrong_values_are_refused_with_key_value_rule_and_remedy(path, value, said):
    with pytest.raises(ConfigurationError) as refused:
        read(changed(path, value))
    for part in said:
        assert part in str(refused.value)


LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12\n"
LONG = "some words of a text\n" * 2000
FILES = {
    "missing": (["none"], ["none': does not exist; correct the path"]),
    "a folder": (["."], ["is a folder; give a file"]),
    "no name": ([""], ["files` = '': is a folder"]),
    "empty": (["empty"], ["empty': is empty"]),
    "latin-1": (["latin"], ["latin': is not UTF-8: byte 0xfc at position 2 (line 1); convert it"]),
    "utf-16": (["utf16"], ["utf16': is UTF-16 and not UTF-8"]),
    "binary": (["binary"], ["binary': has a NUL byte at position 1"]),
    "lfs": (["lfs"], ["lfs': is a Git LFS pointer"]),
    "two problems": (["lfs", "good", "empty"], ["lfs': is a Git", "empty': is empty"]),
    "twice": (
        ["good", "good"],
        ["= ['good', 'good']: holds 'good' more than once; give it once"],
    ),
    "twice by other paths": (
        ["good", "./good"],
        ["same file as 'good'; name each file once"],
    ),
    "twice by a link": (["good", "link"], ["link': is the same file as "]),
    "one string": ("none", ["none': does not exist"]),
    "short": (["short"], ["text of at most 21 tokens leaves 19 for training", "takes 256"]),
    "few held out": (
        ["some"],
        ["text of at most 1000 tokens holds out 100, where one window takes 256"],
    ),
    "few windows": (
        ["more"],
        [
            "at most 3000 tokens holds out 300; different windows of 256 tokens in these: 45,",
            "`sequences`: 256",
        ],
    ),
    "a number": ([3], ["files.0` = 3: must be a text"]),
    "a mapping": ({"a": 1}, ["files` = {a: 1}: must be a text or a list of texts"]),
}


@pytest.fixture
def texts(tmp_path, monkeypatch):
    """Make a folder with files of all kinds the working one."""
    kinds = {
        "good": LONG.encode(), "empty": b"", "latin": "Grüße".encode("latin-1"), "lfs": LFS,
        "utf16": LONG.encode("utf-16"), "binary": b"a\0b", "short": LONG.encode()[:21],
        "some": LONG.encode()[:1000], "more": LONG.encode()[:3000],
    }  # fmt: skip
    for name, content in kinds.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "link").symlink_to("good")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.usefixtures("texts")
def test_files_of_a_text_are_refused_by_key_before_any_job(name):
    files, said = FILES[name]
    with pytest.raises(ConfigurationError) as refused:
        read(changed("induction/corpora/text", {"kind": "text", "files": files}))
    for part in ("induction.corpora.text.", *said):
        assert part in str(refused.value)


@pytest.mark.usefixtures("texts")
def test_one_file_may_stand_alone_and_a_list_of_lists_is_a_sweep():
    one = read(changed("induction/corpora/text", {"kind": "text", "files": "good"}))
    assert one.corpora["text"].files == ("good",)
    raw = changed("induction/corpora/text", {"kind": "text", "files": [["good"], ["good", "lfs"]]})
    with pytest.raises(ConfigurationError, match=r"corpora\.text\.files` = 'lfs': is a Git LFS"):
        read(raw)


def test_all_problems_are_in_one_message():
    raw = changed(f"{ONE}/network/heads", 3)
    raw["induction"]["experiments"]["two"]["corpus"] = "nowhere"
    with pytest.raises(ConfigurationError) as refused:
        read(raw)
    assert len(str(refused.value).splitlines()) == 2


def test_the_default_configuration_trains_past_the_phase_change_with_a_control():
    raw = parse_yaml((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
    study = read({"induction": raw["induction"]})
    corpus = study.corpora["phrases"]
    assert (corpus.phrase_length, corpus.start_probability) == (6, 0.2)
    assert {each.network.layers: each.schedule.steps for each in study.experiments.values()} == {
        1: 2000,
        2: 2000,
    }

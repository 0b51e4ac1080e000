"""Wrong values and files in every section: one message each, from what the workflow calls.

A message is one line that begins with the key and its value, and says the rule or the remedy.
"""

import codecs
import copy
import json
import pickle

import numpy as np
import pytest
import torch

from ontogeny.config import ConfigurationError
from ontogeny.known_studies import STUDIES
from ontogeny.plans import plans_of
from ontogeny.study import Places

FORBIDDEN = ("tuple", "discriminator", "OrderedDict", "unable to extract tag", "Traceback")

BASE = {
    "composition": {
        "experiments": {
            "a": {
                "group": "S3",
                "seeds": [0],
                "architecture": {"kind": "mlp", "embedding": 4, "hidden": 3},
                "data": {"fraction": 0.5},
            }
        }
    },
    "induction": {
        "corpora": {"p": {"kind": "phrases", "vocabulary": 16, "length": 24, "sequences": 16}},
        "experiments": {"a": {"corpus": "p", "seeds": [0]}},
    },
    "imitation": {
        "classes": {"r": {"kind": "random"}},
        "experiments": {"a": {"class": "r", "seeds": [0]}},
    },
    "surprise": {
        "worlds": {"w": {"kind": "parity", "tasks": 6, "bits": 8, "order": 2}},
        "experiments": {"a": {"world": "w", "seeds": [0], "network": {"width": 4}}},
    },
    "noisy_labels": {
        "corpora": {"g": {"kind": "generated"}},
        "raters": {"n": {"kind": "network", "corpus": "g"}},
        "experiments": {"a": {"rater": "n", "strategy": "naive", "seeds": [0]}},
    },
    "rlhf": {
        "worlds": {"w": {"kind": "enumerated", "vocabulary": 4, "length": 3}},
        "policies": {"s": {"world": "w"}},
        "experiments": {"a": {"policy": "s", "reward": "gold", "seeds": [0]}},
    },
}


def refusal(section, **others):
    """Return the message that a configuration with one section, and shared ones, is refused by."""
    with pytest.raises(ConfigurationError) as refused:
        plans_of(section | others, STUDIES, Places("any"))
    message = str(refused.value)
    assert not [word for word in FORBIDDEN if word in message], message
    return message


def changed(path, value):
    """Return the section of a path with a value at its place, which may be a new one."""
    name, *above, last = path.split(".")
    section = copy.deepcopy(BASE[name])
    node = section
    for key in above:
        node = node.setdefault(key, {})
    if value is ...:
        del node[last]
    else:
        node[last] = value
    return {name: section}


def assert_one_message(message, key, *said):
    assert message.count("\n") == 0, message
    assert message.startswith(f"`{key}"), message
    for part in said:
        assert part in message, message


A = "composition.experiments.a"
I, P = "induction.experiments.a", "induction.corpora.p"
M, C = "imitation.experiments.a", "imitation.classes.r"
S, W = "surprise.experiments.a", "surprise.worlds.w"
N, G = "noisy_labels.experiments.a", "noisy_labels.corpora.g"
R, E = "rlhf.experiments.a", "rlhf.worlds.w"

MOST = "must be less than or equal to 1,000,000,000"
WIDE = "must be less than or equal to 100,000"
MANY = "must be less than or equal to 10,000,000"

NUMBERS = [
    (f"{A}.schedule.steps", 1e30, MOST),
    (f"{A}.schedule.steps", 0, "greater than or equal to 1"),
    (f"{A}.schedule.steps", 1.5, "must be a whole number"),
    (f"{A}.schedule.steps", "many", "must be a whole number"),
    (f"{A}.schedule.steps", True, "must be a number"),
    (f"{A}.architecture.hidden", 1e9, WIDE),
    (f"{A}.architecture.embedding", -3, "greater than or equal to 1"),
    (f"{A}.optimiser.learning_rate", 1e300, MOST),
    (f"{A}.optimiser.learning_rate", 0, "must be greater than 0"),
    (f"{A}.optimiser.weight_decay", -1, "greater than or equal to 0"),
    (f"{A}.optimiser.warm_up", 1e12, MOST),
    (f"{A}.optimiser.dropout", 1, "must be less than 1"),
    (f"{A}.data.fraction", 0, "must be greater than 0"),
    (f"{A}.data.fraction", 1.1, "must be less than or equal to 1"),
    (f"{A}.data.fraction", 0.001, "leaves no training pairs of the 36 of S3"),
    (f"{A}.seeds", [-1], "greater than or equal to 0"),
    (f"{A}.seeds", [2**63], "less than"),
    (f"{A}.seeds", [], "at least one seed"),
    (f"{I}.schedule.steps", 1e30, MOST),
    (f"{I}.network.d_model", 1e9, WIDE),
    (f"{I}.network.d_mlp", 1e9, WIDE),
    (f"{I}.network.heads", 3, "must be even and a multiple of the 3 heads"),
    (f"{I}.network.layers", 99, "less than or equal to 4"),
    (f"{I}.optimiser.batch", 1e12, MANY),
    (f"{P}.sequences", 1e12, MANY),
    (f"{P}.vocabulary", 1e12, "less than or equal to 4,096"),
    (f"{P}.length", 11, "greater than or equal to 12"),
    (f"{P}.strength", "strong", "must be a number"),
    (f"{M}.schedule.steps", 1e30, MOST),
    (f"{M}.schedule.histories", 1e12, MANY),
    (f"{M}.schedule.times_per_decade", 1e9, WIDE),
    (f"{M}.alpha", 2, "less than or equal to 1"),
    (f"{C}.states", 1e9, WIDE),
    (f"{C}.actions", 1, "greater than or equal to 2"),
    (f"{C}.policies", 1e12, MANY),
    (f"{S}.network.width", 1e9, WIDE),
    (f"{S}.network.layers", 1e9, "less than or equal to 16"),
    (f"{S}.schedule.steps", 1e30, MOST),
    (f"{S}.optimiser.batch", 1e12, MANY),
    (f"{W}.tasks", 1e9, WIDE),
    (f"{W}.tasks", 29, "at most 28, the number of different sets of 2 of 8 bits"),
    (f"{W}.order", 9, "must be at most the 8 `bits`"),
    (f"{N}.network.hidden", 1e9, WIDE),
    (f"{N}.network.channels", 1e9, WIDE),
    (f"{N}.schedule.epochs", 1e9, "less than or equal to 10,000"),
    (f"{N}.optimiser.batch", 1e12, MANY),
    (f"{N}.clean_share", 1e-9, "networks need at least 2"),
    (f"{G}.study", 1e12, MANY),
    (f"{G}.features", 1e9, "less than or equal to 1,024"),
    (f"{R}.schedule.iterations", 1e30, MOST),
    (f"{R}.ppo.samples", 1e12, MANY),
    (f"{R}.ppo.passes", 1e9, "less than or equal to 10,000"),
    ("rlhf.policies.s.network.d_model", 1e9, WIDE),
    ("rlhf.policies.s.network.layers", 1e9, "less than or equal to 100"),
    ("rlhf.policies.s.epochs", 1e9, "less than or equal to 10,000"),
    ("rlhf.policies.s.probes.fresh", 1e12, MANY),
    (f"{E}.lines", 1e12, MANY),
    (f"{E}.vocabulary", 200, "makes 200^3 sequences"),
    ("rlhf.analysis.evaluation.samples", 1e12, MANY),
]


@pytest.mark.parametrize(("path", "value", "rule"), NUMBERS)
def test_a_number_beyond_reason_is_refused_by_key_value_and_rule(path, value, rule):
    message = refusal(changed(path, value))
    key = path if path != f"{I}.network.heads" else f"{I}.network.d_model"
    assert_one_message(message, key, rule)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (f"{A}.schedule", {"steps": 10**9}, ("10,000,000 checkpoints", "`checkpoints.every`")),
        (f"{I}.schedule", {"steps": 10**9}, ("may have 1,000,000", "to at least 1000")),
        (
            f"{R}.schedule",
            {"iterations": 10**8, "checkpoints": {"every": 1}},
            ("stores 100,000,000 checkpoints", "to at least 100"),
        ),
        (
            P,
            {"kind": "phrases", "phrases": 100, "phrase_length": 50, "length": 12},
            ("100 `phrases` of 50 tokens", "a context has 12", "give fewer"),
        ),
        (
            P,
            {"kind": "phrases", "phrases": 1, "phrase_length": 9, "length": 12},
            ("no room for the phrase and its repetition", "give at most 6"),
        ),
        (f"{I}.corpus", "q", ("is not a corpus", "known are p")),
        (f"{M}.class", "q", ("is not a class", "known are r")),
        (f"{S}.world", "q", ("is not a world", "known are w")),
        (f"{N}.rater", "q", ("is not a rater", "known are n")),
        (f"{R}.policy", "q", ("is not a start policy", "known are s")),
        (f"{A}.optimiser.device", "gpu", ("must be one of cpu, cuda, auto",)),
        (f"{A}.optimiser.kind", "sdg", ("must be one of adamw, sgd; did you mean `sgd`?",)),
        (
            f"{A}.optimiser",
            {"kind": "sgd", "betas": [0.9, 0.9]},
            ("gives `betas` = [0.9, 0.9]", "leave `betas` out, or set `kind: adamw`"),
        ),
        (f"{A}.initial_scale", 0, ("must be greater than 0",)),
        (f"{A}.group", ..., ("is missing",)),
    ],
)
def test_what_cannot_be_made_is_refused_with_what_to_change(path, value, said):
    assert_one_message(refusal(changed(path, value)), path, *said)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "S0",
            (
                "S_n needs 1 <= n <= 6",
                "did you mean 'S3'? Any other group",
                "groups: {s0: {table: FILE}}",
            ),
        ),
        ("C0", ("did you mean 'C3'?", "groups: {c0: {table: FILE}}")),
        ("C1", ("has one element", "take a larger group")),
        ("A2", ("has one element", "take a larger group")),
        ("C1001", ("C_n needs 1 <= n <= 1000", "'C1000'")),
        ("S7", ("S_n needs 1 <= n <= 6", "'S6'")),
        ("S6xC2", ("must have order at most 1000, not 1440",)),
        ("Monster", ("groups: {monster: {table: FILE}}", "`group: monster`")),
        ("klien", ("did you mean `klein` of the section `groups`?",)),
        ("é", ("groups: {mine: {table: FILE}}",)),
    ],
)
def test_an_unknown_group_is_told_how_others_are_given(tmp_path, name, said):
    table = tmp_path / "klein.csv"
    table.write_text("0,1,2,3\n1,0,3,2\n2,3,0,1\n3,2,1,0\n")
    message = refusal(changed(f"{A}.group", name), groups={"klein": {"table": str(table)}})
    assert_one_message(message, f"{A}.group` = {name!r}: ", *said)


# Files that are missing or cannot be read


def long_world(file):
    table = {"kind": "long", "file": file, "parameters": {"1m": 10**6}, "families": {"": "x"}}
    return {"kind": "published", "table": table, "loss": "story"}


FILES = {
    f"{A}.weights": lambda file: {f"{A}.weights": file},
    f"{A}.data.pairs": lambda file: {f"{A}.data": {"pairs": file}},
    f"{P}.files": lambda file: {P: {"kind": "text", "files": file}},
    f"{C}.past.files": lambda file: {
        C: {
            "kind": "history",
            "policies": 2,
            "past": {"kind": "characters", "files": [file, __file__]},
        }
    },
    f"{W}.table.file": lambda file: {W: long_world(file)},
    f"{G}.files": lambda file: {G: {"kind": "civil", "files": [file]}},
    f"{E}.file": lambda file: {E: {"kind": "pairs", "file": file}},
}
CONTENTS = {
    "missing": (None, "does not exist; correct the path"),
    "empty": (b"", "is empty"),
    "pointer": (b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
}


def section_with(key, file):
    ((path, value),) = FILES[key](file).items()
    return changed(path, value)


@pytest.mark.parametrize("content", CONTENTS)
@pytest.mark.parametrize("key", FILES)
def test_a_file_that_is_not_there_is_refused_by_key(tmp_path, key, content):
    file = tmp_path / "given.csv"
    held, said = CONTENTS[content]
    if held is not None:
        file.write_bytes(held)
    message = refusal(section_with(key, str(file))).splitlines()
    assert message[0].startswith(f"`{key}` = '{file}': "), message
    assert said in message[0]


@pytest.mark.parametrize("key", [key for key in FILES if "weights" not in key])
def test_utf16_is_called_by_name_with_how_to_convert_it(tmp_path, key):
    file = tmp_path / "given.csv"
    file.write_bytes(codecs.BOM_UTF16_LE + ("a,b\n1,2\n" * 200).encode("utf-16-le"))
    message = refusal(section_with(key, str(file))).splitlines()[0]
    assert message.startswith(f"`{key}` = '{file}': "), message
    assert "UTF-16" in message
    assert "iconv" in message


CYCLIC = "".join(",".join(str((a + b) % 1001) for b in range(1001)) + "\n" for a in range(1001))
MUL = "0,1,2\n1,2,0\n2,1,0\n"
TABLES = [
    ("table", None, "does not exist; correct the path"),
    ("table", b"", "is empty"),
    ("table", codecs.BOM_UTF16_LE + "0,1\n1,0\n".encode("utf-16-le"), "UTF-16"),
    ("table", b"0,1\n1\n", "line 2"),
    ("table", b"0,1.5\n1,0\n", "1.5"),
    ("table", MUL.encode(), "is not the table of a group: each column must hold every element"),
    ("table", CYCLIC.encode(), "has 1,001 elements; a group may have up to 1,000"),
    ("permutations", None, "does not exist; correct the path"),
    ("permutations", b"(1 2", "must be cycles in parentheses and nothing else"),
    ("matrices", None, "does not exist; correct the path"),
    ("permutations", f"({' '.join(map(str, range(1, 1002)))})".encode(), "1,000"),
]


@pytest.mark.parametrize(("key", "content", "said"), TABLES)
def test_a_wrong_group_is_refused_by_key_and_file(tmp_path, key, content, said):
    file = tmp_path / "given.csv"
    if content is not None:
        file.write_bytes(content)
    message = refusal(changed(f"{A}.group", "mine"), groups={"mine": {key: str(file)}})
    assert_one_message(message, f"groups.mine.{key}` = '{file}': ", said)


def test_a_table_of_netcdf_of_order_1001_is_refused(tmp_path):
    import xarray as xr

    index = np.arange(1001)
    table = (index[:, None] + index) % 1001
    file = tmp_path / "given.nc"
    xr.Dataset({"product": (("left", "right"), table)}).to_netcdf(file)
    message = refusal(changed(f"{A}.group", "mine"), groups={"mine": {"table": str(file)}})
    assert_one_message(message, "groups.mine.table` = ", "1,001 elements")


# Networks trained elsewhere


def network(**changes):
    shapes = {"W_x": (6, 4), "W_y": (6, 4), "W": (8, 3), "W_U": (3, 6)} | changes
    return {name: torch.zeros(shape) for name, shape in shapes.items() if shape is not None}


class Harmful:
    def __reduce__(self):
        return print, ("run",)


WEIGHTS = {
    "another group": (network(W_U=(3, 8)), "W_U has the shape (3, 8), not (3, 6)"),
    "transposed": (network(W=(3, 8)), "it is the transpose"),
    "another architecture": ({"W_E": torch.zeros(6, 4)}, "lacks W_x, W_y, W, W_U of an MLP"),
    "one tensor missing": (network(W_U=None), "lacks W_U"),
    "one tensor too many": (network() | {"b": torch.ones(3)}, "`architecture.biases` to true"),
    "an unknown tensor": (network() | {"c": torch.ones(3)}, "c has no place in an MLP"),
    "not finite": (network() | {"W": torch.full((8, 3), torch.nan)}, "not finite"),
    "whole numbers": (network() | {"W": torch.zeros(8, 3, dtype=torch.int64)}, "whole numbers"),
    "no state dict": ([1, 2], "holds no state dict"),
    "code": ({"W": Harmful()}, "would run code of its own"),
}


@pytest.mark.parametrize("kind", WEIGHTS)
def test_a_wrong_network_is_refused_before_any_job(tmp_path, capsys, kind):
    content, said = WEIGHTS[kind]
    file = tmp_path / "given.pt"
    torch.save(content, file)
    message = refusal(changed(f"{A}.weights", str(file)))
    assert_one_message(message, f"{A}.weights` = '{file}': ", said)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ({"W_z": "W"}, (f"{A}.tensors.W_z` = 'W': `W_z` is not a parameter of this network",)),
        ({"b": "fc1.bias"}, (f"{A}.tensors.b` = 'fc1.bias'", "`architecture.biases` to true")),
        ({"W": "fc1"}, (f"{A}.weights` = '", "has no tensor fc1, which `tensors.W` names")),
        ({"W": "W.T"}, (f"{A}.weights` = '", "W.T has the shape (3, 8), not (8, 3)", "{W: W}")),
    ],
)
def test_a_wrong_mapping_of_tensors_is_refused_before_any_job(tmp_path, mapping, said):
    file = tmp_path / "given.pt"
    torch.save(network(), file)
    section = changed(f"{A}.weights", str(file))
    section["composition"]["experiments"]["a"]["tensors"] = mapping
    assert_one_message(refusal(section), *said)


def test_a_mapping_of_tensors_without_a_file_is_refused():
    message = refusal(changed(f"{A}.tensors", {"W": "fc1.weight.T"}))
    assert_one_message(message, f"{A}.tensors` says which tensors", "give `weights`, or leave")


def cut(file):
    file.write_bytes(file.read_bytes()[:-200])


def numpy_array(file):
    with file.open("wb") as opened:
        np.save(opened, np.zeros(3))


DAMAGE = {
    "cut": (cut, "is damaged or cut short; get it again"),
    "text": (lambda file: file.write_text("not a network"), "is neither what torch.save writes"),
    "pickle": (lambda file: file.write_bytes(pickle.dumps({"W": [1.0]})), "is a plain pickle"),
    "array": (numpy_array, "is a NumPy array (.npy)"),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_or_foreign_file_is_refused_before_any_job(tmp_path, kind):
    damage, said = DAMAGE[kind]
    file = tmp_path / "given.pt"
    torch.save(network(), file)
    damage(file)
    message = refusal(changed(f"{A}.weights", str(file)))
    assert_one_message(message, f"{A}.weights` = '{file}': ", said)


def test_a_network_that_is_replaced_is_read_again(tmp_path):
    file = tmp_path / "given.pt"
    torch.save(network(), file)
    section = changed(f"{A}.weights", str(file))
    plans_of(section, STUDIES, Places("any"))
    torch.save(network(W_U=(3, 8)), file)
    assert "has the shape (3, 8)" in refusal(section)


PUBLISHED = {
    "layers": {"embed_dim": 4, "hidden_dim": 3},
    "model": "OneLayerMLP",
    "group": "SymmetricGroup",
    "group_parameter": 3,
    "frac_train": 0.5,
    "seed": 1,
    "num_epochs": 10,
}


@pytest.mark.parametrize(
    ("changes", "tensors", "said"),
    [
        ({"group_parameter": "abc"}, network(), ("run/cfg.json: `group_parameter` = 'abc'",)),
        ({"group_parameter": 7}, network(), ("run/cfg.json: `group_parameter` = 7",)),
        ({"num_epochs": 1e30}, network(), ("run/cfg.json: `num_epochs` = ", MOST)),
        ({"seed": 0}, network(), ("run/cfg.json: `seed` = 0",)),
        (
            {"layers": {"embed_dim": 1e9, "hidden_dim": 3}},
            network(),
            ("run/cfg.json: `layers.embed_dim` = ", WIDE),
        ),
        ({}, network(W_U=(3, 8)), ("run/model.pt: W_U has the shape (3, 8)",)),
        ({}, {"W": Harmful()}, ("run/model.pt: holds", "would run code of its own")),
    ],
)
def test_a_published_run_is_refused_by_file_and_key(tmp_path, changes, tensors, said):
    run = tmp_path / "run"
    run.mkdir()
    (run / "cfg.json").write_text(json.dumps(PUBLISHED | changes))
    torch.save(tensors, run / "model.pt")
    message = refusal({"composition": {"published": str(tmp_path)}})
    assert message.startswith(f"`composition.published` = '{tmp_path}': ")
    for part in said:
        assert part in message, message


def test_there_are_at_least_eighty_cases():
    files = len(FILES) * (len(CONTENTS) + 1)
    assert len(NUMBERS) + files + len(TABLES) + len(WEIGHTS) >= 80


@pytest.mark.parametrize("name", BASE)
def test_the_section_that_is_changed_is_right(name):
    assert [*plans_of({name: BASE[name]}, STUDIES, Places("any"))] == [name]

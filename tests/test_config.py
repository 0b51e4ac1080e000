import copy
import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from ontogeny.config import (
    ConfigurationError,
    canonical,
    configuration_name,
    merge,
    parse_yaml,
    schema,
    specification,
)
from ontogeny.known_studies import STUDIES
from ontogeny.studies.composition.config import SWEPT, Style, Training
from ontogeny.studies.composition.section import Composition
from ontogeny.study import read_sections

ROOT = Path(__file__).parents[1]
SCHEMA = json.loads((ROOT / "workflow/schemas/config.schema.json").read_text())
VALID = {
    "composition": {
        "defaults": {"seeds": [0], "schedule": {"steps": 10}},
        "experiments": {
            "s3": {"group": "S3", "architecture": {"kind": "mlp"}, "data": {"fraction": 0.5}},
            "c7": {
                "group": "C7",
                "architecture": {"kind": "transformer", "heads": 2},
                "seeds": [3, 4],
            },
        },
    }
}


def read(raw):
    sections, shared = read_sections(raw, STUDIES)
    return shared | sections


def changed(path, value):
    raw = copy.deepcopy(VALID)
    *above, last = path.split("/")
    node = raw
    for key in above:
        node = node.setdefault(key, {})
    if value is REMOVED:
        del node[last]
    else:
        node[last] = value
    return raw


REMOVED = object()
S3 = "composition/experiments/s3"
WRONG = [
    # unknown keys, with the nearest known one
    ("compositon", {}, ["`compositon`", "unknown section", "composition"]),
    ("composition/experimnts", {}, ["`composition.experimnts`", "did you mean `experiments`?"]),
    (f"{S3}/grup", "S3", ["`composition.experiments.s3.grup` = 'S3'", "did you mean `group`?"]),
    (f"{S3}/optimiser", {"weight_decy": 1}, ["optimiser.weight_decy` = 1", "`weight_decay`?"]),
    (f"{S3}/architecture/hiden", 3, ["architecture.hiden` = 3", "did you mean `hidden`?"]),
    (f"{S3}/data/frac", 0.3, ["data.frac` = 0.3", "`fraction`"]),
    (f"{S3}/schedule", {"checkpoints": {"evry": 3}}, ["checkpoints.evry` = 3", "`every`?"]),
    (f"{S3}/zzz", 1, ["s3.zzz` = 1", "known keys are", "group", "seeds"]),
    ("composition/figures", {"lerning": {}}, ["figures.lerning", "did you mean `learning`?"]),
    ("composition/figures", {"learning": {"widht": 4}}, ["learning.widht", "`width`?"]),
    ("composition/analysis", {"key_similarty": 0.1}, ["key_similarty", "`key_similarity`?"]),
    # types
    (S3, 7, ["composition.experiments.s3` = 7", "must be a mapping"]),
    (S3, [], ["composition.experiments.s3` = []", "must be"]),
    ("composition/experiments", [1], ["composition.experiments` = [1]", "must be"]),
    ("composition", 3, ["`composition` = 3", "must be"]),
    ("composition", None, ["`composition` = null", "must be"]),
    (f"{S3}/group", 5, ["s3.group` = 5", "must be a text"]),
    (f"{S3}/schedule", {"steps": "many"}, ["schedule.steps` = 'many'", "must be"]),
    (f"{S3}/schedule", {"steps": 10.5}, ["schedule.steps` = 10.5", "must be a whole number"]),
    (f"{S3}/schedule", {"steps": True}, ["schedule.steps` = true", "must be a number"]),
    (f"{S3}/schedule", 12, ["s3.schedule` = 12", "must be"]),
    (f"{S3}/data/fraction", "half", ["data.fraction` = 'half'", "must be a number"]),
    (f"{S3}/optimiser", {"betas": 0.9}, ["optimiser.betas` = 0.9", "must be"]),
    (
        f"{S3}/optimiser",
        {"betas": [0.9]},
        ["optimiser.betas` = [0.9]", "a list of 2 values"],
    ),
    (f"{S3}/seeds", 3, ["s3.seeds` = 3", "must be a list of whole numbers"]),
    (f"{S3}/seeds", ["a"], ["s3.seeds.0` = 'a'", "must be a whole number"]),
    # ranges
    (f"{S3}/schedule", {"steps": 0}, ["schedule.steps` = 0", "greater than or equal to 1"]),
    (f"{S3}/schedule", {"steps": -5}, ["schedule.steps` = -5", "greater than or equal to 1"]),
    (f"{S3}/data/fraction", 0, ["data.fraction` = 0", "greater than 0"]),
    (f"{S3}/data/fraction", 1.01, ["data.fraction` = 1.01", "less than or equal to 1"]),
    (f"{S3}/data/fraction", float("nan"), ["data.fraction` = .nan", "finite number"]),
    (f"{S3}/optimiser", {"learning_rate": 0}, ["learning_rate` = 0", "greater than 0"]),
    (f"{S3}/optimiser", {"learning_rate": float("inf")}, ["learning_rate` = .inf", "finite"]),
    (f"{S3}/optimiser", {"weight_decay": -1}, ["weight_decay` = -1", "greater than or equal"]),
    (f"{S3}/optimiser", {"betas": [0.9, 1.0]}, ["optimiser.betas.1` = 1.0", "less than 1"]),
    (f"{S3}/architecture/hidden", 0, ["architecture.hidden` = 0", "greater than or equal to 1"]),
    ("composition/analysis", {"key_similarity": 2}, ["key_similarity` = 2", "less than 1"]),
    ("composition/figures", {"defaults": {"width": 99}}, ["figures.defaults.width` = 99", "20"]),
    ("composition/figures", {"progress": {"resolution": 1}}, ["progress.resolution` = 1", "50"]),
    (
        "composition/figures",
        {"defaults": {"phases": [9, 9, 9]}},
        ["defaults.phases`", "increasing"],
    ),
    ("composition/figures", {"losses": {"phases": [3, 2, 9]}}, ["losses.phases`", "increasing"]),
    ("composition/figures", {"losses": {"phases": [3, 9]}}, ["losses.phases"]),
    ("composition/figures", {"losses": {"phases": [0, 3, 9]}}, ["losses.phases"]),
    # choices
    (f"{S3}/architecture", {"hidden": 3}, ["s3.architecture.kind`: is missing", "one of mlp, b"]),
    (
        "composition/experiments/mlp",
        {"group": "S3", "architecture": {"kind": "mlp", "hiden": 3}},
        ["experiments.mlp.architecture.hiden` = 3: unknown key; did you mean `hidden`?"],
    ),
    (f"{S3}/architecture", {"kind": "mpl"}, ["kind", "'mpl'", "mlp", "did you mean `mlp`?"]),
    (f"{S3}/architecture", {"hidden": 3, "kind": None}, ["architecture", "mlp"]),
    (f"{S3}/optimiser", {"device": "gpu"}, ["optimiser.device` = 'gpu'", "cuda"]),
    (f"{S3}/optimiser", {"precision": "float16"}, ["'float16'", "float32"]),
    (f"{S3}/data/split", "numpy", ["data.split` = 'numpy'", "torch, python"]),
    # rules of the subject
    (f"{S3}/group", "Z5", ["s3.group` = 'Z5'", "C5"]),
    (f"{S3}/group", "s5", ["s3.group` = 's5'", "S5"]),
    (f"{S3}/group", "S9", ["s3.group` = 'S9'"]),
    (f"{S3}/group", "F22x", ["s3.group` = 'F22x'"]),
    (f"{S3}/seeds", [1, 2, 1], ["s3.seeds", "holds 1 more than once"]),
    (f"{S3}/seeds", [1, 1.0], ["s3.seeds", "more than once"]),
    (f"{S3}/seeds", [-1], ["s3.seeds.0` = -1", "greater than or equal to 0"]),
    (f"{S3}/seeds", [], ["s3.seeds", "must hold at least one seed"]),
    (f"{S3}/data/fraction", 0.01, ["data.fraction` = 0.01", "leaves no training pairs of the 36"]),
    (f"{S3}/group", "C1", ["s3.group` = 'C1'", "has one element"]),
    (f"{S3}/group", REMOVED, ["`composition.experiments.s3.group`", "missing"]),
    (f"{S3}/architecture", REMOVED, ["`composition.experiments.s3.architecture`", "missing"]),
    ("composition/experiments", {}, ["composition.experiments", "at least 1"]),
    ("composition/experiments/empty", None, ["experiments.empty.group`", "missing"]),
    ("composition/experiments", REMOVED, ["`composition.experiments`", "at least 1"]),
    # names that are no file names
    ("composition/experiments/S3 MLP", {}, ["S3 MLP", "lower-case letters"]),
    ("composition/experiments/..", {}, ["..", "lower-case letters"]),
    ("composition/experiments/a--b", {}, ["a--b", "single hyphens"]),
    ("composition/experiments/naïve", {}, ["naïve", "lower-case letters"]),
    # groups given by a table or by generators, and defaults
    ("groups", {"S5": {"table": "a.csv"}}, ["groups", "S5", "lower-case letters"]),
    ("groups", {"mine": {}}, ["`groups.mine`", "one of `table`, `permutations`", "has none"]),
    (
        "groups",
        {"mine": {"table": "a.csv", "permutations": ["(1,2)"]}},
        ["`groups.mine`", "has `table` and `permutations`"],
    ),
    ("groups", {"mine": {"table": "no.csv"}}, ["`groups.mine.table` = 'no.csv': does not exist"]),
    ("groups", {"mine": {"table": "config"}}, ["`groups.mine.table` = 'config': is a folder"]),
    ("groups", {"mine": {"permutations": 3}}, ["groups.mine.permutations` = 3", "or the name"]),
    (
        "groups",
        {"mine": {"permutations": []}},
        ["groups.mine.permutations` = []", "must be a list"],
    ),
    (
        "groups",
        {"mine": {"permutations": ["(1,2)(2,3)"]}},
        ["groups.mine.permutations", "generator 1 = '(1,2)(2,3)': the point 2 occurs there twice"],
    ),
    (
        "groups",
        {"mine": {"permutations": ["(1,2,3,4,5,6,7)", "(1,2)"]}},
        ["groups.mine.permutations", "more than 1,000 elements"],
    ),
    (
        "groups",
        {"mine": {"matrices": [[[2, 0], [0, 1]]], "modulus": 6}},
        ["groups.mine.matrices", "generator 1: is singular modulo 6"],
    ),
    ("groups", {"mine": {"matrices": [[[1]]], "modulus": 1}}, ["groups.mine.modulus` = 1"]),
    (
        "groups",
        {"mine": {"permutations": ["(1,2)"], "modulus": 3}},
        ["`groups.mine`", "`modulus` is of `matrices`"],
    ),
    ("groups", {"mine": {"tabel": "a.csv"}}, ["groups.mine.tabel", "did you mean `table`?"]),
    ("composition/defaults", {"seeds": []}, ["`composition.defaults.seeds", "at least one seed"]),
    ("composition/defaults", {"data": {"fraction": 2}}, ["`composition.defaults.data.fraction`"]),
    ("composition/defaults", 4, ["composition.defaults` = 4", "must be"]),
]


def test_the_valid_configuration_is_read():
    composition = read(VALID)["composition"]
    assert composition.experiments["s3"].schedule.steps == 10
    assert composition.experiments["c7"].seeds == (3, 4)


@pytest.mark.parametrize(("path", "value", "expected"), WRONG)
def test_wrong_configurations_are_refused_by_name(path, value, expected):
    with pytest.raises(ConfigurationError) as caught:
        read(changed(path, value))
    message = str(caught.value)
    assert all(text in message for text in expected), message
    assert len(message.splitlines()) <= 4, message


def test_all_problems_come_in_one_message():
    raw = changed(f"{S3}/grup", "S3")
    raw["composition"]["experiments"]["c7"]["seeds"] = []
    with pytest.raises(ConfigurationError, match=r"(?s)grup.*at least one seed"):
        read(raw)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [1, 2", r"line 1, column 9: not YAML"),
        ("a: 1\n\tb: 2", "line 2, column 1: not YAML"),
        ("a: 'x", "not YAML"),
        ("- 1\n- 2", "must be a mapping"),
        ("", "holds nothing"),
        ("a: 1\nb: 2\na: 3", "line 3: the key `a` appears a second time"),
        ("a:\n  b: 1\n  b: 2", "line 3: the key `b`"),
    ],
)
def test_text_that_is_no_configuration_is_refused(text, message):
    with pytest.raises(ConfigurationError, match=message):
        parse_yaml(text)


def test_numbers_are_read_by_meaning():
    raw = changed(f"{S3}/schedule", {"steps": 8.0})
    raw["composition"]["experiments"]["s3"]["optimiser"] = {"learning_rate": "1e-3"}
    same = changed(f"{S3}/schedule", {"steps": 8})
    same["composition"]["experiments"]["s3"]["optimiser"] = {"learning_rate": 0.001}
    assert canonical(read(raw)["composition"]) == canonical(read(same)["composition"])


def test_canonical_form_ignores_order_and_written_defaults():
    first = Training.model_validate({"architecture": {"kind": "mlp", "hidden": 128}, "seed": 1})
    second = Training.model_validate({"seed": 1, "architecture": {"kind": "mlp"}})
    assert json.dumps(canonical(first)) == json.dumps(canonical(second))
    other = Training.model_validate({"seed": 2, "architecture": {"kind": "mlp"}})
    assert canonical(first) != canonical(other)


def test_canonical_form_reads_back():
    spec = canonical(read(VALID)["composition"].experiments["c7"].training(3))
    assert canonical(Training.model_validate(spec)) == spec


def test_defaults_do_not_reach_into_another_kind():
    raw = changed("composition/defaults/architecture", {"kind": "mlp", "hidden": 5})
    experiments = read(raw)["composition"].experiments
    assert experiments["s3"].architecture.hidden == 5
    assert experiments["c7"].architecture.heads == 2


def test_merge_leaves_its_arguments_alone():
    base = {"a": {"x": [1]}}
    merge(base, {"a": {"y": 2}})["a"]["x"].append(2)
    assert base == {"a": {"x": [1]}}


def test_figure_defaults_stand_below_each_figure():
    raw = changed("composition/figures", {"defaults": {"width": 5}, "seeds": {"resolution": 80}})
    figures = read(raw)["composition"].figures
    assert figures.defaults == figures.learning == Style(width=5.0)
    assert figures.seeds == Style(width=5.0, resolution=80)


def test_phases_of_figures_are_three_steps_or_those_found():
    given = {"defaults": {"phases": [700, 4e3, "9000"]}, "seeds": {"phases": None}}
    figures = read(changed("composition/figures", given))["composition"].figures
    assert figures.learning.phases == (700, 4000, 9000)
    assert figures.seeds.phases is None
    plain = specification(figures.learning)
    assert plain == {"phases": [700, 4000, 9000], "format": 2}
    assert Style.model_validate(plain) == figures.learning


def with_group(given, **fields):
    """A configuration with one experiment, on a group of the section `groups`."""
    experiment = {"group": "mine", "architecture": {"kind": "mlp"}, "seeds": [0]} | fields
    return {"groups": {"mine": given}, "composition": {"experiments": {"a": experiment}}}


@pytest.fixture
def klein(tmp_path):
    path = tmp_path / "klein.csv"
    path.write_text("1,2,3,4\n2,1,4,3\n3,4,1,2\n4,3,2,1\n")
    return {"table": str(path)}


def test_a_group_of_the_table_section_is_known(klein):
    assert read(with_group(klein))["groups"]["mine"].table == klein["table"]
    with pytest.raises(ConfigurationError, match="did you mean `mine`"):
        read(with_group(klein, group="mime"))


@pytest.mark.parametrize(
    "given",
    [
        {"permutations": ["(1,2,3)(4,5)", "(1,2)"]},
        {"permutations": [[2, 3, 1], [2, 1, 3]]},
        {"matrices": [[[0, 2], [1, 0]], [[1, 1], [1, 2]]], "modulus": 3},
    ],
)
def test_groups_given_by_generators_are_known(given):
    assert "a" in read(with_group(given))["composition"].experiments
    jsonschema.Draft202012Validator(SCHEMA).validate(with_group(given))


def test_a_group_that_is_refused_is_not_called_unknown_too():
    with pytest.raises(ConfigurationError) as caught:
        read(with_group({"tabel": "a.csv"}))
    assert len(str(caught.value).splitlines()) == 1


def test_what_is_wrong_with_groups_and_with_experiments_comes_in_one_message():
    raw = with_group({"table": "no.csv"}, seeds=[])
    with pytest.raises(ConfigurationError, match=r"(?s)no\.csv.*at least one seed"):
        read(raw)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"fraction": 0.01}, r"a\.data\.fraction` = 0\.01: leaves no training pairs of the 16"),
        ({"labels": "quadratic"}, r"a\.data\.labels` = 'quadratic': .* take C4"),
    ],
)
def test_rules_hold_for_groups_from_a_table(klein, data, message):
    with pytest.raises(ConfigurationError, match=message):
        read(with_group(klein, data=data))


def test_the_quadratic_needs_the_indices_to_add():
    quadratic = {"data": {"labels": "quadratic"}}
    read(with_group({"permutations": ["(1,2,3,4,5)"]}, **quadratic))
    cyclic_in_another_order = {"permutations": ["(1,2,3,4,5)", "(1,4,2,5,3)"]}
    with pytest.raises(ConfigurationError, match="is not addition of the indices modulo 5"):
        read(with_group(cyclic_in_another_order, **quadratic))


def test_a_group_of_one_element_has_nothing_to_train_on():
    with pytest.raises(ConfigurationError, match=r"a\.group` = 'mine': has one element"):
        read(with_group({"permutations": ["()"]}))


MISSING = {
    "published": r"composition\.published` = 'published'",
    "published-models": r"surprise\.worlds\.pythia\.table\.file` = 'evaluations/pythia\.csv'",
    "rlhf-pairs": r"rlhf\.worlds\.harmless\.file` = 'evaluations/rlhf/",
    "noisy-tweets": r"noisy_labels\.corpora\.tweets\.files` = 'evaluations/noisy-labels/",
}
"""What shipped configurations say about files of others that they need, by name."""


def shipped():
    return sorted((ROOT / "config").rglob("*.yaml"))


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.stem)
def test_shipped_configurations_are_valid(path, monkeypatch):
    monkeypatch.chdir(ROOT)
    raw = parse_yaml(path.read_text())
    if path.stem in MISSING:
        with pytest.raises(ConfigurationError, match=MISSING[path.stem]):
            read_sections(raw, STUDIES)
    else:
        raw.pop("name", None)
        studies, _ = read_sections(raw, STUDIES)
        studies = list(studies.values())
        assert all(study.experiments for study in studies)
        assert studies
    jsonschema.Draft202012Validator(SCHEMA).validate(yaml.safe_load(path.read_text()))


def test_the_schema_refuses_unknown_keys_and_wrong_ranges():
    validator = jsonschema.Draft202012Validator(
        schema({"composition": Composition}, title="T", swept=SWEPT)
    )
    assert not list(validator.iter_errors(VALID))
    for path, value in [
        (f"{S3}/grup", "S3"),
        (f"{S3}/data/fraction", 1.01),
        (f"{S3}/schedule", {"steps": 0}),
        ("composition/experiments/S3 MLP", {}),
    ]:
        assert list(validator.iter_errors(changed(path, value))), path


def documented(node):
    if isinstance(node, dict):
        for name, field in node.get("properties", {}).items():
            if name != "kind":
                yield name, field
        for value in node.values():
            yield from documented(value)


def test_every_key_has_a_description():
    names = {study.name for study in STUDIES}
    lacking = [
        name
        for name, field in documented(SCHEMA)
        if "description" not in field and "$ref" not in field and name not in names
    ]
    assert not lacking


@pytest.mark.parametrize(
    ("written", "base"), [("010", 8), ("-007", 8), ("0_100", 8), ("1:30", 60), ("1:30.5", 60)]
)
def test_numbers_that_yaml_reads_in_another_base_are_refused(written, base):
    with pytest.raises(ConfigurationError) as caught:
        parse_yaml(f"a:\n  b: {written}\n")
    assert str(caught.value).startswith(f"line 2: YAML reads `{written}` in base {base}; write")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("-0", 0),
        ("20_000", 20_000),
        ("1.50", 1.5),
        ("0.05", 0.05),
        (".5", 0.5),
        ("'010'", "010"),
    ],
)
def test_other_numbers_are_read_as_they_stand(text, value):
    assert parse_yaml(f"a: {text}") == {"a": value}


def test_keys_of_one_meaning_are_one_key():
    with pytest.raises(ConfigurationError, match=r"line 2: the key `5\.0` appears a second"):
        parse_yaml("5: a\n5.0: b\n")


def test_an_unknown_section_blames_no_other():
    with pytest.raises(ConfigurationError) as caught:
        read({"foo": 1})
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("labels", "right"),
    [
        ("01234", True),
        ("12345", True),
        ("abcde", True),
        ("02413", False),
        (["10", "20", "30", "40", "50"], False),
        ("23456", False),
    ],
)
def test_quadratic_answers_are_of_the_numbers_that_the_labels_say(tmp_path, labels, right):
    path = tmp_path / "five.csv"
    rows = [[labels[(a + b) % 5] for b in range(5)] for a in range(5)]
    lines = [["", *labels], *([label, *row] for label, row in zip(labels, rows, strict=True))]
    path.write_text("\n".join(",".join(line) for line in lines))
    raw = with_group({"table": str(path)}, data={"labels": "quadratic"})
    if right:
        read(raw)
        return
    with pytest.raises(ConfigurationError, match=r"'quadratic': .* labels of mine are other num"):
        read(raw)


@pytest.mark.parametrize(
    ("raw", "files", "name"),
    [
        ({}, ["config/config.yaml"], "config"),
        ({}, ["My Big_Run.v2.yml"], "my-big-run-v2"),
        ({}, [Path("S5--again_.json")], "s5-again"),
        ({}, ["atlas.yaml", "b/longer.yaml"], "atlas-longer"),
        ({"name": None}, ["a.yaml"], "a"),
        ({"name": "mine"}, ["2024.yaml"], "mine"),
        ({"name": "mine"}, [], "mine"),
    ],
)
def test_a_configuration_is_called_by_its_key_or_its_file(raw, files, name):
    assert configuration_name(raw, files) == name


@pytest.mark.parametrize(
    ("raw", "files", "message"),
    [
        ({}, [], "there is no configuration file to name it after; add a line such as `name:"),
        ({}, ["2024.yaml"], r"file '2024\.yaml' cannot be used .* rename the file"),
        ({}, ["_.yaml"], "cannot be used for it"),
        ({"name": "My Run"}, ["a.yaml"], "`name` = 'My Run': must be lower-case letters"),
        ({"name": "../up"}, ["a.yaml"], "must be lower-case letters"),
        ({"name": 5}, ["a.yaml"], "`name` = 5: must be lower-case letters"),
    ],
)
def test_what_cannot_name_a_configuration_is_refused(raw, files, message):
    with pytest.raises(ConfigurationError, match=message) as caught:
        configuration_name(raw, files)
    assert len(str(caught.value).splitlines()) == 1


def test_the_schema_knows_the_name_of_the_configuration():
    validator = jsonschema.Draft202012Validator(SCHEMA)
    assert not list(validator.iter_errors({"name": "mine"} | VALID))
    assert list(validator.iter_errors({"name": "My Run"} | VALID))

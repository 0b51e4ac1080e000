"""Wrong configuration files: each fault is reported once, in words of the file, with a remedy."""

import re
import subprocess
import sys
from typing import get_args, get_origin

import pytest

from ontogeny.config import ConfigurationError, Section, Seeds, Texts, noted, parse_yaml, validate
from ontogeny.config._models import models_of
from ontogeny.known_studies import STUDIES
from ontogeny.study import read_sections
from ontogeny.workflow.configuration_files import problem_of_configuration

FORBIDDEN = re.compile(
    r"tuple|discriminator|OrderedDict|extract tag|validation|valid string|dictionary|pydantic|"
    r"\bNone\b|\bTrue\b|\bFalse\b|\binf\b(?<!\.inf)|datetime|scalar|Input"
)

NOT_YAML = {
    "tab": ("a:\n\t- b", "line 2, column 1", "a tab", "replace it with blanks"),
    "list not closed": ("a: 1\nb: [1, 2", "line 2", "the bracket of line 2", "add `]`"),
    "mapping not closed": ("a: {b: 1", "line 1", "the bracket of line 1", "add `}`"),
    "quotation mark": ("a: 'x\nb: 2", "the quotation mark of line 1 is not closed"),
    "double quotation mark": ('a: "x', "the quotation mark of line 1 is not closed"),
    "python tag": ("a: !!python/object:os.x {}", "the tag `python/object:os.x`", "remove the tag"),
    "own tag": ("a: !mine 3", "line 1", "the tag `!mine`", "remove the tag"),
    "binary": ("a: !!binary aGk=", "the tag `binary`", "remove the tag"),
    "set": ("a: !!set {x}", "the tag `set`", "remove the tag"),
    "two documents": ("a: 1\n---\nb: 2", "line 2", "a second document", "keep one"),
    "recursive list": ("a: &x [*x]", "line 1", "an anchor contains itself"),
    "recursive mapping": ("a: &x {b: *x}", "line 1", "an anchor contains itself"),
    "unknown anchor": ("a: *y", "`*y` refers to nothing", "`&y`"),
    "anchor twice": ("a: &x 1\nb: &x 2", "line 2", "`&x` is there twice"),
    "merge": ("a: {b: 1}\nc: {<<: {d: 1}}", "line 2", "`<<` is not read"),
    "at sign": ("a: @b", "line 1", "begins with `@`", "quotation marks"),
    "per cent": ("a: %b", "line 1", "begins with `%`", "quotation marks"),
    "colon in a text": ("a: b: c", "line 1", "a colon", "quotation marks"),
    "no colon": ("a\nb: 1", "line 2", "colon", "correct the indentation"),
    "indentation": ("a:\n  - 1\n b: 2", "line 3", "the indentation does not fit"),
    "indented beginning": ("  a: 1\nb: 2", "line 2", "begin all sections in the same column"),
    "brace too many": ("a: {b: 1}}", "line 1", "closing bracket `}` too many; remove it"),
    "bracket too many": ("a: 1\n]", "line 2", "closing bracket `]` too many; remove it"),
    "closing bracket": ("a: ]", "line 1", "there is `]` where a value must be"),
    "item": ("a: - 1", "line 1", "begin each on a line of its own"),
    "backslash": (r'a: "C:\q"', "line 1", r"`\q` means nothing", "single"),
    "control character": ("a: \x07", "a control character", "remove it"),
    "date": ("a: 2024-13-45", "a date is wrong", "quotation marks"),
    "list as key": ("[1]: 2", "line 1", "a key is a list"),
    "deep": ("[" * 3000, "nested too deeply", "brackets"),
    "key twice": ("a: 1\na: 2", "line 2", "the key `a` appears a second time"),
    "key twice in JSON": ('{"a":\t1, "a": 2}', "the key `a` appears a second time"),
    "base 8": ("a: 010", "line 1", "`010` in base 8", "decimal"),
    "base 60": ("a: 1:30", "line 1", "`1:30` in base 60", "quotation marks"),
    "list": ("- 1\n- 2", "must be a mapping of sections, not [1, 2]", "`composition:`"),
    "number": ("5", "must be a mapping of sections, not 5"),
    "comments": ("# nothing\n", "comments alone", "add a section"),
    "null": ("null", "comments alone", "add a section"),
}


@pytest.mark.parametrize(("text", "said"), [(t, s) for t, *s in NOT_YAML.values()], ids=NOT_YAML)
def test_what_is_not_yaml_is_refused_with_file_line_and_remedy(tmp_path, text, said):
    path = tmp_path / "my.yaml"
    path.write_text(text)
    problem = problem_of_configuration(path)
    assert problem.startswith(f"The configuration {path} ")
    assert len(problem.splitlines()) == 1
    assert all(words in problem for words in said), problem
    assert not FORBIDDEN.search(problem), problem


def test_json_may_have_tabs_between_its_parts():
    assert parse_yaml('{\n\t"a": [1,\n\t2]}') == {"a": [1, 2]}


def test_all_faults_of_a_text_that_can_be_read_are_told_at_once():
    with pytest.raises(ConfigurationError) as refused:
        parse_yaml("a: 010\nb: 1\nb: 2\n")
    assert [line[:7] for line in str(refused.value).splitlines()] == ["line 3:", "line 1:"]


A = "composition.experiments.a"
LONG = "n" + "".join(map(str, range(100, 130)))
E = {"group": "S3", "architecture": "{kind: mlp}", "seeds": "[0]"}


def experiment(**fields):
    """A configuration with one experiment of group composition, some of whose fields are wrong."""
    entry = {key: value for key, value in (E | fields).items() if value is not None}
    body = ", ".join(f"{key}: {value}" for key, value in entry.items())
    return f"composition: {{experiments: {{a: {{{body}}}}}}}"


def named(name):
    return experiment().replace("{a: ", f"{{{name}: ")


def corpus(text, **fields):
    body = "".join(f", {key}: {value}" for key, value in fields.items())
    experiments = f"{{a: {{corpus: p, seeds: [0]{body}}}}}"
    return f"induction: {{corpora: {{p: {text}}}, experiments: {experiments}}}"


def section(text):
    return experiment()[:-1] + f", {text}}}"


WRONG = {
    # sections
    "misspelt section": ("compositon:", "`compositon` = null", "did you mean `composition`?"),
    "section in capitals": ("Composition: {}", "`Composition` = {}", "did you mean `composition`?"),
    "other section": ("foo: 1", "`foo` = 1: unknown section", "known are groups, composition"),
    "no section": ("name: x", "no section of a study", "add one of composition"),
    "empty section": ("composition:", "`composition` = null", "must be a mapping", "experiments"),
    "number as section": ("rlhf: 3", "`rlhf` = 3", "must be a mapping", "policies"),
    "list as section": ("surprise: [1]", "`surprise` = [1]", "must be a mapping", "worlds"),
    "true as section": ("induction: true", "`induction` = true", "must be a mapping", "corpora"),
    "number as key of all": (f"{experiment()}\n3: 4", "`3` = 4: unknown section"),
    "null as key of all": (f"{experiment()}\nnull: 4", "`null` = 4: unknown section"),
    "misspelt groups": (
        experiment(group="mine") + "\ngroup: {mine: {permutations: ['(1,2)']}}",
        "`group` = {mine: {permutations: ['(1,2)']}}",
        "did you mean `groups`?",
    ),
    "false in the place of a section": (
        experiment() + "\ngroups: false",
        "`groups` = false",
        "must be a mapping",
    ),
    "0 in the place of a section": (
        experiment() + "\ngroups: 0",
        "`groups` = 0",
        "must be a mapping",
    ),
    "equal values in the defaults": (
        f"composition: {{defaults: {{data: {{fraction: [0.5, 5e-1]}}}}, {experiment()[14:]}",
        "`composition.defaults`: `data.fraction` = 0.5 and",
        "give each value once",
    ),
    "a large number": (
        experiment(architecture="{kind: mlp, hidden: 1000000000.0}"),
        "`composition.experiments.a.architecture.hidden` = 1e9",
        "less than or equal to 100,000",
    ),
    "misspelt experiments": (
        experiment().replace("experiments", "experimnts"),
        "`composition.experimnts` = {a: ",
        "did you mean `experiments`?",
    ),
    "misspelt corpora": (
        corpus("{kind: phrases}").replace("corpora", "corpra"),
        "`induction.corpra` = {p: ",
        "did you mean `corpora`?",
    ),
    "number as key of a section": (section("3: 4"), "`composition.3` = 4", "not a text"),
    "true as key of a section": (section("true: 4"), "`composition.true` = 4", "not a text"),
    "null as key of a section": (section("null: 4"), "`composition.null` = 4", "not a text"),
    # names
    "accent": (named("é"), "`composition.experiments.é`", "lower-case letters"),
    "capital": (named("A"), "`composition.experiments.A`", "lower-case letters"),
    "blank": (named("a b"), "`composition.experiments.a b`", "lower-case letters"),
    "number": (named("1"), "`composition.experiments.1`", "lower-case letters"),
    "true": (named("true"), "`composition.experiments.true`", "lower-case letters"),
    "null": (named("null"), "`composition.experiments.null`", "lower-case letters"),
    "60 equal letters": (named("a" * 60), "20 or more times the same", "choose another"),
    "310 characters": (
        named("ab" * 155),
        "`composition.experiments.abab",
        "at most 224",
        "has 310",
    ),
    # keys
    "seed": (experiment(seeds=None, seed="[0]"), f"`{A}.seed` = [0]", "did you mean `seeds`?"),
    "seeds of a sweep": (
        experiment(seeds=None, seed="[0, 1]", data="{fraction: [0.4, 0.5]}"),
        f"`{A}.seed` = [0, 1]",
        "did you mean `seeds`?",
    ),
    "grup": (experiment(group=None, grup="S3"), f"`{A}.grup` = 'S3'", "did you mean `group`?"),
    "capital key": (experiment(group=None, Group="S3"), f"`{A}.Group` = 'S3'", "`group`?"),
    "hyphen": (
        experiment(optimiser="{weight-decay: 1}"),
        f"`{A}.optimiser.weight-decay` = 1",
        "did you mean `weight_decay`?",
    ),
    "swept unknown key": (experiment(zzz="[1, 2]"), f"`{A}.zzz` = [1, 2]", "known keys are"),
    "missing key": (experiment(group=None), f"`{A}.group`: is missing", "name of a group"),
    "key 1": (experiment(**{"1": "2"}), f"`{A}.1` = 2: unknown key", "not a text"),
    "key null": (experiment(null="2"), f"`{A}.null` = 2: unknown key", "not a text"),
    "key true": (experiment(true="2"), f"`{A}.true` = 2: unknown key", "not a text"),
    "accent in a key": (experiment(é="2"), f"`{A}.é` = 2: unknown key", "known keys are"),
    "key of another kind": (
        corpus("{kind: phrases, states: 2}"),
        "`induction.corpora.p.states` = 2: unknown key of the kind `phrases`",
        "one of the kind `markov`",
    ),
    "key of no kind": (
        experiment(architecture="{kind: mlp, zzz: 2}"),
        f"`{A}.architecture.zzz` = 2: unknown key of the kind `mlp`",
        "known keys are kind, embedding, hidden",
    ),
    "default": (
        section("defaults: {optimiser: {weight_decy: 1}}"),
        "`composition.defaults.optimiser.weight_decy` = 1",
        "did you mean `weight_decay`?",
    ),
    "style": (
        section("figures: {defaults: {widht: 4}}"),
        "`composition.figures.defaults.widht` = 4",
        "did you mean `width`?",
    ),
    "figure": (section("figures: {lerning: {}}"), "figures.lerning` = {}", "`learning`?"),
    "level": (section("own_figures: {rnu: a.py}"), "own_figures.rnu`", "did you mean `run`?"),
    # kinds
    "no kind": (experiment(architecture="{hidden: 5}"), f"`{A}.architecture.kind`", "one of mlp"),
    "misspelt kind": (
        experiment(architecture="{knd: mlp}"),
        f"`{A}.architecture.knd` = 'mlp'",
        "did you mean `kind`?",
    ),
    "unknown kind": (
        experiment(architecture="{kind: mpl}"),
        f"`{A}.architecture.kind` = 'mpl'",
        "did you mean `mlp`?",
    ),
    "kind null": (experiment(architecture="{kind: }"), "kind` = null", "must be one of mlp"),
    "kind list in sweep": (
        experiment(architecture="{kind: [mlp, mpl]}"),
        f"`{A}.architecture.kind` = 'mpl'",
        "did you mean `mlp`?",
    ),
    "kind mapping": (experiment(architecture="{kind: {mlp: 1}}"), "kind` = {mlp: 1}", "one of mlp"),
    "text for a kind": (
        experiment(architecture="mlp"),
        f"`{A}.architecture` = 'mlp'",
        "for example {kind: mlp}",
    ),
    "number for a kind": (
        experiment(architecture="3"),
        f"`{A}.architecture` = 3",
        "one of mlp, bilinear",
    ),
    "null for a kind": (experiment(architecture=""), f"`{A}.architecture` = null", "one of mlp"),
    "corpus without kind": (corpus("{}"), "corpora.p.kind`: is missing", "phrases, markov, text"),
    "corpus null": (corpus(""), "corpora.p", "one of phrases, markov, text"),
    "corpus text": (corpus("text"), "corpora.p` = 'text'", "for example {kind: text}"),
    # types
    "number for a text": (experiment(group="5"), f"`{A}.group` = 5", "a text", "quotation marks"),
    "null for a text": (
        experiment(group=""),
        f"`{A}.group` = null",
        "a text",
        "the value is empty",
    ),
    "true for a text": (experiment(group="true"), f"`{A}.group` = true", "must be a text"),
    "date for a text": (experiment(group="2024-01-02"), "group` = 2024-01-02", "must be a text"),
    "mapping for a text": (experiment(group="{b: 1}"), "group` = {b: 1}", "not a mapping"),
    "empty sweep": (experiment(group="[]"), f"`{A}.group` = []", "a text, not an empty list"),
    "empty sweep of numbers": (
        experiment(schedule="{steps: []}"),
        f"`{A}.schedule.steps` = []",
        "a whole number, not an empty list",
    ),
    "text for a number": (experiment(schedule="{steps: x}"), "steps` = 'x'", "a whole number"),
    "true for a number": (experiment(schedule="{steps: true}"), "steps` = true", "a number"),
    "share for a number": (experiment(schedule="{steps: 1.5}"), "steps` = 1.5", "a whole number"),
    "null for a number": (experiment(schedule="{steps: }"), "steps` = null", "leave the key out"),
    "mapping for a number": (experiment(schedule="{steps: {a: 1}}"), "steps` = {a: 1}", "mapping"),
    "infinity": (experiment(data="{fraction: .inf}"), "fraction` = .inf", "finite"),
    "not a number": (experiment(data="{fraction: .nan}"), "fraction` = .nan", "finite"),
    "number for a mapping": (experiment(schedule="12"), "schedule` = 12", "keys are steps"),
    "text for a mapping": (experiment(data="x"), "data` = 'x'", "known keys are fraction"),
    "null for a mapping": (experiment(data=""), "data` = null", "known keys are fraction"),
    "number for an experiment": ("composition: {experiments: {a: 7}}", f"`{A}` = 7", "a mapping"),
    "list for an experiment": ("composition: {experiments: {a: [1]}}", f"`{A}` = [1]", "a mapping"),
    "list for experiments": ("composition: {experiments: [1]}", "experiments` = [1]", "a mapping"),
    "number for seeds": (experiment(seeds="3"), f"`{A}.seeds` = 3", "for example [0, 1]"),
    "mapping for seeds": (experiment(seeds="{b: 1}"), "seeds` = {b: 1}", "for example [0, 1]"),
    "text in seeds": (experiment(seeds="[x]"), f"`{A}.seeds.0` = 'x'", "a whole number"),
    "null in seeds": (experiment(seeds="[null]"), f"`{A}.seeds.0` = null", "a whole number"),
    "no seeds": (experiment(seeds="[]"), f"`{A}.seeds` = []", "at least one seed"),
    "a list too short": (experiment(optimiser="{betas: [0.9]}"), "betas` = [0.9]", "list of 2"),
    "a list too long": (experiment(optimiser="{betas: [0.1, 0.2, 0.3]}"), "betas` =", "list of 2"),
    "number for a list": (experiment(optimiser="{betas: 0.9}"), "betas` = 0.9", "must be a list"),
    "text for true": (
        experiment(architecture="{kind: transformer, mlp_bias: 'yes'}"),
        "mlp_bias` = 'yes'",
        "must be true or false",
    ),
    "text for a mapping of texts": (
        experiment(tensors="fc1"),
        f"`{A}.tensors` = 'fc1'",
        "must be a mapping",
    ),
    "number in a mapping of texts": (
        experiment(tensors="{W: 3}"),
        f"`{A}.tensors.W` = 3",
        "must be a text",
    ),
    "text for biases": (
        experiment(architecture="{kind: mlp, biases: some}"),
        "biases` = 'some'",
        "must be true or false",
    ),
    "split": (experiment(data="{split: unknwon}"), "split` = 'unknwon'", "did you mean `unknown`?"),
    "number for a file of pairs": (
        experiment(data="{pairs: 3}"),
        f"`{A}.data.pairs` = 3",
        "must be a text",
    ),
    "choice": (experiment(optimiser="{device: cude}"), "device` = 'cude'", "did you mean `cuda`?"),
    "null choice": (experiment(data="{split: }"), "split` = null", "one of torch, python"),
    "number for files": (section("own_measures: 3"), "own_measures` = 3", "a list of texts"),
    "empty choice": (section("run_figures: []"), "run_figures` = []", "all, first, none"),
    "member out of range": (
        experiment(data="{fraction: [0.5, 2]}"),
        f"`{A}.data.fraction` = 2",
        "less than or equal to 1",
    ),
    "member of a sweep over groups": (experiment(group="[S3, S0]"), f"`{A}.group` = 'S0'"),
    # equal members
    "1 and 1e0": (experiment(seeds="[1, 1e0]"), "holds 1 more than once (written 1 and 1e0)"),
    "1 and '1'": (experiment(seeds="[1, '1']"), "holds 1 more than once (written 1 and '1')"),
    "0 and 0.0": (experiment(seeds="[0, 0.0]"), "holds 0 more than once (written 0 and 0.0)"),
    "0 and -0": (experiment(seeds="[0, -0.0]"), "holds 0 more than once (written 0 and -0.0)"),
    "true and 1": (experiment(seeds="[true, 1]"), f"`{A}.seeds.0` = true", "must be a number"),
    "sweep of 0.7": (
        experiment(data="{fraction: [0.7, 7e-1]}"),
        "= 0.7 and `data.fraction` = 7e-1",
    ),
    "sweep of null": (experiment(optimiser="{clip: [null, ~]}"), "mean the same"),
    "choices": (experiment(optimiser="{undecayed: [biases, biases]}"), "'biases' more than once"),
    "files": (section("own_measures: [a.py, a.py]"), "holds 'a.py' more than once"),
    "figures": (section("own_figures: {run: [a.py, a.py]}"), "holds 'a.py' more than once"),
    "skip": (section("published: {folder: x, skip: [b, b]}"), "skip` =", "'b' more than once"),
    "texts": (corpus("{kind: text, files: [a.txt, a.txt]}"), "holds 'a.txt' more than once"),
}


def lines_of(text):
    with pytest.raises(ConfigurationError) as refused:
        read_sections(parse_yaml(text), STUDIES)
    return str(refused.value).splitlines()


@pytest.mark.parametrize(("text", "said"), [(t, s) for t, *s in WRONG.values()], ids=WRONG)
def test_a_fault_is_one_sentence_in_words_of_the_file(text, said):
    lines = lines_of(text)
    assert len(lines) == 1, lines
    assert all(words in lines[0] for words in said), lines
    assert not FORBIDDEN.search(lines[0]), lines


def test_at_least_100_files_are_wrong():
    assert len(NOT_YAML) + len(WRONG) >= 100


EVERYTHING = """
compositon: {}
groups: {mine: {tabel: no.csv}}
composition:
  defaults: {sedes: [0], schedule: {steps: 0}}
  experiments:
    a: {group: S3, architecture: {kind: mlp}, data: {fraction: [0.5, 2]}}
    b: {group: S0, architecture: {kind: mlp}, seeds: [1, 1e0]}
    c: {group: [C1, C5], architecture: {kind: mlp}}
    d: {group: mine, architecture: {kind: mlp, hidden: x}}
  figures: {defaults: {width: 99}, learning: {widht: 4}}
  run_figures: some
induction:
  corpora: {p: {kind: phrases, states: 2}, q: {kind: markov}}
  experiments:
    a: {corpus: p, seeds: [0]}
    b: {corpus: q, seeds: [], network: {layers: 9}}
    c: {corpus: r, seeds: [0]}
"""
KEYS = [
    "compositon",
    "groups.mine.tabel",
    "composition.defaults.sedes",
    "composition.defaults.schedule.steps",
    "composition.experiments.a.data.fraction",
    "composition.experiments.b.seeds",
    "composition.experiments.b.group",
    "composition.experiments.c.group",
    "composition.experiments.d.architecture.hidden",
    "composition.figures.defaults.width",
    "composition.figures.learning.widht",
    "composition.run_figures",
    "induction.corpora.p.states",
    "induction.experiments.b.network.layers",
    "induction.experiments.b.seeds",
    "induction.experiments.c.corpus",
]


def test_all_faults_of_a_file_are_told_at_once_each_once_and_nothing_that_follows_from_them():
    lines = lines_of(EVERYTHING)
    assert sorted(line.split("`")[1] for line in lines) == sorted(KEYS), lines


def keys_of(text):
    return [line.split("`")[1] for line in lines_of(text)]


def test_a_misspelt_section_is_read_as_the_one_that_was_meant():
    text = experiment(seeds="[-1]", architecture="{kind: mpl}").replace("composition", "compositon")
    at = "compositon.experiments.a"
    assert sorted(keys_of(text)) == ["compositon", f"{at}.architecture.kind", f"{at}.seeds.0"]


def test_unknown_names_are_told_whatever_else_is_wrong_with_their_entries():
    text = experiment(group="S4x", data="{fraction: 2}", seeds="[-1]")
    found = sorted(keys_of(text))
    assert found == [f"{A}.data.fraction", f"{A}.group", f"{A}.seeds.0"]
    text = corpus("{kind: phrases, states: 2}", network="{layers: 9}").replace(
        "corpus: p", "corpus: q"
    )
    lines = lines_of(text)
    assert len(lines) == 3
    assert "`induction.experiments.a.corpus` = 'q': is not a corpus; known are p" in lines


def test_a_fault_that_has_the_name_of_another_wrong_entry_in_it_is_told():
    """The experiment `b` reads no wrong corpus, but is about a class that has such a name."""
    text = """
imitation:
  classes: {c: {kind: random, states: x}, d: {kind: treacherous, betrayal: 50}}
  experiments:
    a: {class: c, seeds: [0]}
    d: {class: d, seeds: [0], schedule: {steps: 20}}
    e: {class: z, seeds: [0]}
"""
    at = "imitation.experiments"
    assert sorted(keys_of(text)) == [
        "imitation.classes.c.states",
        f"{at}.d.schedule.steps",
        f"{at}.e.class",
    ]


VALUES = (None, True, 3, 1.5, -1, "x", [], {}, [1], [None], {"x": 1}, {1: 2}, float("nan"), [[]])


def sections_in(annotation):
    """Return a section and all that are in it."""
    found = {}
    for model in models_of(annotation):
        found[model] = None
        for field in model.model_fields.values():
            found |= sections_in(field.annotation)
    if get_origin(annotation) is dict:
        found |= sections_in(get_args(annotation)[1])
    return found


@pytest.mark.parametrize("study", STUDIES, ids=lambda study: study.name)
def test_no_message_has_words_of_the_machinery(study):
    for model in sections_in(study.section):
        for value in VALUES:
            problems = []
            with noted(problems):
                validate(dict.fromkeys(model.model_fields, value), model, at="x")
            assert not FORBIDDEN.search("".join(problems)), problems


class Named(Section):
    seeds: Seeds = (0,)
    files: Texts = ()


@pytest.mark.parametrize("written", [[1, 1e0], [1, "1"], [0, 0.0], [0, "-0"], ["1e1", 10]])
def test_equal_items_are_found_after_conversion(written):
    with pytest.raises(ConfigurationError, match="more than once"):
        validate({"seeds": written}, Named)


@pytest.mark.parametrize("spelt", ["7e-1", "70e-2", "+0.7", ".7", "0.70", "'0.7'"])
def test_a_number_names_the_same_run_however_it_is_written(spelt):
    found = [
        read_sections(parse_yaml(experiment(data=f"{{fraction: [0.5, {each}]}}")), STUDIES)[0]
        for each in ("0.7", spelt)
    ]
    first, second = (each["composition"] for each in found)
    assert first == second
    assert first.sweeps == second.sweeps
    assert "a-fraction-0p7" in second.experiments


def test_the_name_of_a_sweep_leaves_room_for_its_values():
    swept = experiment(data="{fraction: [0.4, 0.5]}").replace("{a: ", f"{{{LONG[:66]}: ")
    (line,) = lines_of(swept)
    assert "the name must have at most 64 characters, and has 66" in line


def test_the_longest_name_fits_into_the_name_of_a_file_with_all_that_a_sweep_adds():
    swept = "{betas: [[0.123456789, 0.987654321], [0.9, 0.98]], learning_rate: [1.23456789e-5, 2]}"
    text = experiment(optimiser=swept, data="{fraction: [0.123456789, 0.5]}")
    sections, _ = read_sections(parse_yaml(text.replace("{a: ", f"{{{LONG[:64]}: ")), STUDIES)
    members = sections["composition"].experiments
    assert max(len(f"{member}_{2**63}") for member in members) <= 255


@pytest.mark.parametrize(("text", "said"), [("a:\n\t- b", "a tab"), ("a: &x [*x]", "an anchor")])
def test_the_command_says_the_same(tmp_path, text, said):
    path = tmp_path / "my.yaml"
    path.write_text(text)
    run = subprocess.run(
        [sys.executable, "-m", "snakemake", "-n", "--configfile", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    (line,) = [
        each for each in run.stderr.splitlines() if not each.startswith("Using workflow specific")
    ]
    assert str(path) in line
    assert said in line

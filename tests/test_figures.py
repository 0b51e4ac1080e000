"""Figures as modules: what is read from a file, and what is refused."""

import ast
import re
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from pkgutil import resolve_name
from types import SimpleNamespace

import pytest
import xarray as xr

import ontogeny
from ontogeny.config import ConfigurationError
from ontogeny.figures import (
    Together,
    _sets,
    caption_file,
    drawn,
    drawn_together,
    figures_of,
    load,
    read_own_figure,
    section_of,
    specification_of,
)
from ontogeny.known_studies import NAMES, STUDIES
from ontogeny.own_files import source_of
from ontogeny.study import Subject
from test_study import RAW, plans

PACKAGE = Path(ontogeny.__file__).parent
ALL = [
    pytest.param(figure, id=f"{study.name}-{figure.name}")
    for study in STUDIES
    for level in study.levels
    for figure in figures_of(study, level)
]
OWN = '''"""My figure."""

NEEDS = ("steps",)


def numbers(history, style):
    return history[["loss"]]


def draw(numbers, style, title):
    raise NotImplementedError
'''


@pytest.mark.parametrize("figure", ALL)
def test_what_is_read_is_what_python_imports(figure):
    module = load(".".join(figure.path.relative_to(PACKAGE.parent).with_suffix("").parts))
    assert module.__doc__.split() == figure.caption.split()
    assert getattr(module, "NEEDS", ()) == tuple(sorted(figure.needs))
    assert {*figure.inputs} == {*module.numbers.__annotations__} - {"return", "style"}


@pytest.mark.parametrize("figure", ALL)
def test_captions_say_more_than_the_name(figure):
    assert figure.caption.splitlines()[0].endswith(".")
    assert len(figure.caption.split()) > 12


@pytest.mark.parametrize("figure", ALL)
def test_a_figure_computes_nothing_while_it_draws(figure):
    """`draw` reads no file and none of the modules that measure."""
    tree = ast.parse(figure.path.read_text(encoding="utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not {name for name in imported if name.endswith((".stages", "storage", "training"))}


def test_every_fact_that_a_figure_needs_or_a_subject_has_is_explained():
    page = (PACKAGE.parents[1] / "docs" / "extending.md").read_text()
    subjects = [
        subject
        for plan in plans()
        for level in plan.study.levels
        for subject in plan.subjects(level)
    ]
    facts = {fact for subject in subjects for fact in subject.facts}
    facts |= {fact for parameter in ALL for fact in parameter.values[0].needs}
    assert len(facts) > 8
    assert {fact for fact in facts if f"`{fact}`" not in page} == set()


def test_planning_needs_no_matplotlib():
    studies = [f"ontogeny.studies.{name}.study" for name in NAMES]
    reached, waiting = set(), ["ontogeny.known_studies", "ontogeny.figures", *studies]
    while waiting:
        name = waiting.pop()
        path = PACKAGE.parent.joinpath(*name.split("."))
        files = [path.with_suffix(".py"), path / "__init__.py"]
        for file in [each for each in files if each.is_file() and each not in reached]:
            reached.add(file)
            for node in ast.parse(file.read_text(encoding="utf-8")).body:
                names = [node.module] if isinstance(node, ast.ImportFrom) else []
                names += [a.name for a in node.names] if isinstance(node, ast.Import) else []
                assert not {n.split(".")[0] for n in names} & {"matplotlib", "torch"}, file
                waiting += [n for n in names if n.startswith("ontogeny")]


def test_the_section_has_a_style_for_each_figure():
    for study in STUDIES:
        names = {f.name for level in study.levels for f in figures_of(study, level)}
        fields = section_of(study.figures, study.style).model_fields
        assert set(fields) == names | {"defaults"}
        assert all(field.description for field in fields.values())


def own(tmp_path, text=OWN, name="mine.py"):
    path = tmp_path / name
    path.write_text(text)
    return str(path)


def with_own(*paths, level="run", **section):
    section = RAW["composition"] | {"own_figures": {level: [*paths]}} | section
    return plans({"composition": section})[0]


def test_a_figure_of_ones_own_is_drawn_of_every_run(tmp_path):
    plan = with_own(own(tmp_path))
    runs = [each for each in drawn_together(plan) if each.name.startswith("run")]
    alone = [each for each in runs if "mine" in {figure.name for figure in each.figures}]
    assert all(len(each.figures) == 1 for each in alone)
    assert sum(len(each.subjects) for each in alone) == 6
    assert len(alone) < len(runs)
    files = [file for each in runs for file in each.files(plan)]
    assert "results/mine/composition/figures/a/seed3/mine.svg" in files


def test_a_figure_of_ones_own_changes_what_its_job_depends_on(tmp_path):
    path = own(tmp_path)
    plan = with_own(path)
    first, *_, alone = [each for each in drawn_together(plan) if each.level == "run"]
    wildcards = type("W", (), {"experiment": "a", "seed": "0"})
    assert [each["module"] for each in specification_of(plan, alone)(wildcards)["figures"]] == [
        path
    ]
    for figure in specification_of(plan, first)(wildcards)["figures"]:
        assert figure["module"].startswith("ontogeny.studies.composition.")
        assert figure["style"] == {"format": 2}


def test_defaults_of_figures_hold_for_shipped_ones_and_ones_own(tmp_path):
    """Shipped ones may say otherwise."""
    figures = {"defaults": {"width": 10}, "learning": {"width": 5}}
    plan = with_own(own(tmp_path), figures=figures)
    wildcards = SimpleNamespace(experiment="a", seed="0")
    first, *_, alone = [each for each in drawn_together(plan) if each.level == "run"]
    styles = {
        figure.name: each["style"]
        for together in (first, alone)
        for figure, each in zip(
            together.figures, specification_of(plan, together)(wildcards)["figures"], strict=True
        )
    }
    assert styles.pop("learning") == {"width": 5, "format": 2}
    assert len(styles) > 3
    assert "mine" in styles
    assert all(style == {"width": 10, "format": 2} for style in styles.values())


def test_the_specification_names_the_model_of_the_style():
    for plan in plans():
        for together in drawn_together(plan):
            wildcards = SimpleNamespace(**next(iter(together.subjects.values())).wildcards)
            name = specification_of(plan, together)(wildcards)["style"]
            assert resolve_name(name) is plan.study.style


def test_what_the_figures_of_a_run_depend_on_is_the_same_whatever_others_there_are():
    both = RAW["induction"]["experiments"]
    section = RAW["induction"] | {"experiments": {"two": both["two"]}}
    wildcards = SimpleNamespace(experiment="two", seed="1")
    specified, names = [], []
    for (plan,) in (plans({"induction": section}), plans({"induction": RAW["induction"]})):
        together = next(each for each in drawn_together(plan) if ("two", "1") in each.subjects)
        names.append(together.name)
        specified.append(specification_of(plan, together)(wildcards))
    assert names == ["run", "run_2"]
    assert specified[0] == specified[1]


@pytest.mark.parametrize("parameter", ["title", "style"])
def test_what_every_figure_has_is_no_input(tmp_path, parameter):
    text = OWN.replace("numbers(history, style)", f"numbers(history, {parameter})")
    figure = read_own_figure(own(tmp_path, text))
    assert figure.inputs == ("history",)


def test_the_order_of_figures_names_each_of_them_once():
    for study in STUDIES:
        known = {each.name for level in study.levels for each in figures_of(study, level)}
        assert set(study.story) <= known
        assert len(set(study.story)) == len(study.story)


def test_shipped_figures_ask_for_what_a_subject_of_their_level_can_have():
    raw = deepcopy(RAW)
    raw["composition"]["experiments"] |= {
        "fading": {
            "group": "C5",
            "optimiser": {"weight_decay_schedule": [[], [{"step": 9, "weight_decay": 2}]]},
        },
    }
    for plan in plans(raw):
        for level in plan.study.levels:
            subjects = plan.subjects(level)
            there = {name for each in subjects for name in (*each.inputs, *each.values)}
            for figure in figures_of(plan.study, level):
                assert there.issuperset(figure.inputs), figure.path


@pytest.mark.parametrize("figure", ALL)
def test_what_is_drawn_is_the_numbers(figure):
    asked = source_of(figure.path, ["numbers", "draw"]).asks("draw")
    assert {"numbers"} <= {*asked} <= {"numbers", "style", "title"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def numbers(", "is not Python"),
        ('"""A."""', "no function `numbers`"),
        ('"""A."""\ndef numbers(history): ...', "no function `draw`"),
        (OWN.replace('"""My figure."""', ""), "a figure has a docstring"),
        (OWN.replace("history, style", "histroy, style"), "did you mean `history`?"),
        (OWN.replace("numbers, style, title", "numbers, history"), "`draw` asks for `history`"),
        (OWN.replace("history, style", "*history"), "`numbers` must name each of its parameters"),
        (OWN.replace('("steps",)', '"steps"'), "must be a tuple of strings"),
    ],
)
def test_what_is_not_a_figure_is_refused(tmp_path, text, said):
    path = own(tmp_path, text)
    with pytest.raises(ConfigurationError) as caught:
        drawn_together(with_own(path))
    assert said in str(caught.value)
    assert str(caught.value).startswith(f"`composition.own_figures.run` = {path!r}: ")


def test_files_and_names_that_are_not_right_are_refused(tmp_path):
    (tmp_path / "below").mkdir()
    for paths, said in [
        ([str(tmp_path / "none.py")], r"none\.py': does not exist"),
        ([str(tmp_path)], "is a folder"),
        ([own(tmp_path, name="learning.py")], "there is a figure called `learning` already"),
        ([own(tmp_path, name="universality.py")] * 2, "more than once; give it once"),
        (
            [own(tmp_path, name="universality.py"), f"{tmp_path}/below/../universality.py"],
            "is named twice",
        ),
        ([own(tmp_path), own(tmp_path / "below")], "has the same name as"),
        ([own(tmp_path, name="my-figure.py")], "letters, digits and underscores"),
        ([own(tmp_path, name="mine.txt")], "name ends in .py"),
    ]:
        with pytest.raises(ConfigurationError, match=said):
            drawn_together(with_own(*paths))


def test_a_need_that_the_study_does_not_know_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match=r"asks for `stepps`.*did you mean `steps`"):
        drawn_together(with_own(own(tmp_path, OWN.replace('"steps"', '"stepps"'))))


def test_a_level_without_subjects_refuses_no_name(tmp_path):
    raw = {"induction": RAW["induction"] | {"run_figures": "none"}}
    text = OWN.replace('NEEDS = ("steps",)', "")
    raw["induction"] |= {"own_figures": {"run": [own(tmp_path, text)]}}
    assert not [each for each in drawn_together(plans(raw)[0]) if each.level == "run"]


WORKING = OWN.replace("raise NotImplementedError", "return title")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("history[[", "history[[1 / 0, "), "`numbers`: ZeroDivisionError: division by zero"),
        (('history[["loss"]]', "3"), "`numbers`: TypeError: must return an xarray.Dataset"),
        (("return title", "raise KeyError(style)"), "`draw`: KeyError: 'plain'"),
        (("title)", "title=1)"), "`draw`: TypeError: must return a figure of matplotlib"),
    ],
)
def test_a_figure_of_ones_own_that_fails_is_named_in_one_line(tmp_path, change, said):
    path = own(tmp_path, WORKING.replace(*change))
    given = {"history": xr.Dataset({"loss": 1.0}), "style": "plain", "title": "T"}
    with pytest.raises(ConfigurationError) as caught:
        drawn(load(path), given)
    assert str(caught.value).startswith(f"{path}: {said}")
    assert len(str(caught.value).splitlines()) == 1


def test_a_file_that_cannot_be_imported_is_named(tmp_path):
    path = own(tmp_path, f"import nowhere_to_be_found\n{OWN}")
    with pytest.raises(ConfigurationError, match=r"mine\.py: .*No module named"):
        load(path)


def sets(figures_of_subject):
    """The subjects of each rule, by two wildcards, where each has the figures that are given."""
    figures = [replace(ALL[0].values[0], inputs=(), needs=frozenset({name})) for name in "xyz"]
    subjects = [
        Subject({"experiment": name, "seed": seed}, "", {}, facts=frozenset(facts))
        for (name, seed), facts in figures_of_subject.items()
    ]
    return [
        Together("run", "", "", shown, ("experiment", "seed"), by_wildcards(those))
        for shown, those in _sets(figures, subjects)
    ]


def by_wildcards(subjects):
    return {tuple(each.wildcards.values()): each for each in subjects}


def test_experiments_with_the_same_figures_share_a_rule():
    found = sets({("a", "0"): "x", ("b", "0"): "xy", ("c", "1"): "x", ("c", "2"): "x"})
    assert [[*each.subjects] for each in found] == [
        [("a", "0"), ("c", "1"), ("c", "2")],
        [("b", "0")],
    ]


@pytest.mark.parametrize(
    "shown",
    [
        {("a", "0"): "x", ("a", "1"): "xy", ("b", "0"): "xy", ("b", "1"): "x"},
        {("a", "0"): "x", ("a", "1"): "y", ("a", "2"): "x", ("b", "0"): "y", ("b", "1"): "y"},
        {("a", "0"): "x", ("a", "1"): "", ("b", "1"): "x", ("c", "0"): "z"},
    ],
)
def test_no_figure_belongs_to_two_rules(shown):
    """Also where runs of one experiment have different figures."""
    found = sets(shown)
    for values, facts in shown.items():
        taking = [each for each in found if takes(each, values)]
        assert len(taking) == bool(facts)
        for each in taking:
            assert {name for figure in each.figures for name in figure.needs} == {*facts}


def takes(together, values):
    patterns = together.constraints().values()
    return all(re.fullmatch(*pair) for pair in zip(patterns, values, strict=True))


def test_a_caption_is_written_where_the_report_reads_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    figure = figures_of(STUDIES[0], "run")[0]
    assert Path(caption_file(figure)).read_text() == figure.caption + "\n"

"""Figures as modules: what is read from a file, and what is refused."""

import ast
from pathlib import Path

import pytest

import ontogeny
from ontogeny.figures import (
    FigureError,
    called,
    caption_file,
    drawn_together,
    figures_of,
    load,
    section_of,
    specification_of,
)
from ontogeny.known_studies import STUDIES
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
    reached, waiting = set(), ["ontogeny.known_studies", "ontogeny.figures"]
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


def with_own(path, level="run"):
    section = RAW["composition"] | {"own_figures": {level: [path]}}
    return plans({"composition": section})[0]


def test_a_figure_of_ones_own_is_drawn_of_every_run(tmp_path):
    plan = with_own(own(tmp_path))
    runs = [each for each in drawn_together(plan) if each.name.startswith("run")]
    assert all("mine" in {figure.name for figure in each.figures} for each in runs)
    assert sum(len(each.subjects) for each in runs) == 6
    files = [file for each in runs for file in each.files(plan)]
    assert "results/mine/composition/figures/a/seed3/mine.svg" in files


def test_a_figure_of_ones_own_changes_what_its_job_depends_on(tmp_path):
    path = own(tmp_path)
    plan = with_own(path)
    (first, *_) = drawn_together(plan)
    wildcards = type("W", (), {"experiment": "a", "seed": "0"})
    figures = specification_of(plan, first)(wildcards)["figures"]
    assert figures[-1]["module"] == path
    assert figures[0]["module"].startswith("ontogeny.studies.composition.")
    assert figures[0]["style"] == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def numbers(", "is not Python"),
        ("x = 1", "has a docstring"),
        ('"""A."""', "a function `numbers`"),
        ('"""A."""\ndef numbers(history): ...', "a function `draw`"),
        (OWN.replace("history, style", "histroy, style"), "did you mean `history`?"),
    ],
)
def test_what_is_not_a_figure_is_refused(tmp_path, text, said):
    path = own(tmp_path, text)
    with pytest.raises(FigureError) as caught:
        drawn_together(with_own(path))
    assert said in str(caught.value)
    assert path in str(caught.value)


def test_a_missing_file_and_a_taken_name_are_refused(tmp_path):
    with pytest.raises(FigureError, match=r"none\.py"):
        drawn_together(with_own(str(tmp_path / "none.py")))
    with pytest.raises(FigureError, match="has a figure called `learning`; rename the file"):
        drawn_together(with_own(own(tmp_path, name="learning.py")))


def test_a_function_gets_what_it_asks_for(tmp_path):
    module = load(own(tmp_path))
    assert callable(module.draw)
    assert called(lambda b: b, {"a": 1, "b": 2}) == 2


def test_a_caption_is_written_where_the_report_reads_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    figure = figures_of(STUDIES[0], "run")[0]
    assert Path(caption_file(figure)).read_text() == figure.caption + "\n"

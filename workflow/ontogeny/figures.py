"""Figures as modules: what each is drawn from, its caption and its level, read from its file.

A figure is one module with two functions. `numbers` selects what is shown from stored results; the
names of its parameters say which. `draw` draws exactly that and computes nothing. The docstring of
the module is the caption in the report, the folder that the module lies in says of what it is drawn
(one run, an experiment, all runs), and a tuple ``NEEDS`` names what has to be true of that for the
figure to show something. All this is read without importing the module, so that planning does not
wait for matplotlib.
"""

import ast
import inspect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import Field, create_model

import ontogeny
from ontogeny.config import Section, Style, specification
from ontogeny.study import Plan, Study, Subject

__all__ = [
    "Figure",
    "FigureError",
    "Together",
    "drawn_together",
    "figures_of",
    "load",
    "section_of",
]

_STYLE = "style"
"""A parameter of `numbers` that is no input: the style of the figure."""


class FigureError(ValueError):
    """A file is not a figure; the message says which file, what it lacks, and the remedy."""


@dataclass(frozen=True)
class Figure:
    """What the file of a figure says.

    Attributes
    ----------
    name : str
        Of the file, without suffix.
    path : Path
    caption : str
        Its docstring.
    inputs : tuple of str
        What `numbers` asks for.
    needs : frozenset of str
        What has to be true of what it is drawn of.
    category : str
        In the report.
    is_own : bool
        Whether it is a file of the user and not of a study.
    """

    name: str
    path: Path
    caption: str
    inputs: tuple[str, ...]
    needs: frozenset[str]
    category: str
    is_own: bool = False

    def shows(self, subject: Subject) -> bool:
        """Return whether a subject has all that the figure asks for."""
        given = {*subject.inputs, *subject.values}
        return given.issuperset(self.inputs) and subject.facts.issuperset(self.needs)


@dataclass(frozen=True)
class Together:
    """Figures that are drawn in one process, for each of several subjects.

    Attributes
    ----------
    level : str
    folder : str
        Of the figures of one subject, with wildcards.
    figures : tuple of Figure
    subjects : tuple of Subject
        Each of them has all of these figures and no other of the level.
    """

    level: str
    folder: str
    figures: tuple[Figure, ...]
    subjects: tuple[Subject, ...]

    def subject(self, wildcards: Mapping[str, str]) -> Subject:
        """Return the subject with these wildcards."""
        return next(
            each
            for each in self.subjects
            if all(wildcards[key] == value for key, value in each.wildcards.items())
        )


def figures_of(study: Study, level: str) -> list[Figure]:
    """Return the figures of a level that a study has, by package and name."""
    return [
        figure
        for package, category in study.figures.items()
        for figure in _found(package, level, category)
    ]


def section_of(study_figures: Iterable[str], style: type[Style]) -> type[Section]:
    """Return the section ``figures`` of a study: a style for each of its figures.

    Parameters
    ----------
    study_figures : iterable of str
        The packages in which the figures are.
    style : type of Style
    """
    names: dict[str, str] = {}
    for package in study_figures:
        for level in sorted(path for path in _folder(package).iterdir() if path.is_dir()):
            for figure in _found(package, level.name, ""):
                names[figure.name] = figure.caption.splitlines()[0]
    fields: dict[str, Any] = {
        "defaults": (
            style | None,
            Field(None, description="Style of every figure that has no other."),
        )
    }
    fields |= {
        name: (style, Field(style(), description=first)) for name, first in sorted(names.items())
    }
    return create_model(
        "Figures", __base__=Section, __doc__="Style of each figure, over `defaults`.", **fields
    )


def drawn_together(plan: Plan) -> list[Together]:
    """Return the figures that a plan asks for; those of one subject stand together."""
    found: list[Together] = []
    for level, folder in plan.study.levels.items():
        known = figures_of(plan.study, level)
        known += [_own(path) for path in plan.own_figures(level)]
        sets: dict[tuple[Figure, ...], list[Subject]] = {}
        for subject in plan.subjects(level):
            shown = tuple(figure for figure in known if figure.shows(subject))
            if shown:
                sets.setdefault(shown, []).append(subject)
        found += [
            Together(level, folder, figures, tuple(subjects)) for figures, subjects in sets.items()
        ]
    return found


def styles(plan: Plan, figures: Sequence[Figure]) -> dict[str, Any]:
    """Return the specification of the style of each figure, by its name."""
    section = plan.section.figures
    default = section.defaults or plan.study.style()
    return {each.name: specification(getattr(section, each.name, default)) for each in figures}


def load(path: str | Path) -> ModuleType:
    """Return the module of a figure, imported."""
    path = Path(path).resolve()
    package = Path(ontogeny.__file__).parent
    if path.is_relative_to(package):
        return import_module(".".join(path.relative_to(package.parent).with_suffix("").parts))
    found = spec_from_file_location(f"own_{path.stem}", path)
    assert found is not None and found.loader is not None
    module = module_from_spec(found)
    found.loader.exec_module(module)
    return module


def numbers_of(module: ModuleType, given: Mapping[str, Any], style: Style) -> Any:
    """Return what a figure shows, from all that a subject has."""
    asked = inspect.signature(module.numbers).parameters
    return module.numbers(**{name: style if name == _STYLE else given[name] for name in asked})


def _folder(package: str) -> Path:
    return Path(ontogeny.__file__).parent.joinpath(*package.split(".")[1:])


def _found(package: str, level: str, category: str) -> list[Figure]:
    return [
        _read(path, category)
        for path in sorted(_folder(package).joinpath(level).glob("*.py"))
        if not path.name.startswith("_")
    ]


def _own(path: str) -> Figure:
    figure = _read(Path(path), "Own figures")
    return Figure(**{**vars(figure), "is_own": True})


def _read(path: Path, category: str) -> Figure:
    status = path.stat()
    return _parse(path, category, status.st_mtime_ns, status.st_size)


@cache
def _parse(path: Path, category: str, mtime_ns: int, size: int) -> Figure:
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    except (SyntaxError, UnicodeDecodeError) as error:
        msg = f"{path}: is not Python: {error}"
        raise FigureError(msg) from None
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    caption = ast.get_docstring(tree)
    for what, there in {
        "a docstring, its caption": caption,
        "a function `numbers`": functions.get("numbers"),
        "a function `draw`": functions.get("draw"),
    }.items():
        if there is None:
            msg = (
                f"{path}: a figure has {what}, and this file has none; docs/extending.md shows one"
            )
            raise FigureError(msg)
    assert caption is not None
    arguments = functions["numbers"].args
    names = [argument.arg for argument in arguments.args + arguments.kwonlyargs]
    needs: tuple[str, ...] = ()
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "NEEDS":
            needs = ast.literal_eval(node.value)
    return Figure(
        name=path.stem,
        path=path,
        caption=caption,
        inputs=tuple(name for name in names if name != _STYLE),
        needs=frozenset(needs),
        category=category,
    )

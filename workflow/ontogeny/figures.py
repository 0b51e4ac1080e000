"""Figures as modules: what each is drawn from, its caption and its level, read from its file.

A figure is one module with two functions. `numbers` selects what is shown from stored results; the
names of its parameters say which. `draw` draws exactly that and computes nothing. The docstring of
the module is the caption in the report, the folder that the module lies in says of what it is drawn
(one run, an experiment, all runs), and a tuple ``NEEDS`` names what has to be true of that for the
figure to show something. All this is read without importing the module, so that planning does not
wait for matplotlib.
"""

import ast
import hashlib
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache, partial
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import Field, create_model

import ontogeny
from ontogeny.config import Section, Style, canonical, specification
from ontogeny.given_files import problem_of
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

_PACKAGE = Path(ontogeny.__file__).parent
_STYLE = "style"
"""A parameter of `numbers` that is not an input: the style of the figure."""


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
    name : str
        The level, and a number where subjects of one level have different figures.
    folder : str
        Of the figures of one subject, with wildcards.
    figures : tuple of Figure
    wildcards : tuple of str
        Their names.
    subjects : mapping of tuple of str to Subject
        By the values of the wildcards. Each has all of these figures, and no other of the level.
    """

    level: str
    name: str
    folder: str
    figures: tuple[Figure, ...]
    wildcards: tuple[str, ...]
    subjects: Mapping[tuple[str, ...], Subject]

    def subject(self, wildcards: Any) -> Subject:
        """Return the subject with the wildcards of a job."""
        return self.subjects[tuple(getattr(wildcards, name) for name in self.wildcards)]

    def constraints(self) -> dict[str, str]:
        """Return what the wildcards may be, as regular expressions."""
        values = zip(*self.subjects, strict=True)
        return {
            name: "|".join(dict.fromkeys(each))
            for name, each in zip(self.wildcards, values, strict=True)
        }

    def input_functions(self) -> dict[str, Callable[[Any], Any]]:
        """Return for each input of the figures the function that gives its file or files."""
        names = dict.fromkeys(
            name
            for figure in self.figures
            for name in figure.inputs
            if any(name in subject.inputs for subject in self.subjects.values())
        )
        return {name: partial(self._input, name) for name in names}

    def _input(self, name: str, wildcards: Any) -> Any:
        return self.subject(wildcards).inputs[name]

    def outputs(self, plan: Plan, suffix: str) -> list[tuple[Figure, str]]:
        """Return each figure with the file that it is stored in, wildcards as they are."""
        return [(each, plan.result(self.folder, each.name, suffix=suffix)) for each in self.figures]

    def files(self, plan: Plan) -> list[str]:
        """Return the SVG files of all subjects."""
        return [
            file.format(**subject.wildcards)
            for subject in self.subjects.values()
            for _, file in self.outputs(plan, ".svg")
        ]

    def message(self, plan: Plan) -> str:
        """Return what a job says that it does."""
        values = [f"{{wildcards.{name}}}" for name in self.wildcards]
        match self.level, values:
            case "run", [experiment, seed]:
                return f"figures of {experiment}, seed {seed}"
            case "experiment", [experiment]:
                return f"figures of {experiment}"
            case _, []:
                return f"figures of all runs of {plan.study.name}"
        return f"figures of the {self.level} {', '.join(values)}"


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
        subjects = plan.subjects(level)
        known += [_own(path, level, known, subjects) for path in plan.own_figures(level)]
        sets: dict[tuple[Figure, ...], list[Subject]] = {}
        for subject in subjects:
            shown = tuple(figure for figure in known if figure.shows(subject))
            if shown:
                sets.setdefault(shown, []).append(subject)
        for number, (figures, those) in enumerate(sets.items(), start=1):
            name = level if len(sets) == 1 else f"{level}_{number}"
            by_wildcards = {tuple(each.wildcards.values()): each for each in those}
            wildcards = tuple(those[0].wildcards)
            found.append(Together(level, name, folder, figures, wildcards, by_wildcards))
    return found


def specification_of(plan: Plan, together: Together) -> Callable[[Any], Any]:
    """Return the function that says what the figures of a job depend on."""
    section = plan.section.figures
    default = section.defaults or plan.study.style()
    figures = [
        {
            "module": _importable(each),
            "style": specification(getattr(section, each.name, default)),
        }
        for each in together.figures
    ]

    def specified(wildcards: Any) -> Any:
        subject = together.subject(wildcards)
        return canonical(
            {
                "study": plan.study.name,
                "figures": figures,
                "title": subject.title,
                "values": dict(subject.values),
            }
        )

    return specified


def caption_file(figure: Figure) -> str:
    """Write the caption of a figure where the report can read it, and return that file."""
    digest = hashlib.sha256(figure.caption.encode()).hexdigest()[:16]
    path = Path(".snakemake", "captions", f"{figure.name}-{digest}.rst").resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(figure.caption + "\n", encoding="utf-8")
    return str(path)


def load(name: str) -> ModuleType:
    """Return the module of a figure, imported.

    Parameters
    ----------
    name : str
        Of a module of the package, or of a file of the user, which ends in ``.py``.
    """
    if not name.endswith(".py"):
        return import_module(name)
    found = spec_from_file_location(f"own_{Path(name).stem}", name)
    if found is None or found.loader is None:
        msg = f"{name}: cannot be imported"
        raise FigureError(msg)
    module = module_from_spec(found)
    found.loader.exec_module(module)
    return module


def called(function: Callable[..., Any], given: Mapping[str, Any]) -> Any:
    """Return what a function of a figure makes of those of the given values that it asks for."""
    return function(**{name: given[name] for name in inspect.signature(function).parameters})


def _importable(figure: Figure) -> str:
    """Return the name by which `load` finds a figure."""
    if figure.is_own:
        return str(figure.path)
    below = figure.path.relative_to(_PACKAGE).with_suffix("")
    return ".".join((_PACKAGE.name, *below.parts))


def _folder(package: str) -> Path:
    return _PACKAGE.joinpath(*package.split(".")[1:])


def _found(package: str, level: str, category: str) -> list[Figure]:
    return [
        _read(path, category)
        for path in sorted(_folder(package).joinpath(level).glob("*.py"))
        if not path.name.startswith("_")
    ]


def _own(path: str, level: str, known: Sequence[Figure], subjects: Sequence[Subject]) -> Figure:
    """Return a figure of the user's own, or refuse it."""
    problem = problem_of(path)
    if problem is not None:
        msg = f"{path} {problem}"
        raise FigureError(msg)
    figure = replace(_read(Path(path), "Own figures"), is_own=True)
    if figure.name in {each.name for each in known}:
        msg = f"{path}: the study has a figure called `{figure.name}`; rename the file"
        raise FigureError(msg)
    there = sorted({name for each in subjects for name in (*each.inputs, *each.values)})
    for name in figure.inputs:
        if name not in there:
            near = get_close_matches(name, there, n=1)
            hint = f"; did you mean `{near[0]}`?" if near else ""
            msg = (
                f"{path}: `numbers` asks for `{name}`, and a figure of the level `{level}` can ask "
                f"for {', '.join(there)}{hint}"
            )
            raise FigureError(msg)
    return figure


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

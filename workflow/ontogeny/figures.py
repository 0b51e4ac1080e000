"""Figures as modules: what each is drawn from, its caption and its level, read from its file.

A figure is one module with two functions. `numbers` selects what is shown from stored results; the
names of its parameters say which. `draw` draws exactly that and computes nothing. The docstring of
the module is the caption on the page and in the report, the folder of the module says of what it is
drawn (one run, an experiment, all runs), and a tuple ``NEEDS`` names what has to be true of that
for the figure to show something. All this is read without importing the module, so that planning
does not wait for matplotlib.
"""

import ast
import hashlib
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import xarray as xr
from pydantic import Field, create_model

import ontogeny
from ontogeny.config import (
    ConfigurationError,
    Section,
    Style,
    canonical,
    noted,
    refuse,
    specification,
)
from ontogeny.own_files import (
    Source,
    imported,
    naming,
    own_source,
    placed,
    require_asked,
    require_new,
    source_of,
)
from ontogeny.study import Plan, Study, Subject

__all__ = [
    "Figure",
    "Together",
    "caption_file",
    "drawn",
    "drawn_together",
    "figures_of",
    "load",
    "module_of",
    "own_figures",
    "read_own_figure",
    "section_of",
    "specification_of",
    "warnings_of",
]

_PACKAGE = Path(ontogeny.__file__).parent
_FUNCTIONS = ("numbers", "draw")
_ALWAYS = ("style", "title")
"""Parameters of `numbers` and `draw` that every figure can ask for, and that are no inputs."""


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

    @property
    def heading(self) -> str:
        """Return the first line of the caption, without its full stop."""
        return self.caption.splitlines()[0].removesuffix(".")

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
        The level, and a number where subjects of one level have different figures. It depends on
        the other subjects, so it tells rules apart and is not stored in any result.
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
        """Return what the wildcards may be, as regular expressions.

        They tell the figures of this from all others of the level: see `drawn_together`.
        """
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

    def files(self, plan: Plan, suffix: str = ".svg") -> list[str]:
        """Return the files of all subjects."""
        return [
            file.format(**subject.wildcards)
            for subject in self.subjects.values()
            for _, file in self.outputs(plan, suffix)
        ]

    def message(self, plan: Plan) -> str:
        """Return what a job says that it does."""
        values = [f"{{wildcards.{name}}}" for name in self.wildcards]
        own = [figure.name for figure in self.figures if figure.is_own]
        what = f"figure {own[0]}" if own else "figures"
        match self.level, values:
            case "run", [experiment, seed]:
                return f"{what} of {experiment}, seed {seed}"
            case "experiment", [experiment]:
                return f"{what} of {experiment}"
            case _, []:
                return f"{what} of all runs of {plan.study.name}"
        return f"{what} of the {self.level} {', '.join(values)}"


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
    """Return the figures that a plan asks for; those of one subject are drawn together.

    A figure of the user's own is drawn in a job of its own, so that a mistake in it costs no other.
    Subjects with the same figures share a rule, which takes every combination of the values of
    their wildcards.
    So that no combination belongs to two rules, subjects with one value of the first wildcard
    either all share a rule or, if their figures differ, have rules of their own, in which only the
    last wildcard has several values.

    Raises
    ------
    ontogeny.config.ConfigurationError
        If a figure of the user's own is not right.
    """
    found: list[Together] = []
    for level, folder in plan.study.levels.items():
        subjects = plan.subjects(level)
        found += _together(level, level, folder, figures_of(plan.study, level), subjects)
        for own in own_figures(plan, level):
            found += _together(level, f"{level}_own_{own.name}", folder, [own], subjects)
    return found


def _together(
    level: str, name: str, folder: str, figures: Iterable[Figure], subjects: Iterable[Subject]
) -> list[Together]:
    sets = _sets(figures, subjects)
    return [
        Together(
            level,
            name if len(sets) == 1 else f"{name}_{number}",
            folder,
            those,
            tuple(each[0].wildcards),
            {tuple(subject.wildcards.values()): subject for subject in each},
        )
        for number, (those, each) in enumerate(sets, start=1)
    ]


def _sets(
    figures: Iterable[Figure], subjects: Iterable[Subject]
) -> list[tuple[tuple[Figure, ...], list[Subject]]]:
    """Return subjects of one level with the same figures, as `drawn_together` divides them."""
    figures = tuple(figures)
    shown = [(each, tuple(f for f in figures if f.shows(each))) for each in subjects]
    alike: dict[tuple[str, ...], set[tuple[Figure, ...]]] = {}
    for subject, those in shown:
        alike.setdefault(tuple(subject.wildcards.values())[:1], set()).add(those)
    found: dict[Any, list[Subject]] = {}
    for subject, those in shown:
        values = tuple(subject.wildcards.values())
        apart = values[:-1] if len(alike[values[:1]]) > 1 else ()
        if those:
            found.setdefault((those, apart), []).append(subject)
    return [(those, subjects) for (those, _), subjects in found.items()]


def specification_of(plan: Plan, together: Together) -> Callable[[Any], Any]:
    """Return the function that says what the figures of a job depend on."""
    section, style = plan.section.figures, plan.study.style
    default = section.defaults or style()
    figures = [
        {
            "module": _importable(each),
            "style": specification(default if each.is_own else getattr(section, each.name)),
        }
        for each in together.figures
    ]

    def specified(wildcards: Any) -> Any:
        subject = together.subject(wildcards)
        return canonical(
            {
                "stage": f"{plan.study.name}_figures_{together.level}",
                "style": f"{style.__module__}:{style.__qualname__}",
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
    return imported(name)


def module_of(figure: Figure) -> ModuleType:
    """Return the module of a figure, imported."""
    return load(_importable(figure))


def warnings_of(module: ModuleType, given: Mapping[str, Any]) -> list[str]:
    """Return what the results that a figure shows say of measures that mean nothing, each once.

    Parameters
    ----------
    module : module
        Of the figure.
    given : mapping
        As for `drawn`.
    """
    said: list[str] = []
    for name in inspect.signature(module.numbers).parameters:
        for each in given[name] if isinstance(given[name], list) else [given[name]]:
            if isinstance(each, xr.Dataset):
                said += each.attrs.get("warnings", "").splitlines()
    return list(dict.fromkeys(said))


def drawn(module: ModuleType, given: Mapping[str, Any]) -> tuple[xr.Dataset, Any]:
    """Return the numbers of a figure, and the figure.

    What its results say of measures that mean nothing (see `warnings_of`) is written below it, and
    is an attribute of its numbers as well.

    Parameters
    ----------
    module : module
        Of the figure.
    given : mapping
        By name what its functions can ask for.

    Raises
    ------
    ontogeny.config.ConfigurationError
        One line with the file and the function, if the figure is the user's own and fails.
    """
    numbers, figure = _drawn(module, given)
    warnings = warnings_of(module, given)
    if warnings:
        from ontogeny.plotting import write_below  # planning does not wait for matplotlib

        write_below(figure, warnings)
        numbers = numbers.assign_attrs(warnings="\n".join(warnings))
    return numbers, figure


def _drawn(module: ModuleType, given: Mapping[str, Any]) -> tuple[xr.Dataset, Any]:
    if module.__name__.startswith(f"{_PACKAGE.name}."):
        numbers = _called(module.numbers, given)
        return numbers, _called(module.draw, {**given, "numbers": numbers})
    with naming(str(module.__file__), "`numbers`"):
        numbers = _called(module.numbers, given)
        if not isinstance(numbers, xr.Dataset):
            msg = f"must return an xarray.Dataset, and returns {type(numbers).__name__}"
            raise TypeError(msg)
    with naming(str(module.__file__), "`draw`"):
        figure = _called(module.draw, {**given, "numbers": numbers})
        if not hasattr(figure, "savefig"):
            msg = f"must return a figure of matplotlib, and returns {type(figure).__name__}"
            raise TypeError(msg)
    return numbers, figure


def _called(function: Callable[..., Any], given: Mapping[str, Any]) -> Any:
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


def own_figures(plan: Plan, level: str) -> list[Figure]:
    """Return the figures of the user's own of a level, or refuse them.

    Raises
    ------
    ontogeny.config.ConfigurationError
        One message with every problem.
    """
    subjects = plan.subjects(level)
    there = sorted({name for each in subjects for name in (*each.inputs, *each.values)})
    shipped = {each.name for name in plan.study.levels for each in figures_of(plan.study, name)}
    paths = plan.own_figures(level)
    found: list[Figure] = []
    problems: list[str] = []
    for index, path in enumerate(paths):
        with noted(problems), placed(f"{plan.study.name}.own_figures.{level}", path):
            figure = read_own_figure(path)
            require_new(path, paths[:index], shipped, "a figure")
            if subjects:
                what = f"`numbers` of a figure of the level `{level}`"
                require_asked(what, figure.inputs, [*there, *_ALWAYS])
            facts = plan.study.facts.get(level, ())
            require_asked(f"`NEEDS` of a figure of the level `{level}`", figure.needs, facts)
            found.append(figure)
    refuse(problems)
    return found


def read_own_figure(path: str) -> Figure:
    """Return what a file of the user's own says as a figure, or refuse it."""
    source = own_source(path, _FUNCTIONS)
    figure = _figure(Path(path), source, "Own figures")
    require_asked("`draw`", source.asks("draw"), ["numbers", *_ALWAYS])
    return replace(figure, is_own=True)


def _read(path: Path, category: str) -> Figure:
    with naming(str(path)):
        return _figure(path, source_of(path, _FUNCTIONS), category)


def _figure(path: Path, source: Source, category: str) -> Figure:
    if not source.docstring:
        msg = "a figure has a docstring, its caption, and this file has none"
        raise ConfigurationError(msg)
    return Figure(
        name=path.stem,
        path=path,
        caption=source.docstring,
        inputs=tuple(name for name in source.asks("numbers") if name not in _ALWAYS),
        needs=frozenset(_needs(source.tree)),
        category=category,
    )


def _needs(tree: ast.Module) -> tuple[str, ...]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "NEEDS":
            written = ast.unparse(node.value)
            try:
                needs = ast.literal_eval(node.value)
            except ValueError:
                needs = None
            if not isinstance(needs, tuple):
                msg = f'`NEEDS` = {written}: must be a tuple of strings, such as ("steps",)'
                raise ConfigurationError(msg)
            return needs
    return ()

"""From a whole configuration to the plan of each study, with files of the user's own checked."""

from collections.abc import Iterable, Mapping
from copy import copy
from typing import Any

from ontogeny.config import noted, refuse
from ontogeny.figures import own_figures, read_own_figure
from ontogeny.own_files import own_source, placed, require_asked, require_new
from ontogeny.study import Places, Plan, Study, read_sections

__all__ = ["plans_of"]

_MEASURES = ("measures",)
_OF_FIGURES = frozenset({"numbers", "style", "title"})
"""What the functions of figures can ask for apart from results."""


def plans_of(raw: Mapping[str, Any], studies: Iterable[Study], places: Places) -> dict[str, Plan]:
    """Return the plan of each study that a configuration has, by name.

    Parameters
    ----------
    raw : mapping
        What the configuration files hold.
    studies : iterable of Study
        All there are.
    places : Places

    Raises
    ------
    ontogeny.config.ConfigurationError
        One message with every problem, those of files of the user's own too.
    """
    studies = tuple(studies)
    problems: list[str] = []
    with noted(problems):
        sections, shared = read_sections(raw, studies)
    if problems:  # what a file says can be wrong as well, whatever else is
        for study in studies:
            problems += _problems_of_files(study.name, raw.get(study.name))
    refuse(problems)
    plans = {
        study.name: study.plan(
            study, sections[study.name], places, **{name: shared[name] for name in study.shared}
        )
        for study in studies
        if study.name in sections
    }
    for plan in plans.values():
        with noted(problems):
            plan.first()
        problems += _problems_of_measures(plan)
        for level in plan.study.levels:
            with noted(problems):
                own_figures(plan, level)
    refuse(problems)
    return plans


def _problems_of_measures(plan: Plan) -> list[str]:
    """Say what is wrong with the files with measures of the user's own."""
    problems: list[str] = []
    paths = plan.section.own_measures if plan.study.asked else ()
    taken = _taken(plan)
    for index, path in enumerate(paths):
        with noted(problems), placed(f"{plan.study.name}.own_measures", path):
            asks = own_source(path, _MEASURES).asks("measures")
            require_new(path, paths[:index], taken, "a result or value")
            require_asked("`measures`", asks, plan.study.asked)
    return problems


def _taken(plan: Plan) -> frozenset[str]:
    """Return the names that figures know, apart from those of measures of the user's own."""
    without = copy(plan)
    without.own = {}
    subjects = [each for level in plan.study.levels for each in without.subjects(level)]
    names = {name for each in subjects for name in (*each.inputs, *each.values)}
    return _OF_FIGURES | names | set(plan.study.results)


def _problems_of_files(study: str, raw: Any) -> list[str]:
    """Say what is wrong with files of the user's own, where their section is refused."""
    problems: list[str] = []
    section = raw if isinstance(raw, Mapping) else {}
    for path in _paths(section.get("own_measures")):
        with noted(problems), placed(f"{study}.own_measures", path):
            own_source(path, _MEASURES)
    by_level = section.get("own_figures")
    for level, paths in by_level.items() if isinstance(by_level, Mapping) else ():
        for path in _paths(paths):
            with noted(problems), placed(f"{study}.own_figures.{level}", path):
                read_own_figure(path)
    return problems


def _paths(written: Any) -> list[str]:
    paths = written if isinstance(written, list | tuple) else [written]
    return [path for path in paths if isinstance(path, str)]

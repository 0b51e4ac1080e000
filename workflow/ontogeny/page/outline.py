"""What is on the page, as plans say it: the order of studies, runs and figures, and captions."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ontogeny.config import canonical
from ontogeny.figures import Figure, Together
from ontogeny.notebook import LARGE
from ontogeny.storage import file_digest
from ontogeny.study import Plan, Study

__all__ = ["TEMPLATES", "modules_of_words", "outline", "results_read"]

TEMPLATES = Path(__file__).parent
"""The folder of the template and of its style sheet."""

_SHOWN = (".html", ".css")


def outline(
    plans: Mapping[str, Plan],
    figures: Mapping[str, Sequence[Together]],
    atlas: Iterable[str | Path] = (),
) -> Any:
    """Return all that the page depends on in the configuration and in files of the project.

    Parameters
    ----------
    plans : mapping of str to Plan
        By the name of the study, in the order of the page.
    figures : mapping of str
        By the name of the study what `ontogeny.figures.drawn_together` returns.
    atlas : iterable of path
        Files with the outcomes of long runs.

    Returns
    -------
    plain JSON value
        ``studies`` in their order, each with its subjects; ``captions`` are by level and name, as
        many subjects share them. The digests are those of the files of the atlas and of the
        template.
    """
    templates = sorted(path for path in TEMPLATES.iterdir() if path.suffix in _SHOWN)
    (configuration,) = {plan.places.configuration for plan in plans.values()}
    return canonical(
        {
            "configuration": configuration,
            "studies": [_study(plan, figures[name]) for name, plan in plans.items()],
            "atlas": {Path(path).name: file_digest(path) for path in atlas},
            "templates": {path.name: file_digest(path) for path in templates},
        }
    )


def results_read(plan: Plan) -> list[str]:
    """Return the results of a plan that the page is made of, apart from figures and claims."""
    datasets = [file for file in plan.targets() if file.endswith(".nc")]
    return [file for file in datasets if Path(file).stem not in LARGE]


def modules_of_words(study: Study) -> list[str]:
    """Return the modules in which a study says what its runs are and what they show."""
    return [*filter(None, [study.opened]), f"ontogeny.studies.{study.name}.summary"]


def _study(plan: Plan, figures: Sequence[Together]) -> dict[str, Any]:
    levels = {level: _subjects(plan, level, figures) for level in plan.study.levels}
    return {
        "name": plan.study.name,
        "title": plan.study.title,
        "tells": bool(plan.study.opened),
        "levels": [{"level": name, "subjects": levels[name]} for name in reversed(levels)],
        "story": list(plan.study.story),
        "captions": {
            f"{together.level}/{each.name}": each.caption
            for together in figures
            for each in together.figures
        },
        "runs": [[name, seed] for name, seeds in plan.experiments().items() for seed in seeds],
        "claims": [claims.study for claims in plan.claims()],
    }


def _subjects(plan: Plan, level: str, figures: Sequence[Together]) -> list[dict[str, Any]]:
    """Return the subjects of a level that have figures, in the order of the configuration."""
    found = []
    for subject in plan.subjects(level):
        key = tuple(subject.wildcards.values())
        of_it = [each for each in figures if each.level == level and key in each.subjects]
        names = _in_order([one for each in of_it for one in each.figures], plan.study.story)
        if names:
            folder = plan.study.levels[level].format(**subject.wildcards)
            found.append(
                {
                    "title": subject.title,
                    "folder": folder,
                    "wildcards": list(subject.wildcards.items()),
                    "figures": names,
                }
            )
    return found


def _in_order(figures: Iterable[Figure], story: Sequence[str]) -> list[str]:
    """Return names of figures: those of the story in its order, then the others by name."""
    place = {name: number for number, name in enumerate(story)}
    names = (each.name for each in figures)
    return sorted(names, key=lambda name: (place.get(name, len(place)), name))

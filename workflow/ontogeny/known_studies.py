"""The studies of the project: the one list that a new study is added to."""

from collections.abc import Collection
from importlib import import_module
from typing import Any

from ontogeny.study import Study

__all__ = ["NAMES", "STUDIES", "studies_of", "study_named"]

NAMES = ("composition", "induction", "imitation", "surprise", "noisy_labels", "rlhf")
"""Each is the package ``ontogeny.studies.NAME``, and the value `STUDY` of its module `study`."""

STUDIES: tuple[Study, ...]
"""All of them; they are imported when this is asked for, which takes a second."""


def studies_of(sections: Collection[str]) -> tuple[Study, ...]:
    """Return the studies that are needed to read a configuration.

    Parameters
    ----------
    sections : collection of str
        The keys of the configuration.

    Returns
    -------
    tuple of Study
        Those that have a section; all, if none has one or if a section belongs to none of these.

    Examples
    --------
    >>> [study.name for study in studies_of(["name", "composition", "groups"])]
    ['composition']
    """
    found = tuple(study_named(name) for name in NAMES if name in sections)
    known = {"name"}.union(*({study.name, *study.shared} for study in found))
    return found if found and known.issuperset(sections) else _all()


def _all() -> tuple[Study, ...]:
    return tuple(map(study_named, NAMES))


def study_named(name: str) -> Study:
    """Return one of the studies in `NAMES`."""
    study: Study = import_module(f"ontogeny.studies.{name}.study").STUDY
    return study


def __getattr__(name: str) -> Any:
    if name == "STUDIES":
        return _all()
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)

"""What runs say of themselves, as `ontogeny.open_run` does."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ontogeny.notebook import described_run

__all__ = ["Run", "run_of"]

_FIRST = ("network", "data", "steps")
_NOT_SHOWN = ("study", "experiment", "seed", "absent", "warnings")


@dataclass(frozen=True)
class Run:
    """A run in words.

    Attributes
    ----------
    experiment : str
    seed : int
    path : str
        Of its results, which `ontogeny.open_run` takes.
    words : mapping of str to str
        What was trained, whether it generalised, when its circuit formed, what it learned.
    warnings : tuple of str
    """

    experiment: str
    seed: int
    path: str
    words: Mapping[str, str]
    warnings: tuple[str, ...] = ()


def run_of(folder: str, experiment: str, seed: int, *, tells: bool) -> Run:
    """Return what a run says of itself.

    Parameters
    ----------
    folder : str
        Of its results.
    experiment : str
    seed : int
    tells : bool
        Whether its study has words for its runs.
    """
    found = _described(folder) if tells else {}
    order = [*(name for name in _FIRST if name in found), *(n for n in found if n not in _FIRST)]
    words = {_label(name): _said(found[name]) for name in order if name not in _NOT_SHOWN}
    warnings = tuple(str(found.get("warnings", "")).splitlines())
    return Run(experiment, seed, folder, words, warnings)


def _described(folder: str) -> dict[str, Any]:
    """Return what a run says of itself; nothing of one whose results no other result needs."""
    try:
        return described_run(folder)
    except FileNotFoundError:
        return {}


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _said(value: object) -> str:
    return value if isinstance(value, str) else f"{value:,}"

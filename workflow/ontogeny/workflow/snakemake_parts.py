"""Parts of Snakemake that it does not promise to keep: what says so when one is not there."""

from contextlib import suppress
from importlib import import_module
from types import ModuleType
from typing import Any, NoReturn

import snakemake

__all__ = ["TESTED", "SnakemakeChangedError", "module", "part", "refuse_snakemake"]

TESTED = "9.27.1"
"""The version of Snakemake that all of this was tested with."""


class SnakemakeChangedError(RuntimeError):
    """Snakemake lacks something that it had; the message names it, and the remedy."""


def refuse_snakemake(what: str, reader: str) -> NoReturn:
    """Raise the error that says how this Snakemake differs from the tested one.

    Parameters
    ----------
    what : str
        How it differs, after "Snakemake 9.28.0 ".
    reader : str
        The module that has to be adapted.

    Raises
    ------
    SnakemakeChangedError
        Always.
    """
    msg = (
        f"Snakemake {snakemake.__version__} {what}, which {reader} relies on. It was tested with "
        f"Snakemake {TESTED}: install that version (`make .venv/ready` does), or adapt {reader}."
    )
    raise SnakemakeChangedError(msg)


def module(name: str, reader: str) -> ModuleType:
    """Return a module of Snakemake, imported.

    Raises
    ------
    SnakemakeChangedError
        If there is none of that name.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError:
        refuse_snakemake(f"has no module `{name}`", reader)


def part(owner: object, name: str, reader: str) -> Any:
    """Return an attribute of a module, class or object of Snakemake.

    Raises
    ------
    SnakemakeChangedError
        If there is none of that name.
    """
    with suppress(AttributeError):
        return getattr(owner, name)
    of = getattr(owner, "__name__", type(owner).__name__)
    refuse_snakemake(f"has no `{of}.{name}`", reader)

"""What the functions for notebooks share: the study of a run, and its results by name."""

from importlib import import_module
from typing import Any

import xarray as xr

from ontogeny.known_studies import NAMES, study_named

__all__ = ["LARGE", "results_of", "told_by"]

LARGE = ("checkpoints",)
"""Results that no outcome is in."""


def told_by(name: str) -> Any:
    """Return the module in which a study says what its runs are.

    Raises
    ------
    ValueError
        If there is no such study, or it says nothing.
    """
    module = study_named(name).opened if name in NAMES else ""
    if not module:
        has_one = [each for each in NAMES if study_named(each).opened]
        msg = f"the study {name!r} cannot be opened; known are {', '.join(has_one)}"
        raise ValueError(msg)
    return import_module(module)


def results_of(run: xr.DataTree) -> dict[str, xr.Dataset]:
    """Return the results of an opened run by name, nothing of them read.

    Raises
    ------
    TypeError
        If it is not an opened run.
    """
    if not isinstance(run, xr.DataTree) or "study" not in run.attrs:
        msg = "must be a run as `ontogeny.open_run` returns it, an xarray.DataTree"
        raise TypeError(msg)
    return {name: child.to_dataset() for name, child in run.children.items()}

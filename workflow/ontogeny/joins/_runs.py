"""Runs as the functions that join them read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import xarray as xr

__all__ = ["Run"]


@dataclass(frozen=True, eq=False)
class Run:
    """A run of the configuration with its results.

    Attributes
    ----------
    about : mapping
        What the configuration says of it and its results do not: ``experiment``, ``seed`` and what
        else the study tells runs apart by.
    results : mapping of str to Dataset
        By the name of the result.
    """

    about: Mapping[str, Any]
    results: Mapping[str, xr.Dataset]

"""What a run says of itself when it is opened. It has no network."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from ontogeny.studies.imitation.titles import title

__all__ = ["columns", "data", "facts", "phases", "title", "words"]

Results = Mapping[str, xr.Dataset]


def data(about: Mapping[str, Any]) -> dict[str, str]:
    """Return the file of the class of a run by name, from the folder of the study."""
    given = {"class", "seed"}.issubset(about)
    return {"policy_class": f"classes/{about['class']}/seed{about['seed']}.nc"} if given else {}


def columns(results: Results) -> dict[str, Any]:
    """Return the outcome of a run, one value a column."""
    if "simulation" in results:
        last = results["simulation"].isel(time=-1)
        names = ("queries", "harm", "demonstrated_harm", "truth")
        return {name: float(last[name]) for name in names if name in last}
    if "exact" in results:
        return {name: float(results["exact"][name]) for name in ("queries", "excess", "distance")}
    return {}


def words(results: Results) -> dict[str, str]:
    """Return the outcome of a run and what it learned, in words."""
    found = columns(results)
    said = {}
    if "queries" in found:
        said["outcome"] = f"{found['queries']:.1f} queries"
    if np.isfinite(found.get("demonstrated_harm", np.nan)):
        said["outcome"] += (
            f", harm {found['harm']:.2g} (demonstrator {found['demonstrated_harm']:.2g})"
        )
    if "excess" in found:
        said["outcome"] += f" expected, largest p(a) − d(a) {found['excess']:.2g}"
    if "truth" in found:
        said["learned"] = f"posterior weight of the demonstrator {found['truth']:.3g}"
    return said


def phases(results: Results) -> xr.DataArray | None:
    """Return None: histories have no phases."""
    del results
    return None


def facts(results: Results) -> set[str]:
    """Return what is true of a run, so that figures can need it."""
    del results
    return set()

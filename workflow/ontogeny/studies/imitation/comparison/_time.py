"""Curves of all simulated runs over time."""

from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.joins import Run
from ontogeny.joins.rows import labels_of, stacked
from ontogeny.studies.imitation.comparison._measured import result
from ontogeny.studies.imitation.labels import variable

__all__ = ["along_time", "times"]

CURVES = {
    "theta_curve": ("theta", "query probability"),
    "queries_curve": ("queries", "queries so far"),
    "harm_curve": ("harm", "P(harm so far)"),
    "demonstrated_curve": ("demonstrated_harm", "exact P(harm so far) of the demonstrator"),
}


def times(runs: Sequence[Run]) -> NDArray[np.int64]:
    """Return the times of any simulated run, sorted."""
    found = [result(run) for run in runs if not run.about["exact"]]
    return labels_of(found, "time") if found else np.zeros(0, dtype=np.int64)


def along_time(runs: Sequence[Run], time: NDArray[np.int64]) -> dict[str, xr.Variable]:
    """Return curves of all runs at the times of any; NaN where a run has none.

    Parameters
    ----------
    runs : sequence of Run
    time : (M,) ndarray of int
        From `times`.
    """
    simulated = [place for place, run in enumerate(runs) if not run.about["exact"]]
    found = {}
    for name, (measure, about) in CURVES.items():
        values = np.full((len(runs), len(time)), np.nan)
        if simulated:
            values[simulated] = stacked(
                [_curve(result(runs[place]), measure) for place in simulated], time=time
            )
        found[name] = variable(("run", "time"), values, about)
    return found


def _curve(simulation: xr.Dataset, measure: str) -> xr.DataArray:
    """Return a curve; that of harm is NaN without an event."""
    curve = simulation[measure]
    return curve.where(simulation["demonstrated_harm"].notnull()) if measure == "harm" else curve

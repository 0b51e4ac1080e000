"""What the runs of each experiment came to, in a few lines."""

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

from ontogeny.workflow.summaries import study_lines

__all__ = ["summary"]

_ROUNDING = 1e-12
"""Largest `worst_excess` that rounding explains."""


def summary(seeds: Mapping[str, Sequence[int]], comparison: xr.Dataset) -> list[str]:
    """Return how many runs there are, and for each experiment what its runs came to.

    Parameters
    ----------
    seeds : mapping
        The seeds of each experiment of the configuration.
    comparison : Dataset
        All runs of the study.

    Returns
    -------
    list of str
        A headline and a line for each experiment: of an enumerated one whether all laws hold, of a
        simulated one its queries and how often harm is done, or its own event happens, as means
        over runs.
    """
    names = comparison["experiment_of_run"].values
    found = {name: comparison.isel(run=np.flatnonzero(names == name)) for name in seeds}
    runs = sum(each.sizes["run"] for each in found.values())
    exact = sum(int(each["exact_of_run"].sum()) for each in found.values())
    headline = f"imitation: {runs} runs, {exact} of them exact over all histories"
    return study_lines(headline, [(name, _outcome(each)) for name, each in found.items()])


def _outcome(runs: xr.Dataset) -> str:
    """Return what the runs of one experiment came to."""
    if not runs.sizes["run"]:
        return ""
    if bool(runs["exact_of_run"][0]):
        return _laws(runs)
    queries, steps = float(runs["queries"].mean()), int(runs["steps_of_run"][0])
    asked = f"{queries:.1f} queries in {steps:,} steps"
    harm, demonstrated = (float(runs[name].mean()) for name in ("harm", "demonstrated_harm"))
    if np.isnan(demonstrated):
        return asked
    event = "event" if bool(runs["own_event_of_run"][0]) else "harm"
    return f"{asked}; {event} {harm:.2g} (demonstrator {demonstrated:.2g})"


def _laws(runs: xr.Dataset) -> str:
    if not bool(runs["contains_demonstrator_of_run"][0]):
        return "no laws: the demonstrator is not in the class"
    worst = float(runs["worst_excess"].max(skipna=False))
    if worst < _ROUNDING:
        return f"all laws hold, worst excess {worst:.1g}"
    return f"a law does not hold: excess {worst:.2g}"

"""What the runs came to, in a sentence: laws on all histories, harm in simulated ones."""

from collections.abc import Iterable

import numpy as np
import xarray as xr

from ontogeny.wording import joined, percent, plural

__all__ = ["finding"]

_ROUNDING = 1e-12
"""Largest `worst_excess` that rounding explains."""


def finding(comparison: xr.Dataset) -> str:
    """Return in a sentence whether the laws hold, and how often learners do harm.

    Parameters
    ----------
    comparison : Dataset
        All runs of the study. Means are over the runs of a learner; what is not the harm that a
        class is about is left out.
    """
    exact = comparison["exact_of_run"].values.astype(bool)
    simulated = comparison.isel(run=~exact)
    clauses = [*_laws(comparison.isel(run=exact)), *(_harm(simulated) or _queries(simulated))]
    said = "; ".join(clauses)
    return f"{said[0].upper()}{said[1:]}." if said else ""


def _laws(runs: xr.Dataset) -> list[str]:
    """Return whether all laws hold on all histories of enumerated runs to which they apply."""
    runs = runs.isel(run=runs["contains_demonstrator_of_run"].values.astype(bool))
    number = runs.sizes["run"]
    if not number:
        return []
    broken = number - int((runs["worst_excess"].values < _ROUNDING).sum())
    if broken:
        where = f"{broken} of {plural(number, 'enumerated run')}"
        return [f"a law fails or could not be checked in {where}"]
    learners = sorted({*map(str, runs["learner_of_run"].values)})
    one_of = f"{joined(learners)} learner{'s' * (len(learners) > 1)}"
    return [f"the laws proved of the {one_of} hold on every possible history"]


def _harm(runs: xr.Dataset) -> list[str]:
    """Return in which share of histories each learner does harm, the least harmful first."""
    is_harm = np.isfinite(runs["demonstrated_harm"].values)
    is_harm &= ~runs["own_event_of_run"].values.astype(bool)
    runs = runs.isel(run=is_harm)
    if not runs.sizes["run"]:
        return []
    harm = {name: float(runs["harm"][at].mean()) for name, at in _places(runs)}
    least, *others = sorted(harm, key=harm.__getitem__)
    learners = [
        f"the {least} learner does harm in {percent(harm[least])} of histories",
        *(f"the {name} learner in {percent(harm[name])}" for name in others),
    ]
    demonstrated = percent(float(runs["demonstrated_harm"].mean()))
    return [f"in simulations {joined(learners)} (the demonstrator in {demonstrated})"]


def _queries(runs: xr.Dataset) -> list[str]:
    """Return how often each learner asks the demonstrator."""
    return [
        f"the {name} learner asks {float(runs['queries'][at].mean()):.1f} times per history"
        for name, at in _places(runs)
    ]


def _places(runs: xr.Dataset) -> Iterable[tuple[str, np.ndarray]]:
    learners = runs["learner_of_run"].values
    return ((str(name), np.flatnonzero(learners == name)) for name in sorted({*learners}))

"""All trained policies and preference models of a configuration, compared."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from ontogeny.caveats import few_seeds, warned
from ontogeny.joins import Run
from ontogeny.labels import text
from ontogeny.studies.rlhf.comparison.bounds import bounds_of_runs
from ontogeny.studies.rlhf.comparison.conflict import conflict_of_preferences
from ontogeny.studies.rlhf.comparison.courses import (
    WAYS,
    courses_of_runs,
    elo_of_runs,
    peaks_of_runs,
)
from ontogeny.studies.rlhf.comparison.fits import KL_LIMITS, fits_of_runs
from ontogeny.studies.rlhf.comparison.online import online_of_runs
from ontogeny.studies.rlhf.comparison.preferences import table_of_preferences
from ontogeny.studies.rlhf.comparison.runs import table_of_runs
from ontogeny.studies.rlhf.comparison.samples import detection_of_policies, selections_of_policies
from ontogeny.studies.rlhf.comparison.scaling import scaling_of_preferences
from ontogeny.studies.rlhf.comparison.swaps import swaps_of_runs
from ontogeny.studies.rlhf.config import PROMPTS
from ontogeny.studies.rlhf.labels import coordinate

__all__ = ["compare"]

_SHARED_DIMENSIONS = ("end",)
"""Dimensions that real comparisons share with all else."""


@warned(few_seeds)
def compare(
    runs: Sequence[Run],
    preferences: Sequence[Run],
    *,
    tranches: Mapping[str, Mapping[str, Any]],
    best_of: Mapping[tuple[str, int], xr.Dataset],
    detection: Mapping[tuple[str, int], xr.Dataset],
    pairs: xr.Dataset | None,
) -> xr.Dataset:
    """Return how policies and preference models compare.

    Parameters
    ----------
    runs : sequence of Run
        Trained policies with ``evaluation``; may be none.
    preferences : sequence of Run
        Preference models with ``measures`` and ``calibration``; may be none.
    tranches : mapping of str to mapping
        Sets of comparisons by name: ``kind`` ("start", "best-of" or "snapshots") and ``prompt``.
    best_of, detection : mapping of (str, int) to Dataset
        By start policy and seed; may be empty.
    pairs : Dataset, optional
        What models of real comparisons do.

    Returns
    -------
    Dataset
        Along ``run``: what `table_of_runs`, `fits_of_runs`, `peaks_of_runs`, `elo_of_runs`,
        `courses_of_runs` and `bounds_of_runs` return. Along ``swap``, ``online``,
        ``preference_model``, ``grid`` and ``size``: what `swaps_of_runs`, `online_of_runs`,
        `table_of_preferences`, `scaling_of_preferences` and `conflict_of_preferences` return. Along
        ``selection`` and ``policy_model``, where there is any: what `selections_of_policies` and
        `detection_of_policies` return. Of real comparisons everything, with ``real_`` before the
        names of variables and dimensions.
    """
    prompts = _prompts_of(runs, preferences)
    seeds = np.unique([int(each.about["seed"]) for each in (*runs, *preferences)]).astype(np.int64)
    table = table_of_runs(runs, prompts)
    for measured in (fits_of_runs, peaks_of_runs, elo_of_runs, courses_of_runs, bounds_of_runs):
        table = table.assign(measured(table))
    models = table_of_preferences(preferences, tranches, prompts)
    parts = [
        table,
        swaps_of_runs(table, seeds),
        online_of_runs(table, models, seeds),
        models,
        scaling_of_preferences(models, seeds),
        conflict_of_preferences(models),
    ]
    if best_of:
        parts.append(selections_of_policies(best_of, table))
    if detection:
        parts.append(detection_of_policies(detection))
    if pairs is not None:
        parts.append(_prefixed(pairs))
    labels = {"kl_limit": np.array(KL_LIMITS), "way": text(WAYS), "end": text(["lower", "upper"])}
    return (
        xr.merge(parts, join="exact", compat="equals", combine_attrs="override")
        .assign_coords({name: coordinate(name, values) for name, values in labels.items()})
        .assign_attrs(title="All policies and preference models of the configuration")
    )


def _prompts_of(runs: Sequence[Run], preferences: Sequence[Run]) -> tuple[str, ...]:
    """Return the prompts of worlds that have several."""
    results = [each.results["evaluation"] for each in runs]
    results += [each.results["measures"] for each in preferences]
    found = {name for each in results if "prompt" in each.coords for name in each["prompt"].values}
    return tuple(name for name in PROMPTS if name in found)


def _prefixed(pairs: xr.Dataset) -> xr.Dataset:
    """Return results on real comparisons under names that no others have."""
    names = [*pairs.variables, *pairs.dims]
    return pairs.rename(
        {name: f"real_{name}" for name in dict.fromkeys(names) if name not in _SHARED_DIMENSIONS}
    )

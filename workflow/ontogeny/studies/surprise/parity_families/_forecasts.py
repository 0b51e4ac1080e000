"""What the smaller networks of a family say of the larger ones, beside what these do."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ontogeny.scaling import (
    FORECASTERS,
    LAWS,
    NoConvergence,
    band,
    cuts,
    forecast_loss,
    forecast_many,
    quanta,
)
from ontogeny.studies.surprise.labels import variable
from ontogeny.studies.surprise.parity_families._families import (
    Array,
    Family,
    Row,
    kin_of,
    widths_of,
)
from ontogeny.studies.surprise.parity_families._laws import shared_widths

__all__ = ["CHANCE", "FORECASTERS_OF_PARITY", "cuts_of", "forecasts"]

CHANCE = 0.5
"""Accuracy of a guess."""

FLOOR = 0.55
"""A task whose accuracy has never been above this is at the floor."""

FORECASTERS_OF_PARITY = (*FORECASTERS, "quanta")
"""Ways to foresee an ability: by its own curve, and by the loss and the frequencies of tasks."""


def cuts_of(families: Sequence[Family], least_sizes: int) -> range:
    """Return from how many sizes any family can be forecast."""
    return cuts(max(family.size.size for family in families), least_sizes)


def forecasts(families: Sequence[Family], least_sizes: int) -> Row:
    """Return what is foreseen from the smallest sizes of each family, at every cut.

    Parameters
    ----------
    families : sequence of Family
    least_sizes : int
        Fewest sizes to forecast from.
    """
    widths, cut = widths_of(families), cuts_of(families, least_sizes)
    tasks = max(len(family.probability) for family in families)
    loss = np.full((len(families), len(LAWS), len(cut), len(widths)), np.nan)
    seen = np.full((len(families), 1, 1, len(widths)), np.nan)
    ability = np.full((len(families), len(FORECASTERS_OF_PARITY), len(cut), tasks), np.nan)
    from_floor = np.full((len(families), len(cut), tasks), np.nan)
    for place, family in enumerate(families):
        at = np.searchsorted(widths, family.width)
        seen[place, 0, 0, at] = family.loss
        for index, count in enumerate(cut[: max(0, family.size.size - least_sizes)]):
            for of_law, law in enumerate(LAWS):
                loss[place, of_law, index, at[count:]] = _loss(family, law, count)
            ability[place, :, index, : len(family.probability)] = _abilities(family, count)
            at_floor = np.flatnonzero((family.accuracy[:count] <= FLOOR).all(axis=0))
            from_floor[place, index, at_floor] = family.accuracy[count, at_floor]
    kin = kin_of(families)
    bands = np.array([_bands(each, widths, cut) for each in kin.values()])
    covered = np.array(
        [_covered(each, widths, found) for each, found in zip(kin.values(), bands, strict=True)]
    )
    return {
        "loss_forecast": variable(
            ("family", "law", "cut", "width"), loss, "loss that is foreseen", "nat"
        ),
        "loss_error_relative": variable(
            ("family", "law", "cut", "width"), loss / seen - 1, "loss foreseen over seen, less 1"
        ),
        "band": variable(
            ("kin", "cut", "width", "end"),
            bands,
            "band of 95 % in which the loss of a new network is foreseen, law power",
            "nat",
        ),
        "covered": variable(
            ("kin", "cut", "width"), covered, "share of seeds whose loss is within the band"
        ),
        "ability_forecast": variable(
            ("family", "forecaster", "cut", "task"),
            ability,
            "accuracy of the task that is foreseen at the next size",
        ),
        "from_floor": variable(
            ("family", "cut", "task"),
            from_floor,
            "accuracy of the task at the next size, of tasks at the floor before",
        ),
        "ability_miss": variable(
            ("family", "forecaster", "cut"),
            _known_mean(np.abs(ability - from_floor[:, None])),
            "mean distance of accuracies foreseen and seen, tasks at the floor before",
        ),
    }


def _loss(family: Family, law: str, count: int) -> Array:
    """Return the loss foreseen at the sizes beyond a cut, NaN where the law cannot be fitted."""
    beyond = family.size[count:]
    try:
        return forecast_loss(law, family.size[:count], family.loss[:count], beyond)
    except NoConvergence:
        return np.full(beyond.shape, np.nan)


def _abilities(family: Family, count: int) -> Array:
    """Return the accuracies foreseen at the next size, by forecaster and task."""
    size, following = family.size[:count], family.size[count : count + 1]
    found = [
        forecast_many(name, size, family.accuracy[:count].T, following, chance=CHANCE)[:, 0]
        for name in FORECASTERS
    ]
    by_loss = quanta(family.probability, _loss(family, "power", count)[0], chance=CHANCE)
    return np.array([*found, by_loss])


def _bands(families: Sequence[Family], widths: NDArray[np.int64], cut: range) -> Array:
    """Return the ends of the bands by cut and width, from the sizes that all families have."""
    found = np.full((len(cut), len(widths), 2), np.nan)
    shared = shared_widths(families)
    losses = np.array([f.loss[np.searchsorted(f.width, shared)] for f in families])
    size = families[0].size[np.searchsorted(families[0].width, shared)]
    at = np.searchsorted(widths, shared)
    for index, count in enumerate(cut):
        if count >= len(shared):
            break
        try:
            ends = band("power", size[:count], losses[:, :count], size[count:])
        except NoConvergence:
            continue
        found[index, at[count:]] = np.stack(ends, axis=-1)
    return found


def _covered(families: Sequence[Family], widths: NDArray[np.int64], bands: Array) -> Array:
    losses = np.full((len(families), len(widths)), np.nan)
    for row, family in zip(losses, families, strict=True):
        row[np.searchsorted(widths, family.width)] = family.loss
    lower, upper = np.moveaxis(bands[:, None], -1, 0)
    within = (losses >= lower) & (losses <= upper)
    return np.where(np.isnan(bands[..., 0]), np.nan, within.mean(axis=1))


def _known_mean(values: Array) -> Array:
    """Return the mean along the last axis of what is not NaN, and NaN where nothing is."""
    known = ~np.isnan(values)
    count = known.sum(axis=-1)
    total = np.where(known, values, 0).sum(axis=-1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)

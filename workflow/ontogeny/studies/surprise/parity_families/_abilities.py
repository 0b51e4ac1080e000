"""Single tasks over size: when they are learned, how abruptly, and in which order."""

from collections.abc import Callable, Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.estimates import agreement
from ontogeny.scaling import crossing, emergence_null, emergence_score, gain
from ontogeny.studies.surprise.labels import variable
from ontogeny.studies.surprise.parity_families._families import (
    Array,
    Family,
    Row,
    by_task,
    kin_of,
)
from ontogeny.studies.surprise.parity_families._forecasts import CHANCE

__all__ = ["abilities"]

HALFWAY = (1 + CHANCE) / 2
"""Accuracy at which the crossing of a curve is."""


def abilities(families: Sequence[Family], learned: float, least_sizes: int) -> Row:
    """Return how each task of each family depends on size.

    Parameters
    ----------
    families : sequence of Family
    learned : float
        A task is learned when its accuracy exceeds this.
    least_sizes : int
        Statistics of curves with fewer sizes are NaN.
    """
    at = [_first(family, learned) for family in families]
    widths = [np.append(f.width, np.inf)[first] for f, first in zip(families, at, strict=True)]
    sizes = [np.append(f.size, np.inf)[first] for f, first in zip(families, at, strict=True)]

    def of_curves(statistic: Callable[[Family, Array], float], about: str) -> xr.Variable:
        rows = [
            np.array([statistic(family, curve) for curve in family.accuracy.T])
            if family.size.size >= least_sizes
            else np.full(len(family.probability), np.nan)
            for family in families
        ]
        return by_task(families, rows, about)

    spread = [_spread(each, least_sizes) for each in kin_of(families).values()]
    most = max(len(family.probability) for family in families)
    spread_of_kin = np.array(
        [np.pad(row, (0, most - len(row)), constant_values=np.nan) for row in spread]
    )
    return {
        "learned_width": by_task(
            families, widths, "smallest width with which it is learned, infinite: never"
        ),
        "learned_parameters": by_task(
            families, sizes, "fewest parameters with which it is learned, infinite: never"
        ),
        "gain": of_curves(
            lambda f, curve: gain(f.size, curve),
            "largest gain in accuracy over a factor of two in size",
        ),
        "emergence": of_curves(lambda _, curve: emergence_score(curve), "emergence score"),
        "emergence_null": of_curves(
            lambda _, curve: emergence_null(curve),
            "share of orders of sizes with at least this emergence score",
        ),
        "agreement": variable(
            "family",
            [_agreement(f, each, least_sizes) for f, each in zip(families, widths, strict=True)],
            "Somers' D of rank of frequency with respect to width of learning",
        ),
        "spread_of_crossing": variable(
            ("kin", "task"),
            spread_of_kin,
            "standard deviation over seeds of log10 N at which the accuracy of the task is 0.75",
        ),
    }


def _first(family: Family, learned: float) -> NDArray[np.int64]:
    """Return the place of the smallest size that has learned each task; after the last: none."""
    never = np.ones((1, len(family.probability)), dtype=np.bool_)
    return np.argmax(np.concatenate([family.accuracy > learned, never]), axis=0)


def _agreement(family: Family, width: Array, least_sizes: int) -> float:
    """Return how far the frequent tasks are the first to be learned.

    Pairs of tasks that are learned at the same width, or both never, do not count: how many there
    are depends on how many widths and tasks were chosen.
    """
    if family.size.size < least_sizes:
        return np.nan
    rank = np.argsort(np.argsort(-family.probability, kind="stable"))
    agreed, pairs = agreement(width, rank)
    return agreed / pairs if pairs else np.nan


def _spread(families: Sequence[Family], least_sizes: int) -> Array:
    """Return how far apart seeds learn half of each task; NaN where fewer than two do."""
    large = [family for family in families if family.size.size >= least_sizes]
    at = np.array([[crossing(f.size, curve, HALFWAY) for curve in f.accuracy.T] for f in large])
    at = at.reshape(len(large), len(families[0].probability))
    return np.array(
        [each.std(ddof=1) if (each := row[~np.isnan(row)]).size > 1 else np.nan for row in at.T]
    )

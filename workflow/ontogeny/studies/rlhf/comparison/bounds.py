"""How the gains of runs compare with the greatest ones that are possible."""

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.studies.rlhf.comparison.runs import ROLES, last
from ontogeny.studies.rlhf.config import GOLD
from ontogeny.studies.rlhf.labels import variable

__all__ = ["ERRORS", "LEAST_KL", "bounds_of_runs"]

LEAST_KL = 0.05
"""KL [nat] from which gains are divided by a bound, which is 0 at a KL of 0."""

ERRORS = 2.0
"""Standard errors by which a gain may exceed the frontier by chance."""

Array = NDArray[np.float64]

_GOLD = ROLES.index("gold")


def bounds_of_runs(table: xr.Dataset) -> dict[str, xr.Variable]:
    """Return gains beside the frontier, the line s sqrt(2 KL) and the closed optimum.

    Parameters
    ----------
    table : Dataset
        As of `table_of_runs`.

    Returns
    -------
    dict of str to Variable
        ``efficiency(run, role, step)``: gain over the greatest gain at this KL, from a KL of .05.
        ``excess_over_frontier(run, role)``: the largest gain less the frontier's; NaN where
        sequences are not enumerated, and scores are therefore estimates. There,
        ``frontier_ratio(run, role)`` is the efficiency where it is largest less two standard
        errors, and ``frontier_ratio_error`` its standard error; that of the frontier, which rests
        on many more samples, is not in it. ``line_ratio(run)``, of runs that are trained
        against the true score: the largest gain over s sqrt(2 KL), s the standard deviation of the
        score under the start policy, from a KL of .05. ``objective_ratio(run)``: the objective at
        the end over its closed optimum, both less the score of the start policy; NaN where
        sequences are not enumerated.
    """
    kl, gain, frontier = (table[name].values for name in ("kl", "gain", "frontier_gain"))
    known = np.where((kl >= LEAST_KL)[:, None] & (frontier > 0), frontier, np.nan)
    efficiency = gain / known
    enumerated = (table["kind_of_run"].values == "enumerated")[:, None]
    error = table["score_error"].values / known
    ratio, ratio_error = _at_greatest(efficiency - ERRORS * error, efficiency, error)
    s_d = table["start_s_d"].values[:, _GOLD, None]
    line = np.where(kl >= LEAST_KL, s_d * np.sqrt(2 * np.maximum(kl, LEAST_KL)), np.nan)
    against_gold = table["reward_of_run"].values == GOLD
    return {
        "efficiency": variable(
            ("run", "role", "step"),
            efficiency,
            "gain divided by the greatest possible one at this KL",
        ),
        "excess_over_frontier": variable(
            ("run", "role"),
            np.where(enumerated, _greatest(gain - frontier), np.nan),
            "largest gain minus the greatest possible one",
            "nat",
        ),
        "frontier_ratio": variable(
            ("run", "role"),
            np.where(enumerated, np.nan, ratio),
            "largest efficiency minus two standard errors",
        ),
        "frontier_ratio_error": variable(
            ("run", "role"),
            np.where(enumerated, np.nan, ratio_error),
            "standard error of the efficiency where it is largest",
        ),
        "line_ratio": variable(
            "run",
            np.where(against_gold, _greatest(gain[:, _GOLD] / line), np.nan),
            "largest gain over s sqrt(2 KL)",
        ),
        "objective_ratio": variable("run", _of_optimum(table), "objective divided by its optimum"),
    }


def _of_optimum(table: xr.Dataset) -> Array:
    start = table["start_score"].values
    against_gold = table["reward_of_run"].values == GOLD
    of_reward = np.where(against_gold, start[:, _GOLD], start[:, ROLES.index("train")])
    return np.asarray(
        (last(table["objective"].values) - of_reward) / (table["optimum"].values - of_reward)
    )


def _greatest(values: Array) -> Array:
    """Return the greatest known value along the last axis; NaN where none is known."""
    found = np.where(np.isnan(values), -np.inf, values).max(axis=-1, initial=-np.inf)
    return np.where(np.isinf(found), np.nan, found)


def _at_greatest(values: Array, *others: Array) -> list[Array]:
    """Return other arrays where one is greatest along the last axis."""
    if not values.shape[-1]:
        return [np.full(values.shape[:-1], np.nan) for _ in others]
    place = np.where(np.isnan(values), -np.inf, values).argmax(axis=-1)[..., None]
    return [np.take_along_axis(each, place, axis=-1)[..., 0] for each in others]

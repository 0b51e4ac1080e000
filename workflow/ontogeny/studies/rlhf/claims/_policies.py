"""What claims on policies measure. The unit is the seed.

Every function reads the dataset of `ontogeny.studies.rlhf.comparison`. On over-optimisation it
measures in one swap, the `base_swap`: the mean over the two runs that exchange their preference
models, in each seed.
"""

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from ontogeny.estimates import Estimate, mean, share
from ontogeny.studies.rlhf.bases import (
    base_online,
    base_start,
    base_swap,
    by_seed,
    runs_of,
    size_family,
)
from ontogeny.studies.rlhf.comparison.bounds import ERRORS
from ontogeny.studies.rlhf.config import GOLD
from ontogeny.studies.rlhf.least import LEAST_SIZES

__all__ = [
    "FARTHEST",
    "PENALTY",
    "excess_over_frontier",
    "fit_of_root",
    "frontier_ratio",
    "gap_at_end",
    "gap_at_one",
    "gold_fall",
    "largest_line_ratio",
    "later_turns",
    "objective_ratio",
    "online_win_rate_by_bradley_terry",
    "optimism",
    "ratio_of_entropy",
    "relative_less_plain",
    "root_less_line",
    "slope_ratio",
    "tax",
]

FARTHEST = 9.0
"""KL [nat] up to which claims on the root of KL fit."""

PENALTY = 0.3
"""Penalty on the KL with which the closed optimum is sought."""

Array = NDArray[np.float64]


def fit_of_root(results: xr.Dataset) -> Estimate:
    """Return R^2 of the trained-against score on sqrt(KL)."""
    return mean(_swapped(results, "r_squared_of_root", role="train", kl_limit=FARTHEST))


def root_less_line(results: xr.Dataset) -> Estimate:
    """Return R^2 of the trained-against score on sqrt(KL) minus that on KL."""
    root, line = (
        _swapped(results, f"r_squared_of_{name}", role="train", kl_limit=FARTHEST)
        for name in ("root", "line")
    )
    return mean(root - line)


def frontier_ratio(results: xr.Dataset) -> Estimate:
    """Return the largest efficiency of the three scores, less two standard errors."""
    ratio, error = (
        [_swapped(results, name, role=role) for role in ("gold", "train", "test")]
        for name in ("frontier_ratio", "frontier_ratio_error")
    )
    return mean(np.fmax.reduce(np.array(ratio) - ERRORS * np.array(error)))


def gap_at_one(results: xr.Dataset) -> Estimate:
    """Return the absolute gap at a KL of 1, in standard deviations under the start policy."""
    return mean(np.abs(_swapped(results, "gap_at_one_in_s_d")))


def gap_at_end(results: xr.Dataset) -> Estimate:
    """Return the gap at the end."""
    return mean(_swapped(results, "gap_at_end"))


def gold_fall(results: xr.Dataset) -> Estimate:
    """Return the true score at its peak minus that at the end."""
    return mean(_swapped(results, "fall_after_peak", role="gold"))


def later_turns(results: xr.Dataset) -> Estimate:
    """Return the share of seeds in which the other preference model's score peaks after gold."""
    gold, test = (_swapped(results, "peak_samples", role=role) for role in ("gold", "test"))
    known = np.isfinite(gold) & np.isfinite(test)
    return share(test[known] > gold[known])


def optimism(results: xr.Dataset) -> Estimate:
    """Return the Elo at the end that mean scores predict minus the one that is won."""
    predicted, won = (_swapped(results, "elo_at_end", way=way) for way in ("predicted", "won"))
    return mean(predicted - won)


def ratio_of_entropy(results: xr.Dataset) -> Estimate:
    """Return the entropy at the end over that at the start."""
    return mean(_swapped(results, "entropy_ratio"))


def slope_ratio(results: xr.Dataset) -> Estimate:
    """Return the largest slope on sqrt(KL) over the smallest, of policies of several sizes.

    In the `size_family`: the mean over the preference models of each size. A seed in which a slope
    is not above 0 is left out.
    """
    slope = results["slope_of_root"].sel(role="train", kl_limit=FARTHEST).values
    by_size = _by_size(size_family(results, least=LEAST_SIZES), slope)
    largest, smallest = by_size.max(axis=1), by_size.min(axis=1)
    return mean((largest / smallest.where(smallest > 0)).to_numpy())


def tax(results: xr.Dataset) -> Estimate:
    """Return the rise of the corpus loss of the smallest policy minus that of the largest.

    In the `size_family`: the mean over the preference models of each size.
    """
    family = size_family(results, least=2)
    by_size = _by_size(family, results["corpus_loss_rise"].values)
    if not by_size.size:
        return mean([])
    return mean((by_size.iloc[:, 0] - by_size.iloc[:, -1]).to_numpy())


def online_win_rate_by_bradley_terry(results: xr.Dataset) -> Estimate:
    """Return how often the policy of a mixture wins against its partner at equal samples.

    Derived from the win rates of both against the start policy. Mean over the experiments that
    `base_online` returns, of seeds that have all of them.
    """
    of_pairs = results["online_win_rate_by_bradley_terry"].sel(compared_at="equal samples")
    names = base_online(results)
    return mean(of_pairs.sel(online=names).mean("online", skipna=False).values if names else [])


def relative_less_plain(results: xr.Dataset) -> Estimate:
    """Return AUROC of the relative distance minus that of the plain one, each in its best layer.

    Of the policy that `base_start` returns.
    """
    start = base_start(results)
    if start is None:
        return mean([])
    is_start = results["policy_of_policy_model"].values == start
    return mean(results["relative_less_plain"].values[is_start])


def excess_over_frontier(results: xr.Dataset) -> Estimate:
    """Return the largest gain minus the frontier's, over all runs and scores of a seed."""
    runs = runs_of(results)
    of_runs = np.fmax.reduce(results["excess_over_frontier"].values, axis=1)
    return mean(_greatest_by_seed(runs[runs["kind"] == "enumerated"], of_runs))


def largest_line_ratio(skew: str, results: xr.Dataset) -> Estimate:
    """Return the largest gain over s sqrt(2 KL) in worlds with a skew, over the runs of a seed.

    Of runs that are trained against the true score.
    """
    runs = _against_gold(results)
    return mean(_greatest_by_seed(runs[runs["skew"] == skew], results["line_ratio"].values))


def objective_ratio(results: xr.Dataset) -> Estimate:
    """Return the objective at the end over its closed optimum, with a penalty of `PENALTY`.

    Of runs against the true score in worlds without skew, mean over those of a seed.
    """
    runs = _against_gold(results)
    penalty = runs["kl_penalty"].to_numpy(dtype=np.float64)
    chosen = runs[np.isclose(penalty, PENALTY) & (runs["skew"] == "none")]
    return mean(by_seed(chosen, results["objective_ratio"].values).to_numpy())


def _swapped(results: xr.Dataset, name: str, **at: str | float) -> Array:
    """Return a quantity of the base swap by seed."""
    swap = base_swap(results)
    if swap is None:
        return np.zeros(0)
    return np.asarray(results[f"swapped_{name}"].sel({"swap": swap, **at}).values, dtype=np.float64)


def _by_size(family: pd.DataFrame, values: Array) -> pd.DataFrame:
    """Return means over rewards by seed and ascending size."""
    found = family[["seed", "d_model"]].assign(value=values[family["place"].to_numpy()])
    return found.pivot_table(index="seed", columns="d_model", values="value", dropna=False)


def _against_gold(results: xr.Dataset) -> pd.DataFrame:
    runs = runs_of(results)
    return runs[(runs["kind"] == "enumerated") & (runs["reward"] == GOLD)]


def _greatest_by_seed(rows: pd.DataFrame, values: Array) -> Array:
    of_rows = pd.Series(values[rows["place"].to_numpy()], index=rows["seed"].to_numpy())
    return of_rows.groupby(level=0).max().to_numpy()

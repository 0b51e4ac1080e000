"""Which policies and preference models claims are about.

Each function chooses by one rule from the dataset of `ontogeny.studies.rlhf.comparison`. Findings
are about worlds of kind `sequences`: where everything is enumerated, results are held against
mathematics and are no findings. Of these, worlds with one prompt, unless prompts are what a claim
is about.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

__all__ = [
    "base_online",
    "base_swap",
    "by_seed",
    "largest_group",
    "models_of",
    "runs_of",
    "size_family",
]

FINDINGS = "sequences"
"""The kind of world that findings are about."""


def base_swap(comparison: xr.Dataset) -> str | None:
    """Return the swap that claims on over-optimisation are about.

    Of those in worlds of kind `sequences` with one prompt: one whose preference models learned from
    samples of the start policy alone is preferred, then one in which nothing is unusual, then that
    with the most seeds, then the first by name.

    Parameters
    ----------
    comparison : Dataset

    Returns
    -------
    str or None
        None where there is none.
    """
    about = _frame(comparison, "swap", ("kind", "prompts", "mixes_online", "conditions"))
    about["seeds"] = (comparison["run_of_swap"].values >= 0).all(axis=2).sum(axis=1)
    found = about[(about["kind"] == FINDINGS) & (about["prompts"] == 1)]
    return _first(found, lambda row: (row.mixes_online, row.conditions != "", -row.seeds))


def base_online(comparison: xr.Dataset) -> str | None:
    """Return the online experiment and its partner that claims are about.

    Of those in worlds of kind `sequences` with one prompt: one in which nothing else is unusual is
    preferred, then that with the most seeds, then the first by name.

    Parameters
    ----------
    comparison : Dataset

    Returns
    -------
    str or None
        None where there is none.
    """
    about = _frame(comparison, "online", ("kind", "prompts", "conditions"))
    about["seeds"] = (comparison["online_run"].values >= 0).sum(axis=1)
    found = about[(about["kind"] == FINDINGS) & (about["prompts"] == 1)]
    return _first(found, lambda row: (row.conditions != "", -row.seeds))


def runs_of(comparison: xr.Dataset) -> pd.DataFrame:
    """Return what is known of each run: ``place`` along ``run``, and the columns ``NAME_of_run``.

    Parameters
    ----------
    comparison : Dataset
    """
    return _frame(comparison, "run", _described(comparison, "run"))


def models_of(comparison: xr.Dataset) -> pd.DataFrame:
    """Return what is known of each preference model in a world of kind `sequences`.

    Parameters
    ----------
    comparison : Dataset

    Returns
    -------
    DataFrame
        ``place`` along ``preference_model``, the columns ``NAME_of_preference_model``, and
        ``parameters``.
    """
    dim = "preference_model"
    found = _frame(comparison, dim, _described(comparison, dim))
    found["parameters"] = comparison["parameters"].values
    return found[found["kind"] == FINDINGS]


def size_family(comparison: xr.Dataset, *, least: int) -> pd.DataFrame:
    """Return runs that differ in the size of the policy: all are trained against the same scores.

    Of the runs in worlds of kind `sequences` with one prompt, whose preference models learned from
    samples of the start policy alone, those are a family that agree in world, penalty, conditions,
    and in size and pairs of the preference model. One in which nothing is unusual is preferred,
    then that with the most sizes, then that with the most runs.

    Parameters
    ----------
    comparison : Dataset
    least : int
        Sizes that it has to have.

    Returns
    -------
    DataFrame
        As of `runs_of`; empty where there is no such family. Of each seed and reward it has all
        sizes of the family, or none.
    """
    runs = runs_of(comparison)
    usable = runs[
        (runs["kind"] == FINDINGS)
        & (runs["prompts"] == 1)
        & (runs["reward_pairs"] > 0)
        & ~runs["mixes_online"].astype(np.bool_)
    ]
    shared = [
        "world", "kl_penalty", "conditions", "reward_d_model", "reward_layers", "reward_pairs",
    ]  # fmt: skip
    complete = [_complete(each) for _, each in usable.groupby(shared, sort=False)]
    families = [each for each in complete if each["d_model"].nunique() >= least]

    def rank(family: pd.DataFrame) -> tuple[bool, int, int]:
        unusual = bool((family["conditions"] != "").any())
        return unusual, -family["d_model"].nunique(), -len(family)

    return min(families, key=rank, default=usable.iloc[:0])


def largest_group(
    models: pd.DataFrame, shared: Sequence[str], rank: Callable[[pd.DataFrame], Any]
) -> pd.DataFrame:
    """Return the preference models of one group: of those that agree in some columns.

    Parameters
    ----------
    models : DataFrame
        As of `models_of`.
    shared : sequence of str
        Columns; missing values are equal.
    rank : callable
        From the models of a group to what the least of decides; of equals, the group with the most
        seeds, then the first in the configuration.

    Returns
    -------
    DataFrame
        Empty where there are no models.
    """
    groups = [each for _, each in models.groupby(list(shared), sort=False, dropna=False)]
    return min(
        groups, key=lambda each: (rank(each), -each["seed"].nunique()), default=models.iloc[:0]
    )


def by_seed(rows: pd.DataFrame, values: NDArray[np.float64]) -> "pd.Series[float]":
    """Return the mean of some values over the rows of each seed, by seed.

    Parameters
    ----------
    rows : DataFrame
        With ``place`` and ``seed``.
    values : (N,) ndarray
        By place.
    """
    of_rows = pd.Series(values[rows["place"].to_numpy()], index=rows["seed"].to_numpy())
    return of_rows.groupby(level=0).mean()


def _complete(family: pd.DataFrame) -> pd.DataFrame:
    """Return the runs of the seeds and rewards that have every size."""
    sizes = family.groupby(["seed", "reward"])["d_model"].transform("nunique")
    return family[sizes == family["d_model"].nunique()]


def _described(comparison: xr.Dataset, dim: str) -> list[str]:
    """Return the names of what the configuration says along a dimension."""
    suffix = f"_of_{dim}"
    return [str(name)[: -len(suffix)] for name in comparison.coords if str(name).endswith(suffix)]


def _frame(comparison: xr.Dataset, dim: str, names: Sequence[str]) -> pd.DataFrame:
    columns = {name: comparison[f"{name}_of_{dim}"].values for name in names}
    labels = comparison[dim].values.astype(str)
    return pd.DataFrame({"place": np.arange(len(labels)), "label": labels, **columns})


def _first(found: pd.DataFrame, rank: Callable[[Any], tuple[Any, ...]]) -> str | None:
    rows = list(found.itertuples())
    chosen = min(rows, key=lambda row: (*rank(row), row.label), default=None)
    return None if chosen is None else str(chosen.label)

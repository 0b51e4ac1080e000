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
    "FINDINGS",
    "KINDS",
    "NETWORK",
    "PAIRS",
    "base_models",
    "base_online",
    "base_start",
    "base_swap",
    "by_seed",
    "largest_group",
    "models_of",
    "overfitted_models",
    "runs_of",
    "simple_models",
    "size_family",
]

FINDINGS = "sequences"
"""The kind of world that findings are about."""

KINDS = (FINDINGS, "enumerated")
"""Kinds of worlds whose true score is known."""

PAIRS = 3000
"""Number of pairs of the preference models that claims on calibration are about."""

NETWORK = ("policy", "d_model", "layers", "epochs")
"""What preference models of one group agree in, beside their comparisons."""


def base_swap(comparison: xr.Dataset, kind: str = FINDINGS) -> str | None:
    """Return the swap that claims on over-optimisation are about.

    Of those in worlds of one kind with one prompt: one without skew is preferred, then one whose
    preference models learned from samples of the start policy alone, then one in which nothing is
    unusual, then that with the most seeds, then the first by name.

    Parameters
    ----------
    comparison : Dataset
    kind : {"sequences", "enumerated"}
        Claims are about ``sequences``.

    Returns
    -------
    str or None
        None where there is none.
    """
    about = _frame(comparison, "swap", ("kind", "prompts", "skew", "mixes_online", "conditions"))
    about["seeds"] = (comparison["run_of_swap"].values >= 0).all(axis=2).sum(axis=1)
    found = about[(about["kind"] == kind) & (about["prompts"] == 1)]

    def rank(row: Any) -> tuple[Any, ...]:
        return row.skew != "none", row.mixes_online, row.conditions != "", -row.seeds, row.label

    chosen = min(found.itertuples(), key=rank, default=None)
    return None if chosen is None else str(chosen.label)


def base_online(comparison: xr.Dataset) -> list[str]:
    """Return the online experiments, with their partners, whose mean claims take.

    Of those in worlds of kind `sequences` with one prompt: all that agree in everything but the
    samples that their comparisons are of. A group in which nothing is unusual is preferred, then
    that with the most experiments, then that with the most seeds that have all of them, then the
    first by name.

    Parameters
    ----------
    comparison : Dataset

    Returns
    -------
    list of str
        Empty where there are none.
    """
    alike = _described(comparison, "online")
    about = _frame(comparison, "online", alike)
    found = about[(about["kind"] == FINDINGS) & (about["prompts"] == 1)]
    has_seed = comparison["online_run"].values >= 0

    def rank(group: pd.DataFrame) -> tuple[bool, int, int, str]:
        seeds = int(has_seed[group["place"].to_numpy()].all(axis=0).sum())
        unusual = bool((group["conditions"] != "").any())
        return unusual, -len(group), -seeds, str(group["label"].min())

    groups = [each for _, each in found.groupby(alike, sort=False)]
    return list(min(groups, key=rank, default=found)["label"])


def base_start(comparison: xr.Dataset) -> str | None:
    """Return the start policy that claims on foreign sequences are about.

    The one with the most seeds, then the first by name.

    Parameters
    ----------
    comparison : Dataset

    Returns
    -------
    str or None
        None where none is tested on foreign sequences.
    """
    if "policy_model" not in comparison.dims:
        return None
    counts = pd.Series(comparison["policy_of_policy_model"].values.astype(str)).value_counts()
    return str(min(counts.index, key=lambda name: (-counts[name], name)))


def runs_of(comparison: xr.Dataset) -> pd.DataFrame:
    """Return what is known of each run: ``place`` along ``run``, and the columns ``NAME_of_run``.

    Parameters
    ----------
    comparison : Dataset
    """
    return _frame(comparison, "run", _described(comparison, "run"))


def models_of(comparison: xr.Dataset, kind: str = FINDINGS) -> pd.DataFrame:
    """Return what is known of each preference model in a world of one kind.

    Parameters
    ----------
    comparison : Dataset
    kind : {"sequences", "enumerated"}
        Claims are about ``sequences``.

    Returns
    -------
    DataFrame
        ``place`` along ``preference_model``, the columns ``NAME_of_preference_model``, and
        ``parameters``.
    """
    dim = "preference_model"
    found = _frame(comparison, dim, _described(comparison, dim))
    found["parameters"] = comparison["parameters"].values
    return found[found["kind"] == kind]


def simple_models(comparison: xr.Dataset, kind: str = FINDINGS) -> pd.DataFrame:
    """Return the models in worlds with one prompt that learned from the start policy alone.

    Parameters
    ----------
    comparison : Dataset
    kind : {"sequences", "enumerated"}

    Returns
    -------
    DataFrame
        As of `models_of`, without those that give some comparisons more weight than others.
    """
    models = models_of(comparison, kind)
    plain = ~models["mixes_online"].astype(np.bool_) & (models["last_weight"] == 1)
    return models[(models["prompts"] == 1) & plain]


def base_models(comparison: xr.Dataset, kind: str = FINDINGS) -> pd.DataFrame:
    """Return the preference models that claims on calibration are about.

    The `simple_models` with a number of pairs nearest to `PAIRS`, by its ratio; of these, the ones
    with the fewest epochs, then those of the largest network.

    Parameters
    ----------
    comparison : Dataset
    kind : {"sequences", "enumerated"}
    """

    def rank(each: pd.DataFrame) -> tuple[float, ...]:
        distance = abs(float(np.log(_first(each, "pairs") / PAIRS)))
        return distance, _first(each, "epochs"), -_first(each, "parameters")

    return largest_group(simple_models(comparison, kind), (*NETWORK, "pairs"), rank)


def overfitted_models(comparison: xr.Dataset, kind: str = FINDINGS) -> pd.DataFrame:
    """Return the preference models that the claim on temperatures is about.

    The `simple_models` with the most epochs, of those with the fewest pairs, then of the largest
    network.

    Parameters
    ----------
    comparison : Dataset
    kind : {"sequences", "enumerated"}
    """

    def rank(each: pd.DataFrame) -> tuple[float, ...]:
        return -_first(each, "epochs"), _first(each, "pairs"), -_first(each, "parameters")

    return largest_group(simple_models(comparison, kind), (*NETWORK, "pairs"), rank)


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


def _first(models: pd.DataFrame, name: str) -> float:
    """Return a number that all models of a group have."""
    return float(models[name].iloc[0])

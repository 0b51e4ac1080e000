"""What claims on preference models measure. The unit is the seed.

Every function reads the dataset of `ontogeny.studies.rlhf.comparison` and measures on one group of
preference models, which its docstring names; within a seed it takes the mean over them. All are of
worlds of kind `sequences`.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from ontogeny.estimates import Estimate, mean
from ontogeny.preferences import fit_line
from ontogeny.studies.rlhf.bases import (
    FINDINGS,
    NETWORK,
    base_models,
    by_seed,
    largest_group,
    models_of,
    overfitted_models,
)
from ontogeny.studies.rlhf.comparison.preferences import PROBES

__all__ = [
    "accuracy_lost_online",
    "accuracy_lost_to_skill",
    "accuracy_on_other_side",
    "calibration_error",
    "calibration_ratio",
    "coefficient",
    "excess_over_policy",
    "gain_of_size",
    "gain_of_weight",
    "slope_on_threshold",
]

Array = NDArray[np.float64]


def coefficient(of: str, results: xr.Dataset) -> Estimate:
    """Return the coefficient of the accuracy on ln pairs or ln parameters.

    Of the grids that have it, the one with the most preference models, then the first in the
    configuration.

    Parameters
    ----------
    of : {"pairs", "parameters"}
    results : Dataset
    """
    found = results[f"coefficient_of_{of}"].values
    models = np.isfinite(results["grid_accuracy"].values).sum(axis=(1, 2, 3))
    usable = (results["kind_of_grid"].values == FINDINGS) & np.isfinite(found).any(axis=1)
    if not usable.any():
        return mean([])
    return mean(found[np.where(usable, models, -1).argmax()])


def calibration_error(results: xr.Dataset) -> Estimate:
    """Return the calibration error of raw scores, of the models of `base_models`."""
    return mean(by_seed(base_models(results), _of_scaling(results, "raw")).to_numpy())


def calibration_ratio(results: xr.Dataset) -> Estimate:
    """Return the calibration error after division by the temperature over that before.

    Of the `overfitted_models`.
    """
    models = overfitted_models(results)
    after, before = (by_seed(models, _of_scaling(results, name)) for name in ("calibrated", "raw"))
    return mean((after / before).to_numpy())


def slope_on_threshold(results: xr.Dataset) -> Estimate:
    """Return the slope of the accuracy on the quantile that both scores exceed.

    Of the models of `base_models`, on fresh pairs of the start policy.
    """
    models = base_models(results)
    if models.empty:
        return mean([])
    above = results["accuracy_above"].sel(tested_on=PROBES).values
    quantiles = results["quantile"].values
    slopes = np.full(len(above), np.nan)
    for place in models["place"]:
        known = np.isfinite(above[place])
        slopes[place] = fit_line(quantiles[known], above[place, known]).slope
    return mean(by_seed(models, slopes).to_numpy())


def excess_over_policy(results: xr.Dataset) -> Estimate:
    """Return the accuracy of models minus that of the start policy's mean log-probability.

    Of the models of `base_models`, on fresh pairs of the start policy.
    """
    models = base_models(results)
    if models.empty:
        return mean([])
    own, policy = (
        results[name].sel(tested_on=PROBES).values for name in ("accuracy_on", "policy_accuracy_on")
    )
    return mean(by_seed(models, own - policy).to_numpy())


def accuracy_lost_online(results: xr.Dataset) -> Estimate:
    """Return the accuracy on samples of the start policy minus that on those of trained policies.

    Of the models in worlds with one prompt that are tested on both. Of the groups that agree in
    network, epochs, number of pairs and in what their pairs are of, one that learned from samples
    of the start policy alone is preferred, then that with the most seeds.
    """
    kind = results["kind_of_tested_on"].values
    base, online = (
        results["accuracy_on"].isel(tested_on=kind == name).mean("tested_on").values
        for name in ("start", "snapshots")
    )
    lost = base - online
    models = models_of(results)
    tested = models[(models["prompts"] == 1) & np.isfinite(lost[models["place"].to_numpy()])]
    chosen = largest_group(
        tested,
        (*NETWORK, "pairs", "kinds", "mixes_online"),
        lambda each: bool(each["mixes_online"].iloc[0]),
    )
    return mean(by_seed(chosen, lost).to_numpy())


def accuracy_on_other_side(results: xr.Dataset) -> Estimate:
    """Return the accuracy of models of one prompt alone on the other, the larger one of the two.

    The prompts are helpful and harmless. Of the networks and numbers of pairs for which there are
    models of either, the one with the most seeds, then the largest.
    """
    models = models_of(results)
    helpful, harmless = (models[f"{name}_pairs"] > 0 for name in ("helpful", "harmless"))
    one_sided = models[
        (models["prompts"] > 1) & (helpful != harmless) & (models["skill_pairs"] == 0)
    ]

    def larger(group: pd.DataFrame) -> pd.DataFrame:
        is_helpful = group["helpful_pairs"] > 0
        return pd.concat(
            [
                by_seed(group[is_helpful], _of_prompt(results, "harmless")),
                by_seed(group[~is_helpful], _of_prompt(results, "helpful")),
            ],
            axis=1,
        )

    groups = one_sided.groupby([*NETWORK, "pairs"], sort=False)
    return _of_one_group(
        (larger(each).dropna().max(axis=1).to_numpy(), -_first(each, "parameters"))
        for _, each in groups
    )


def gain_of_weight(results: xr.Dataset) -> Estimate:
    """Return the mean accuracy on both prompts with a weight on the rarer one minus that without.

    Of models that learn from helpful and harmless pairs, the last set being the rarer one and its
    weight 1 or above; mean over the weights above 1. Of the groups that agree in all but the
    weight, that with the most seeds that have both, then that with the smallest share.
    """
    models = models_of(results)
    mixed = models[_is_of_both(models) & (models["last_share"] < 0.5)]
    accuracy = _of_both(results)

    def gains(group: pd.DataFrame) -> Array:
        heavy, plain = (
            by_seed(group[chosen], accuracy)
            for chosen in (group["last_weight"] > 1, group["last_weight"] == 1)
        )
        return (heavy - plain).dropna().to_numpy()

    groups = mixed.groupby([*NETWORK, "pairs", "tranches", "last_share"], sort=False)
    return _of_one_group((gains(each), _first(each, "last_share")) for _, each in groups)


def accuracy_lost_to_skill(results: xr.Dataset) -> Estimate:
    """Return the accuracy on helpful or harmless pairs that is lost by adding pairs of a skill.

    The larger loss of the two. Models are compared that agree in network and epochs and in the
    numbers of helpful and of harmless pairs; of these groups, that with the most seeds that have
    both, then that of the largest network.
    """
    models = models_of(results)
    mixed = models[(models["helpful_pairs"] > 0) & (models["harmless_pairs"] > 0)]

    def losses(group: pd.DataFrame) -> pd.DataFrame:
        skilled = group["skill_pairs"] > 0
        accuracies = [_of_prompt(results, name) for name in ("helpful", "harmless")]
        return pd.concat(
            [by_seed(group[~skilled], each) - by_seed(group[skilled], each) for each in accuracies],
            axis=1,
        )

    groups = mixed.groupby([*NETWORK, "helpful_pairs", "harmless_pairs", "last_weight"], sort=False)
    return _of_one_group(
        (losses(each).dropna().max(axis=1).to_numpy(), -_first(each, "parameters"))
        for _, each in groups
    )


def gain_of_size(results: xr.Dataset) -> Estimate:
    """Return the mean accuracy on both prompts of the largest model minus that of the smallest.

    Of models that learn from as many helpful as harmless pairs, with a weight of 1. Of the groups
    that agree in all but the network, that with the most sizes, then that with the most seeds.
    """
    models = models_of(results)
    even = models[
        _is_of_both(models)
        & np.isclose(models["helpful_pairs"], models["harmless_pairs"])
        & (models["last_weight"] == 1)
    ]
    chosen = largest_group(
        even,
        ("policy", "epochs", "pairs", "tranches", "last_share"),
        lambda each: -each["parameters"].nunique(),
    )
    sizes = chosen["parameters"]
    if sizes.nunique() < 2:
        return mean([])
    accuracy = _of_both(results)
    largest, smallest = (
        by_seed(chosen[sizes == size], accuracy) for size in (sizes.max(), sizes.min())
    )
    return mean((largest - smallest).to_numpy())


def _of_one_group(groups: Iterable[tuple[Array, float]]) -> Estimate:
    """Return the mean over seeds of one group: with the most seeds, then the least number."""
    found = min(groups, key=lambda each: (-len(each[0]), each[1]), default=(np.zeros(0), 0.0))
    return mean(found[0])


def _first(models: pd.DataFrame, name: str) -> float:
    """Return a number that all models of a group have."""
    return float(models[name].iloc[0])


def _is_of_both(models: pd.DataFrame) -> "pd.Series[bool]":
    """Return whether models learn from helpful and harmless pairs and no others."""
    return (
        (models["helpful_pairs"] > 0)
        & (models["harmless_pairs"] > 0)
        & (models["skill_pairs"] == 0)
    )


def _of_prompt(results: xr.Dataset, prompt: str) -> Array:
    """Return the accuracy on the fresh pairs of a prompt, by preference model."""
    found = results["accuracy_of_prompt"].reindex(prompt=[prompt]).isel(prompt=0)
    return np.asarray(found.values, dtype=np.float64)


def _of_both(results: xr.Dataset) -> Array:
    return (_of_prompt(results, "helpful") + _of_prompt(results, "harmless")) / 2


def _of_scaling(results: xr.Dataset, scaling: str) -> Array:
    found = results["calibration_error"].reindex(scaling=[scaling]).isel(scaling=0)
    return np.asarray(found.values, dtype=np.float64)

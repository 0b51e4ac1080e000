"""How good and how biased recipes are, in a sentence."""

import numpy as np
import xarray as xr

from ontogeny.studies.noisy_labels.bases import base_settings, runs_of
from ontogeny.wording import plural, verb

__all__ = ["finding"]

_BIAS = "mean_absolute_negative_aeg"
_MEANING = "; bias is the mean |negative AEG| over groups"


def finding(comparison: xr.Dataset) -> str:
    """Return in a sentence which recipe is the most accurate, and which the least biased.

    Parameters
    ----------
    comparison : Dataset
        All networks and raters. Numbers are of the test comments, in the base setting of the first
        source of labels, as means over seeds.
    """
    if not comparison.sizes["run"]:
        raters = plural(comparison.sizes["rater"], "rater")
        return f"No network was trained on the labels of {raters}."
    setting = next(iter(base_settings(comparison).values()))
    means = (
        runs_of(comparison, setting)[["auc", _BIAS]]
        .sel(scored_on="test")
        .groupby("recipe_of_run")
        .mean()
        .dropna("recipe_of_run")
    )
    if not means.sizes["recipe_of_run"]:
        networks = plural(comparison.sizes["run"], "network")
        were = verb(comparison.sizes["run"], "was", "were")
        return f"{networks} {were} scored, without a measure of their bias."
    best = means.isel(recipe_of_run=int(np.argmax(means["auc"].values)))
    fairest = means.isel(recipe_of_run=int(np.argmin(means[_BIAS].values)))
    where = f"In the setting `{setting}`" if comparison.sizes["setting"] > 1 else "On test comments"
    if means.sizes["recipe_of_run"] == 1:
        return (
            f"{where}, the recipe {_named(best)} reaches {_auc(best)} and {_bias(best)}{_MEANING}."
        )
    if best["recipe_of_run"].item() == fairest["recipe_of_run"].item():
        return (
            f"{where}, the recipe {_named(best)} is both the most accurate of "
            f"{means.sizes['recipe_of_run']} ({_auc(best)}) and the least biased "
            f"({_bias(best)}){_MEANING}."
        )
    return (
        f"{where}, the most accurate of {means.sizes['recipe_of_run']} recipes is {_named(best)} "
        f"({_auc(best)}, {_bias(best)}); the least biased, {_named(fairest)} ({_bias(fairest)}), "
        f"pays for it in accuracy ({_auc(fairest)}){_MEANING}."
    )


def _named(recipe: xr.Dataset) -> str:
    return f"`{recipe['recipe_of_run'].item()}`"


def _auc(recipe: xr.Dataset) -> str:
    return f"AUC {float(recipe['auc']):.3f}"


def _bias(recipe: xr.Dataset) -> str:
    return f"bias {float(recipe[_BIAS]):.3f}"

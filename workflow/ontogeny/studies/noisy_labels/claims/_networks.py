"""What claims on networks measure: differences between recipes within a seed.

Every function reads the dataset of `ontogeny.studies.noisy_labels.comparison` and is told the
source of the labels. It measures in one setting of the source, the `base_setting`, unless it says
otherwise. Recipes are compared within a seed, as they share its clean comments; the unit is the
seed. |AEG| is the mean over groups of the absolute negative average equality gap. Measures of
groups are those on the set that `judged_on` returns, and a mean over fewer than `LEAST_GROUPS`
groups is not judged.
"""

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.stats import spearmanr

from ontogeny.estimates import Estimate, mean, share
from ontogeny.studies.noisy_labels.bases import base_setting, by_seed, runs_of
from ontogeny.studies.noisy_labels.least import LEAST_GROUPS
from ontogeny.studies.noisy_labels.recipes import GAINING, NINE

__all__ = [
    "AUC",
    "BIAS",
    "agreement_of_measures",
    "bias_when_stopped",
    "difference_of",
    "gain_of_better_rater",
    "gain_of_correction",
    "gain_of_tuning",
    "judged_on",
    "least_bias_of_others",
    "share_without_winner",
]

AUC, BIAS = "auc", "mean_absolute_negative_aeg"

Array = NDArray[np.float64]


def judged_on(results: xr.Dataset, source: str) -> str:
    """Return where groups are compared: on templates where real comments have some, else on test.

    Of real comments few name a group, and the test comments are the same for all seeds, so that an
    interval over seeds says nothing of how much another choice of comments would change.
    """
    setting = base_setting(results, source)
    if source == "generated" or setting is None:
        return "test"
    groups = runs_of(results, setting)["groups"].sel(scored_on="templates")
    return "templates" if (groups > 0).any() else "test"


def difference_of(
    first: str, second: str, quantity: str, results: xr.Dataset, *, source: str
) -> Estimate:
    """Return by how much a recipe exceeds another."""
    on = "test" if quantity == AUC else judged_on(results, source)
    table = _in_base(results, source, quantity, on)
    return mean((table.sel(recipe=first) - table.sel(recipe=second)).values)


def gain_of_tuning(results: xr.Dataset, *, source: str) -> Estimate:
    """Return the gain in AUC by fine-tuning, mean over the four strategies that can be tuned.

    A seed without one of the four is left out.
    """
    return mean(_gains(_in_base(results, source, AUC)).mean("recipe", skipna=False).values)


def gain_of_better_rater(results: xr.Dataset, *, source: str) -> Estimate:
    """Return the gain by fine-tuning with the most accurate rater minus that with the least.

    Of the settings that differ from the base setting in the accuracy of the rater alone. The mean
    over the strategies that a seed has in both.
    """
    accuracies = _settings_by(results, source, "accuracy_of_rater", same="keep_of_rater")
    if len(accuracies) < 2:
        return mean([])
    best, worst = (accuracies[each(accuracies)] for each in (max, min))
    more, less = xr.align(
        *(_gains(_table(results, setting, AUC)) for setting in (best, worst)), join="inner"
    )
    return mean((more - less).mean("recipe").values)


def gain_of_correction(results: xr.Dataset, *, source: str) -> Estimate:
    """Return AUC of loss correction minus that of `naive`, where the rater keeps everything.

    In the setting that differs from the base setting in what its rater keeps alone.
    """
    kept = _settings_by(results, source, "keep_of_rater", same="accuracy_of_rater")
    if kept.get(1.0) in (None, base_setting(results, source)):
        return mean([])
    table = _table(results, kept[1.0], AUC)
    return mean((table.sel(recipe="loss-correction") - table.sel(recipe="naive")).values)


def agreement_of_measures(results: xr.Dataset, *, source: str) -> Estimate:
    """Return how subgroup AUC and BPSN AUC order the nine recipes as AUC does.

    The smaller one of the two rank correlations (Spearman). A seed without one of the nine is left
    out.
    """
    on = judged_on(results, source)
    names = (AUC, "mean_subgroup_auc", "mean_bpsn_auc")
    tables = _nine(results, source, *((name, on) for name in names))
    return mean(
        [
            min(_rank_correlation(by_auc, subgroup), _rank_correlation(by_auc, bpsn))
            for by_auc, subgroup, bpsn in zip(*tables, strict=True)
        ]
    )


def least_bias_of_others(results: xr.Dataset, *, source: str, on: str | None = None) -> Estimate:
    """Return the least |AEG| of the other eight recipes minus that of `clean`.

    A seed without one of the nine is left out.
    """
    (bias,) = _nine(results, source, (BIAS, on or judged_on(results, source)))
    clean = NINE.index("clean")
    return mean(np.delete(bias, clean, axis=1).min(axis=1) - bias[:, clean])


def bias_when_stopped(results: xr.Dataset, *, source: str) -> Estimate:
    """Return |AEG| of `naive`, stopped when it is as accurate as `clean`, minus that of `clean`."""
    on = judged_on(results, source)
    stopped = _in_base(results, source, f"stopped_{BIAS}", on).sel(recipe="naive")
    return mean((stopped - _in_base(results, source, BIAS, on).sel(recipe="clean")).values)


def share_without_winner(results: xr.Dataset, *, source: str) -> Estimate:
    """Return the share of seeds in which the best of the nine by AUC is not the best by |AEG|.

    A seed without one of the nine is left out.
    """
    by_auc, by_bias = _nine(results, source, (AUC, "test"), (BIAS, judged_on(results, source)))
    return share(by_auc.argmax(axis=1) != by_bias.argmin(axis=1))


def _table(
    results: xr.Dataset, setting: str | None, quantity: str, on: str = "test"
) -> xr.DataArray:
    """Return a quantity by seed and recipe of a setting; NaN for what it lacks."""
    runs = results.isel(run=[]) if setting is None else runs_of(results, setting)
    found = by_seed(runs, [quantity, "groups"]).sel(scored_on=on)
    if quantity == AUC:
        return found[AUC]
    return found[quantity].where(found["groups"] >= LEAST_GROUPS)


def _in_base(results: xr.Dataset, source: str, quantity: str, on: str = "test") -> xr.DataArray:
    """Return a quantity by seed and recipe of the base setting of a source."""
    return _table(results, base_setting(results, source), quantity, on)


def _nine(results: xr.Dataset, source: str, *quantities: tuple[str, str]) -> list[Array]:
    """Return quantities on sets, of the nine recipes, (seed, recipe) each, of seeds with all."""
    tables = [_in_base(results, source, *each).sel(recipe=list(NINE)).values for each in quantities]
    known = np.all([np.isfinite(each).all(axis=1) for each in tables], axis=0)
    return [each[known] for each in tables]


def _gains(table: xr.DataArray) -> xr.DataArray:
    """Return by how much each strategy is better after fine-tuning, (seed, recipe before)."""
    before, after = (table.sel(recipe=list(each)) for each in (GAINING, GAINING.values()))
    return before.copy(data=after.values - before.values)


def _settings_by(results: xr.Dataset, source: str, name: str, *, same: str) -> dict[float, str]:
    """Return settings that differ from the base setting in one property of the rater alone.

    Parameters
    ----------
    results : Dataset
    source : str
    name, same : str
        The property by which they are returned, and the one in which they agree. Votes have
        neither.

    Returns
    -------
    dict of float to str
        The base setting, and of others with one value the first by name.
    """
    base = base_setting(results, source)
    if base is None:
        return {}
    names = sorted(map(str, results["setting"].values))
    rater = results["rater_of_setting"].sel(setting=names).values
    sought, shared = (results[each].sel(rater=rater).values for each in (name, same))
    described = list(
        zip(
            results["corpus_of_setting"].sel(setting=names).values,
            results["clean_share_of_setting"].sel(setting=names).values,
            results["conditions_of_setting"].sel(setting=names).values,
            shared,
            strict=True,
        )
    )
    place = names.index(base)
    found = {float(sought[place]): base}
    for setting, about, value in zip(names, described, sought, strict=True):
        if about == described[place] and np.isfinite(value):
            found.setdefault(float(value), setting)
    return found


def _rank_correlation(x: Array, y: Array) -> float:
    """Return the rank correlation (Spearman); NaN where one of them is constant."""
    if min(map(np.ptp, (x, y))) == 0:
        return np.nan
    return float(spearmanr(x, y).statistic)

"""Which runs and raters claims and figures are about."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import xarray as xr

from ontogeny.labels import text
from ontogeny.studies.noisy_labels.facts import SOURCES
from ontogeny.studies.noisy_labels.recipes import SHOWN

__all__ = ["base_rater", "base_setting", "base_settings", "by_seed", "runs_of"]


def base_settings(comparison: xr.Dataset) -> dict[str, str]:
    """Return the `base_setting` of each source that has runs, by source, real comments first."""
    found = {source: base_setting(comparison, source) for source in SOURCES}
    return {source: setting for source, setting in found.items() if setting is not None}


def base_setting(comparison: xr.Dataset, source: str) -> str | None:
    """Return the setting with the most runs of a source; of equals, the first by name.

    Parameters
    ----------
    comparison : Dataset
    source : {"tweets", "votes", "generated"}

    Returns
    -------
    str or None
        None where the source has no run.
    """
    if not comparison.sizes["run"]:
        return None
    of_source = comparison["source_of_run"].values == source
    counts = Counter(str(each) for each in comparison["setting_of_run"].values[of_source])
    return min(counts, key=lambda each: (-counts[each], each), default=None)


def base_rater(comparison: xr.Dataset, source: str) -> str | None:
    """Return the rater of the `base_setting`; without runs, the first rater by name, or None."""
    setting = base_setting(comparison, source)
    if setting is not None:
        return str(comparison["rater_of_setting"].sel(setting=setting).item())
    of_source = comparison["source_of_rater"].values == source
    return min(map(str, comparison["rater"].values[of_source]), default=None)


def runs_of(comparison: xr.Dataset, setting: str) -> xr.Dataset:
    """Return the runs that are compared in a setting.

    Those with its corpus, rater and share of clean comments. Runs that read no label of the rater
    count in the settings of other raters as well: `clean` where corpus and share are the same,
    `oracle` where the corpus is.

    Parameters
    ----------
    comparison : Dataset
    setting : str

    Returns
    -------
    Dataset
        Its own runs first.
    """
    if not comparison.sizes["run"]:
        return comparison
    about = comparison.sel(setting=setting)
    strategy = comparison["strategy_of_run"].values
    own = comparison["setting_of_run"].values == setting
    same_corpus = comparison["corpus_of_run"].values == about["corpus_of_setting"].item()
    same_share = comparison["clean_share_of_run"].values == about["clean_share_of_setting"].item()
    shared = same_corpus & ((strategy == "oracle") | ((strategy == "clean") & same_share))
    return comparison.isel(run=np.concatenate([np.flatnonzero(own), np.flatnonzero(shared & ~own)]))


def by_seed(runs: xr.Dataset, names: Sequence[str]) -> xr.Dataset:
    """Return quantities of runs as tables, so that recipes are compared within a seed.

    Parameters
    ----------
    runs : Dataset
        Of one setting.
    names : sequence of str
        Of variables by ``run`` and others.

    Returns
    -------
    Dataset
        The variables by ``seed``, ``recipe`` in `SHOWN`, and the others; NaN where there is no run.
        Of several runs with one seed and recipe the first one counts.
    """
    rows = zip(runs["seed_of_run"].values, runs["recipe_of_run"].values, strict=True)
    first = {row: place for place, row in reversed([*enumerate(rows)])}
    seeds = sorted({seed for seed, _ in first})
    place = [[first.get((seed, recipe), -1) for recipe in SHOWN] for seed in seeds]
    at = xr.DataArray(
        np.array(place, dtype=np.int64).reshape(-1, len(SHOWN)),
        {"seed": seeds, "recipe": text(SHOWN)},
        ("seed", "recipe"),
    )
    found = runs[list(names)]
    found = found.drop_vars([name for name in found.coords if "run" in found[name].dims])
    return found.isel(run=at).where(at >= 0)

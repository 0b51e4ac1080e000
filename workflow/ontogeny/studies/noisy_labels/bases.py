"""Which runs and raters claims and figures are about."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import xarray as xr

from ontogeny.labels import text
from ontogeny.studies.noisy_labels.config import Experiment
from ontogeny.studies.noisy_labels.facts import SOURCES
from ontogeny.studies.noisy_labels.labels import coordinate
from ontogeny.studies.noisy_labels.recipes import SHOWN
from ontogeny.studies.noisy_labels.settings import Setting, runs_in

__all__ = ["base_rater", "base_setting", "base_settings", "by_seed", "runs_of"]


def base_settings(comparison: xr.Dataset) -> dict[str, str]:
    """Return the `base_setting` of each source that has runs, by source, real comments first."""
    found = {source: base_setting(comparison, source) for source in SOURCES}
    return {source: setting for source, setting in found.items() if setting is not None}


def base_setting(comparison: xr.Dataset, source: str) -> str | None:
    """Return the main setting of a source.

    Of its settings one with the default share of clean comments is preferred, then one in which
    nothing is unusual, then that with the most runs, then the first by name.

    Parameters
    ----------
    comparison : Dataset
    source : {"comments", "votes", "generated"}

    Returns
    -------
    str or None
        None where the source has no run.
    """
    if not comparison.sizes["run"]:
        return None
    of_source = comparison["source_of_run"].values == source
    counts = Counter(str(each) for each in comparison["setting_of_run"].values[of_source])
    share, conditions = (
        dict(
            zip(
                comparison["setting"].values,
                comparison[f"{of}_of_setting"].values.tolist(),
                strict=True,
            )
        )
        for of in ("clean_share", "conditions")
    )
    usual = Experiment.model_fields["clean_share"].default

    def rank(setting: str) -> tuple[bool, bool, int, str]:
        return share[setting] != usual, conditions[setting] != "", -counts[setting], setting

    return min(counts, key=rank, default=None)


def base_rater(comparison: xr.Dataset, source: str) -> str | None:
    """Return the rater of the `base_setting`; without runs, the first rater by name, or None."""
    setting = base_setting(comparison, source)
    if setting is not None:
        return str(comparison["rater_of_setting"].sel(setting=setting).item())
    of_source = comparison["source_of_rater"].values == source
    return min(map(str, comparison["rater"].values[of_source]), default=None)


def runs_of(comparison: xr.Dataset, setting: str) -> xr.Dataset:
    """Return the runs that are compared in a setting, as `runs_in` says; one by recipe and seed.

    Parameters
    ----------
    comparison : Dataset
    setting : str
    """
    if not comparison.sizes["run"]:
        return comparison
    of_setting = comparison.sel(setting=setting)
    wanted = Setting(*(of_setting[f"{name}_of_setting"].item() for name in Setting._fields))
    names = ("experiment", "seed", "strategy", "recipe", *Setting._fields)
    columns = (comparison[f"{name}_of_run"].values for name in names)
    about = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    return comparison.isel(run=[*runs_in(about, wanted).values()])


def by_seed(runs: xr.Dataset, names: Sequence[str]) -> xr.Dataset:
    """Return quantities of runs as tables, so that recipes are compared within a seed.

    Parameters
    ----------
    runs : Dataset
        Of one setting, as of `runs_of`.
    names : sequence of str
        Of variables by ``run`` and others.

    Returns
    -------
    Dataset
        The variables by ``seed``, ``recipe`` in `SHOWN`, and the others; NaN where there is no run.
    """
    rows = zip(runs["seed_of_run"].values, runs["recipe_of_run"].values, strict=True)
    places = {row: place for place, row in enumerate(rows)}
    seeds = sorted({seed for seed, _ in places})
    place = [[places.get((seed, recipe), -1) for recipe in SHOWN] for seed in seeds]
    at = xr.DataArray(
        np.array(place, dtype=np.int64).reshape(-1, len(SHOWN)),
        {"seed": coordinate("seed", seeds), "recipe": coordinate("recipe", text(SHOWN))},
        ("seed", "recipe"),
    )
    found = runs[list(names)]
    found = found.drop_vars([name for name in found.coords if "run" in found[name].dims])
    return found.isel(run=at).where(at >= 0)

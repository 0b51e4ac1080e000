"""Recipes that learn from the same comments, compared within each seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.estimates import mean
from ontogeny.joins import Run
from ontogeny.joins.pairs import differences
from ontogeny.labels import text
from ontogeny.studies.noisy_labels.comparison.runs import THRESHOLD_RULES
from ontogeny.studies.noisy_labels.labels import coordinate, variable
from ontogeny.studies.noisy_labels.recipes import NINE, SHOWN
from ontogeny.studies.noisy_labels.settings import Setting, runs_in, setting_of

__all__ = ["MEASURES", "Criterion", "of_settings"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Criterion:
    """Where a measure of runs is, and which of its values is the best.

    Attributes
    ----------
    name : str
        Of the variable.
    scored_on : str
    is_high : bool
        Whether the highest value is the best; else that nearest to 0.
    is_decided : bool
        Whether it has a threshold; it is the one of equal errors.
    """

    name: str
    scored_on: str = "test"
    is_high: bool = False
    is_decided: bool = False

    def of(self, variables: Mapping[str, xr.Variable], sets: Sequence[str]) -> Array:
        """Return the measure of each run."""
        found = variables[self.name].isel(scored_on=sets.index(self.scored_on))
        if self.is_decided:
            found = found.isel(threshold_rule=THRESHOLD_RULES.index("equal error"))
        return np.asarray(found.values, dtype=np.float64)

    def quality(self, values: Array) -> Array:
        """Return the measure so that larger is better."""
        return values if self.is_high else -np.abs(values)


MEASURES = {
    "auc": Criterion("auc", is_high=True),
    "mean_subgroup_auc": Criterion("mean_subgroup_auc", is_high=True),
    "mean_bpsn_auc": Criterion("mean_bpsn_auc", is_high=True),
    "mean_bnsp_auc": Criterion("mean_bnsp_auc", is_high=True),
    "mean_negative_aeg": Criterion("mean_negative_aeg"),
    "mean_absolute_negative_aeg": Criterion("mean_absolute_negative_aeg"),
    "fped": Criterion("fped", is_decided=True),
    "templates_auc": Criterion("auc", "templates", is_high=True),
    "templates_mean_absolute_negative_aeg": Criterion("mean_absolute_negative_aeg", "templates"),
}
"""By name, the measures by which recipes are compared."""


def of_settings(
    runs: Sequence[Run], measured: Mapping[str, Array]
) -> tuple[dict[str, xr.Variable], dict[str, xr.Variable]]:
    """Return how recipes compare, in each setting.

    Which runs belong to a setting is in `ontogeny.studies.noisy_labels.settings.runs_in`.

    Parameters
    ----------
    runs : sequence of R Run
    measured : mapping of str to (R,) ndarray
        The `MEASURES` of each run.

    Returns
    -------
    coordinates : dict of str to Variable
        ``setting``, ``recipe`` and ``measure``; ``corpus_of_setting``, ``rater_of_setting``,
        ``clean_share_of_setting``, ``conditions_of_setting`` and ``source_of_setting``.
    variables : dict of str to Variable
        ``seeds(setting, recipe)``, how many runs there are. By ``(setting, recipe, measure)``,
        over those: ``mean_over_seeds``; ``excess_over_naive``, the mean difference to the recipe
        `naive` of the same seed, with its ``excess_interval(end)``; ``gain_of_tuning``, that to the
        same recipe before tuning, with its ``gain_interval(end)``; ``wins``, the share of seeds in
        which the recipe is the best of those of the paper. NaN where there is nothing to compare.
    """
    about = [run.about for run in runs]
    sources = {setting_of(each): str(each["source"]) for each in about}
    settings, recipes = tuple(sources), _recipes(runs)
    table = xr.Dataset(
        {name: ("run", values) for name, values in measured.items()}
        | {"seed_of_run": ("run", [run.about["seed"] for run in runs])}
    )
    tables = [_by_recipe(table, about, setting, recipes) for setting in settings]
    shape = (len(settings), len(recipes), len(MEASURES))
    values = np.full((*shape, len(_Compared._fields)), np.nan)
    for row, of_recipes in enumerate(tables):
        for column, name in enumerate(recipes):
            for place, measure in enumerate(MEASURES):
                values[row, column, place] = _compared(
                    of_recipes, name, _before(runs, name), measure
                )
    wins = np.array([_wins(each) for each in tables]).reshape(shape)
    counts = [[of[each].sizes["run"] for each in recipes] for of in tables]
    return _coordinates(settings, sources, recipes), {
        "seeds": variable(
            ("setting", "recipe"), np.array(counts, dtype=np.int64).reshape(shape[:2]), "seeds"
        ),
        **_variables(values),
        "wins": variable(
            ("setting", "recipe", "measure"), wins, "share of seeds in which the recipe is the best"
        ),
    }


class _Compared(NamedTuple):
    mean: float
    excess: float
    excess_lower: float
    excess_upper: float
    gain: float
    gain_lower: float
    gain_upper: float


def _recipes(runs: Sequence[Run]) -> tuple[str, ...]:
    """Return the recipes of runs: those of the paper, controls, others."""
    found = dict.fromkeys(str(run.about["recipe"]) for run in runs)
    known = [each for each in SHOWN if each in found]
    return tuple(dict.fromkeys([*known, *found]))


def _by_recipe(
    table: xr.Dataset, about: Sequence[Mapping[str, Any]], setting: Setting, recipes: Sequence[str]
) -> dict[str, xr.Dataset]:
    """Return the runs of each recipe in a setting, one for each seed, ascending."""
    places: dict[str, list[int]] = {recipe: [] for recipe in recipes}
    for (recipe, _), place in runs_in(about, setting).items():
        places[recipe].append(place)
    return {
        recipe: table.isel(run=np.array(each, dtype=np.int64)) for recipe, each in places.items()
    }


def _before(runs: Sequence[Run], tuned: str) -> str | None:
    """Return the recipe that a recipe is before tuning; None where it is not tuned."""
    about = next(run.about for run in runs if run.about["recipe"] == tuned)
    if not about["tuned"]:
        return None
    return tuned.removesuffix(", tuned")


def _compared(
    tables: Mapping[str, xr.Dataset], name: str, before: str | None, measure: str
) -> _Compared:
    own = tables[name]

    def beside(other: str | None) -> tuple[float, float, float]:
        if other is None or other not in tables:
            return np.nan, np.nan, np.nan
        found = mean(differences(own, tables[other], measure, ["seed_of_run"]))
        return found.value, found.lower, found.upper

    return _Compared(mean(own[measure].values).value, *beside("naive"), *beside(before))


def _wins(tables: Mapping[str, xr.Dataset]) -> Array:
    """Return the share of seeds in which each recipe is the best of the paper's, (C, M).

    Over the seeds in which all of these recipes have a value; recipes that are equally good share a
    seed. NaN for other recipes, and where there are fewer than two.
    """
    rivals = [name for name in NINE if name in tables and tables[name].sizes["run"]]
    found = np.full((len(tables), len(MEASURES)), np.nan)
    if len(rivals) < 2:
        return found
    seeds = set.intersection(*(set(tables[name]["seed_of_run"].values) for name in rivals))
    rows = [list(tables).index(name) for name in rivals]
    for column, (measure, criterion) in enumerate(MEASURES.items()):
        quality = np.array(
            [
                criterion.quality(each[measure].values[np.isin(each["seed_of_run"], list(seeds))])
                for each in (tables[name] for name in rivals)
            ]
        )
        quality = quality[:, ~np.isnan(quality).any(axis=0)]
        if quality.size:
            is_best = quality == quality.max(axis=0)
            found[rows, column] = (is_best / is_best.sum(axis=0)).mean(axis=1)
    return found


def _variables(values: Array) -> dict[str, xr.Variable]:
    dims = ("setting", "recipe", "measure")
    of = {name: values[..., place] for place, name in enumerate(_Compared._fields)}

    def interval(name: str, long_name: str) -> xr.Variable:
        ends = np.stack([of[f"{name}_lower"], of[f"{name}_upper"]], axis=-1)
        return variable((*dims, "end"), ends, f"interval of 95 % of the {long_name}")

    excess, gain = "mean difference to naive, within seeds", "mean gain of tuning, within seeds"
    return {
        "mean_over_seeds": variable(dims, of["mean"], "mean over seeds"),
        "excess_over_naive": variable(dims, of["excess"], excess),
        "excess_interval": interval("excess", excess),
        "gain_of_tuning": variable(dims, of["gain"], gain),
        "gain_interval": interval("gain", gain),
    }


def _coordinates(
    settings: Sequence[Setting], sources: Mapping[Setting, str], recipes: Sequence[str]
) -> dict[str, xr.Variable]:
    shares = np.array([each.clean_share for each in settings], dtype=np.float64)
    return {
        "setting": coordinate("setting", text(map(str, settings))),
        "recipe": coordinate("recipe", text(recipes)),
        "measure": coordinate("measure", text(MEASURES)),
        "corpus_of_setting": variable(
            "setting", text(each.corpus for each in settings), "corpus of the setting"
        ),
        "rater_of_setting": variable(
            "setting", text(each.rater for each in settings), "rater of the setting"
        ),
        "clean_share_of_setting": variable(
            "setting", shares, "share of the comments whose true label is known"
        ),
        "conditions_of_setting": variable(
            "setting",
            text(each.conditions for each in settings),
            "settings of training that differ from most experiments",
        ),
        "source_of_setting": variable(
            "setting", text(sources[each] for each in settings), "source of the noisy labels"
        ),
    }

"""How the accuracy of preference models grows with pairs and size."""

from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.labels import text
from ontogeny.studies.rlhf.comparison.preferences import PROBES
from ontogeny.studies.rlhf.labels import coordinate, variable
from ontogeny.studies.rlhf.least import LEAST_GRADES

__all__ = ["scaling_of_preferences"]

_SHARED = ("policy", "world", "kind", "tranches", "last_share", "last_weight", "epochs")

Array = NDArray[np.float64]


def scaling_of_preferences(table: xr.Dataset, seeds: NDArray[np.int64]) -> xr.Dataset:
    """Return the accuracy on the probes by pairs and parameters, and its coefficients.

    A grid is the preference models that agree in policy, comparisons, weights and epochs, and that
    have at least three numbers of pairs or three numbers of parameters.

    Parameters
    ----------
    table : Dataset
        As of `table_of_preferences`.
    seeds : (n,) ndarray of int
        Ascending, those of all models among them.

    Returns
    -------
    Dataset
        ``grid_accuracy(grid, seed, grid_pairs, grid_parameters)``, the mean over seeds
        ``mean_grid_accuracy``, and ``grid_ceiling(grid)``, the mean accuracy of the true score. By
        ``(grid, seed)``, of the least-squares plane of the accuracy over ln pairs and ln
        parameters: ``coefficient_of_pairs``, ``coefficient_of_parameters``, ``scaling_r_squared``.
        A coefficient is NaN with fewer than three values of what it belongs to.
    """
    grids = _found(table)
    columns = _Columns(table)
    places_of_grids = np.array([place for each in grids for place in each], dtype=np.int64)
    pairs, parameters = (
        np.unique(values[places_of_grids]) for values in (columns.pairs, columns.parameters)
    )
    accuracy = np.full((len(grids), len(seeds), len(pairs), len(parameters)), np.nan)
    fits = np.full((len(grids), len(seeds), 3), np.nan)
    for row, places in enumerate(grids):
        for column, seed in enumerate(seeds):
            of_seed = [place for place in places if columns.seed[place] == seed]
            at_pairs = np.searchsorted(pairs, columns.pairs[of_seed])
            at_parameters = np.searchsorted(parameters, columns.parameters[of_seed])
            accuracy[row, column, at_pairs, at_parameters] = columns.accuracy[of_seed]
            fits[row, column] = _plane(
                columns.pairs[of_seed], columns.parameters[of_seed], columns.accuracy[of_seed]
            )
    ceiling = np.array([np.nanmean(columns.ceiling[each]) for each in grids], dtype=np.float64)
    return xr.Dataset(
        _accuracies(accuracy, ceiling) | _coefficients(fits),
        {
            "grid": coordinate("grid", text(_name(table, each[0]) for each in grids)),
            "seed": coordinate("seed", seeds),
            "grid_pairs": coordinate("grid_pairs", pairs),
            "grid_parameters": coordinate("grid_parameters", parameters),
            **_about(table, grids),
        },
    )


def _accuracies(accuracy: Array, ceiling: Array) -> dict[str, xr.Variable]:
    long_name = "accuracy on fresh pairs"
    found = variable(("grid", "seed", "grid_pairs", "grid_parameters"), accuracy, long_name)
    return {
        "grid_accuracy": found,
        "mean_grid_accuracy": found.mean("seed", keep_attrs=True),
        "grid_ceiling": variable("grid", ceiling, "accuracy of the true score"),
    }


def _coefficients(fits: Array) -> dict[str, xr.Variable]:
    about = {
        "coefficient_of_pairs": "rise of accuracy by ln pairs",
        "coefficient_of_parameters": "rise of accuracy by ln parameters",
        "scaling_r_squared": "R2 of accuracy on both",
    }
    return {
        name: variable(("grid", "seed"), fits[..., place], long_name)
        for place, (name, long_name) in enumerate(about.items())
    }


class _Columns:
    """What of preference models is fitted."""

    def __init__(self, table: xr.Dataset) -> None:
        self.seed = table["seed_of_preference_model"].values
        self.pairs = table["pairs_of_preference_model"].values.astype(np.float64)
        self.parameters = table["parameters"].values
        nothing = np.full(self.seed.shape, np.nan)
        has_probes = PROBES in table["tested_on"].values
        self.accuracy, self.ceiling = (
            table[name].sel(tested_on=PROBES).values if has_probes else nothing
            for name in ("accuracy_on", "ceiling_on")
        )


def _found(table: xr.Dataset) -> list[list[int]]:
    """Return the places of the preference models of each grid."""
    alike: dict[tuple[Any, ...], list[int]] = {}
    columns = [_comparable(table[f"{name}_of_preference_model"].values) for name in _SHARED]
    for place, key in enumerate(zip(*columns, strict=True)):
        alike.setdefault(key, []).append(place)
    pairs, parameters = table["pairs_of_preference_model"].values, table["parameters"].values
    return [
        each
        for each in alike.values()
        if max(np.unique(values[each]).size for values in (pairs, parameters)) >= LEAST_GRADES
    ]


def _comparable(values: NDArray[Any]) -> list[Any]:
    """Return values with None for NaN, so that they compare as equal."""
    return [None if value != value else value for value in values.tolist()]


def _plane(pairs: Array, parameters: Array, accuracy: Array) -> tuple[float, float, float]:
    """Return the two coefficients and R^2 of the plane of accuracy over the two logarithms."""
    known = np.isfinite(accuracy)
    measured = accuracy[known]
    logs = [np.log(each[known]) for each in (pairs, parameters)]
    counts = [np.unique(each).size for each in logs]
    columns = np.stack([np.ones(measured.size), *logs], axis=1)
    free = [place for place, count in enumerate([2, *counts]) if count > 1]
    if measured.size <= len(free) or np.ptp(measured) == 0:
        return np.nan, np.nan, np.nan
    solved, _, rank, _ = np.linalg.lstsq(columns[:, free], measured)
    if rank < len(free):
        return np.nan, np.nan, np.nan
    left = measured - columns[:, free] @ solved
    spread = measured - measured.mean()
    by_column = dict(zip(free, solved.tolist(), strict=True))
    of_pairs, of_parameters = (
        by_column[place] if counts[place - 1] >= LEAST_GRADES else np.nan for place in (1, 2)
    )
    return of_pairs, of_parameters, float(1 - left @ left / (spread @ spread))


def _name(table: xr.Dataset, place: int) -> str:
    of = {name: table[f"{name}_of_preference_model"].values[place] for name in _SHARED}
    parts = [f"{of['policy']}, {of['tranches']}", f"{of['epochs']} epochs"]
    if not np.isnan(of["last_share"]):
        parts.append(f"share of the last {of['last_share']:g}")
    if of["last_weight"] != 1:
        parts.append(f"weight of the last {of['last_weight']:g}")
    return ", ".join(parts)


def _about(table: xr.Dataset, grids: list[list[int]]) -> dict[str, xr.Variable]:
    first = [each[0] for each in grids]
    return {
        f"{name}_of_grid": variable(
            "grid", table[f"{name}_of_preference_model"].values[first], f"{name} of the grid"
        )
        for name in ("policy", "world", "kind")
    }

"""Families of networks that differ in width alone: as arrays, and which of them count.

Symbols: ``F`` families, ``W`` widths. A width that a family lacks is NaN.

Which families claims are about, and figures of a single setting show: in each world the setting
with the most networks, of equal ones that which was trained the longest. Networks that diverged
are included in their number, which is a matter of the configuration and not of the outcome. So
families on several worlds all count, but those of a control, with another depth or another length
of training, are no second observation of the same world and seed. Only families with several sizes
count.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.joins import Run
from ontogeny.labels import text
from ontogeny.studies.surprise.labels import variable

__all__ = [
    "CONTROL",
    "Array",
    "Grid",
    "Take",
    "Variables",
    "control_of",
    "counted",
    "families_of",
    "final",
    "has_several_sizes",
    "is_complete",
    "labels_of",
    "main_setting",
    "settings",
    "spread_of_crossing",
]

CONTROL = 4
"""How many times the training of a setting its control has."""

Array = NDArray[np.float64]
Variables = dict[str, xr.Variable]
Take = Callable[[Run], xr.DataArray]


class Grid:
    """The place of each run among families and widths.

    Parameters
    ----------
    runs : sequence of Run
        Described by ``family``, ``setting`` and ``width``.

    Attributes
    ----------
    families : list of str
        In the order in which runs are given.
    widths : (W,) ndarray of int64
        All widths of any family.

    Raises
    ------
    ValueError
        If two runs of a family have the same width.
    """

    def __init__(self, runs: Sequence[Run]) -> None:
        self._runs = runs
        self.families = list(dict.fromkeys(str(run.about["family"]) for run in runs))
        self.widths = np.unique([int(run.about["width"]) for run in runs])
        places = [self._place(run) for run in runs]
        twice = next((place for place in places if places.count(place) > 1), None)
        if twice is not None:
            family, width = self.families[twice[0]], self.widths[twice[1]]
            msg = f"family {family!r}: two of its runs have the width {width}"
            raise ValueError(msg)

    def _place(self, run: Run) -> tuple[int, int]:
        at_width = int(np.searchsorted(self.widths, int(run.about["width"])))
        return self.families.index(str(run.about["family"])), at_width

    def about(self, name: str) -> list[Any]:
        """Return what the configuration says of each family."""
        first = {str(run.about["family"]): run.about for run in reversed(self._runs)}
        return [first[family][name] for family in self.families]

    def described(self, meaning: Mapping[str, str]) -> Variables:
        """Return what the configuration says of each family, ``NAME_of_family``, by its meaning."""
        found = {}
        for name, long_name in meaning.items():
            values = self.about(name)
            array = text(values) if isinstance(values[0], str) else np.array(values)
            found[f"{name}_of_family"] = variable("family", array, long_name)
        return found

    def left_out(self) -> xr.Variable:
        """Return how many runs of each family diverged."""
        places = [self._place(run)[0] for run in self._runs if not is_complete(run)]
        count = np.bincount(np.array(places, dtype=np.int64), minlength=len(self.families))
        return variable("family", count, "networks that diverged")

    def table(self, runs: Sequence[Run], take: Take, **labels: Any) -> Array:
        """Return values of runs over families, widths and labels; NaN where there is none."""
        shape = tuple(len(values) for values in labels.values())
        found = np.full((len(self.families), len(self.widths), *shape), np.nan)
        for run in runs:
            value = take(run).astype(np.float64).transpose(*labels)
            found[self._place(run)] = value.reindex(labels).values
        return found

    def of_family(self, runs: Sequence[Run], take: Take, **labels: Any) -> Array:
        """Return what all runs of a family share, over families and labels."""
        return np.asarray(np.fmax.reduce(self.table(runs, take, **labels), axis=1))


def is_complete(run: Run) -> bool:
    """Return whether a run reached its last step; one that did not has diverged."""
    return bool(run.results["evaluation"]["step"].values[-1] >= run.about["steps"])


def final(name: str) -> Take:
    """Return what takes a value of the final network from its evaluation."""

    def take(run: Run) -> xr.DataArray:
        each = run.results["evaluation"][name]
        return each.isel(step=-1) if "step" in each.dims else each

    return take


def labels_of(runs: Sequence[Run], result: str, dim: str) -> NDArray[Any]:
    """Return the labels that results of any run have along a dimension, in their order."""
    found = [run.results[result][dim].values for run in runs if result in run.results]
    labels = list(dict.fromkeys(label for values in found for label in values.tolist()))
    return np.array(labels) if labels and not isinstance(labels[0], str) else text(labels)


def settings(setting_of_family: Sequence[str]) -> dict[str, NDArray[np.int64]]:
    """Return the places of the families of each setting, in the order in which settings come."""
    names = np.array(setting_of_family)
    return {name: np.flatnonzero(names == name) for name in dict.fromkeys(setting_of_family)}


def has_several_sizes(scaling: xr.Dataset) -> NDArray[np.bool_]:
    """Return which families have networks of several sizes, (F,)."""
    return np.asarray(scaling["parameters"].notnull().sum("width").values > 1)


def counted(scaling: xr.Dataset) -> xr.Dataset:
    """Return the families that count: see the module.

    Parameters
    ----------
    scaling : Dataset
        With ``parameters(family, width)``, ``left_out(family)`` and the ``setting``, ``world`` and
        ``steps`` of each family.
    """
    best = dict(reversed(_ranked(scaling)))
    names = zip(
        *(scaling[f"{name}_of_family"].values for name in ("world", "setting")), strict=True
    )
    counts = [best[world] == setting for world, setting in names]
    return scaling.isel(family=has_several_sizes(scaling) & np.array(counts, dtype=np.bool_))


def main_setting(scaling: xr.Dataset) -> str:
    """Return the setting that counts of the world with the most networks."""
    return _ranked(scaling)[0][1]


def _ranked(scaling: xr.Dataset) -> list[tuple[str, str]]:
    """Return all pairs of a world and a setting on it, the one to be preferred first."""
    several = has_several_sizes(scaling)
    networks = scaling["parameters"].notnull().sum("width").values + scaling["left_out"].values
    worlds, names, steps = (
        scaling[f"{name}_of_family"].values for name in ("world", "setting", "steps")
    )
    ranks: dict[tuple[str, str], list[int]] = {}
    for place, pair in enumerate(zip(worlds.tolist(), names.tolist(), strict=True)):
        rank = ranks.setdefault(pair, [0, int(steps[place])])
        rank[0] += int(networks[place]) if several[place] else 0
    return sorted(ranks, key=lambda pair: ranks[pair], reverse=True)


def families_of(scaling: xr.Dataset, setting: str) -> xr.Dataset:
    """Return the families of a setting that have several sizes."""
    of_setting = scaling["setting_of_family"].values == setting
    return scaling.isel(family=of_setting & has_several_sizes(scaling))


def control_of(scaling: xr.Dataset, setting: str) -> str | None:
    """Return the setting that differs from another one in having four times the training, if any.

    Parameters
    ----------
    scaling : Dataset
        With the ``setting``, ``world``, ``layers`` and ``steps`` of each family.
    setting : str
    """
    names = scaling["setting_of_family"].values.tolist()
    world, layers, steps = (
        scaling[f"{name}_of_family"].values.tolist() for name in ("world", "layers", "steps")
    )
    of = list(zip(world, layers, steps, strict=True))
    world_of_setting, layers_of_setting, steps_of_setting = of[names.index(setting)]
    wanted = world_of_setting, layers_of_setting, CONTROL * steps_of_setting
    return next((name for name, each in zip(names, of, strict=True) if each == wanted), None)


def spread_of_crossing(crossings: Array, setting_of_family: Sequence[str]) -> xr.Variable:
    """Return how far the families of a setting differ in the size at which an ability appears.

    Parameters
    ----------
    crossings : (F, T) ndarray
        log10 parameters at which each of ``T`` tasks is half of the way from chance to 1; NaN where
        it never is.
    setting_of_family : sequence of str

    Returns
    -------
    Variable
        Standard deviation by ``setting`` and ``task``; NaN where fewer than two families have one.
    """
    of_setting = settings(setting_of_family)
    found = np.full((len(of_setting), crossings.shape[1]), np.nan)
    for row, places in enumerate(of_setting.values()):
        several = np.isfinite(crossings[places]).sum(axis=0) > 1
        found[row, several] = np.nanstd(crossings[places][:, several], axis=0, ddof=1)
    return variable(
        ("setting", "task"),
        found,
        "standard deviation over seeds of the size at which the ability appears",
    )

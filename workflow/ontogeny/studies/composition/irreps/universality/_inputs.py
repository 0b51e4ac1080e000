"""The runs and groups that are joined, and the names that all of them share."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from ontogeny.studies.composition.labels import variable

__all__ = ["Groups", "Run", "described", "joined", "text"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Run:
    """One run of the configuration.

    Attributes
    ----------
    experiment, seed, group, architecture
    width : int
        Number of hidden neurons.
    fraction : float
        Share of the pairs that it was trained on.
    progress, representation : Dataset
    """

    experiment: str
    seed: int
    group: str
    architecture: str
    width: int
    fraction: float
    progress: xr.Dataset
    representation: xr.Dataset


@dataclass(frozen=True, eq=False)
class Groups:
    """Groups of the runs, and the irreps of all of them.

    `place`, `degree`, `rank` and `orbit` are (G, I) with NaN for what a group does not have.
    """

    names: list[str]
    irreps: list[str]
    order: list[int]
    place: Array
    degree: Array
    rank: Array
    orbit: Array


def joined(irreps: Mapping[str, xr.Dataset]) -> Groups:
    """Return all groups over the names of all their irreps."""
    groups = sorted(irreps)
    names = list(dict.fromkeys(str(i) for group in groups for i in irreps[group]["irrep"].values))
    place, degree, rank, orbit = np.full((4, len(groups), len(names)), np.nan)
    for row, group in enumerate(groups):
        columns = [names.index(str(irrep)) for irrep in irreps[group]["irrep"].values]
        place[row, columns] = np.arange(len(columns))
        degree[row, columns] = irreps[group]["degree"].values
        rank[row, columns] = irreps[group]["rank"].values
        orbit[row, columns] = irreps[group]["smallest_orbit"].values
    order = [irreps[group].sizes["element"] for group in groups]
    return Groups(groups, names, order, place, degree, rank, orbit)


def described(runs: Sequence[Run]) -> dict[str, xr.Variable]:
    """Return what the configuration says of each run, as coordinates of `run`."""
    values: dict[str, ArrayLike] = {
        "experiment": text(run.experiment for run in runs),
        "seed": [run.seed for run in runs],
        "group": text(run.group for run in runs),
        "architecture": text(run.architecture for run in runs),
        "width": [run.width for run in runs],
        "fraction": [run.fraction for run in runs],
    }
    about = {"width": "number of hidden neurons", "fraction": "share of the pairs trained on"}
    return {
        f"{name}_of_run": variable("run", each, about.get(name, name))
        for name, each in values.items()
    }


def text(values: Iterable[str]) -> NDArray[np.object_]:
    """Return texts as a coordinate holds them."""
    return np.array(list(values), dtype=object)

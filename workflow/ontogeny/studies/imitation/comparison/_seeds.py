"""What the seeds of an experiment have in common, and how far they differ."""

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.joins import Run
from ontogeny.labels import text
from ontogeny.studies.imitation.labels import coordinate, variable

__all__ = ["OVER_SEEDS", "experiments", "over_seeds"]

OVER_SEEDS = ("mean", "lowest", "highest")

OF = (
    "queries",
    "cubes",
    "left_out",
    "harm",
    "demonstrated_harm",
    "theta_curve",
    "queries_curve",
    "harm_curve",
    "demonstrated_curve",
)


def experiments(
    runs: Sequence[Run], described: Mapping[str, xr.Variable]
) -> dict[str, xr.Variable]:
    """Return what the configuration says of each experiment, as coordinates along ``experiment``.

    Parameters
    ----------
    runs : sequence of Run
    described : mapping of str to Variable
        What it says of each run, ``NAME_of_run``. Apart from the seed, this is the same for all
        runs of an experiment.
    """
    names = [run.about["experiment"] for run in runs]
    first = [names.index(name) for name in dict.fromkeys(names)]
    found = {"experiment": coordinate("experiment", text(dict.fromkeys(names)))}
    for name in runs[0].about:
        if name not in ("experiment", "seed"):
            given = described[f"{name}_of_run"]
            about = given.attrs["long_name"].replace("of the run", "of the experiment")
            found[f"{name}_of_experiment"] = variable("experiment", given.values[first], about)
    return found


def over_seeds(runs: Sequence[Run], found: Mapping[str, xr.Variable]) -> dict[str, xr.Variable]:
    """Return mean, lowest and highest value over the seeds of each experiment.

    Parameters
    ----------
    runs : sequence of Run
    found : mapping of str to Variable
        Along ``run``, those of `OF` among them.

    Returns
    -------
    dict of str to Variable
        ``NAME_of_experiment``, along ``experiment`` and ``over_seeds``.
    """
    names = np.array([run.about["experiment"] for run in runs], dtype=object)
    made = {}
    for name in OF:
        given = found[name]
        values = [_summary(given.values[names == each]) for each in dict.fromkeys(names)]
        made[f"{name}_of_experiment"] = variable(
            ("experiment", "over_seeds", *map(str, given.dims[1:])),
            np.stack(values),
            f"over seeds: {given.attrs['long_name']}",
            given.attrs["units"],
        )
    return made


def _summary(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack([values.mean(axis=0), values.min(axis=0), values.max(axis=0)])

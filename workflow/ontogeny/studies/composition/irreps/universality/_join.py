"""All runs as one dataset."""

from collections.abc import Mapping, Sequence

import xarray as xr
from numpy.typing import ArrayLike

from ontogeny.studies.composition.irreps.universality._cells import (
    SELECTIONS,
    STATISTICS,
    cells,
    correlations,
    frequencies,
    summaries,
)
from ontogeny.studies.composition.irreps.universality._curves import curves, grid_of, mean_curves
from ontogeny.studies.composition.irreps.universality._inputs import Run, described, joined, text
from ontogeny.studies.composition.irreps.universality._irreps import (
    PREDICTORS,
    agreements,
    by_irrep,
)
from ontogeny.studies.composition.irreps.universality._networks import events, measures
from ontogeny.studies.composition.labels import dataset, variable

__all__ = ["universality"]


def universality(runs: Sequence[Run], irreps: Mapping[str, xr.Dataset]) -> xr.Dataset:
    """Return what the final checkpoints of all runs have in common, and how they came to be.

    Parameters
    ----------
    runs : sequence of Run
    irreps : mapping of str to Dataset
        Those of each group, by its name.

    Returns
    -------
    Dataset
        By run: measures of the final checkpoint, steps at which it changed, key irreps and their
        order. By group and architecture: mean, standard deviation, median and bootstrap interval
        of each measure, over all of the widest networks or those of them that grokked; how often
        each irrep is key, and when it comes. By experiment: means along training.

    Notes
    -----
    Narrower networks of the same group and architecture belong to the width sweep and are left
    out of all that is by group and architecture.
    """
    known = joined(irreps)
    about = described(runs)
    architectures = sorted({run.architecture for run in runs})
    experiments = list(dict.fromkeys(run.experiment for run in runs))
    grid = grid_of([run.progress["step"].values for run in runs])
    found = measures(runs, known) | events(runs, known) | by_irrep(runs, known)
    found |= agreements(found, about, known)
    members = cells(about, architectures, known, found["grokked"].values)
    found["widest"] = variable(
        "run", members[0].any(axis=(0, 1)), "no wider network of this group and architecture"
    )
    found |= summaries(found, members) | frequencies(found, members, known)
    found |= correlations(found, members)
    found |= curves(runs, grid) | mean_curves(runs, experiments, known, grid)
    for name, values in {
        "place": known.place,
        "degree": known.degree,
        "rank": known.rank,
        "smallest_orbit": known.orbit,
    }.items():
        found[name] = variable(("group", "irrep"), values, f"{name.replace('_', ' ')} of the irrep")
    coordinates: dict[str, ArrayLike | xr.Variable] = {
        "run": text(f"{run.experiment}, seed {run.seed}" for run in runs),
        "group": text(known.names),
        "architecture": text(architectures),
        "experiment": text(experiments),
        "irrep": text(known.irreps),
        "split": text(("train", "test")),
        "selection": text(SELECTIONS),
        "statistic": text(STATISTICS),
        "predictor": text(PREDICTORS),
        "end": text(("lower", "upper")),
        "step": grid,
        **about,
    }
    return dataset(found, coordinates, title="All runs of group composition")

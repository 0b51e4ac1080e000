"""All runs as one dataset."""

from collections.abc import Mapping, Sequence

import xarray as xr
from numpy.typing import ArrayLike

from ontogeny.caveats import few_seeds, warned
from ontogeny.joins import Run
from ontogeny.joins.rows import described
from ontogeny.labels import text
from ontogeny.studies.composition.irreps.comparison._cells import (
    SELECTIONS,
    STATISTICS,
    cells,
    correlations,
    frequencies,
    summaries,
)
from ontogeny.studies.composition.irreps.comparison._curves import (
    RANKED,
    SPLITS,
    curves,
    grid_of,
    mean_curves,
    ranked_curves,
)
from ontogeny.studies.composition.irreps.comparison._groups import joined
from ontogeny.studies.composition.irreps.comparison._irreps import PREDICTORS, agreements, by_irrep
from ontogeny.studies.composition.irreps.comparison._measures import events, measures
from ontogeny.studies.composition.labels import dataset, variable

__all__ = ["comparison"]

MEANING = {"width": "number of hidden neurons", "fraction": "share of the pairs trained on"}


@warned(few_seeds)
def comparison(runs: Sequence[Run], irreps: Mapping[str, xr.Dataset]) -> xr.Dataset:
    """Return what the final checkpoints of all runs have in common, and how they came to be.

    Parameters
    ----------
    runs : sequence of Run
        Described by experiment, seed, group, architecture, width and fraction; with ``evaluation``
        and ``analysis``.
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
    about = described(runs, MEANING)
    architectures = sorted({run.about["architecture"] for run in runs})
    experiments = list(dict.fromkeys(run.about["experiment"] for run in runs))
    grid = grid_of(runs)
    found = measures(runs, known) | events(runs, known) | by_irrep(runs, known)
    found |= agreements(found, about, known)
    members = cells(about, architectures, known, found["grokked"].values)
    found["widest"] = variable(
        "run", members[0].any(axis=(0, 1)), "no wider network of this group and architecture"
    )
    found |= summaries(found, members) | frequencies(found, members, known)
    found |= correlations(found, members)
    found |= curves(runs, grid) | ranked_curves(runs, grid) | mean_curves(runs, experiments, grid)
    found |= known.properties
    coordinates: dict[str, ArrayLike | xr.Variable] = {
        "group": text(known.names),
        "architecture": text(architectures),
        "experiment": text(experiments),
        "irrep": text(known.irreps),
        "split": text(SPLITS),
        "strength": range(1, RANKED + 1),
        "selection": text(SELECTIONS),
        "statistic": text(STATISTICS),
        "predictor": text(PREDICTORS),
        "end": text(("lower", "upper")),
        "step": grid,
        **about,
    }
    return dataset(found, coordinates, title="All runs of group composition")

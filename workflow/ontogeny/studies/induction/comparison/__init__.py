"""All runs in one dataset: curves over steps, paths, and one number a run for every claim."""

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from ontogeny.joins import Run
from ontogeny.joins.rows import columns, described, labels_of
from ontogeny.labels import text
from ontogeny.studies.induction.comparison._curves import (
    COMPONENTS,
    along_context,
    along_training,
    first_indices,
    paths,
)
from ontogeny.studies.induction.comparison._measured import measured, relative
from ontogeny.studies.induction.comparison._runs import references
from ontogeny.studies.induction.labels import MOMENTS, dataset

__all__ = ["comparison"]

MEANING = {
    "layers": "number of layers",
    "steps": "updates of the training",
    "mlp": "whether the network has MLPs",
    "smeared": "whether the network has smeared keys",
}


def comparison(runs: Sequence[Run], corpora: Mapping[str, xr.Dataset]) -> xr.Dataset:
    """Return all runs as one dataset.

    Parameters
    ----------
    runs : sequence of Run
        Described by experiment, seed, corpus, layers, steps, mlp and smeared; with ``evaluation``
        and ``analysis``.
    corpora : mapping of str to Dataset
        By the name of the corpus.

    Returns
    -------
    Dataset
        By run: what claims are judged by, NaN where a run does not have it; curves along the steps
        at which any run has a checkpoint; the path in the space of per-token losses; the loss along
        the context before and after the phase change.
    """
    step = labels_of((run.results["evaluation"] for run in runs), "step")
    rows = [
        measured(run, corpora[run.about["corpus"]]) | relative(run, reference)
        for run, reference in zip(runs, references(runs), strict=True)
    ]
    found = columns(rows) | along_training(runs, step) | paths(runs, step) | along_context(runs)
    coordinates: dict[str, ArrayLike | xr.Variable] = {
        **described(runs, MEANING),
        "step": step,
        "component": np.array(COMPONENTS),
        "moment": text(MOMENTS),
        "index_range": first_indices(runs),
    }
    return dataset(found, coordinates, title="All runs of the study of induction heads")

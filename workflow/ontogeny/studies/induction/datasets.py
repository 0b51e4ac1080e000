"""Results of analyses as labelled datasets."""

from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.studies.induction.analysis.circuits import COMPOSITIONS
from ontogeny.studies.induction.analysis.evaluation import OFFSETS, Evaluated
from ontogeny.studies.induction.analysis.knock_outs import ABLATIONS
from ontogeny.studies.induction.labels import dataset, measures_along, variable

__all__ = ["evaluation_dataset", "names"]


def names(values: Sequence[str]) -> NDArray[np.object_]:
    """Return names as the values of a coordinate."""
    return np.array(list(values), dtype=object)


def evaluation_dataset(
    step: NDArray[np.integer],
    each: list[Evaluated],
    chosen: NDArray[np.integer],
    *,
    classes: Sequence[str],
    baseline: tuple[float, float],
) -> xr.Dataset:
    """Return every measure along the checkpoints of a run.

    Parameters
    ----------
    step : (S,) ndarray of int
    each : list of Evaluated
        One for each step.
    chosen : (N,) ndarray of int
        The fixed index of each sequence.
    classes : sequence of str
        Names of the classes of tokens.
    baseline : pair of float
        Mean and deviation of composition scores of random heads.

    Returns
    -------
    Dataset
    """
    variables = measures_along("step", each)
    loss, score = (variables[name].values for name in ("sequence_loss", "sequence_score"))
    variables |= {
        "chosen_index": variable("sequence", chosen.astype(np.int32), "the fixed index"),
        "loss": variable("step", loss.mean(axis=1), "cross-entropy", "nat"),
        "score": variable("step", score.mean(axis=1), "in-context learning score", "nat"),
        "score_error": variable(
            "step",
            score.std(axis=1, ddof=1) / np.sqrt(len(chosen)),
            "standard error of the in-context learning score over sequences",
            "nat",
        ),
        "composition_baseline": variable((), baseline[0], "mean composition score of random heads"),
        "composition_deviation": variable((), baseline[1], "its standard deviation"),
    }
    return dataset(
        variables,
        {
            "step": step,
            "token_kind": names(classes),
            "half": names(["first", "second"]),
            "offset": np.array(OFFSETS),
            "composition": names(COMPOSITIONS),
            "ablation": names(ABLATIONS),
        },
        title="Measures of a network along training",
    )

"""Results of analyses as labelled datasets."""

from collections.abc import Sequence
from typing import Any

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
    each: Sequence[Evaluated] | Sequence[Sequence[Any]],
    chosen: NDArray[np.integer],
    *,
    classes: Sequence[str],
    baseline: tuple[float, float] | None,
) -> xr.Dataset:
    """Return every measure along the checkpoints of a run.

    Parameters
    ----------
    step : (S,) ndarray of int
    each : sequence
        For each step every measure, or those parts of `Evaluated` that can be told, the same for
        all steps; `Losses` is one of them.
    chosen : (N,) ndarray of int
        The fixed index of each sequence.
    classes : sequence of str
        Names of the classes of tokens.
    baseline : pair of float, optional
        Mean and deviation of composition scores of random heads; None without such scores.

    Returns
    -------
    Dataset
    """
    parts = zip(*(one if isinstance(one, Sequence) else [one] for one in each), strict=True)
    variables = {
        name: found for part in parts for name, found in measures_along("step", part).items()
    }
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
    }
    coordinates = {
        "step": step,
        "token_kind": names(classes),
        "half": names(["first", "second"]),
        "offset": np.array(OFFSETS),
    }
    if baseline is not None:
        variables |= {
            "composition_baseline": variable(
                (), baseline[0], "mean composition score of pairs of random heads"
            ),
            "composition_deviation": variable((), baseline[1], "its standard deviation"),
        }
        coordinates["composition"] = names(COMPOSITIONS)
    if "ablated_loss" in variables:
        coordinates["ablation"] = names(ABLATIONS[: variables["ablated_loss"].sizes["ablation"]])
    return dataset(variables, coordinates, title="Measures of a network along training")

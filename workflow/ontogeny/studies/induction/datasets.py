"""Results of analyses as labelled datasets."""

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.studies.induction.analysis.circuits import COMPOSITIONS
from ontogeny.studies.induction.analysis.evaluation import OFFSETS, Evaluated
from ontogeny.studies.induction.analysis.knock_outs import ABLATIONS
from ontogeny.studies.induction.labels import dataset, variable

__all__ = ["evaluation_dataset", "names"]

_EVALUATED: dict[str, tuple[tuple[str, ...], str, str]] = {
    "index_loss": (("index",), "cross-entropy, mean over sequences", "nat"),
    "sequence_loss": (("sequence",), "cross-entropy, mean over indices", "nat"),
    "sequence_score": (("sequence",), "in-context learning score: late less early loss", "nat"),
    "chosen_loss": (("sequence",), "cross-entropy at one fixed index of each sequence", "nat"),
    "class_loss": (("token_kind",), "cross-entropy, mean over tokens of a class", "nat"),
    "half_loss": (("half",), "cross-entropy on random tokens, twice over", "nat"),
    "matching": (("offset", "layer", "head"), "attention relative to earlier copies", "1"),
    "copying": (("layer", "head"), "copying score", "1"),
    "copying_strongest": (("layer", "head"), "copying score, of the token attended to most", "1"),
    "previous_token": (("layer", "head"), "attention on the token before", "1"),
    "ov_eigenvalue": (("layer", "head"), "sum of OV eigenvalues over that of their moduli", "1"),
    "qk_trace": (("layer", "head"), "trace of QK matching of previous tokens", "1"),
    "composition_score": (("composition", "earlier_head", "later_head"), "composition score", "1"),
    "ablated_score": (
        ("ablation", "layer", "head"),
        "in-context learning score without a head",
        "nat",
    ),
    "ablated_loss": (("ablation", "layer", "head"), "cross-entropy without a head", "nat"),
    "ablated_chosen_loss": (
        ("ablation", "layer", "head", "sequence"),
        "cross-entropy at the fixed indices without a head",
        "nat",
    ),
}


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
    arrays: Mapping[str, NDArray[np.floating]] = Evaluated.stacked(each)
    variables = {
        name: variable(("step", *dims), arrays[name], about, units)
        for name, (dims, about, units) in _EVALUATED.items()
    }
    variables |= {
        "chosen_index": variable("sequence", chosen.astype(np.int32), "the fixed index"),
        "loss": variable("step", arrays["sequence_loss"].mean(axis=1), "cross-entropy", "nat"),
        "score": variable(
            "step", arrays["sequence_score"].mean(axis=1), "in-context learning score", "nat"
        ),
        "score_error": variable(
            "step",
            arrays["sequence_score"].std(axis=1, ddof=1) / np.sqrt(len(chosen)),
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

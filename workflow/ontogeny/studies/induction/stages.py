"""The stages that follow training, from stored datasets to datasets."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import torch
import xarray as xr
from numpy.typing import NDArray
from torch import Tensor

from ontogeny.caveats import warned, with_warnings
from ontogeny.networks.decoder import Transformer
from ontogeny.studies.induction.analysis.circuits import composition_baseline
from ontogeny.studies.induction.analysis.evaluation import EvaluationSet, evaluate, evaluation_set
from ontogeny.studies.induction.carried import training_of
from ontogeny.studies.induction.caveats import analysis_caveats, sequence_caveats
from ontogeny.studies.induction.config import Analysis
from ontogeny.studies.induction.datasets import evaluation_dataset
from ontogeny.studies.induction.findings import analysis_dataset, final_checkpoint
from ontogeny.studies.induction.runs import build

__all__ = [
    "analysis",
    "analysis_of",
    "classes_of",
    "evaluation",
    "evaluation_of",
    "given_of",
]


def evaluation(corpus: xr.Dataset, checkpoints: xr.Dataset) -> xr.Dataset:
    """Return every measure of a run along its checkpoints.

    Parameters
    ----------
    corpus, checkpoints : Dataset

    Returns
    -------
    Dataset
    """
    shape = build(training_of(checkpoints).network, corpus.sizes["word"])
    return evaluation_of(shape, corpus, checkpoints)


def analysis(
    corpus: xr.Dataset, checkpoints: xr.Dataset, evaluation: xr.Dataset, *, thresholds: Analysis
) -> xr.Dataset:
    """Return when a run changes, what its heads are, and what the final checkpoint is without them.

    Parameters
    ----------
    corpus, checkpoints, evaluation : Dataset
    thresholds : Analysis

    Returns
    -------
    Dataset
    """
    training = training_of(checkpoints)
    shape, warm_up = build(training.network, corpus.sizes["word"]), training.optimiser.warm_up
    return analysis_of(shape, corpus, checkpoints, evaluation, thresholds, warm_up=warm_up)


def evaluation_of(
    shape: Transformer,
    corpus: xr.Dataset,
    checkpoints: xr.Dataset,
    repeated: NDArray[np.integer] | None = None,
) -> xr.Dataset:
    """Return `evaluation` of a network whose shape is given.

    Parameters
    ----------
    shape : Transformer
    corpus, checkpoints : Dataset
    repeated : (B, M) ndarray of int, optional
        Sequences whose tokens come again, in the place of those drawn.
    """
    given = given_of(corpus, repeated)
    found = evaluation_dataset(
        checkpoints["step"].values,
        [evaluate(shape, parameters, given) for parameters in _networks(checkpoints)],
        given.chosen,
        classes=classes_of(corpus),
        baseline=composition_baseline(shape.d_model, shape.d_head, np.random.default_rng(0)),
    )
    return with_warnings(found, sequence_caveats(corpus))


@warned(analysis_caveats)
def analysis_of(
    shape: Transformer,
    corpus: xr.Dataset,
    checkpoints: xr.Dataset,
    evaluation: xr.Dataset,
    thresholds: Analysis,
    *,
    warm_up: int,
    repeated: NDArray[np.integer] | None = None,
) -> xr.Dataset:
    """Return `analysis` of a network whose shape is given; parameters are as above."""
    (parameters,) = _networks(checkpoints.isel(step=[-1]))
    last = final_checkpoint(shape, parameters, given_of(corpus, repeated))
    return analysis_dataset(evaluation, last, thresholds, warm_up=warm_up)


def given_of(corpus: xr.Dataset, repeated: NDArray[np.integer] | None = None) -> EvaluationSet:
    """Return what every network of a corpus is measured on."""
    found = evaluation_set(corpus["tokens"].values, corpus["member"].values, corpus.sizes["word"])
    if repeated is None:
        return found
    return replace(found, repeated=torch.from_numpy(repeated.astype(np.int64)))


def classes_of(corpus: xr.Dataset) -> list[str]:
    """Return the names of the classes of tokens of a corpus."""
    return [str(name) for name in corpus["token_kind"].values]


def _networks(checkpoints: xr.Dataset) -> Iterator[dict[str, Tensor]]:
    for index in range(checkpoints.sizes["step"]):
        yield {str(name): torch.tensor(v.values[index]) for name, v in checkpoints.items()}

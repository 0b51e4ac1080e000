"""The stages that follow training, from stored datasets to datasets."""

from collections.abc import Iterator

import numpy as np
import torch
import xarray as xr
from torch import Tensor

from ontogeny.caveats import warned, with_warnings
from ontogeny.studies.induction.analysis.circuits import composition_baseline
from ontogeny.studies.induction.analysis.evaluation import EvaluationSet, evaluate, evaluation_set
from ontogeny.studies.induction.carried import training_of
from ontogeny.studies.induction.caveats import analysis_caveats, sequence_caveats
from ontogeny.studies.induction.config import Analysis
from ontogeny.studies.induction.datasets import evaluation_dataset
from ontogeny.studies.induction.findings import analysis_dataset
from ontogeny.studies.induction.runs import build

__all__ = ["analysis", "evaluation"]


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
    given = _evaluation_set(corpus)
    each = [evaluate(shape, parameters, given) for parameters in _networks(checkpoints)]
    found = evaluation_dataset(
        checkpoints["step"].values,
        each,
        given.chosen,
        classes=[str(name) for name in corpus["token_kind"].values],
        baseline=composition_baseline(shape.d_model, shape.d_head, np.random.default_rng(0)),
    )
    return with_warnings(found, sequence_caveats(corpus))


@warned(analysis_caveats)
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
    (last,) = _networks(checkpoints.isel(step=[-1]))
    return analysis_dataset(
        evaluation,
        build(training.network, corpus.sizes["word"]),
        last,
        _evaluation_set(corpus),
        thresholds,
        warm_up=training.optimiser.warm_up,
    )


def _evaluation_set(corpus: xr.Dataset) -> EvaluationSet:
    return evaluation_set(corpus["tokens"].values, corpus["member"].values, corpus.sizes["word"])


def _networks(checkpoints: xr.Dataset) -> Iterator[dict[str, Tensor]]:
    for index in range(checkpoints.sizes["step"]):
        yield {str(name): torch.tensor(v.values[index]) for name, v in checkpoints.items()}

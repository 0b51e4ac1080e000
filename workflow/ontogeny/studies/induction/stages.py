"""The stages that follow training, from stored datasets to datasets."""

from collections.abc import Iterator

import numpy as np
import torch
import xarray as xr

from ontogeny.studies.induction.analysis.circuits import composition_baseline
from ontogeny.studies.induction.analysis.evaluation import evaluate, evaluation_set
from ontogeny.studies.induction.config import Analysis, Network
from ontogeny.studies.induction.datasets import evaluation_dataset
from ontogeny.studies.induction.measures import measures_dataset
from ontogeny.studies.induction.runs import build

__all__ = ["evaluation", "measures"]


def evaluation(corpus: xr.Dataset, checkpoints: xr.Dataset, network: Network) -> xr.Dataset:
    """Return every measure of a run along its checkpoints.

    Parameters
    ----------
    corpus, checkpoints : Dataset
    network : Network
        The shape of the network.

    Returns
    -------
    Dataset
    """
    vocabulary = corpus.sizes["word"]
    shape = build(network, vocabulary)
    given = evaluation_set(corpus["tokens"].values, corpus["member"].values, vocabulary)
    each = [evaluate(shape, parameters, given) for parameters in _networks(checkpoints)]
    return evaluation_dataset(
        checkpoints["step"].values,
        each,
        given.chosen,
        classes=[str(name) for name in corpus["token_kind"].values],
        baseline=composition_baseline(shape.d_model, shape.d_head, np.random.default_rng(0)),
    )


def measures(
    corpus: xr.Dataset,
    checkpoints: xr.Dataset,
    evaluated: xr.Dataset,
    network: Network,
    analysis: Analysis,
    *,
    warm_up: int,
) -> xr.Dataset:
    """Return when a run changes, what its heads are, and what the final checkpoint is without them.

    Parameters
    ----------
    corpus, checkpoints, evaluated : Dataset
    network : Network
    analysis : Analysis
        Thresholds.
    warm_up : int
        Updates of the warm-up, before which no phase change is looked for.

    Returns
    -------
    Dataset
    """
    vocabulary = corpus.sizes["word"]
    given = evaluation_set(corpus["tokens"].values, corpus["member"].values, vocabulary)
    last = {str(name): torch.tensor(values.values[-1]) for name, values in checkpoints.items()}
    return measures_dataset(
        evaluated, build(network, vocabulary), last, given, analysis, warm_up=warm_up
    )


def _networks(checkpoints: xr.Dataset) -> Iterator[dict[str, torch.Tensor]]:
    for index in range(checkpoints.sizes["step"]):
        yield {str(name): torch.tensor(v.values[index]) for name, v in checkpoints.items()}

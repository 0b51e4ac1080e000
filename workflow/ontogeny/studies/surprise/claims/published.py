"""What arXiv 2202.07785 claims of large models, held against published evaluations.

Every measure reads the dataset of `ontogeny.studies.surprise.stages.published_scaling`. There is no
second draw of published models, so the unit of each claim is what may count as separate evidence:

- Of forecasts, the size that is predicted. Families of one world were trained on nearly the same
  data at the same sizes, so at each cut their mean counts once.
- Of abilities, the task. All tasks are of the same models, so the interval says what other tasks
  would show of these models, not what other models would show.
- Of compute, the family of models, such as Llama-2, whose members share data and method.

Sizes are numbers of parameters as the configuration of a long table, or the column of a wide one,
gives them: with embeddings or without.

A loss is judged at the next size from every cut, an ability at its worst size from the smallest
cut. The figure of published models shows both by the second rule.

Thresholds were set before any of these was judged; docs/claims.md has them with their formulas.
"""

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from ontogeny.claims import Claim
from ontogeny.estimates import Estimate, mean, ratio
from ontogeny.studies.surprise.least import LEAST_RUNS as LEAST
from ontogeny.studies.surprise.published.least import LEAST_SIZES

__all__ = ["CLAIMS"]

PAPER = "arXiv 2202.07785"

LAW = "offset"
"""The law that a loss is predicted by: real text has a loss that no model removes."""

Array = NDArray[np.float64]


def _loss(results: xr.Dataset) -> Estimate:
    (errors,) = _of_worlds(results, np.abs(results["loss_miss"].sel(law=LAW).values))
    return mean(errors)


def _abilities(results: xr.Dataset) -> Estimate:
    if not results.sizes["cut"]:
        return mean([])
    largest = results["unforeseen"].sel(cut=LEAST_SIZES).max("size")
    (misses,) = _of_worlds(results, largest.values)
    return mean(misses)


def _average(results: xr.Dataset) -> Estimate:
    of_mean = np.abs(results["mean_miss"].values)
    of_tasks = abs(results["task_miss"]).mean("task").values
    return ratio(*_of_worlds(results, of_mean, of_tasks))


def _of_worlds(results: xr.Dataset, *values: Array) -> list[Array]:
    """Return the means over the families of each world, of each column that is known, one list.

    Parameters
    ----------
    results : Dataset
    *values : (family, C) ndarray
        NaN where unknown; what is unknown in one of them is left out of all.
    """
    owner, stacked = results["world_of_family"].values, np.stack(values)
    found = []
    for world in np.unique(owner):
        for column in np.moveaxis(stacked[:, owner == world], -1, 0):
            known = np.isfinite(column).all(axis=0)
            if known.any():
                found.append(column[:, known].mean(axis=1))
    return list(np.array(found).reshape(-1, len(values)).T)


def _residual(results: xr.Dataset) -> Estimate:
    squares, _, counts = _squares(results)
    return _root(ratio(squares, counts))


def _relative_residual(results: xr.Dataset) -> Estimate:
    squares, of_reference, _ = _squares(results)
    return _root(ratio(squares, of_reference))


def _squares(results: xr.Dataset) -> tuple[Array, Array, Array]:
    """Return sums over the models and tasks of each family of models, (F,).

    Those of the squared residuals of scores given compute, of those of the reference for the same
    models, and of ones. A model that belongs to no family is one by itself.
    """
    residual = (results["model_score"] - results["fitted"]).values
    reference = (results["reference_score"] - results["reference_fitted"]).values
    known = np.isfinite(residual)
    family = np.where(
        results["family_of_model"].values == "",
        results["model"].values,
        results["family_of_model"].values,
    ).astype(str)
    _, place = np.unique(family, return_inverse=True)
    squares, of_reference, counts = (
        np.bincount(place, np.where(known, each, 0.0).sum(axis=1)).astype(np.float64)
        for each in (residual**2, reference**2, known)
    )
    counted = counts > 0
    return squares[counted], of_reference[counted], counts[counted]


def _root(square: Estimate) -> Estimate:
    value, lower, upper = np.sqrt([square.value, square.lower, square.upper]).tolist()
    return Estimate(value, lower, upper, square.runs)


CLAIMS = (
    Claim(
        "real-loss-is-predictable",
        "The loss of real models is predictable",
        "A law with a floor, fitted to smaller models, predicts the loss of the next larger one.",
        f"{PAPER}, section 2.1",
        "abs(relative error) of the loss predicted for the next size, law offset; mean over "
        "sizes, at each the mean over the families of a world",
        "below", 0.08, LEAST, _loss,
        figure="published",
        unit="sizes",
    ),
    Claim(
        "real-abilities-are-unforeseen",
        "Abilities of real models are unforeseen",
        "Beyond the four smallest models, every forecast of an ability fails at some size.",
        f"{PAPER}, section 2.2",
        "miss of the best forecaster from the four smallest sizes, at the size where it is "
        "largest; mean over abilities, all of the same models",
        "above", 0.1, LEAST, _abilities,
        figure="published",
        unit="tasks",
    ),
    Claim(
        "average-is-smooth",
        "The average over tasks is smooth",
        "Forecasts of the average over tasks miss it by less than forecasts of single tasks do.",
        f"{PAPER}, section 2.1",
        "abs(miss) of the mean score at the next size over the mean of abs(miss) of the tasks, "
        "straight lines in ln N; over sizes, at each the mean over the families of a world. At "
        "most 1 by construction, and about 0.35 for eight tasks whose misses are independent",
        "below", 0.7, LEAST, _average,
        figure="published",
        unit="sizes",
    ),
    Claim(
        "compute-does-not-decide",
        "Compute does not decide an ability",
        "Models with as much compute have the same ability in very different degrees.",
        f"{PAPER}, section 2.2",
        "r.m.s. residual of scores given training compute (isotonic regression over all models); "
        "families of models are resampled",
        "above", 0.1, LEAST, _residual,
        figure="published",
        unit="families of models",
    ),
    Claim(
        "compute-decides-abilities-less",
        "Compute decides abilities less than broad benchmarks",
        "Compute predicts a broad benchmark far better than it predicts an ability.",
        f"{PAPER}, section 2.2",
        "r.m.s. residual of scores given training compute over that of the reference task, same "
        "models; families of models are resampled",
        "above", 2.0, LEAST, _relative_residual,
        figure="published",
        unit="families of models",
    ),
)  # fmt: skip

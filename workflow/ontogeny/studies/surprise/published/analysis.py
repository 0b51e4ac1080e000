"""What could have been predicted of published models.

A *cut* is a number of smallest sizes. A forecast at a cut is made from these alone, for every
larger size; at the sizes of the cut itself it is NaN. Sizes without a value are passed over, and
where fewer than `LEAST_SIZES` of a cut remain, there is no forecast.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ontogeny.labels import Measure
from ontogeny.scaling import (
    FORECASTERS,
    PARAMETERS,
    JointFit,
    NoConvergence,
    cuts,
    emergence_null,
    emergence_score,
    explained,
    fit,
    fit_joint,
    forecast,
    forecast_loss,
    gain,
    isotonic,
    predict,
)
from ontogeny.studies.surprise.published.least import LEAST_SIZES

__all__ = [
    "CONSTANTS",
    "LAWS",
    "Abilities",
    "Average",
    "Compute",
    "Losses",
    "abilities",
    "average",
    "compute",
    "joint",
    "losses",
]

Array = NDArray[np.float64]
Forecaster = Callable[[Array, Array, Array], ArrayLike]

LAWS = ("power", "offset")
"""Laws that a loss is forecast by."""

CONSTANTS = ("floor", "scale", "exponent")
"""Constants of these laws: L = floor + (scale / N)^exponent."""


@dataclass(frozen=True)
class Losses:
    """Laws of a loss, and forecasts by them."""

    constants: Annotated[
        Array,
        Measure(
            ("law", "constant"), "constant of the law that is fitted to all sizes; floor [nat]"
        ),
    ]
    fitted: Annotated[
        Array, Measure(("law", "size"), "loss by the law that is fitted to all sizes", "nat")
    ]
    fit_failure: Annotated[
        NDArray[np.object_],
        Measure("law", "why no law is fitted to all sizes, empty if one is"),
    ]
    predicted: Annotated[Array, Measure(("law", "cut", "size"), "forecast of the loss", "nat")]
    miss: Annotated[
        Array, Measure(("law", "cut"), "relative error of the forecast at the next size")
    ]
    failure: Annotated[
        NDArray[np.object_], Measure(("law", "cut"), "why there is no forecast, empty if there is")
    ]
    jump: Annotated[float, Measure((), "largest gain of exp(-loss) over a factor of two in N")]
    emergence: Annotated[float, Measure((), "emergence score of the loss with its sign reversed")]
    emergence_null: Annotated[
        float, Measure((), "share of random orders of the sizes with as large an emergence score")
    ]


@dataclass(frozen=True)
class Average:
    """Forecasts of tasks and of their average by straight lines in ln N."""

    mean: Annotated[Array, Measure("size", "mean score of the tasks")]
    mean_explained: Annotated[
        float, Measure((), "share of the variance of the mean score that a line in ln N explains")
    ]
    task_explained: Annotated[
        Array, Measure("task", "share of the variance of the score that a line in ln N explains")
    ]
    mean_predicted: Annotated[Array, Measure(("cut", "size"), "forecast of the mean score")]
    mean_miss: Annotated[
        Array, Measure("cut", "forecast of the mean score at the next size minus the score")
    ]
    task_miss: Annotated[
        Array, Measure(("task", "cut"), "forecast of the score at the next size minus the score")
    ]
    roughness: Annotated[
        float,
        Measure((), "mean size of the misses of the mean score, relative to those of the tasks"),
    ]


@dataclass(frozen=True)
class Abilities:
    """Forecasts of abilities."""

    predicted: Annotated[
        Array, Measure(("task", "forecaster", "cut", "size"), "forecast of the score")
    ]
    unforeseen: Annotated[
        Array,
        Measure(("task", "cut", "size"), "smallest distance of a forecast from the score"),
    ]
    jump: Annotated[Array, Measure("task", "largest gain over a factor of two in N")]
    emergence: Annotated[Array, Measure("task", "emergence score")]
    emergence_null: Annotated[
        Array,
        Measure("task", "share of random orders of the sizes with as large an emergence score"),
    ]


@dataclass(frozen=True)
class Compute:
    """How far compute decides a score, as the residual of an isotonic regression on it."""

    models: Annotated[
        NDArray[np.int64],
        Measure("task", "number of models with known compute, score and reference score"),
    ]
    residual: Annotated[Array, Measure("task", "r.m.s. residual of the score given compute")]
    reference_residual: Annotated[
        Array,
        Measure("task", "r.m.s. residual of the reference given compute, for the same models"),
    ]
    fitted: Annotated[
        Array, Measure(("model", "task"), "expected score at the compute of the model")
    ]
    reference_fitted: Annotated[
        Array,
        Measure(
            ("model", "task"),
            "reference that is expected at the compute of the model, from the models of the task",
        ),
    ]


def losses(size: Array, loss: Array) -> Losses:
    """Return the forecasts of a loss at every cut, by each of `LAWS`.

    Parameters
    ----------
    size : (S,) ndarray
        Numbers of parameters, rising.
    loss : (S,) ndarray
        NaN where it is not known [nat].

    Returns
    -------
    Losses
        The relative error is forecast / loss - 1. Where a law does not converge, its constants and
        forecasts are NaN, as are forecasts where a cut has fewer than `LEAST_SIZES` losses; the
        reasons are given.
    """
    constants = np.full((len(LAWS), len(CONSTANTS)), np.nan)
    fitted = np.full((len(LAWS), size.size), np.nan)
    predicted = np.full((len(LAWS), len(cuts(size.size, LEAST_SIZES)), size.size), np.nan)
    fit_failure = np.full(len(LAWS), "", dtype=object)
    failure = np.full(predicted.shape[:2], "", dtype=object)
    known = np.isfinite(loss)
    for place, law in enumerate(LAWS):
        try:
            parameters = fit(law, size[known], loss[known]).parameters
        except NoConvergence as error:
            fit_failure[place] = str(error)
        else:
            constants[place, [CONSTANTS.index(name) for name in PARAMETERS[law]]] = parameters
            fitted[place] = predict(law, parameters, size)
        for number, cut in enumerate(cuts(size.size, LEAST_SIZES)):
            if (there := int(known[:cut].sum())) < LEAST_SIZES:
                failure[place, number] = f"needs at least {LEAST_SIZES} sizes, there are {there}"
                continue
            try:
                predicted[place, number] = _beyond(partial(forecast_loss, law), cut, size, loss)
            except NoConvergence as error:
                failure[place, number] = str(error)
    return Losses(
        constants,
        fitted,
        fit_failure,
        predicted,
        _next(predicted) / _next(loss) - 1,
        failure,
        gain(size[known], np.exp(-loss[known])) if known.any() else np.nan,
        emergence_score(-loss[known]),
        emergence_null(-loss[known]),
    )


def average(size: Array, score: Array) -> Average:
    """Return how well tasks, and their average, follow straight lines in ln N.

    Parameters
    ----------
    size : (S,) ndarray
        Numbers of parameters, rising.
    score : (S, T) ndarray
        NaN where it is not known; the mean is known where all scores are.

    Returns
    -------
    Average
        ``roughness`` is the mean of abs(miss) of the mean score over the cuts, divided by that of
        the tasks over cuts and tasks. Where all scores are known it is at most 1, as the miss of
        the mean is the mean of the misses; for eight tasks with independent misses of equal size
        it would be about 0.35.
    """
    mean = score.mean(axis=1) if score.size else np.full(size.size, np.nan)
    of_mean = _at_cuts(_line, size, mean)
    mean_miss = _next(of_mean) - _next(mean)
    task_miss = np.array(
        [_next(_at_cuts(_line, size, column)) - _next(column) for column in score.T]
    ).reshape(score.shape[1], mean_miss.size)
    known = np.isfinite(mean_miss)
    rough = score.shape[1] * np.abs(mean_miss[known]).sum(), np.abs(task_miss[:, known]).sum()
    return Average(
        mean,
        _explained_by_line(size, mean),
        np.array([_explained_by_line(size, column) for column in score.T]),
        of_mean,
        mean_miss,
        task_miss,
        float(rough[0] / rough[1]) if rough[1] else np.nan,
    )


def abilities(size: Array, score: Array, *, chance: Array) -> Abilities:
    """Return the forecasts of abilities at every cut.

    Parameters
    ----------
    size : (S,) ndarray
        Numbers of parameters, rising.
    score : (S, T) ndarray
        From 0 to 1; NaN where it is not known.
    chance : (T,) ndarray
        Score of a guess.
    """
    predicted = np.full(
        (chance.size, len(FORECASTERS), len(cuts(size.size, LEAST_SIZES)), size.size), np.nan
    )
    jump, emergence, null = np.full((3, chance.size), np.nan)
    for task, known in enumerate(np.isfinite(score.T)):
        for place, forecaster in enumerate(FORECASTERS):
            predict = partial(forecast, forecaster, chance=float(chance[task]))
            predicted[task, place] = _at_cuts(predict, size, score[:, task])
        if known.any():
            jump[task] = gain(size[known], score[known, task])
            emergence[task] = emergence_score(score[known, task])
            null[task] = emergence_null(score[known, task])
    unforeseen = np.abs(predicted - score.T[:, None, None]).min(axis=1)
    return Abilities(predicted, unforeseen, jump, emergence, null)


def compute(flop: Array, score: Array, reference: Array) -> Compute:
    """Return how far compute decides scores, beside how far it decides a reference.

    Parameters
    ----------
    flop : (M,) ndarray
        Training compute; NaN where it is not known.
    score : (M, T) ndarray
        NaN where it is not known.
    reference : (M,) ndarray
        A score to compare with, such as that of a broad benchmark; NaN where it is not known.

    Returns
    -------
    Compute
        Each task has its own models, those with all three values, so that a residual and its
        reference are of the same models. NaN where there are none.
    """
    known = np.isfinite(flop)[:, None] & np.isfinite(score) & np.isfinite(reference)[:, None]
    residual, of_reference = np.full((2, score.shape[1]), np.nan)
    fitted, reference_fitted = np.full((2, *score.shape), np.nan)
    for task in np.flatnonzero(known.any(axis=0)):
        rows = known[:, task]
        fitted[rows, task] = isotonic(flop[rows], score[rows, task])
        reference_fitted[rows, task] = isotonic(flop[rows], reference[rows])
        residual[task] = _rms(score[rows, task] - fitted[rows, task])
        of_reference[task] = _rms(reference[rows] - reference_fitted[rows, task])
    return Compute(known.sum(axis=0), residual, of_reference, fitted, reference_fitted)


def joint(parameters: Array, tokens: Array, loss: Array, *, left_out: int) -> JointFit:
    """Return the joint fit L = E + A N^-a + B D^-b without the highest losses.

    Parameters
    ----------
    parameters, tokens, loss : (P,) ndarray
        N, D and L [nat] of training runs.
    left_out : int
        How many of the highest losses are left out.

    Raises
    ------
    NoConvergence
        As `ontogeny.scaling.fit_joint`.
    """
    kept = np.argsort(loss, kind="stable")[: loss.size - left_out]
    return fit_joint(parameters[kept], tokens[kept], loss[kept])


def _rms(values: Array) -> float:
    return float(np.sqrt(np.mean(values**2)))


def _line(size: Array, score: Array, at: Array) -> Array:
    slope, level = np.polyfit(np.log(size), score, 1)
    return np.asarray(level + slope * np.log(at))


def _explained_by_line(size: Array, score: Array) -> float:
    known = np.isfinite(score)
    if known.sum() < LEAST_SIZES:
        return np.nan
    return explained(_line(size[known], score[known], size[known]), score[known])


def _beyond(forecaster: Forecaster, cut: int, size: Array, values: Array) -> Array:
    """Return the forecasts of all sizes from the smallest ones, NaN at these, (S,)."""
    found = np.full(size.size, np.nan)
    known = np.isfinite(values[:cut])
    found[cut:] = forecaster(size[:cut][known], values[:cut][known], size[cut:])
    return found


def _at_cuts(forecaster: Forecaster, size: Array, values: Array) -> Array:
    """Return the forecasts of all sizes at every cut, (C, S)."""
    found = np.full((len(cuts(size.size, LEAST_SIZES)), size.size), np.nan)
    for number, cut in enumerate(cuts(size.size, LEAST_SIZES)):
        if np.isfinite(values[:cut]).sum() >= LEAST_SIZES:
            found[number] = _beyond(forecaster, cut, size, values)
    return found


def _next(values: Array) -> Array:
    """Return the values at the next size: of forecasts (..., C, S) at every cut, or of (S,)."""
    places = np.arange(LEAST_SIZES, values.shape[-1])
    if values.ndim == 1:
        return values[places]
    return values[..., places - LEAST_SIZES, places]
